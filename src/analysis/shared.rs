//! Values that many states of a walk have in common.

use std::cmp::Ordering;
use std::rc::Rc;

/// How many entries stand together: so many are copied where one of them changes, and of the others one word for as many.
const MAX_TOGETHER: usize = 64;

/// A value that many states share until one of them changes it; the same one is equal without a look inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shared<T: Eq>(Rc<T>);

impl<T: Clone + Eq> Shared<T> {
    pub(crate) fn to_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

impl<T: Eq> Shared<T> {
    /// Whether both are one and the same: none has changed since they parted.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Eq> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Rc::new(value))
    }
}

impl<T: Eq> std::ops::Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Ord> PartialOrd for Shared<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Shared<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.is_same(other) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

/// An ordered map whose copies share what has not changed since they parted: a walk over a long function makes one for every
/// branch, and changes a few entries in it. It compares as its entries do, in order.
#[derive(Debug)]
pub(crate) struct SharedMap<K, V>(Rc<Vec<Chunk<K, V>>>);

/// Entries in order, never none.
type Chunk<K, V> = Rc<Vec<(K, V)>>;

/// An ordered set of the same kind.
pub(crate) type SharedSet<K> = SharedMap<K, ()>;

impl<K, V> Clone for SharedMap<K, V> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<K: Ord + Clone, V: Clone + Eq> SharedMap<K, V> {
    /// Whether both are one and the same: none has changed since they parted.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|chunk| chunk.len()).sum()
    }

    /// The entries, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().flat_map(|chunk| chunk.iter()).map(|(key, value)| (key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The chunk in which a key stands, or would.
    fn chunk_of(&self, key: &K) -> usize {
        self.0.partition_point(|chunk| chunk.first().is_some_and(|(first, _)| first <= key)).saturating_sub(1)
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let chunk = self.0.get(self.chunk_of(key))?;
        let at = chunk.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        Some(&chunk[at].1)
    }

    /// The keys from one to another, both included.
    pub(crate) fn keys_between<'a>(&'a self, first: &'a K, last: &'a K) -> impl Iterator<Item = &'a K> {
        let chunks = self.0[self.chunk_of(first).min(self.0.len())..].iter();
        let keys = chunks.flat_map(|chunk| chunk.iter()).map(|(key, _)| key);
        keys.skip_while(move |key| *key < first).take_while(move |key| *key <= last)
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Gives a key its value. What is there already is left as it is.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let at = self.chunk_of(&key);
        match self.0.get(at).map(|chunk| chunk.binary_search_by(|(known, _)| known.cmp(&key))) {
            None => Rc::make_mut(&mut self.0).push(Rc::new(vec![(key, value)])),
            Some(Ok(found)) if self.0[at][found].1 == value => {}
            Some(Ok(found)) => Rc::make_mut(&mut Rc::make_mut(&mut self.0)[at])[found].1 = value,
            Some(Err(before)) => {
                let chunks = Rc::make_mut(&mut self.0);
                let chunk = Rc::make_mut(&mut chunks[at]);
                chunk.insert(before, (key, value));
                if chunk.len() > MAX_TOGETHER {
                    // What comes in order, as it mostly does, fills the chunks.
                    let rest = if before + 1 == chunk.len() { before } else { chunk.len() / 2 };
                    let rest = chunk.split_off(rest);
                    chunks.insert(at + 1, Rc::new(rest));
                }
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &K) {
        let at = self.chunk_of(key);
        let found = self.0.get(at).map(|chunk| chunk.binary_search_by(|(known, _)| known.cmp(key)));
        if let Some(Ok(found)) = found {
            let chunks = Rc::make_mut(&mut self.0);
            let chunk = Rc::make_mut(&mut chunks[at]);
            chunk.remove(found);
            if chunk.is_empty() {
                chunks.remove(at);
            }
        }
    }

    /// The keys at which the two differ, with the values that they have there; what they share is not looked at.
    pub(crate) fn differences<'a>(&'a self, other: &'a Self) -> Differences<'a, K, V> {
        Differences { own: Cursor::new(&self.0), other: Cursor::new(&other.0) }
    }

    /// Keeps the keys that are in both.
    pub(crate) fn intersect(&mut self, other: &Self) {
        let only_here = |(key, own, other): (&K, Option<&V>, Option<&V>)| {
            (own.is_some() && other.is_none()).then(|| key.clone())
        };
        let gone: Vec<K> = self.differences(other).filter_map(only_here).collect();
        gone.iter().for_each(|key| self.remove(key));
    }
}

impl<K: Ord + Clone, V: Clone + Eq> FromIterator<(K, V)> for SharedMap<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|(key, value)| map.insert(key, value));
        map
    }
}

impl<K: Ord + Clone, V: Clone + Eq> PartialEq for SharedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.differences(other).next().is_none()
    }
}

impl<K: Ord + Clone, V: Clone + Eq> Eq for SharedMap<K, V> {}

impl<K: Ord + Clone, V: Clone + Ord> PartialOrd for SharedMap<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord + Clone, V: Clone + Ord> Ord for SharedMap<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.is_same(other) {
            return Ordering::Equal;
        }
        let mut differences = self.differences(other);
        match differences.next() {
            None => Ordering::Equal,
            Some((_, Some(own), Some(other))) => own.cmp(other),
            // The other one goes on with a later key, or has ended.
            Some((_, Some(_), _)) if differences.other.chunk().is_some() => Ordering::Less,
            Some((_, Some(_), _)) => Ordering::Greater,
            Some(_) if differences.own.chunk().is_some() => Ordering::Greater,
            Some(_) => Ordering::Less,
        }
    }
}

/// A place between the entries of a map.
struct Cursor<'a, K, V> {
    chunks: &'a [Chunk<K, V>],
    at: usize,
}

impl<'a, K, V> Cursor<'a, K, V> {
    fn new(chunks: &'a [Chunk<K, V>]) -> Self {
        Self { chunks, at: 0 }
    }

    fn chunk(&self) -> Option<&'a Chunk<K, V>> {
        self.chunks.first()
    }

    fn entry(&self) -> Option<&'a (K, V)> {
        self.chunk()?.get(self.at)
    }

    fn advance(&mut self) {
        self.at += 1;
        if self.chunk().is_some_and(|chunk| self.at >= chunk.len()) {
            self.skip();
        }
    }

    fn skip(&mut self) {
        self.chunks = self.chunks.get(1..).unwrap_or_default();
        self.at = 0;
    }
}

/// Where two maps differ, in order.
pub(crate) struct Differences<'a, K, V> {
    own: Cursor<'a, K, V>,
    other: Cursor<'a, K, V>,
}

impl<'a, K: Ord, V: Eq> Iterator for Differences<'a, K, V> {
    /// The key, and the values that it has on both sides.
    type Item = (&'a K, Option<&'a V>, Option<&'a V>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let (0, 0, Some(own), Some(other)) =
                (self.own.at, self.other.at, self.own.chunk(), self.other.chunk())
                && Rc::ptr_eq(own, other)
            {
                self.own.skip();
                self.other.skip();
                continue;
            }
            let (own, other) = (self.own.entry(), self.other.entry());
            let order = match (own, other) {
                (None, None) => return None,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((own, _)), Some((other, _))) => own.cmp(other),
            };
            if order.is_le() {
                self.own.advance();
            }
            if order.is_ge() {
                self.other.advance();
            }
            let own = own.filter(|_| order.is_le());
            let other = other.filter(|_| order.is_ge());
            let values = (own.map(|(_, value)| value), other.map(|(_, value)| value));
            if values.0 != values.1
                && let Some((key, _)) = own.or(other)
            {
                return Some((key, values.0, values.1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A row of numbers that look thrown.
    fn thrown(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        }
    }

    #[test]
    fn it_holds_and_compares_as_a_plain_map_does() {
        for seed in 0..20 {
            let mut thrown = thrown(seed);
            let mut maps: Vec<(SharedMap<u64, u64>, BTreeMap<u64, u64>)> = vec![Default::default(); 4];
            for _ in 0..3_000 {
                let (at, key) = (thrown(4) as usize, thrown(400));
                let (shared, plain) = &mut maps[at];
                match thrown(9) {
                    0..5 => {
                        let value = thrown(3);
                        shared.insert(key, value);
                        plain.insert(key, value);
                    }
                    5..8 => {
                        shared.remove(&key);
                        plain.remove(&key);
                    }
                    _ => maps[at] = maps[thrown(4) as usize].clone(),
                }
                let (shared, plain) = &maps[at];
                let (other, other_plain) = &maps[thrown(4) as usize];
                assert_eq!(shared.get(&key), plain.get(&key));
                assert_eq!(shared.cmp(other), plain.cmp(other_plain));
                assert_eq!(shared == other, plain == other_plain);
            }
            for (shared, plain) in &maps {
                assert!(shared.iter().eq(plain.iter()));
                assert_eq!(shared.len(), plain.len());
                for (other, other_plain) in &maps {
                    let mut both = shared.clone();
                    both.intersect(other);
                    assert!(both.keys().eq(plain.keys().filter(|key| other_plain.contains_key(key))));
                }
            }
        }
    }

    #[test]
    fn a_change_of_a_copy_leaves_most_of_it_shared() {
        let whole: SharedMap<u32, u32> = (0..100_000).map(|key| (key, 0)).collect();
        let mut copy = whole.clone();
        copy.insert(50_000, 1);
        copy.insert(200_000, 1);
        let own = copy.0.iter().filter(|chunk| Rc::strong_count(chunk) == 1).count();
        assert!(own <= 3, "{own} of {} chunks", copy.0.len());
        assert_eq!(whole.differences(&copy).count(), 2);
    }
}
