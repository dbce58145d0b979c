//! Gauges in snapshots.

use super::{Batches, Bins, Data, Gauge, Gauges, Name, Observed, Stat, Watched};
use crate::measure::nanos_in;
use crate::statistics::{Histogram, Sum, Tally, TimeWeighted};
use crate::time::{Span, VirtualTime};
use serde::{Deserialize, Serialize};

type TallyParts = (u64, [f64; 6]);
type HistogramParts = (u32, Vec<u64>, u128, u64, u64);
type LevelParts = (i64, VirtualTime, (Span, i128, Option<u128>, Option<(i64, i64)>));

/// All gauges, as their statistics take themselves apart.
#[derive(Serialize, Deserialize)]
pub(crate) struct GaugesPicture(Vec<GaugePicture>);

#[derive(Serialize, Deserialize)]
struct GaugePicture {
    name: String,
    unit: String,
    shown: Vec<Stat>,
    data: DataPicture,
}

#[derive(Serialize, Deserialize)]
enum DataPicture {
    Counter(u64),
    Tally(TallyParts, [f64; 2], Option<HistogramParts>),
    Level(LevelParts),
    Histogram(Vec<f64>, Vec<u64>),
    Series(Vec<f64>, u64, TallyParts),
}

impl Gauges {
    pub(crate) fn picture(&self) -> GaugesPicture {
        let picture = |gauge: &Gauge| GaugePicture {
            name: gauge.name.clone(),
            unit: gauge.unit.clone().into_owned(),
            shown: gauge.shown.clone(),
            data: gauge.data.picture(),
        };
        GaugesPicture(self.all.iter().map(picture).collect())
    }

    /// The gauges of a picture; `None` if there cannot be such gauges.
    pub(crate) fn restore(picture: GaugesPicture) -> Option<Self> {
        let mut gauges = Self::default();
        for GaugePicture { name, unit, shown, data } in picture.0 {
            let name = Name::from(name).checked().ok()?;
            let data = data.restore(&unit, &shown)?;
            gauges.add(Gauge { name, unit: unit.into(), shown, data }).ok()?;
        }
        Some(gauges)
    }
}

impl Data {
    fn picture(&self) -> DataPicture {
        match self {
            Self::Counter(count) => DataPicture::Counter(*count),
            Self::Tally(observed) => DataPicture::Tally(
                observed.tally.parts(),
                observed.total.parts(),
                observed.quantiles.as_ref().map(Histogram::parts),
            ),
            Self::Level(level) => DataPicture::Level(level.level.parts()),
            Self::Histogram(bins) => {
                DataPicture::Histogram(bins.edges.clone(), bins.counts.clone())
            }
            Self::Series(batches) => {
                let Batches { means, length, open, nanos: _ } = &**batches;
                DataPicture::Series(means.clone(), *length, open.parts())
            }
        }
    }
}

impl DataPicture {
    fn restore(self, unit: &str, shown: &[Stat]) -> Option<Data> {
        Some(match self {
            Self::Counter(count) => Data::Counter(count),
            Self::Tally(tally, total, quantiles) => {
                let mut observed = Observed::new(unit, shown);
                let is_possible = total.iter().all(|part| part.is_finite())
                    && quantiles.is_some() == observed.quantiles.is_some();
                if !is_possible {
                    return None;
                }
                (observed.tally, observed.total) = (Tally::of_parts(tally)?, Sum::of_parts(total));
                if let Some(parts) = quantiles {
                    observed.quantiles = Some(Histogram::of_parts(parts)?);
                }
                Data::Tally(Box::new(observed))
            }
            Self::Level(parts) => {
                Data::Level(Box::new(Watched { level: TimeWeighted::of_parts(parts)? }))
            }
            Self::Histogram(edges, counts) => {
                let mut bins = Bins::new(unit, &edges).ok()?;
                let sum = counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
                if counts.len() != bins.counts.len() || sum.is_none_or(|sum| sum > u64::MAX / 2) {
                    return None;
                }
                bins.counts = counts;
                Data::Histogram(Box::new(bins))
            }
            Self::Series(means, length, open) => {
                let open = Tally::of_parts(open)?;
                let batches = Batches { means, length, open, nanos: nanos_in(unit) };
                batches.is_possible().then(|| Data::Series(Box::new(batches)))?
            }
        })
    }
}
