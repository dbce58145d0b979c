//! The collectors, and how they are made.

use crate::collect::handle::{GaugeId, make};
use crate::gauge::{Batches, Bins, Data, Name, Observed, Stat, Watched};
use crate::resource::Environment;
use std::borrow::Cow;

/// Counts what happens: a measure of its name.
///
/// # Examples
/// ```
/// use flagfall::collect::Counter;
/// use flagfall::{Config, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let scrapped = Counter::new(&mut simulation, ("parts", "scrapped"));
/// simulation.process("press", async move |p| {
///     p.sleep(Span::from_secs(1)).await;
///     scrapped.add(&p, 3);
/// });
/// simulation.run()?;
/// assert_eq!(scrapped.count(&simulation), 3);
/// assert_eq!(simulation.collected().to_string(), "parts_scrapped 3");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, flagfall_derive::Message)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Counter {
    pub(super) id: GaugeId,
}

/// Observations, such as waits: count, mean, deviation, extremes and quantiles, in constant
/// memory.
///
/// Spans are recorded into a unit of time (ns, us, ms, s, min, h, d), numbers into any unit.
///
/// # Examples
/// ```
/// use flagfall::collect::{Stat, Tally};
/// use flagfall::{Config, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let results = [Stat::Mean, Stat::Quantile(0.9)];
/// let wait = Tally::of(&mut simulation, ("wait", "urgent"), "s", results);
/// for number in 1..=9 {
///     wait.record(&simulation, Span::from_secs(number));
/// }
/// let collected = simulation.collected();
/// assert_eq!(collected.get("wait_urgent_mean"), Some(5.0));
/// let p90 = collected.get("wait_urgent_p90").unwrap();
/// assert!((p90 / 8.2 - 1.0).abs() < 0.004);
/// // A tally can be merged across replications.
/// assert_eq!(wait.tally(&simulation).count(), 9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, flagfall_derive::Message)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Tally {
    pub(super) id: GaugeId,
}

/// A whole number over virtual time, such as the people in a room or a stock: its mean is
/// weighted by time.
///
/// # Examples
/// ```
/// use flagfall::collect::Level;
/// use flagfall::{Config, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let inside = Level::new(&mut simulation, "inside", 0);
/// simulation.process("visitor", async move |p| {
///     p.sleep(Span::from_mins(10)).await;
///     inside.change(&p, 1);
///     p.sleep(Span::from_mins(30)).await;
///     inside.change(&p, -1);
/// });
/// simulation.run()?;
/// assert_eq!(simulation.collected().to_string(), "inside_mean 0.75, inside_max 1");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, flagfall_derive::Message)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Level {
    pub(super) id: GaugeId,
}

/// Counts observations between given edges: what share of them is up to each edge.
///
/// # Examples
/// How many calls are answered within 20 seconds:
/// ```
/// use flagfall::collect::Histogram;
/// use flagfall::{Config, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let wait = Histogram::new(&mut simulation, "wait", "s", &[20.0, 60.0]);
/// for secs in [0, 20, 30, 90] {
///     wait.record(&simulation, Span::from_secs(secs));
/// }
/// assert_eq!(simulation.collected().to_string(), "wait_up_to_20 0.5, wait_up_to_60 0.75");
/// let counts: Vec<u64> = wait.bins(&simulation).iter().map(|bin| bin.count).collect();
/// assert_eq!(counts, [2, 1, 1]); // up to 20, up to 60, above
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, flagfall_derive::Message)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Histogram {
    pub(super) id: GaugeId,
}

/// Observations in the order in which they are recorded, as a series of the model: studies and
/// reports find the end of the warm-up in it.
///
/// Memory is bounded: there are at most 8,192 values. When there are more observations, each
/// value is the mean of two, four, eight and so on.
///
/// # Examples
/// ```
/// use flagfall::collect::Series;
/// use flagfall::{Config, Simulation};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let wait = Series::new(&mut simulation, "waits", "s");
/// (0..10_000).for_each(|number| wait.record(&simulation, number));
/// let series = &simulation.collected_series()[0];
/// assert_eq!((&*series.name, series.values.len()), ("waits", 5_000));
/// assert_eq!((series.values[1], wait.batch(&simulation)), (2.5, 2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, flagfall_derive::Message)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Series {
    pub(super) id: GaugeId,
}

impl Counter {
    /// A counter, from zero.
    ///
    /// Fails the run if there is a collector with such results.
    #[track_caller]
    pub fn new(environment: &mut impl Environment, name: impl Into<Name>) -> Self {
        let shown = vec![Stat::Count];
        let id = make(environment, name.into(), "1".into(), shown, |_, _, _| Ok(Data::Counter(0)));
        Self { id }
    }
}

impl Tally {
    /// A tally with the results mean, maximum and count.
    ///
    /// Fails the run if there is a collector with such results.
    #[track_caller]
    pub fn new(
        environment: &mut impl Environment,
        name: impl Into<Name>,
        unit: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::of(environment, name, unit, [Stat::Mean, Stat::Max, Stat::Count])
    }

    /// A tally with these results; none if the list is empty. With a quantile among them, it takes
    /// numbers from 0 to 1.8e10, and up to 60 KB.
    ///
    /// Fails the run if there is a collector with such results, or if a tally has none of these.
    #[track_caller]
    pub fn of(
        environment: &mut impl Environment,
        name: impl Into<Name>,
        unit: impl Into<Cow<'static, str>>,
        results: impl Into<Vec<Stat>>,
    ) -> Self {
        let (name, unit, shown) = (name.into(), unit.into(), results.into());
        let tally = |_: &_, unit: &str, shown: &[Stat]| {
            Ok(Data::Tally(Box::new(Observed::new(unit, shown))))
        };
        Self { id: make(environment, name, unit, shown, tally) }
    }
}

impl Level {
    /// A level from now on, with the results mean and maximum.
    ///
    /// Fails the run if there is a collector with such results.
    #[track_caller]
    pub fn new(environment: &mut impl Environment, name: impl Into<Name>, level: i64) -> Self {
        Self::of(environment, name, "1", level, [Stat::Mean, Stat::Max])
    }

    /// A level from now on, with a unit, and with these results; none if the list is empty.
    ///
    /// Fails the run if there is a collector with such results, or if a level has none of these.
    #[track_caller]
    pub fn of(
        environment: &mut impl Environment,
        name: impl Into<Name>,
        unit: impl Into<Cow<'static, str>>,
        level: i64,
        results: impl Into<Vec<Stat>>,
    ) -> Self {
        let (name, unit, shown) = (name.into(), unit.into(), results.into());
        let id = make(environment, name, unit, shown, |kernel, _, _| {
            Ok(Data::Level(Box::new(Watched::new(kernel.now, level))))
        });
        Self { id }
    }
}

impl Histogram {
    /// A histogram with the shares up to each edge as results.
    ///
    /// Fails the run if there is a collector with such results, or if the edges do not rise.
    #[track_caller]
    pub fn new(
        environment: &mut impl Environment,
        name: impl Into<Name>,
        unit: impl Into<Cow<'static, str>>,
        edges: &[f64],
    ) -> Self {
        let results: Vec<Stat> = edges.iter().copied().map(Stat::UpTo).collect();
        Self::of(environment, name, unit, edges, results)
    }

    /// A histogram with these results, which are counts and shares up to an edge; none if the list
    /// is empty.
    ///
    /// Fails the run if there is a collector with such results, if a histogram has none of these,
    /// or if the edges do not rise.
    #[track_caller]
    pub fn of(
        environment: &mut impl Environment,
        name: impl Into<Name>,
        unit: impl Into<Cow<'static, str>>,
        edges: &[f64],
        results: impl Into<Vec<Stat>>,
    ) -> Self {
        let (name, unit, shown) = (name.into(), unit.into(), results.into());
        let id = make(environment, name, unit, shown, |_, unit, _| {
            Ok(Data::Histogram(Box::new(Bins::new(unit, edges)?)))
        });
        Self { id }
    }
}

impl Series {
    /// An empty series.
    ///
    /// Fails the run if there is a collector with that result.
    #[track_caller]
    pub fn new(
        environment: &mut impl Environment,
        name: impl Into<Name>,
        unit: impl Into<Cow<'static, str>>,
    ) -> Self {
        let id = make(environment, name.into(), unit.into(), Vec::new(), |_, unit, _| {
            Ok(Data::Series(Box::new(Batches::new(unit))))
        });
        Self { id }
    }
}
