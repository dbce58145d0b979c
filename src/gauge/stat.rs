//! Which numbers of a collector are results.

use super::Mistake;
use crate::measure::MeasureKind;
use std::borrow::Cow;

/// A number that a collector has as a result.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Stat {
    /// How many observations there are: `wait_count`.
    Count,
    /// Their sum: `wait_total`.
    Total,
    /// Their mean; that of a level is over virtual time: `wait_mean`.
    Mean,
    /// Their standard deviation: `wait_deviation`.
    Deviation,
    /// The smallest: `wait_min`.
    Min,
    /// The largest: `wait_max`.
    Max,
    /// The level at the end: `line_last`.
    Last,
    /// A quantile, by its probability: 0.95 is `wait_p95`, and 0.995 is `wait_p99_5`. It is within
    /// 0.4 % of the exact one, or within a thousand-millionth of the unit.
    Quantile(f64),
    /// The share of the observations up to that number, of a histogram with that edge: 20 is
    /// `wait_up_to_20`.
    UpTo(f64),
}

impl Stat {
    /// What is added to the name of the collector.
    pub(super) fn word(self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Total => "total".to_owned(),
            Self::Mean => "mean".to_owned(),
            Self::Deviation => "deviation".to_owned(),
            Self::Min => "min".to_owned(),
            Self::Max => "max".to_owned(),
            Self::Last => "last".to_owned(),
            // Six digits, so that 0.07 is 7 and not 7.000000000000001.
            Self::Quantile(probability) => {
                format!("p{}", number(libm::round(probability * 1e8) / 1e6))
            }
            Self::UpTo(edge) => format!("up_to_{}", number(edge)),
        }
    }

    pub(super) fn unit<'a>(self, own: &Cow<'a, str>) -> Cow<'a, str> {
        match self {
            Self::Count | Self::UpTo(_) => "1".into(),
            _ => own.clone(),
        }
    }

    pub(super) fn kind(self) -> MeasureKind {
        match self {
            Self::UpTo(_) => MeasureKind::Share,
            _ => MeasureKind::Number,
        }
    }

    pub(super) fn check(self) -> Result<(), Mistake> {
        match self {
            Self::Quantile(probability) if !(0.0..=1.0).contains(&probability) => {
                Err(Mistake(format!("the probability {probability} is not from 0 to 1")))
            }
            _ => Ok(()),
        }
    }
}

/// A number as a part of a name: 99.5 is `99_5`, and -3 is `minus_3`.
fn number(number: f64) -> String {
    number.to_string().replace('.', "_").replace('-', "minus_")
}
