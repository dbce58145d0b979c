//! Copies and files of running models, at a thousand random events of each. Apart
//! from the other tests, because this is run in release, too.

mod cost;
mod damage;
mod programs;
mod ties;

use flagfall::model::Model;
use flagfall::random::{Stream, StreamName};
use flagfall::{Config, EventListKind, FaultPlan, Latency, Simulation, Span, TiePolicy};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::queue::{Queue, ServiceLaw};
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::models::{Branching, resume_run, save_run};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// How many events are tried: 1,000 in release.
const EVENTS: u64 = if cfg!(debug_assertions) { 60 } else { 1_000 };

fn config(latency: Latency, list: EventListKind) -> Config {
    Config::new(42).latency(latency).event_list(list).keep_undeliverable(5)
}

fn profiles() -> Vec<Config> {
    let plan = "link ** -> ** loss 0.02 latency uniform:1ms..4ms\n\
                slow **/worker[1] by 1.5\n\
                link ** -> ** bandwidth 1MB/s from 3s to 6s\n\
                crash driver/worker[2] at 7s\n\
                crash queue/server[2] at 20s";
    let plan: FaultPlan = plan.parse().expect("a plan");
    let exponential = Latency::Exponential { mean: Span::from_millis(2) };
    vec![
        config(DEFAULT_LATENCY, EventListKind::Ladder),
        config(exponential.clone(), EventListKind::PriorityQueue).cpus(2),
        config(exponential, EventListKind::Ladder).faults(plan).cpus(2),
        // Without latency, nearly everything is a tie.
        config(Latency::ZERO, EventListKind::Ladder).ties(TiePolicy::Shuffled(5)),
    ]
}

fn started<M: Branching>(model: &M, config: &Config) -> (Simulation, M::Handles) {
    let mut simulation = Simulation::new(config.clone());
    simulation.register(&M::types());
    let handles = model.start(&mut simulation);
    (simulation, handles)
}

/// What a run comes to: the digest, the clock, the counts, the result.
fn end<M: Model>(model: &M, simulation: &mut Simulation, handles: &M::Handles) -> String {
    // A fault plan may lose an answer: then the run is idle, not over.
    simulation.run().expect("no errors");
    format!(
        "{:?} {} {} {:?} {:?} {:?}",
        simulation.digest(),
        simulation.now(),
        simulation.events(),
        simulation.counts(),
        simulation.undeliverable(),
        model.collect(simulation, handles),
    )
}

fn check<M: Branching + Serialize + DeserializeOwned + Debug>(name: &str, model: &M) {
    for (profile, config) in profiles().into_iter().enumerate() {
        let (mut simulation, handles) = started(model, &config);
        let expected = end(model, &mut simulation, &handles);
        let all = simulation.events();
        let name_of_stream = StreamName {
            seed: 1,
            replication: profile as u64,
            actor: 0,
            incarnation: 0,
            purpose: name,
        };
        let mut stream = Stream::open(&name_of_stream);
        let mut events: Vec<u64> = (0..EVENTS).map(|_| stream.range(0..=all)).collect();
        events.sort_unstable();
        events.dedup();
        let (mut simulation, handles) = started(model, &config);
        for event in events {
            while simulation.events() < event && simulation.step().expect("no errors") {}
            let place = format!("{name}, profile {profile}, event {event} of {all}");
            let (mut branch, branch_handles) =
                model.fork_run(&simulation, &handles).expect("all types have opted in");
            assert_eq!(end(model, &mut branch, &branch_handles), expected, "fork: {place}");

            let mut file = Vec::new();
            save_run(model, &simulation, &handles, &[], &mut file).expect("it is saved");
            let mut resumed =
                resume_run::<M>(file.as_slice()).unwrap_or_else(|error| panic!("{place}: {error}"));
            // A snapshot of a snapshot is the same, but for cells that were cancelled.
            let mut again = Vec::new();
            save_run(&resumed.model, &resumed.simulation, &resumed.handles, &[], &mut again)
                .expect("it is saved");
            assert_eq!(file, again, "{place}");
            let found = end(&resumed.model, &mut resumed.simulation, &resumed.handles);
            assert_eq!(found, expected, "resume: {place}");
        }
    }
}

#[test]
fn the_taxi_fleet_goes_on() {
    check("taxi", &TaxiFleet::default());
}

#[test]
fn the_parameter_server_goes_on() {
    check("parameter-server", &ParameterTraining { epochs: 12, ..ParameterTraining::default() });
}

#[test]
fn the_actor_tree_goes_on() {
    let tree = ActorTree {
        supervisors: 2,
        epochs: 3,
        crashes: vec![(0, Span::from_millis(1_500)), (1, Span::from_millis(2_200))],
        ..ActorTree::default()
    };
    check("actor-tree", &tree);
}

#[test]
fn the_message_actor_goes_on() {
    check("messages", &MessageLog::default());
}

#[test]
fn the_queue_goes_on() {
    let service_law = ServiceLaw::Erlang(2);
    let queue = Queue { servers: 3, load: 0.95, customers: 150, service_law, ..Queue::default() };
    check("queue", &queue);
}
