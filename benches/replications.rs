//! Small models, of which studies make very many replications. Their instructions
//! are counted by `instructions.rs`, their allocations by `tests/allocations/`.

use flagfall::model::{Measured, Model, Run};
use flagfall::{Actor, ActorRef, Config, Context, Measures, Simulation};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::queue::Queue;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};

/// The smallest of all: one actor, one message.
pub(crate) struct OneMessage;

pub(crate) struct Till {
    served: u64,
}

impl Actor for Till {
    type Message = u64;
    fn handle(&mut self, customers: u64, _: &mut Context<'_, u64>) {
        self.served += customers;
    }
}

impl Model for OneMessage {
    type Handles = ActorRef<u64>;
    type Result = u64;

    fn start(&self, simulation: &mut Simulation) -> ActorRef<u64> {
        let till = simulation.spawn("till", Till { served: 0 });
        simulation.send(&till, 1);
        *till
    }

    fn collect(&self, simulation: &Simulation, till: &ActorRef<u64>) -> u64 {
        simulation.inspect::<Till>(till).map_or(0, |till| till.served)
    }
}

impl Measured for OneMessage {
    fn measures(&self, run: &Run<u64>) -> Measures {
        let mut measures = Measures::new();
        measures.count("served", run.result);
        measures
    }
}

/// The taxi day with four taxis and ten rides.
pub(crate) fn taxis() -> TaxiFleet {
    let durations = Durations::Drawn { rides: 10, seconds: 1..=5 };
    TaxiFleet { durations, ..TaxiFleet::default() }
}

/// A hundred customers of one server.
pub(crate) fn customers() -> Queue {
    Queue { customers: 100, ..Queue::default() }
}

/// What a user gets who sets nothing but the seed and the latency.
pub(crate) fn settings(replication: u64) -> Config {
    Config::new(42).latency(DEFAULT_LATENCY).replication(replication)
}
