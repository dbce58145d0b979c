//! The actors that a digest is about.

use crate::actor::{ActorId, Pattern};
use crate::entities::Entities;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Actors by the patterns of their paths.
#[derive(Clone)]
pub(super) struct Subjects {
    /// All actors if empty.
    patterns: Vec<Pattern>,
    /// Whether an actor is one, by its place. The generation says for which actor this was
    /// computed.
    known: RefCell<FxHashMap<(u16, u32), (u16, bool)>>,
}

impl Subjects {
    pub(super) fn new(patterns: Vec<Pattern>) -> Self {
        Self { patterns, known: RefCell::default() }
    }

    pub(super) fn have(&self, entities: &Entities, actor: ActorId) -> bool {
        if self.patterns.is_empty() {
            return true;
        }
        let place = (actor.class(), actor.index());
        let known = self.known.borrow().get(&place).copied();
        if let Some((_, is)) = known.filter(|(generation, _)| *generation == actor.generation()) {
            return is;
        }
        let path = entities.path(actor).to_string();
        let is = self.patterns.iter().any(|pattern| pattern.matches(&path));
        // An actor whose place was used again is not cached: the place belongs to the next one.
        if entities.is_on_books(actor) {
            self.known.borrow_mut().insert(place, (actor.generation(), is));
        }
        is
    }
}
