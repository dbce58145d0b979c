//! Paths, printed when they are needed.

use crate::actor::{ActorId, SpawnOptions};
use crate::entities::entry::Entry;
use crate::entities::index::Entities;
use std::fmt;
use std::fmt::Write as _;

pub(crate) struct Path<'a> {
    entities: &'a Entities,
    id: ActorId,
    /// A longer path is shortened to that many names at each end.
    ends: usize,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.id == ActorId::OUTSIDE {
            return Ok(());
        }
        match self.entities.get(self.id) {
            Some(entry) => self.entities.write_path(entry, self.ends, f),
            None => write!(f, "{:?}", self.id),
        }
    }
}

impl Entities {
    /// Prints as the path of an actor, living or dead.
    pub(crate) fn path(&self, id: ActorId) -> Path<'_> {
        Path { entities: self, id, ends: usize::MAX }
    }

    /// The same as a text. Most paths fit, and are written without growing it.
    pub(crate) fn path_text(&self, id: ActorId) -> String {
        let mut text = String::with_capacity(32);
        _ = write!(text, "{}", self.path(id));
        text
    }

    /// The same as [`path`](Self::path) for an error text: of a long chain of owners, it prints at
    /// most eight.
    pub(crate) fn brief_path(&self, id: ActorId) -> Path<'_> {
        Path { entities: self, id, ends: 4 }
    }

    pub(crate) fn child_path(&self, owner: ActorId, spawn: &SpawnOptions) -> String {
        match owner {
            ActorId::OUTSIDE => spawn.to_string(),
            _ => format!("{}/{spawn}", self.path(owner)),
        }
    }

    /// A loop and no recursion: chains of owners may be long.
    fn write_path(&self, entry: &Entry, ends: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if entry.owner == ActorId::OUTSIDE {
            return self.write_name(entry, f);
        }
        let mut line = vec![entry];
        loop {
            let owner = line[line.len() - 1].owner;
            if owner == ActorId::OUTSIDE {
                break;
            }
            let Some(entry) = self.get(owner) else {
                // The owner of an actor that died long ago may be gone, too.
                f.write_str("(gone)/")?;
                break;
            };
            line.push(entry);
        }
        let last = line.len().saturating_sub(ends);
        for (depth, entry) in line.iter().rev().enumerate() {
            if (ends..last).contains(&depth) {
                if depth == ends {
                    write!(f, "/({} more)", last - ends)?;
                }
                continue;
            }
            if depth > 0 {
                f.write_str("/")?;
            }
            self.write_name(entry, f)?;
        }
        Ok(())
    }

    fn write_name(&self, entry: &Entry, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.labels[entry.name.label()].text)?;
        match entry.name.ordinal() {
            Some(ordinal) => write!(f, "[{ordinal}]"),
            None => Ok(()),
        }
    }
}
