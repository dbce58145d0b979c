//! The taxi fleet: `Simulation`, `Dispatcher`, `Taxi` and `MessageActor`.
//!
//! A simulation actor sends a ride to the dispatcher at regular intervals. The dispatcher
//! gives it to the first free taxi in the order of its staff, or refuses it. The taxi is busy
//! for the length of the ride and then reports its commission. A driver polls the message
//! actor, by default one second after each answer, and at the end asks for the commission.

mod actors;
mod model;

pub use actors::{
    CashReport, Dispatcher, DispatcherMessage, Driver, DriverMessage, RideSource,
    RideSourceMessage, Taxi, TaxiMessage,
};

use super::{DEFAULT_STARTUP, Money, Rate};
use flagfall::{Message, Span, VirtualTime};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// The drivers that the notebook employs.
pub const STAFF: [&str; 4] = ["Daniel", "Petra", "Gilbert", "Emilien"];

/// The parameters of the fleet and its day.
///
/// # Examples
/// ```
/// use flagfall::{Config, Model};
/// use flagfall_cli::models::{DEFAULT_LATENCY, taxi_fleet::TaxiFleet};
///
/// let day = TaxiFleet::default().run(Config::new(42).latency(DEFAULT_LATENCY))?.result;
/// assert_eq!(day.rides.len(), 10);
/// // 0.25 for each second of each ride that was completed, exactly.
/// assert_eq!(day.total_commission, day.commission * day.ride_time);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaxiFleet {
    /// Names of the first drivers; the others are called `Taxi 5`, ...
    pub drivers: Vec<String>,
    /// How many taxis there are.
    pub fleet: u32,
    /// The lengths of the rides.
    pub durations: Durations,
    /// The span between two rides.
    pub every: Span,
    /// What the customer pays.
    pub price: Rate,
    /// What of it the dispatcher gets; not above the price.
    pub commission: Rate,
    /// How often the driver polls.
    pub polls: u32,
    /// The span that the driver sleeps after each poll.
    pub poll_every: Span,
    /// How long the process of the simulation actor takes to start, while
    /// the driver polls already.
    pub startup: Span,
    /// Whether the driver keeps what it polled.
    pub keep_polls: bool,
    /// Rides that reach the dispatcher in this span from the start are driven, but not
    /// measured; `utilization` also ignores driving in the warm-up.
    pub warm_up: Span,
}

/// Where the lengths of the rides come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Durations {
    /// These, in order.
    Given(Vec<Span>),
    /// Whole seconds from the simulation actor's stream `durations`, every
    /// number equally likely.
    Drawn {
        /// How many rides.
        rides: u32,
        /// The shortest and longest, in seconds.
        seconds: RangeInclusive<u64>,
    },
}

impl Durations {
    /// How many rides there are.
    #[must_use]
    pub fn rides(&self) -> usize {
        match self {
            Self::Given(durations) => durations.len(),
            Self::Drawn { rides, .. } => *rides as usize,
        }
    }

    /// The longest ride there may be.
    #[must_use]
    pub fn longest(&self) -> Span {
        match self {
            Self::Given(durations) => durations.iter().copied().max().unwrap_or_default(),
            Self::Drawn { seconds, .. } => Span::from_secs(*seconds.end()),
        }
    }
}

impl Default for TaxiFleet {
    /// The notebook's day: four taxis, ten rides of 1 to 5 seconds, one a
    /// second, fifteen polls.
    fn default() -> Self {
        Self {
            drivers: STAFF.map(str::to_owned).to_vec(),
            fleet: STAFF.len() as u32,
            durations: Durations::Drawn { rides: 10, seconds: 1..=5 },
            every: Span::from_secs(1),
            price: Rate::from_micros(1_250_000),
            commission: Rate::from_micros(250_000),
            polls: 15,
            poll_every: Span::from_secs(1),
            startup: DEFAULT_STARTUP,
            keep_polls: true,
            warm_up: Span::ZERO,
        }
    }
}

impl TaxiFleet {
    /// Enough polls for every ride to end before the total is read, and at least the
    /// notebook's fifteen; `None` if that overflows. `hop` is the longest time that a message
    /// travels ([`Latency::allowance`](flagfall::Latency::allowance)).
    #[must_use]
    pub fn polls_needed(&self, hop: Span) -> Option<u32> {
        // Five hops: Run, AssignRide, TakeRide, RideComplete, Add; and one as a reserve.
        let gaps = (self.durations.rides() as u64).saturating_sub(1);
        let end = self
            .every
            .checked_mul(gaps)?
            .checked_add(self.startup)?
            .checked_add(self.durations.longest())?
            .checked_add(hop.checked_mul(6)?)?;
        let polls = end.as_nanos().div_ceil(self.poll_every.as_nanos().max(1));
        u32::try_from(polls).ok().map(|polls| polls.max(15))
    }

    /// The name of a taxi's driver.
    #[must_use]
    pub fn driver_name(&self, taxi: u32) -> Cow<'_, str> {
        match self.drivers.get(taxi as usize) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("Taxi {}", u64::from(taxi) + 1)),
        }
    }
}

/// A message for the message actor; printed in the user's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Message, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Notice {
    /// A ride was given to a taxi.
    Assigned { duration: Span, taxi: u32 },
    /// No taxi was free.
    Refused,
    /// A taxi has reported the end of a ride.
    Completed { commission: Money, taxi: u32 },
}

/// One ride, as the dispatcher knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ride {
    /// When the dispatcher was asked for it.
    pub asked: VirtualTime,
    /// How long it takes.
    pub duration: Span,
    /// The taxi it was given to; `None` if it was refused.
    pub taxi: Option<u32>,
    /// Whether its end was reported.
    pub completed: bool,
}

/// The results of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// All rides that reached the dispatcher, in order.
    pub rides: Vec<Ride>,
    /// What each poll returned; empty if polls were not kept.
    pub polls: Vec<Vec<Notice>>,
    /// What arrived at the message actor after the last poll.
    pub unpolled: Vec<Notice>,
    /// The commission collected when the driver asked.
    pub total_commission: Money,
    /// The rides whose end had been reported then.
    pub rides_completed: u64,
    /// How long those rides took together.
    pub ride_time: Span,
    /// What the taxis have earned by the end of the run, together.
    pub taxi_cash: Money,
    /// The commission's rate.
    pub commission: Rate,
    /// The share of all taxis' time that they drive, from the warm-up to the end of the run;
    /// `None` if there is no such time.
    pub utilization: Option<f64>,
}

impl Day {
    /// The numbers of the rides that were refused.
    #[must_use]
    pub fn refused(&self) -> Vec<usize> {
        let rides = self.rides.iter().enumerate();
        rides.filter(|(_, ride)| ride.taxi.is_none()).map(|(number, _)| number).collect()
    }
}
