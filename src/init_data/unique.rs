//! Key ids without repeats, in order of appearance.
//!
//! They are kept in one list of bytes, each after its length. While there are few, a new one is compared with each. A
//! hostile box names tens of thousands, and comparing each with each would take minutes: beyond [`FEW`], repeats are
//! kept at first and removed once, at the end.

use crate::text::push;

/// Real content names a handful.
const FEW: usize = 32;

/// Key ids, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyIds {
    /// length:u32le bytes, and so on.
    bytes: Vec<u8>,
    count: usize,
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, behind) = bytes.split_first_chunk::<4>()?;
    behind.split_at_checked(u32::from_le_bytes(*length) as usize)
}

impl KeyIds {
    /// Adds one, if it is new. More than a few need [`KeyIds::finish`] before they are looked at.
    #[inline(never)]
    pub(crate) fn add(&mut self, id: &[u8]) {
        if self.count < FEW && self.iter().any(|known| known == id) {
            return;
        }
        self.append(id);
    }

    /// Removes the repeats.
    #[inline(never)]
    pub(crate) fn finish(&mut self) {
        if self.count <= FEW {
            return;
        }
        let all = std::mem::take(self);
        let mut sorted: Vec<(&[u8], usize)> = all.iter().zip(0..).collect();
        // Now equal ids are neighbors, in order of appearance.
        sorted.sort_unstable();
        let mut repeats = vec![false; sorted.len()];
        for pair in sorted.windows(2) {
            if let [(first, _), (later, place)] = pair
                && first == later
                && let Some(repeat) = repeats.get_mut(*place)
            {
                *repeat = true;
            }
        }
        for (id, _) in all.iter().zip(repeats).filter(|(_, repeats)| !repeats) {
            self.append(id);
        }
    }

    #[inline(never)]
    fn append(&mut self, id: &[u8]) {
        // 4 GiB cannot occur.
        push(&mut self.bytes, &(id.len() as u32).to_le_bytes());
        push(&mut self.bytes, id);
        self.count = self.count.saturating_add(1);
    }

    /// The current length, for [`KeyIds::rewind`].
    pub(crate) fn mark(&self) -> (usize, usize) {
        (self.bytes.len(), self.count)
    }

    /// Removes the ids that were added since.
    pub(crate) fn rewind(&mut self, (length, count): (usize, usize)) {
        self.bytes.truncate(length);
        self.count = count;
    }

    /// In order of appearance.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.bytes[..];
        std::iter::from_fn(move || {
            let (id, behind) = split(rest)?;
            rest = behind;
            Some(id)
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are any.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl<T: AsRef<[u8]>> FromIterator<T> for KeyIds {
    fn from_iter<I: IntoIterator<Item = T>>(ids: I) -> Self {
        let mut out = Self::default();
        ids.into_iter().for_each(|id| out.add(id.as_ref()));
        out.finish();
        out
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_first_of_each_in_order() {
        let mut ids: KeyIds = [&b"b"[..], b"a", b"b", b"", b"a", b"c", b"b"].iter().collect();
        assert_eq!(ids.iter().collect::<Vec<_>>(), [&b"b"[..], b"a", b"", b"c"]);
        let mark = ids.mark();
        ids.add(b"d");
        ids.rewind(mark);
        ids.add(b"c");
        ids.add(b"e");
        assert_eq!(ids.iter().collect::<Vec<_>>(), [&b"b"[..], b"a", b"", b"c", b"e"]);
        assert_eq!(ids.len(), 5);
    }

    #[test]
    fn thousands_are_kept_in_order() {
        let ids = (0..50_000_u32).map(|number| (number % 20_000).wrapping_mul(2_654_435_761).to_be_bytes());
        let expected: Vec<_> = ids.clone().take(20_000).collect();
        let unique: KeyIds = ids.collect();
        assert_eq!(unique.len(), 20_000);
        assert!(unique.iter().eq(expected.iter().map(|id| &id[..])));
    }
}
