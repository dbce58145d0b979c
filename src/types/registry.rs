//! Things of one kind that are known by a type and have a name.

use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::rc::Rc;

/// What is known of types, and the name it has in files.
pub(crate) struct Registry<T: ?Sized>(FxHashMap<TypeId, (&'static str, Rc<T>)>);

impl<T: ?Sized> Registry<T> {
    /// Enters what is known of values of type `K`.
    ///
    /// # Panics
    /// If values of another type have the name: which of them a file means would
    /// be left to chance.
    pub(crate) fn insert<K: 'static>(&mut self, name: &'static str, known: Rc<T>) {
        self.enter(TypeId::of::<K>(), (name, known));
    }

    /// Enters what another knows; of the same type, that counts.
    ///
    /// # Panics
    /// If both know the name of different types.
    pub(crate) fn extend(&mut self, other: &Self) {
        other.0.iter().for_each(|(id, known)| self.enter(*id, known.clone()));
    }

    fn enter(&mut self, id: TypeId, known: (&'static str, Rc<T>)) {
        let taken = self.0.iter().any(|(other, (name, _))| *other != id && *name == known.0);
        assert!(!taken, "two functions are named {}", known.0);
        self.0.insert(id, known);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What is known of that value's type, after its name.
    pub(crate) fn of(&self, value: &dyn Any) -> Option<&(&'static str, Rc<T>)> {
        self.0.get(&value.type_id())
    }

    #[cfg(feature = "snapshot")]
    pub(crate) fn named(&self, name: &str) -> Option<&T> {
        self.0.values().find(|(known, _)| *known == name).map(|(_, known)| &**known)
    }
}

// Derived, these would ask the same of `T`.
impl<T: ?Sized> Clone for Registry<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> Default for Registry<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}
