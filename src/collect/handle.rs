//! What the handles of all collectors have in common.

use crate::actor::{Family, Message};
use crate::digest::Digest;
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::gauge::{Data, Gauge, Gauges, Mistake, Name, Stat};
use crate::resource::Environment;
use crate::tie::Thing;
use std::borrow::Cow;
use std::fmt;

/// Names a collector of one simulation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "snapshot", serde(from = "u32", into = "u32"))]
pub(crate) struct GaugeId {
    number: u32,
    family: Family,
}

impl From<u32> for GaugeId {
    fn from(number: u32) -> Self {
        Self { number, family: Family::ANY }
    }
}

impl From<GaugeId> for u32 {
    fn from(id: GaugeId) -> Self {
        id.number
    }
}

impl fmt::Debug for GaugeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "collector {}", self.number)
    }
}

impl Message for GaugeId {
    fn digest(&self, digest: &mut Digest) {
        self.number.digest(digest);
    }

    fn size(&self) -> u64 {
        4
    }
}

/// Makes a collector; fails the run if that cannot be.
#[track_caller]
pub(super) fn make(
    environment: &mut impl Environment,
    name: Name,
    unit: Cow<'static, str>,
    shown: Vec<Stat>,
    data: impl FnOnce(&Kernel, &str, &[Stat]) -> Result<Data, Mistake>,
) -> GaugeId {
    environment.touch(|kernel| {
        let family = kernel.family;
        let made = name.checked().and_then(|name| {
            let data = data(kernel, &unit, &shown).map_err(|why| mistake(&name, &why))?;
            let gauge = Gauge { name, unit, shown, data };
            kernel.features.collectors.gauges.get_mut().add(gauge)
        });
        // Those that come next have other numbers and names.
        kernel.ties.marks.everything();
        match made {
            Ok(number) => GaugeId { number, family },
            Err(mistake) => {
                kernel.fail(ErrorKind::Collector { why: mistake.to_string() });
                GaugeId { number: u32::MAX, family: Family::NOBODY }
            }
        }
    })
}

fn mistake(name: &str, why: &Mistake) -> Mistake {
    Mistake(format!("the collector {name}: {why}"))
}

impl GaugeId {
    /// Records something.
    ///
    /// # Panics
    /// If it cannot be recorded, because a number without it would look like a result.
    #[inline]
    #[track_caller]
    pub(super) fn record(
        self,
        environment: &impl Environment,
        record: impl FnOnce(&mut Data, &Kernel) -> Option<Result<(), Mistake>>,
    ) {
        let done = environment.look(|kernel| {
            if !self.family.is(kernel.family) && !kernel.takes(self.family) {
                return Err(foreign());
            }
            kernel.ties.marks.uses(Thing::Collector(self.number));
            let mut gauges = kernel.features.collectors.gauges.borrow_mut();
            let gauge = gauges.get_mut(self.number).ok_or_else(foreign)?;
            match record(&mut gauge.data, kernel) {
                Some(Ok(())) => Ok(()),
                Some(Err(why)) => Err(mistake(&gauge.name, &why)),
                None => Err(foreign()),
            }
        });
        if let Err(mistake) = done {
            refuse(&mistake);
        }
    }

    /// Reads something.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    pub(super) fn read<T>(
        self,
        environment: &impl Environment,
        read: impl FnOnce(&Data, &Kernel) -> Option<T>,
    ) -> T {
        let read = environment.look(|kernel| {
            kernel.ties.marks.sees(Thing::Collector(self.number));
            let gauges: &Gauges = &kernel.features.collectors.gauges.borrow();
            let gauge = gauges.get(self.number).filter(|_| kernel.takes(self.family))?;
            read(&gauge.data, kernel)
        });
        match read {
            Some(read) => read,
            None => refuse(&foreign()),
        }
    }
}

#[cold]
fn foreign() -> Mistake {
    Mistake(
        "a collector was used with another simulation: each is used with the one that made it"
            .to_owned(),
    )
}

#[cold]
#[track_caller]
fn refuse(mistake: &Mistake) -> ! {
    panic!("{mistake}")
}
