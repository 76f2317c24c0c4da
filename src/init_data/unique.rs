//! Key ids without repeats, in order of appearance. A hostile box lists thousands, and comparing each with each would
//! take minutes, so their places are kept sorted as well.

/// Key ids, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyIds {
    ids: Vec<Vec<u8>>,
    /// Places in `ids`, by what stands there.
    sorted: Vec<usize>,
}

impl KeyIds {
    /// Adds one, if it is new.
    #[inline(never)]
    pub fn add(&mut self, id: &[u8]) {
        let place = self.sorted.binary_search_by(|at| self.ids.get(*at).map_or(&[][..], |known| known).cmp(id));
        if let Err(place) = place {
            self.sorted.insert(place, self.ids.len());
            self.ids.push(id.into());
        }
    }

    /// In order of appearance.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.ids.iter().map(|id| &id[..])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Takes back all but the first so many.
    pub fn truncate(&mut self, len: usize) {
        self.ids.truncate(len);
        self.sorted.retain(|at| *at < len);
    }
}

impl<T: AsRef<[u8]>> FromIterator<T> for KeyIds {
    fn from_iter<I: IntoIterator<Item = T>>(ids: I) -> Self {
        let mut out = Self::default();
        ids.into_iter().for_each(|id| out.add(id.as_ref()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_first_of_each_in_order() {
        let mut ids: KeyIds = [&b"b"[..], b"a", b"b", b"", b"a", b"c", b"b"].iter().collect();
        assert_eq!(ids.iter().collect::<Vec<_>>(), [&b"b"[..], b"a", b"", b"c"]);
        ids.truncate(2);
        ids.add(b"c");
        ids.add(b"a");
        assert_eq!(ids.iter().collect::<Vec<_>>(), [&b"b"[..], b"a", b"c"]);
    }

    #[test]
    fn thousands_are_no_matter() {
        let ids = (0..50_000_u32).map(|number| (number % 20_000).wrapping_mul(2_654_435_761).to_be_bytes());
        assert_eq!(ids.collect::<KeyIds>().len(), 20_000);
    }
}
