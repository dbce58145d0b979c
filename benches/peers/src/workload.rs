//! What is run: names, sizes and units; the generator and the countdown that
//! all engines written in Rust share. `expectation.rs` says what a run must
//! come to.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1};
use std::cell::{Cell, RefCell};
use std::fmt;

/// Nodes of the ring, connections of the timeouts, workers of the parameter
/// server.
pub(crate) const NODES: usize = 1_000;
pub(crate) const CONNECTIONS: usize = 10_000;
pub(crate) const WORKERS: usize = 1_000;

/// After how many virtual seconds PHOLD has forgotten its start.
pub(crate) const WARM: f64 = 5.0;

/// Mean times between arrivals and of a service, in seconds: load 0.9.
pub(crate) const INTERARRIVAL: f64 = 1.0 / 0.9;
pub(crate) const SERVICE: f64 = 1.0;

/// How long a connection waits for the next activity, in seconds.
pub(crate) const TIMEOUT: f64 = 1.0;
/// The share of the timeouts that fire.
pub(crate) const FIRING: f64 = 0.05;

/// How long a worker computes, in seconds, and what it sends.
pub(crate) const COMPUTING: f64 = 1.5;
pub(crate) type Gradient = [f64; 10];

/// The bank whose customers leave: mean times in seconds between arrivals, of a
/// service, and until patience ends.
pub(crate) const BANK_INTERARRIVAL: f64 = 1.0;
pub(crate) const BANK_SERVICE: f64 = 1.0;
pub(crate) const PATIENCE: f64 = 2.0;

/// The repair shop: machines, mean times in seconds until one fails and of a
/// repair, and how long one of the repairer's other jobs takes.
pub(crate) const MACHINES: usize = 10;
pub(crate) const LIFE: f64 = 100.0;
pub(crate) const REPAIR: f64 = 5.0;
pub(crate) const OTHER_JOB: f64 = 30.0;

/// Producers, consumers and room of the store, and the mean time in seconds
/// that an item takes either of them.
pub(crate) const PRODUCERS: usize = 10;
pub(crate) const CONSUMERS: usize = 10;
pub(crate) const ROOM: usize = 10;
pub(crate) const MAKING: f64 = 1.0;

/// Processes that sleep.
pub(crate) const SLEEPERS: usize = 100_000;

/// How often a process is started, and how long it lives, in seconds.
pub(crate) const SPAWNING: f64 = 0.001;
pub(crate) const LIVING: f64 = 1.0;

/// What runs, and with how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Phold {
        processes: usize,
        each: usize,
    },
    /// PHOLD once it has forgotten its start, on flagfall alone.
    Hold {
        processes: usize,
        each: usize,
    },
    Mm1,
    Ring {
        delayed: bool,
    },
    Timeouts,
    Taxi {
        fleet: usize,
    },
    Params,
    /// M/M/1 with a process for each customer and a resource as the server.
    Mm1Processes,
    /// A bank whose customers leave when their patience ends.
    Reneging,
    /// Repairs preempt the repairer's other jobs.
    Repair,
    /// Producers and consumers over a bounded store.
    Store,
    Sleepers,
    /// Processes that are started, sleep once and end.
    Spawn,
}

impl Kind {
    /// Whether it is written for processes: resources, a process per customer.
    pub(crate) fn is_for_processes(self) -> bool {
        matches!(
            self,
            Self::Mm1Processes
                | Self::Reneging
                | Self::Repair
                | Self::Store
                | Self::Sleepers
                | Self::Spawn
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Workload {
    pub(crate) kind: Kind,
    /// How many units are run.
    pub(crate) count: u64,
}

impl Workload {
    /// All of them, in full size.
    pub(crate) fn all() -> Vec<Self> {
        [
            Kind::Phold { processes: 1 << 10, each: 1 },
            Kind::Phold { processes: 1 << 10, each: 16 },
            Kind::Phold { processes: 1 << 16, each: 1 },
            Kind::Phold { processes: 1 << 16, each: 16 },
            Kind::Mm1,
            Kind::Ring { delayed: true },
            Kind::Ring { delayed: false },
            Kind::Timeouts,
            Kind::Taxi { fleet: 4 },
            Kind::Taxi { fleet: 1_000 },
            Kind::Taxi { fleet: 100_000 },
            Kind::Params,
            Kind::Mm1Processes,
            Kind::Reneging,
            Kind::Repair,
            Kind::Store,
            Kind::Sleepers,
            Kind::Spawn,
        ]
        .map(Self::full)
        .to_vec()
    }

    pub(crate) fn full(kind: Kind) -> Self {
        let count = match kind {
            Kind::Spawn => 10_000_000,
            Kind::Phold { .. }
            | Kind::Hold { .. }
            | Kind::Ring { .. }
            | Kind::Timeouts
            | Kind::Sleepers => 5_000_000,
            Kind::Mm1 | Kind::Taxi { .. } | Kind::Params => 1_000_000,
            Kind::Mm1Processes | Kind::Reneging | Kind::Repair | Kind::Store => 1_000_000,
        };
        Self { kind, count }
    }

    /// The same with a fraction of the units, at least one of each worker.
    pub(crate) fn scaled(self, fraction: f64) -> Self {
        let count = ((self.count as f64 * fraction).round() as u64).max(1);
        match self.kind {
            // Whole epochs.
            Kind::Params => Self { count: count.next_multiple_of(WORKERS as u64), ..self },
            _ => Self { count, ..self },
        }
    }

    /// One of [`all`](Self::all), or of any size as in `hold-64k-4`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|workload| workload.to_string() == name).or_else(|| {
            let (processes, each) = name.strip_prefix("hold-")?.split_once("k-")?;
            let processes = 1024 * processes.parse::<usize>().ok()?;
            Some(Self::full(Kind::Hold { processes, each: each.parse().ok()? }))
        })
    }

    pub(crate) fn unit(&self) -> &'static str {
        match self.kind {
            Kind::Phold { .. } | Kind::Hold { .. } => "event",
            Kind::Mm1 | Kind::Mm1Processes | Kind::Reneging => "customer",
            Kind::Ring { .. } => "hop",
            Kind::Timeouts => "armed timeout",
            Kind::Taxi { .. } => "ride",
            Kind::Params => "update",
            Kind::Repair => "repair",
            Kind::Store => "item",
            Kind::Sleepers => "sleep",
            Kind::Spawn => "process",
        }
    }

    /// Whether a run of it draws at random.
    pub(crate) fn draws(&self) -> bool {
        !matches!(self.kind, Kind::Ring { .. } | Kind::Params | Kind::Sleepers | Kind::Spawn)
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Phold { processes, each } => write!(f, "phold-{}k-{each}", processes / 1024),
            Kind::Hold { processes, each } => write!(f, "hold-{}k-{each}", processes / 1024),
            Kind::Mm1 => write!(f, "mm1"),
            Kind::Ring { delayed } => write!(f, "ring-{}", u8::from(delayed)),
            Kind::Timeouts => write!(f, "timeouts"),
            Kind::Taxi { fleet } if fleet >= 1_000 => write!(f, "taxi-{}k", fleet / 1_000),
            Kind::Taxi { fleet } => write!(f, "taxi-{fleet}"),
            Kind::Params => write!(f, "params"),
            Kind::Mm1Processes => write!(f, "mm1-processes"),
            Kind::Reneging => write!(f, "reneging"),
            Kind::Repair => write!(f, "repair"),
            Kind::Store => write!(f, "store"),
            Kind::Sleepers => write!(f, "sleepers"),
            Kind::Spawn => write!(f, "spawn"),
        }
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finished {
    /// Of the run alone: actors are spawned before.
    pub(crate) seconds: f64,
    /// The value that [`Workload::expectation`] speaks of.
    pub(crate) value: f64,
}

// --- the countdown ---------------------------------------------------------

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(0) };
}

/// Starts the countdown of the units to run.
pub(crate) fn start(count: u64) {
    LEFT.set(count);
}

/// Counts one unit; `false` if it was the last or there was none left.
#[inline]
pub(crate) fn counted() -> bool {
    let left = LEFT.get().saturating_sub(1);
    LEFT.set(left);
    left > 0
}

/// How many units are left to run.
#[inline]
pub(crate) fn left() -> u64 {
    LEFT.get()
}

// --- the generator ---------------------------------------------------------

thread_local! {
    static GENERATOR: RefCell<SmallRng> = RefCell::new(SmallRng::seed_from_u64(42));
}

/// Exponentially distributed with mean 1, by the ziggurat method.
#[inline]
pub(crate) fn exponential() -> f64 {
    GENERATOR.with_borrow_mut(|generator| Exp1.sample(generator))
}

/// A whole number below `bound`.
#[inline]
pub(crate) fn below(bound: usize) -> usize {
    GENERATOR.with_borrow_mut(|generator| generator.random_range(0..bound as u32)) as usize
}

/// A number in [0, 1).
#[inline]
pub(crate) fn unit() -> f64 {
    GENERATOR.with_borrow_mut(RngExt::random)
}

/// PHOLD: how long the next event travels, in seconds.
#[inline]
pub(crate) fn hold() -> f64 {
    0.1 + exponential()
}

/// How long a connection stays silent, in seconds.
#[inline]
pub(crate) fn silence() -> f64 {
    let span = 0.1 + 0.8 * unit();
    if unit() < 1.0 - FIRING { span } else { 1.0 + span }
}

/// How long a ride takes, in whole seconds.
#[inline]
pub(crate) fn ride() -> u64 {
    1 + below(5) as u64
}

/// What a ride brings.
#[inline]
pub(crate) fn commission(seconds: u64) -> f64 {
    0.25 * seconds as f64
}

/// What a worker sends each time: whole numbers, so that sums are exact in any
/// order. Over all workers they come to 45 a message.
pub(crate) fn gradient(worker: usize) -> Gradient {
    [(worker % 10) as f64; 10]
}

/// How long a sleeper sleeps each time, in seconds: all differently, so that few
/// are due at one instant.
pub(crate) fn nap(sleeper: usize) -> f64 {
    1.0 + sleeper as f64 / SLEEPERS as f64
}

/// For engines that count nanoseconds.
#[inline]
pub(crate) fn nanos(seconds: f64) -> u64 {
    (seconds * 1e9) as u64
}
