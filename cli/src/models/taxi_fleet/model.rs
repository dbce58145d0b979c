//! The taxi fleet as a model: started, read off, measured, copied.

use super::{Day, Dispatcher, Driver, DriverMessage, Notice, Ride, RideSource, Taxi, TaxiFleet};
use crate::models::{Branching, MessageActor};
use flagfall::model::{Measured, Run};
use flagfall::{ActorRef, Measures, Model, Series, Simulation, TypeRegistry, VirtualTime};

impl TaxiFleet {
    /// The dispatcher of a running fleet, once the driver has started it.
    #[must_use]
    pub fn dispatcher<'a>(
        &self,
        simulation: &'a Simulation,
        driver: &ActorRef<DriverMessage>,
    ) -> Option<&'a Dispatcher> {
        simulation.inspect(&simulation.inspect::<Driver>(driver)?.crew?.dispatcher)
    }

    /// The results of a day, but for the lists of notices.
    fn books(&self, simulation: &Simulation, driver: &ActorRef<DriverMessage>) -> Day {
        let dispatcher = self.dispatcher(simulation, driver);
        let taxis = dispatcher.iter().flat_map(|dispatcher| &dispatcher.taxis);
        let taxis: Vec<&Taxi> = taxis.filter_map(|taxi| simulation.inspect(taxi)).collect();
        // Before the driver has asked, the dispatcher's own books are read.
        let report = simulation
            .inspect::<Driver>(driver)
            .and_then(|driver| driver.report)
            .or_else(|| dispatcher.map(Dispatcher::report))
            .unwrap_or_default();
        Day {
            rides: dispatcher.map(|dispatcher| dispatcher.rides.clone()).unwrap_or_default(),
            polls: Vec::new(),
            unpolled: Vec::new(),
            total_commission: report.cash,
            rides_completed: report.rides_completed,
            ride_time: report.ride_time,
            taxi_cash: taxis.iter().map(|taxi| taxi.cash).sum(),
            commission: self.commission,
            utilization: dispatcher.and_then(|_| self.utilization(simulation.now(), &taxis)),
        }
    }

    /// The measures of a day: its lists of notices are not read.
    fn measures_of(&self, day: &Day) -> Measures {
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

    /// What part of their time the taxis drive, from the warm-up until now.
    fn utilization(&self, now: VirtualTime, taxis: &[&Taxi]) -> Option<f64> {
        let warm = VirtualTime::ZERO + self.warm_up;
        let whole = u128::from(now.checked_since(warm)?.as_nanos()) * u128::from(self.fleet);
        let driven = taxis.iter().map(|taxi| u128::from(taxi.driven(now).as_nanos()));
        (whole > 0).then(|| driven.sum::<u128>() as f64 / whole as f64)
    }
}

impl Model for TaxiFleet {
    /// The driver, which owns all others.
    type Handles = ActorRef<DriverMessage>;
    type Result = Day;

    fn start(&self, simulation: &mut Simulation) -> ActorRef<DriverMessage> {
        let driver = simulation.spawn("driver", Driver::new(self.clone()));
        simulation.send(&driver, DriverMessage::Start);
        *driver
    }

    fn collect(&self, simulation: &Simulation, driver: &ActorRef<DriverMessage>) -> Day {
        let books = self.books(simulation, driver);
        let driver = simulation.inspect::<Driver>(driver);
        let log = driver
            .and_then(|driver| driver.crew)
            .and_then(|crew| simulation.inspect::<MessageActor<Notice>>(&crew.message_actor));
        Day {
            polls: driver.map(|driver| driver.polls.clone()).unwrap_or_default(),
            unpolled: log.map(|log| log.messages.clone()).unwrap_or_default(),
            ..books
        }
    }
}

impl Measured for TaxiFleet {
    /// `rides`, `refused`, `refused_share`: the rides that reached the dispatcher after the
    /// warm-up. `completed`, `ride_time`, `commission`: what the dispatcher's books report of the
    /// whole day when the driver asked. `taxi_cash`: what all taxis have earned by the end of
    /// the run: the price without the commission. `utilization`: the share of the taxis' time
    /// that they drive, from the warm-up to the end of the run, which is after the last poll.
    fn measures(&self, run: &Run<Day>) -> Measures {
        self.measures_of(&run.result)
    }

    fn measures_at_end(
        &self,
        simulation: &Simulation,
        driver: &ActorRef<DriverMessage>,
    ) -> Measures {
        self.measures_of(&self.books(simulation, driver))
    }

    /// Of each ride, 1 if it was refused and 0 if not; the warm-up is in it, so that it can
    /// be seen.
    fn series(&self, run: &Run<Day>) -> Vec<Series> {
        let refused = |ride: &Ride| f64::from(u8::from(ride.taxi.is_none()));
        let values = run.result.rides.iter().map(refused).collect();
        vec![Series { name: "refused".into(), unit: "1".into(), values, batch: 1 }]
    }
}

impl Branching for TaxiFleet {
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
}
