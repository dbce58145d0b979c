//! Observations with their moments, and with quantiles if they are wanted.

use super::{Mistake, Stat};
use crate::measure::nanos_in;
use crate::statistics::{Histogram, Sum, Tally};
use crate::time::Span;

/// The relative error of quantiles; see [`Stat::Quantile`].
const ERROR: f64 = 0.004;
/// Quantiles are of whole numbers of this part of the unit.
const FINE: f64 = 1e9;
/// From here on, the parts leave 64 bits.
const TOO_LARGE: f64 = 1.8e10;

/// What is recorded: a number, or a span in the unit of the collector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation {
    /// A number in the unit of the collector.
    Number(f64),
    /// A span. The unit of the collector is one of time: ns, us, ms, s, min, h or d.
    Span(Span),
}

impl From<Span> for Observation {
    fn from(span: Span) -> Self {
        Self::Span(span)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Observation {
            fn from(number: $number) -> Self {
                Self::Number(number as f64)
            }
        })*
    };
}

numbers!(f64, f32, u8, u16, u32, u64, usize, i8, i16, i32, i64);

impl Observation {
    /// The number, in a unit of so many nanoseconds.
    #[inline]
    pub(super) fn number(self, nanos: f64) -> Result<f64, Mistake> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Span(span) if nanos > 0.0 => Ok(span.as_nanos() as f64 / nanos),
            Self::Span(span) => Err(no_span(span)),
        }
    }
}

#[cold]
fn no_span(span: Span) -> Mistake {
    Mistake(format!(
        "the span {span} has no number in its unit: give it a unit of time (ns, us, ms, s, min, h, \
         d), or record a number"
    ))
}

#[derive(Clone, Debug)]
pub(crate) struct Observed {
    pub(super) tally: Tally,
    /// Not mean times count, which need not be whole for whole numbers.
    pub(super) total: Sum,
    pub(super) quantiles: Option<Histogram>,
    /// How many nanoseconds the unit has; zero if it is not one of time.
    pub(super) nanos: f64,
}

impl Observed {
    pub(crate) fn new(unit: &str, shown: &[Stat]) -> Self {
        let wanted = shown.iter().any(|stat| matches!(stat, Stat::Quantile(_)));
        let quantiles = wanted.then(Self::no_quantiles);
        Self { tally: Tally::new(), total: Sum::default(), quantiles, nanos: nanos_in(unit) }
    }

    pub(super) fn no_quantiles() -> Histogram {
        Histogram::new(ERROR).expect("the error is possible")
    }

    #[inline]
    pub(crate) fn record(&mut self, observation: Observation) -> Result<(), Mistake> {
        let number = observation.number(self.nanos)?;
        if let Some(quantiles) = &mut self.quantiles {
            if !(0.0..TOO_LARGE).contains(&number) {
                return Err(no_quantile(number));
            }
            quantiles.add(libm::round(number * FINE) as u64);
        }
        self.tally.add(number).map_err(|error| Mistake(error.to_string()))?;
        self.total.add(number);
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        (self.tally, self.total) = (Tally::new(), Sum::default());
        if let Some(quantiles) = &mut self.quantiles {
            *quantiles = Self::no_quantiles();
        }
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    pub(super) fn has(&self, stat: Stat) -> bool {
        !matches!(stat, Stat::Last | Stat::UpTo(_))
    }

    pub(crate) fn read(&self, stat: Stat) -> Option<f64> {
        let tally = &self.tally;
        match stat {
            Stat::Count => Some(tally.count() as f64),
            Stat::Total => Some(self.total.value()),
            Stat::Mean => tally.mean(),
            Stat::Deviation => tally.standard_deviation(),
            Stat::Min => tally.min(),
            Stat::Max => tally.max(),
            Stat::Quantile(probability) => {
                Some(self.quantiles.as_ref()?.quantile(probability).ok()? / FINE)
            }
            Stat::Last | Stat::UpTo(_) => None,
        }
    }
}

#[cold]
fn no_quantile(number: f64) -> Mistake {
    Mistake(format!(
        "quantiles are of numbers from 0 to {TOO_LARGE}, and {number} is none: use another unit, or \
         leave the quantiles out"
    ))
}
