//! All gauges of a run, and their results.

use super::{Batches, Bins, Mistake, Observed, Stat, Watched};
use crate::measure::{Measure, Measures, Series};
use crate::time::VirtualTime;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// All gauges of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gauges {
    pub(super) all: Vec<Gauge>,
    /// The names of all measures and series.
    names: BTreeSet<String>,
}

/// A name, a unit, what of it becomes measures, and the data.
#[derive(Clone, Debug)]
pub(crate) struct Gauge {
    pub(crate) name: String,
    pub(crate) unit: Cow<'static, str>,
    pub(crate) shown: Vec<Stat>,
    pub(crate) data: Data,
}

#[derive(Clone, Debug)]
pub(crate) enum Data {
    Counter(u64),
    Tally(Box<Observed>),
    Level(Box<Watched>),
    Histogram(Box<Bins>),
    Series(Box<Batches>),
}

impl Gauges {
    /// Adds a gauge; returns its number.
    pub(crate) fn add(&mut self, gauge: Gauge) -> Result<u32, Mistake> {
        let names = gauge.names()?;
        if let Some(taken) = names.iter().find(|name| self.names.contains(*name)) {
            let other = &gauge.name;
            return Err(Mistake(format!(
                "the collector {other} would have the results of another, {taken}: make each once, \
                 before the run, and give it a name or label of its own"
            )));
        }
        let number = u32::try_from(self.all.len());
        let number = number.map_err(|_| Mistake("there are too many collectors".to_owned()))?;
        self.names.extend(names);
        self.all.push(gauge);
        Ok(number)
    }

    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&Gauge> {
        self.all.get(number as usize)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Gauge> {
        self.all.get_mut(number as usize)
    }

    /// Drops what was recorded before; levels stay.
    pub(crate) fn begin_anew(&mut self, at: VirtualTime) {
        for gauge in &mut self.all {
            match &mut gauge.data {
                Data::Counter(count) => *count = 0,
                Data::Tally(observed) => observed.clear(),
                Data::Level(level) => level.begin_anew(at),
                Data::Histogram(bins) => bins.clear(),
                Data::Series(batches) => batches.clear(),
            }
        }
    }

    /// The measures of all, in the order in which they were made.
    pub(crate) fn measures(&self, now: VirtualTime) -> Measures {
        let mut measures = Measures::new();
        for gauge in &self.all {
            for measure in gauge.measures(now) {
                measures.push(measure);
            }
        }
        measures
    }

    pub(crate) fn series(&self) -> Vec<Series> {
        let series = |gauge: &Gauge| {
            let Data::Series(batches) = &gauge.data else { return None };
            let (name, unit) = (gauge.name.clone().into(), gauge.unit.clone());
            let batch = usize::try_from(batches.length()).unwrap_or(usize::MAX);
            Some(Series { name, unit, values: batches.means(), batch })
        };
        self.all.iter().filter_map(series).collect()
    }
}

impl Gauge {
    /// The names of its measures, or of its series.
    fn names(&self) -> Result<Vec<String>, Mistake> {
        self.data.check(&self.shown).map_err(|why| Mistake(format!("{}: {why}", self.name)))?;
        let mut names: Vec<String> =
            self.measures(VirtualTime::ZERO).map(|measure| measure.name.into_owned()).collect();
        if let Data::Series(_) = self.data {
            names.push(self.name.clone());
        }
        let different: BTreeSet<&String> = names.iter().collect();
        if different.len() < names.len() {
            return Err(Mistake(format!("{}: the same result is listed twice", self.name)));
        }
        Ok(names)
    }

    /// Its measures; undefined before anything was recorded.
    fn measures(&self, now: VirtualTime) -> impl Iterator<Item = Measure> {
        let of = move |stat: &Stat| {
            let (unit, kind) = (stat.unit(&self.unit), stat.kind());
            let name = match &self.data {
                // A counter is its count.
                Data::Counter(_) => self.name.clone(),
                _ => format!("{}_{}", self.name, stat.word()),
            };
            Measure { name: name.into(), unit, kind, value: self.data.read(*stat, now) }
        };
        self.shown.iter().map(of)
    }
}

impl Data {
    /// Whether it has such results.
    fn check(&self, shown: &[Stat]) -> Result<(), Mistake> {
        shown.iter().try_for_each(|stat| {
            stat.check()?;
            let has = match self {
                Self::Counter(_) => *stat == Stat::Count,
                Self::Tally(observed) => observed.has(*stat),
                Self::Level(_) => Watched::has(*stat),
                Self::Histogram(bins) => bins.has(*stat),
                Self::Series(_) => false,
            };
            let none = || Mistake(format!("a collector of this kind has no {}", stat.word()));
            has.then_some(()).ok_or_else(none)
        })
    }

    fn read(&self, stat: Stat, now: VirtualTime) -> Option<f64> {
        match self {
            Self::Counter(count) => Some(*count as f64),
            Self::Tally(observed) => observed.read(stat),
            Self::Level(level) => level.read(stat, now),
            Self::Histogram(bins) => bins.read(stat),
            Self::Series(_) => None,
        }
    }
}
