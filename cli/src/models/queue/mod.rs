//! The queue: customers wait in one line for one of several servers.
//!
//! M/M/c, and with other laws of service M/D/1 and M/E_k/1: what the textbooks have
//! closed forms for, so that what is said of an engine and its statistics can be held to
//! them. Customers come after exponential gaps, wait in one line, first come, first served,
//! and leave when they were served.
//!
//! Source: L. Kleinrock, "Queueing Systems", volume 1 (1975), chapters 3 and 5.

mod actors;
mod law;

pub use actors::{Line, LineMessage, Server, ServerMessage, Source, SourceMessage};
pub use law::{ParseLawError, ServiceLaw};

use crate::models::Branching;
use flagfall::actor::ActorRef;
use flagfall::measure::{Measures, Series};
use flagfall::model::{Measured, Model, Run};
use flagfall::time::{Span, VirtualTime};
use flagfall::{Simulation, Types};

/// The parameters of the queue.
///
/// # Examples
/// ```
/// use flagfall::Config;
/// use flagfall_cli::models::queue::Queue;
/// use flagfall::model::{Measured, Model};
/// use flagfall_cli::models::DEFAULT_LATENCY;
///
/// let queue = Queue { customers: 50_000, warm_up: "1000s".parse()?, ..Queue::default() };
/// let run = queue.run(Config::new(42).latency(DEFAULT_LATENCY))?;
/// let measures = queue.measures(&run);
/// // M/M/1 at load 0.8: who comes waits for load / (1 - load) = 4 services on average.
/// let wait = measures.get("mean_wait").expect("customers came");
/// assert!((3.5..4.5).contains(&wait), "{wait}");
/// let utilization = measures.get("utilization").expect("time passed");
/// assert!((0.78..0.82).contains(&utilization), "{utilization}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
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
    /// Who arrives before it is served, but not counted; nor is what the servers do.
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
    /// without one to the last customer's arrival, as what comes after it is a queue that
    /// empties.
    fn window(&self, run: &Run<Visits>) -> (VirtualTime, VirtualTime) {
        let last = (self.customers as usize).checked_sub(1).filter(|_| run.horizon.is_none());
        let last = last.and_then(|last| run.result.visits.get(last)).map(|visit| visit.arrived);
        (VirtualTime::ZERO + self.warm_up, last.unwrap_or(run.virtual_time))
    }
}

/// One customer's visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Visits {
    /// The visits of all customers who came, in order of arrival.
    pub visits: Vec<Visit>,
}

impl Visits {
    /// The visits of those who came at that time or later.
    pub fn since(&self, time: VirtualTime) -> impl Iterator<Item = &Visit> {
        let first = self.visits.partition_point(|visit| visit.arrived < time);
        self.visits[first..].iter()
    }
}

/// The actors of a running queue.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct Handles {
    /// The line, which owns all others.
    pub line: ActorRef<LineMessage>,
}

impl Model for Queue {
    type Handles = Handles;
    type Result = Visits;

    fn start(&self, simulation: &mut Simulation) -> Handles {
        let line = simulation.spawn("queue", Line::new(self.clone()));
        simulation.send(&line, LineMessage::Open);
        Handles { line }
    }

    fn collect(&self, simulation: &Simulation, handles: &Handles) -> Visits {
        let line = simulation.inspect::<Line>(&handles.line);
        Visits { visits: line.map(|line| line.visits.clone()).unwrap_or_default() }
    }
}

/// The part of a span that lies in a window, in nanoseconds.
fn within(from: VirtualTime, to: VirtualTime, window: (VirtualTime, VirtualTime)) -> u128 {
    let span = to.min(window.1).checked_since(from.max(window.0));
    span.map_or(0, |span| span.as_nanos().into())
}

/// A sum of nanoseconds over a number, in seconds; undefined over nothing.
fn mean_secs(spans: impl Iterator<Item = Span>) -> Option<f64> {
    let (sum, count) = spans
        .fold((0_u128, 0_u64), |(sum, count), span| (sum + u128::from(span.as_nanos()), count + 1));
    (count > 0).then(|| sum as f64 / 1e9 / count as f64)
}

impl Measured for Queue {
    /// `customers`: who arrived from the warm-up on, whom the next three are about.
    /// `mean_wait`: of those whose service has begun. `mean_time_in_system`: of those who
    /// have left. `waited_share`: the share of those whose service has begun that had to wait.
    ///
    /// `utilization` (the share of the servers' time that is spent on customers),
    /// `mean_queue_length` (customers who wait) and `mean_number_in_system` are averages
    /// over time, from the warm-up to the horizon, or to the last customer's arrival if there
    /// is none.
    ///
    /// Where a run is ended early, those who wait longest are the last to be counted: a
    /// long horizon, or all customers, leaves out few.
    fn measures(&self, run: &Run<Visits>) -> Measures {
        let (result, window, end) = (&run.result, self.window(run), run.virtual_time);
        let counted = || result.since(window.0);
        let waits = || counted().filter_map(Visit::wait);
        let waited = waits().filter(|wait| !wait.is_zero()).count();
        let (mut busy, mut waiting) = (0, 0);
        for visit in &result.visits {
            waiting += within(visit.arrived, visit.began.unwrap_or(end), window);
            busy += visit.began.map_or(0, |began| within(began, visit.left.unwrap_or(end), window));
        }
        let length = within(window.0, window.1, window);
        let per_time = |sum: u128, of: u128| (of > 0).then(|| sum as f64 / of as f64);
        let mut measures = Measures::new();
        measures
            .count("customers", counted().count() as u64)
            .add("mean_wait", "s", mean_secs(waits()))
            .add("mean_time_in_system", "s", mean_secs(counted().filter_map(Visit::time_in_system)))
            .share("waited_share", waited as u64, waits().count() as u64)
            .add("utilization", "1", per_time(busy, length * u128::from(self.servers)))
            .add("mean_queue_length", "1", per_time(waiting, length))
            .add("mean_number_in_system", "1", per_time(waiting + busy, length));
        measures
    }

    /// The waits of all customers whose service has begun, in order of arrival; the warm-up
    /// is in it, so that it can be seen.
    fn series(&self, run: &Run<Visits>) -> Vec<Series> {
        let waits = run.result.visits.iter().filter_map(Visit::wait);
        let values = waits.map(Span::as_secs_f64).collect();
        vec![Series { name: "wait".into(), unit: "s".into(), values }]
    }
}

impl Branching for Queue {
    type Kept = Handles;

    fn types() -> Types {
        let types = Types::new().forkable::<Line>().forkable::<Server>().forkable::<Source>();
        types
            .savable::<Line>("queue: line")
            .savable::<Server>("queue: server")
            .savable::<Source>("queue: source")
    }

    fn keep(&self, handles: &Handles) -> Handles {
        *handles
    }

    fn attach(&self, kept: Handles, _: &mut Simulation) -> Handles {
        kept
    }
}
