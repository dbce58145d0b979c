//! Which records are wanted: by kind, and by the actors at both ends.

use crate::command::options::TraceArgs;
use flagfall::network::Pattern;
use flagfall::record::RecordKind;
use std::collections::BTreeMap;

/// How many paths are remembered.
const PATHS: usize = 1 << 16;

#[derive(Debug)]
pub(crate) struct Which {
    kinds: Vec<RecordKind>,
    actors: Vec<Pattern>,
    /// Cache: whether a path matches.
    matched: BTreeMap<Box<str>, bool>,
}

impl Which {
    pub(crate) fn of(args: &TraceArgs) -> Self {
        Self {
            kinds: args.kind.iter().flat_map(|kinds| kinds.iter()).copied().collect(),
            actors: args.actor.iter().map(|actor| Pattern::from(actor.as_str())).collect(),
            matched: BTreeMap::new(),
        }
    }

    pub(crate) fn wants(&mut self, kind: RecordKind, receiver: &str, sender: &str) -> bool {
        self.wants_kind(kind)
            && (self.actors.is_empty() || self.matches(receiver) || self.matches(sender))
    }

    /// Whether records of that kind may be wanted: what is known before any path is printed.
    pub(crate) fn wants_kind(&self, kind: RecordKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    fn matches(&mut self, path: &str) -> bool {
        if let Some(known) = self.matched.get(path) {
            return *known;
        }
        if self.matched.len() == PATHS {
            self.matched.clear();
        }
        let matches = self.actors.iter().any(|pattern| pattern.matches(path));
        self.matched.insert(path.into(), matches);
        matches
    }
}
