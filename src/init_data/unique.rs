//! Key ids without repeats, in order of appearance, in time n log n: a hostile box lists thousands, and comparing each
//! with each would take minutes. The standard library's sorting is fast, and ten times the size of this.

use std::borrow::Cow;

/// The first of each.
pub fn unique<'a>(mut ids: Vec<Cow<'a, [u8]>>) -> Vec<Cow<'a, [u8]>> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    let key = |at: usize| (ids.get(at), at);
    heap_sort(&mut order, &|a, b| key(a) < key(b));
    let mut keep = vec![true; ids.len()];
    for pair in order.windows(2) {
        if let [first, second] = pair
            && ids.get(*first) == ids.get(*second)
            && let Some(keep) = keep.get_mut(*second)
        {
            *keep = false;
        }
    }
    let mut kept = keep.into_iter();
    ids.retain(|_| kept.next() == Some(true));
    ids
}

fn heap_sort(items: &mut [usize], less: &dyn Fn(usize, usize) -> bool) {
    let count = items.len();
    // First every parent sinks, from the last to the first; then the largest goes to the end, again and again.
    for step in (0..count.saturating_add(count / 2)).rev() {
        let (mut parent, end) = if step >= count { (step.wrapping_sub(count), count) } else { (0, step) };
        if step < count {
            items.swap(0, step);
        }
        loop {
            let at = |place: usize| items.get(..end).and_then(|heap| heap.get(place)).copied();
            let left = parent.wrapping_mul(2).wrapping_add(1);
            let right = left.wrapping_add(1);
            let Some(first) = at(left) else { break };
            let child = if at(right).is_some_and(|second| less(first, second)) { right } else { left };
            let (Some(up), Some(down)) = (at(parent), at(child)) else { break };
            if !less(up, down) {
                break;
            }
            items.swap(parent, child);
            parent = child;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_first_of_each_in_order() {
        let ids = [&b"b"[..], b"a", b"b", b"", b"a", b"c", b"b"];
        let unique = unique(ids.iter().map(|id| Cow::Borrowed(*id)).collect());
        assert_eq!(unique, [&b"b"[..], b"a", b"", b"c"]);
    }

    #[test]
    fn sorts_every_order_of_a_few() {
        for count in 0..8_usize {
            for mut seed in 0..2000_usize {
                let mut items: Vec<usize> = (0..count).collect();
                for last in (1..count).rev() {
                    items.swap(last, seed % (last + 1));
                    seed /= last + 1;
                }
                heap_sort(&mut items, &|a, b| a < b);
                assert!(items.is_sorted(), "{items:?}");
            }
        }
    }

    #[test]
    fn thousands_are_no_matter() {
        let ids: Vec<[u8; 4]> = (0..50_000_u32).map(|number| (number % 20_000).wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        assert_eq!(unique(ids.iter().map(|id| Cow::Borrowed(&id[..])).collect()).len(), 20_000);
    }
}
