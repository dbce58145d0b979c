//! When customers, orders or messages come.

mod error;
mod rates;
mod text;

pub use error::ArrivalError;
pub use rates::Rates;

use crate::random::{Distribution, Stream};
use crate::time::{Span, VirtualTime};
use std::sync::Arc;

/// An arrival process: when something comes, and how many at once.
///
/// It is a value, and can be an option of a model. [`begin`](Self::begin) gives the arrivals of a
/// run in their order.
///
/// # Draws
/// An arrival takes one word of its stream, and none if the times are recorded. The sizes of batches
/// take one word each of another stream.
///
/// # Examples
/// ```
/// use flagfall::arrivals::ArrivalProcess;
/// use flagfall::prelude::*;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let patients: ArrivalProcess = "rates(per=1h, daily(0: 2, 8h: 30, 20h: 5))".parse()?;
/// let mut simulation = Simulation::new(Config::new(42).horizon(VirtualTime::from_hours(24)));
/// simulation.process("door", async move |p| {
///     let mut arrivals = patients.begin(p.now(), p.stream("arrivals"), p.stream("sizes"));
///     while let Some(arrival) = arrivals.next() {
///         p.sleep_until(arrival.at).await;
///     }
/// });
/// simulation.run()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivalProcess {
    times: Times,
    sizes: Option<Distribution>,
}

#[derive(Clone, Debug, PartialEq)]
enum Times {
    Renewal(Distribution),
    Rates(Arc<Rates>),
    Recorded(Arc<[Span]>),
}

impl ArrivalProcess {
    /// Arrivals with that mean gap, at times that do not depend on each other: a Poisson process.
    ///
    /// # Errors
    /// The mean is 0.
    pub fn poisson(mean_gap: Span) -> Result<Self, ArrivalError> {
        Self::renewal(Distribution::exponential(mean_gap.as_secs_f64())?)
    }

    /// Arrivals with gaps of that distribution, in seconds; the first one comes after a gap.
    ///
    /// # Errors
    /// A gap can be negative, or all are 0.
    pub fn renewal(gaps: Distribution) -> Result<Self, ArrivalError> {
        let (least, most) = gaps.support();
        if least < 0.0 || most <= 0.0 {
            return Err(ArrivalError::Gaps { least });
        }
        Ok(Self { times: Times::Renewal(gaps), sizes: None })
    }

    /// A Poisson process whose rate changes over time.
    #[must_use]
    pub fn with_rates(rates: Rates) -> Self {
        Self { times: Times::Rates(Arc::new(rates)), sizes: None }
    }

    /// Arrivals at the given times after the beginning.
    ///
    /// # Errors
    /// They are not in order.
    pub fn recorded(times: Vec<Span>) -> Result<Self, ArrivalError> {
        if let Some(pair) = times.windows(2).find(|pair| pair[1] < pair[0]) {
            return Err(ArrivalError::Order { before: pair[0], at: pair[1] });
        }
        Ok(Self { times: Times::Recorded(times.into()), sizes: None })
    }

    /// So many come at once.
    ///
    /// # Errors
    /// A size can be below 1, or is not whole.
    pub fn in_batches(self, sizes: Distribution) -> Result<Self, ArrivalError> {
        let least = sizes.support().0;
        if least < 1.0 || !sizes.is_whole() {
            return Err(ArrivalError::Sizes { least });
        }
        Ok(Self { sizes: Some(sizes), ..self })
    }

    /// The arrivals from a time on.
    #[must_use]
    pub fn begin(&self, from: VirtualTime, times: Stream, sizes: Stream) -> Arrivals {
        let process = self.clone();
        let expected = Distribution::exponential(1.0).expect("the mean is above 0");
        Arrivals { process, expected, begin: from, last: from, count: 0, times, sizes }
    }
}

/// What comes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When it comes.
    pub at: VirtualTime,
    /// How many come.
    pub size: u64,
}

/// The arrivals of a run, in the order of time. It is endless unless the times are recorded, or the
/// rates are 0 for ever.
#[derive(Clone, Debug)]
pub struct Arrivals {
    process: ArrivalProcess,
    /// Of the numbers whose sums are the expected numbers up to arrivals.
    expected: Distribution,
    begin: VirtualTime,
    last: VirtualTime,
    count: usize,
    times: Stream,
    sizes: Stream,
}

impl Arrivals {
    /// The times of what comes, one by one: a batch of three gives its time three times.
    ///
    /// # Examples
    /// ```
    /// use flagfall::arrivals::ArrivalProcess;
    /// use flagfall::prelude::*;
    ///
    /// let buses: ArrivalProcess = "batches(recorded(0, 5min), size=2)".parse()?;
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let door = simulation.process("door", async move |p| {
    ///     let buses = buses.begin(p.now(), p.stream("times"), p.stream("sizes"));
    ///     buses.one_by_one().map(|at| at.to_string()).collect::<Vec<_>>()
    /// });
    /// simulation.run()?;
    /// assert_eq!(door.result().unwrap(), ["0s", "0s", "300s", "300s"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn one_by_one(self) -> impl Iterator<Item = VirtualTime> {
        self.flat_map(|arrival| (0..arrival.size).map(move |_| arrival.at))
    }
}

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let at = match &self.process.times {
            Times::Renewal(gaps) => self.last.checked_add(gaps.draw_span(&mut self.times)),
            Times::Rates(rates) => rates.after(self.last, self.expected.draw(&mut self.times)),
            Times::Recorded(times) => {
                times.get(self.count).and_then(|time| self.begin.checked_add(*time))
            }
        }?;
        self.last = at;
        self.count += 1;
        let size = self.process.sizes.as_ref();
        let size = size.map_or(1, |sizes| sizes.draw_whole(&mut self.sizes) as u64);
        Some(Arrival { at, size })
    }
}
