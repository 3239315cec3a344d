//! A map that seldom has more than a few keys, and is made, copied and thrown away very often.

#[derive(Clone)]
pub(crate) struct Few<K, V>(Vec<(K, V)>);

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Few(Vec::new())
    }
}

impl<K: Copy + PartialEq, V: Copy> Few<K, V> {
    pub(crate) fn get(&self, key: K) -> Option<V> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
