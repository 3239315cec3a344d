//! Values that many states of a walk have in common.

use std::cmp::Ordering;
use std::rc::Rc;

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
