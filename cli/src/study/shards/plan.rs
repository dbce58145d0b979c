//! Rounds: which replications a study with a precision runs next.
//!
//! How many replications a point needs is known from its rows alone. So shards run a range of
//! replications of each point, all rows are judged, and the next round goes on where rows are
//! missing. The first round needs no plan.

use super::super::MOST_JSON;
use super::super::error::{StudyError, StudyProblem};
use super::super::files::replace;
use super::super::log::{self, STUDY};
use super::super::origin::Origin;
use super::{FOLDER, ends};
use crate::disk;
use flagfall::experiment::{Replications, Stopping};
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

const ROUND: &str = "round";

/// What a round runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// Its number, from 1.
    pub(super) round: u64,
    /// From which replication to which, at each point.
    pub(super) ranges: Vec<Range<u64>>,
}

impl Plan {
    fn path(folder: &Path, origin: &Origin, round: u64) -> PathBuf {
        folder.join(FOLDER).join(format!("{}.round-{round}.{}", origin.hash(), ends::PLAN))
    }

    /// The round that the study in a folder is in.
    ///
    /// # Errors
    /// [`StudyProblem::ShardDamage`] if its plan is not what was written.
    pub(super) fn current(
        folder: &Path,
        origin: &Origin,
        points: usize,
        replications: &Replications,
    ) -> Result<Self, StudyError> {
        let first = Stopping::first(replications);
        let mut plan = Self { round: 1, ranges: vec![0..first; points] };
        while let Some(next) = Self::read(folder, origin, points, plan.round + 1)? {
            plan = next;
        }
        Ok(plan)
    }

    fn read(
        folder: &Path,
        origin: &Origin,
        points: usize,
        round: u64,
    ) -> Result<Option<Self>, StudyError> {
        let path = Self::path(folder, origin, round);
        let text = match disk::text(&path, MOST_JSON) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StudyError::io(&path, "read")(error)),
        };
        let mut lines = text.split_inclusive('\n').map(str::as_bytes);
        let plan = lines.next().and_then(|first| log::checked(first, log::Seed::default()));
        let plan = plan.filter(|(_, kind, json)| {
            *kind == STUDY && Origin::parse(json).as_ref() == Some(origin)
        });
        let plan = plan.and_then(|(seed, ..)| {
            let (_, kind, json) = log::checked(lines.next()?, seed)?;
            if kind == ROUND { log::parse::<Self>(json) } else { None }
        });
        let is_one = |plan: &Self| plan.round == round && plan.ranges.len() == points;
        plan.filter(is_one).map(Some).ok_or_else(|| {
            let what = "it is not the plan that was written: remove it, and merge again, which \
                        writes it anew";
            StudyProblem::ShardDamage(what.to_owned()).at(&path)
        })
    }

    /// Writes it beside the shards.
    pub(super) fn write(&self, folder: &Path, origin: &Origin) -> Result<(), StudyError> {
        let mut bytes = Vec::new();
        let seed = log::study(&mut bytes, origin);
        log::line(&mut bytes, seed, ROUND, self);
        replace(&Self::path(folder, origin, self.round), |out| out.write_all(&bytes))
    }

    /// The range of a point in the next round: it has `rows` rows, and `expected` are expected to
    /// be enough, and `most` are the most.
    pub(super) fn next(rows: u64, expected: u64, most: u64) -> Range<u64> {
        // An estimate from few rows is a rough one: at most the square of their number. A little
        // more than is expected saves a round, and what is too much is dropped.
        let rough = rows.saturating_mul(rows).max(16);
        let padded = expected.saturating_add(expected / 16).max(rows + rows / 8 + 1);
        rows..padded.min(rough).max(rows + 1).min(most)
    }
}
