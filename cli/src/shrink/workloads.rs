//! How the models' parameters become less.

use super::{Workload, smaller_lists};
use crate::models::actor_tree::ActorTree;
use crate::models::message_log::MessageLog;
use crate::models::parameter_server::ParameterTraining;
use crate::models::queue::Queue;
use crate::models::taxi_fleet::{Durations, TaxiFleet};
use flagfall::time::Span;

impl Workload for TaxiFleet {
    /// Fewer rides, fewer taxis, rides of a second.
    fn smaller(&self) -> Vec<Self> {
        let with = |durations| Self { durations, ..self.clone() };
        let mut smaller: Vec<Self> = match &self.durations {
            Durations::Given(durations) => {
                smaller_lists(durations).into_iter().map(Durations::Given).map(with).collect()
            }
            Durations::Drawn { rides, seconds } => halves(*rides)
                .map(|rides| with(Durations::Drawn { rides, seconds: seconds.clone() }))
                .collect(),
        };
        smaller.extend(halves(self.fleet).map(|fleet| Self { fleet, ..self.clone() }));
        if let Durations::Given(durations) = &self.durations {
            let second = Span::from_secs(1);
            for place in (0..durations.len()).filter(|place| durations[*place] > second) {
                let mut durations = durations.clone();
                durations[place] = second;
                smaller.push(with(Durations::Given(durations)));
            }
        }
        smaller.extend(halves(self.polls).map(|polls| Self { polls, ..self.clone() }));
        smaller
    }
}

impl Workload for ParameterTraining {
    /// Fewer workers, epochs, reads and numbers.
    fn smaller(&self) -> Vec<Self> {
        let workers = halves(self.workers).map(|workers| Self { workers, ..self.clone() });
        let epochs = halves(self.epochs).map(|epochs| Self { epochs, ..self.clone() });
        let reads = halves(self.reads).map(|reads| Self { reads, ..self.clone() });
        let dimensions = halves(u32::try_from(self.dimension).unwrap_or(u32::MAX));
        let dimensions = dimensions.map(|n| Self { dimension: n as usize, ..self.clone() });
        workers.chain(epochs).chain(reads).chain(dimensions).collect()
    }
}

impl Workload for ActorTree {
    /// Fewer supervisors, epochs and crashes; fewer workers, where nothing names them.
    fn smaller(&self) -> Vec<Self> {
        let supervisors = halves(self.supervisors);
        let supervisors = supervisors.map(|supervisors| Self { supervisors, ..self.clone() });
        let epochs = halves(self.epochs).map(|epochs| Self { epochs, ..self.clone() });
        let crashes = smaller_lists(&self.crashes).into_iter();
        let crashes = crashes.map(|crashes| Self { crashes, ..self.clone() });
        let is_free =
            |n: &u32| self.script.is_empty() && self.crashes.iter().all(|(worker, _)| worker < n);
        let workers = halves(self.workers).filter(is_free);
        let workers = workers.map(|workers| Self { workers, ..self.clone() });
        supervisors.chain(epochs).chain(crashes).chain(workers).collect()
    }
}

impl Workload for MessageLog {
    /// Fewer workers, messages and polls.
    fn smaller(&self) -> Vec<Self> {
        let workers = halves(self.workers).map(|workers| Self { workers, ..self.clone() });
        let messages = halves(self.messages).map(|messages| Self { messages, ..self.clone() });
        let polls = halves(self.polls).map(|polls| Self { polls, ..self.clone() });
        workers.chain(messages).chain(polls).collect()
    }
}

impl Workload for Queue {
    /// Fewer customers and servers; one server stays, so that customers can leave.
    fn smaller(&self) -> Vec<Self> {
        let customers = halves(self.customers);
        let customers = customers.map(|customers| Self { customers, ..self.clone() });
        let servers = halves(self.servers).filter(|servers| *servers > 0);
        customers.chain(servers.map(|servers| Self { servers, ..self.clone() })).collect()
    }
}

/// 0, then half of the way from there to the number, and so on: the number less
/// one is the last.
fn halves(number: u32) -> impl Iterator<Item = u32> {
    let mut less = number;
    std::iter::from_fn(move || {
        let found = (less > 0).then(|| number - less);
        less /= 2;
        found
    })
}
