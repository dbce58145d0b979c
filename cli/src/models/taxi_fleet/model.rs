//! The taxi fleet as a model: started, read off, measured, copied.

use super::TaxiMessage;
use super::{Day, Dispatcher, Driver, DriverMessage, Notice, Ride, RideSource, Taxi, TaxiFleet};
use crate::models::{Branching, MessageActor};
use flagfall::actor::ActorRef;
use flagfall::measure::{Measures, Series};
use flagfall::model::{Measured, Model, Run};
use flagfall::time::VirtualTime;
use flagfall::{Simulation, TypeRegistry};

impl TaxiFleet {
    /// The dispatcher of a running fleet, once the driver has started it.
    #[must_use]
    pub fn dispatcher<'a>(
        &self,
        simulation: &'a Simulation,
        handles: &Handles,
    ) -> Option<&'a Dispatcher> {
        let driver = simulation.inspect::<Driver>(&handles.driver)?;
        simulation.inspect::<Dispatcher>(&driver.crew?.dispatcher)
    }

    /// What part of their time the taxis drive, from the warm-up until now.
    fn utilization(&self, simulation: &Simulation, taxis: &[ActorRef<TaxiMessage>]) -> Option<f64> {
        let (warm, now) = (VirtualTime::ZERO + self.warm_up, simulation.now());
        let whole = u128::from(now.checked_since(warm)?.as_nanos()) * u128::from(self.fleet);
        let taxis = taxis.iter().filter_map(|taxi| simulation.inspect::<Taxi>(taxi));
        let driven: u128 = taxis.map(|taxi| u128::from(taxi.driven(now).as_nanos())).sum();
        (whole > 0).then(|| driven as f64 / whole as f64)
    }
}

/// The actors of a running fleet.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct Handles {
    /// The driver, which owns all others.
    pub driver: ActorRef<DriverMessage>,
}

impl Model for TaxiFleet {
    type Handles = Handles;
    type Result = Day;

    fn start(&self, simulation: &mut Simulation) -> Handles {
        let driver = simulation.spawn("driver", Driver::new(self.clone()));
        simulation.send(&driver, DriverMessage::Start);
        Handles { driver: *driver }
    }

    fn collect(&self, simulation: &Simulation, handles: &Handles) -> Day {
        let driver = simulation.inspect::<Driver>(&handles.driver);
        let crew = driver.and_then(|driver| driver.crew);
        let dispatcher = self.dispatcher(simulation, handles);
        let log =
            crew.and_then(|crew| simulation.inspect::<MessageActor<Notice>>(&crew.message_actor));
        let taxi_cash = dispatcher
            .map(|dispatcher| {
                let taxis = dispatcher.taxis.iter();
                taxis
                    .filter_map(|taxi| simulation.inspect::<Taxi>(taxi))
                    .map(|taxi| taxi.cash)
                    .sum()
            })
            .unwrap_or_default();
        // Before the driver has asked, the dispatcher's own books are read.
        let report = driver
            .and_then(|driver| driver.report)
            .or_else(|| dispatcher.map(Dispatcher::report))
            .unwrap_or_default();
        Day {
            rides: dispatcher.map(|dispatcher| dispatcher.rides.clone()).unwrap_or_default(),
            polls: driver.map(|driver| driver.polls.clone()).unwrap_or_default(),
            unpolled: log.map(|log| log.messages.clone()).unwrap_or_default(),
            total_commission: report.cash,
            rides_completed: report.rides_completed,
            ride_time: report.ride_time,
            taxi_cash,
            commission: self.commission,
            utilization: dispatcher
                .and_then(|dispatcher| self.utilization(simulation, &dispatcher.taxis)),
        }
    }
}

impl Measured for TaxiFleet {
    /// `rides`, `refused`, `refused_share`: the rides that reached the dispatcher from the
    /// warm-up on. `completed`, `ride_time`, `commission`: what the dispatcher's books said
    /// when the driver asked, of the whole day. `taxi_cash`: what the taxis have earned by the
    /// end of the run, together: the price without the commission. `utilization`: the share of the taxis' time that
    /// they drive, from the warm-up to the end of the run; the day ends with the polls, not
    /// with the last ride.
    fn measures(&self, run: &Run<Day>) -> Measures {
        let day = &run.result;
        let warm = VirtualTime::ZERO + self.warm_up;
        let counted = || day.rides.iter().filter(|ride| ride.asked >= warm);
        let rides = counted().count() as u64;
        let refused = counted().filter(|ride| ride.taxi.is_none()).count() as u64;
        let mut measures = Measures::new();
        measures
            .count("rides", rides)
            .count("refused", refused)
            .share("refused_share", refused, rides)
            .count("completed", day.rides_completed)
            .span("ride_time", day.ride_time)
            .add("commission", "$", day.total_commission.dollars())
            .add("taxi_cash", "$", day.taxi_cash.dollars())
            .add("utilization", "1", day.utilization);
        measures
    }

    /// Of each ride, 1 if it was refused and 0 if not; the warm-up is in it, so that it can
    /// be seen.
    fn series(&self, run: &Run<Day>) -> Vec<Series> {
        let refused = |ride: &Ride| f64::from(u8::from(ride.taxi.is_none()));
        let values = run.result.rides.iter().map(refused).collect();
        vec![Series { name: "refused".into(), unit: "1".into(), values }]
    }
}

impl Branching for TaxiFleet {
    type Kept = Handles;

    fn types() -> TypeRegistry {
        TypeRegistry::new()
            .answer("polled", DriverMessage::Polled)
            .answer("total", DriverMessage::Total)
            .savable::<Driver>("taxi: driver")
            .savable::<Dispatcher>("taxi: dispatcher")
            .savable::<Taxi>("taxi: taxi")
            .savable::<RideSource>("taxi: simulation")
            .savable::<MessageActor<Notice>>("taxi: message actor")
    }

    fn keep(&self, handles: &Handles) -> Handles {
        *handles
    }

    fn attach(&self, kept: Handles, _: &mut Simulation) -> Handles {
        kept
    }
}
