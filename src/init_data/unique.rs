//! Key ids without repeats, in order of appearance, in time n log n: a hostile box lists thousands, and comparing each
//! with each would take minutes.

use std::borrow::Cow;

/// The first of each.
pub fn unique<'a>(mut ids: Vec<Cow<'a, [u8]>>) -> Vec<Cow<'a, [u8]>> {
    if ids.len() < 2 {
        return ids;
    }
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_unstable_by(|a, b| ids.get(*a).cmp(&ids.get(*b)).then(a.cmp(b)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_first_of_each_in_order() {
        let ids = [&b"b"[..], b"a", b"b", b"", b"a", b"c", b"b"];
        let unique = unique(ids.iter().map(|id| Cow::Borrowed(*id)).collect());
        assert_eq!(unique, [&b"b"[..], b"a", b"", b"c"]);
    }
}
