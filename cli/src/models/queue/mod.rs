//! The queue: customers wait in one line for one of several servers.
//!
//! M/M/c, and with other laws of service M/D/1 and M/E_k/1, for which textbooks have closed
//! forms. Customers come after exponential gaps, wait in one line, first come, first served,
//! and leave when they are served.
//!
//! Source: L. Kleinrock, "Queueing Systems", volume 1 (1975), chapters 3 and 5.

mod actors;
mod law;
mod model;

pub use actors::{Line, LineMessage, Server, ServerMessage, Source, SourceMessage};
pub use law::{ParseLawError, ServiceLaw};

use flagfall::model::Run;
use flagfall::{Span, VirtualTime};
use serde::{Deserialize, Serialize};

/// The parameters of the queue.
///
/// # Examples
/// ```
/// use flagfall::Config;
/// use flagfall::model::{Measured, Model};
/// use flagfall_cli::models::{DEFAULT_LATENCY, queue::Queue};
///
/// let queue = Queue { customers: 50_000, warm_up: "1000s".parse()?, ..Queue::default() };
/// let run = queue.run(Config::new(42).latency(DEFAULT_LATENCY))?;
/// let measures = queue.measures(&run);
/// // M/M/1 at load 0.8: a customer waits for load / (1 - load) = 4 services on average.
/// let wait = measures.get("mean_wait").expect("customers came");
/// assert!((3.5..4.5).contains(&wait), "{wait}");
/// let utilization = measures.get("utilization").expect("time passed");
/// assert!((0.78..0.82).contains(&utilization), "{utilization}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// How many servers there are.
    pub servers: u32,
    /// How much work comes, as a share of what the servers can do: above 0. From 1 on,
    /// the line grows without end.
    pub load: f64,
    /// How long a service takes on average.
    pub service: Span,
    /// The law of its length.
    pub service_law: ServiceLaw,
    /// How many customers come.
    pub customers: u32,
    /// Customers who arrive before its end are served, but not counted; nor is the work of
    /// the servers until then.
    pub warm_up: Span,
}

impl Default for Queue {
    /// One server, busy for four fifths of the time; services of a second; 10,000 customers.
    fn default() -> Self {
        Self {
            servers: 1,
            load: 0.8,
            service: Span::from_secs(1),
            service_law: ServiceLaw::Exponential,
            customers: 10_000,
            warm_up: Span::ZERO,
        }
    }
}

impl Queue {
    /// The mean gap between two customers: service / (load * servers), in whole
    /// nanoseconds. [`Span::MAX`] if it is above that, or the load is none.
    #[must_use]
    pub fn mean_gap(&self) -> Span {
        let work = self.load * f64::from(self.servers);
        let nanos = self.service.as_nanos() as f64 / work;
        if work > 0.0 && nanos < Span::MAX.as_nanos() as f64 {
            Span::from_nanos(nanos.round() as u64)
        } else {
            Span::MAX
        }
    }

    /// Whether there is a steady state: whether less comes than the servers can do.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.load < 1.0
    }

    /// The span over which averages over time are taken: from the warm-up to the horizon;
    /// without one to the last customer's arrival, because afterwards the queue only empties.
    fn window(&self, run: &Run<Vec<Visit>>) -> (VirtualTime, VirtualTime) {
        let last = (self.customers as usize).checked_sub(1).filter(|_| run.horizon.is_none());
        let last = last.and_then(|last| run.result.get(last)).map(|visit| visit.arrived);
        (VirtualTime::ZERO + self.warm_up, last.unwrap_or(run.virtual_time))
    }
}

/// One customer's visit. A run results in all visits, in order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// When the customer came.
    pub arrived: VirtualTime,
    /// When the service began; `None` if the customer still waits.
    pub began: Option<VirtualTime>,
    /// When the customer left; `None` if it is still there.
    pub left: Option<VirtualTime>,
}

impl Visit {
    /// How long the customer waited, if that is over.
    #[must_use]
    pub fn wait(&self) -> Option<Span> {
        self.began?.checked_since(self.arrived)
    }

    /// How long the customer was there, if that is over.
    #[must_use]
    pub fn time_in_system(&self) -> Option<Span> {
        self.left?.checked_since(self.arrived)
    }
}
