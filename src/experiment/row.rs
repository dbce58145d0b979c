//! The result of one replication.

use crate::digest::Digest;
use crate::measure::Measures;
use crate::model::{Measured, Run};

/// The result of a replication that ran to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Its numbers.
    pub measures: Measures,
    /// How many events happened.
    pub events: u64,
    /// The digest of its trace, if one was computed.
    pub digest: Option<Digest>,
}

impl Finished {
    /// The result of a run of a model.
    ///
    /// # Panics
    /// If the run is stuck ([`Run::stuck`]), because then it has no final numbers.
    /// [`Model::run`](crate::model::Model::run) returns this case as an error. Both are a
    /// failed row of an [`Experiment`](super::Experiment).
    #[must_use]
    pub fn of<M: Measured>(model: &M, run: &Run<M::Result>) -> Self {
        if let Some(why) = &run.stuck {
            panic!("the run got stuck: {why}");
        }
        let mut measures = model.measures(run);
        measures.and(&run.collected);
        Self { measures, events: run.events, digest: run.digest }
    }
}

/// One replication of one point, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The number of the point.
    pub point: usize,
    /// The number of the replication.
    pub replication: u64,
    /// Its numbers, or the error that ended it.
    pub outcome: Result<Numbers, String>,
}

/// The numbers of a replication, in the order of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// One per column; `None` if the run left it undefined.
    pub values: Box<[Option<f64>]>,
    /// How many events happened.
    pub events: u64,
    /// The digest of the trace, if one was computed.
    pub digest: Option<u128>,
}
