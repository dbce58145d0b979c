//! Random programs of actors that do nearly everything an actor can.

use super::brute::Ran;
use super::puppets::{Action, Diaries, Poke, Policy, Puppet, World};
use flagfall::{
    Config, Container, EventListKind, Group, Latency, Resource, Simulation, Store, TieLog,
    TiePolicy, VirtualTime,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) scripts: Vec<Vec<Action>>,
    /// Drawn ones that often meet, too.
    pub(super) latency: &'static str,
    /// From the second to the first, if it is another.
    pub(super) link: Option<&'static str>,
    pub(super) faults: &'static str,
    /// How all but the first are, if they are.
    pub(super) supervised: Option<Policy>,
    /// From outside, as the run begins.
    pub(super) killed: bool,
    /// Likewise, a millisecond later.
    pub(super) dismissed: bool,
}

/// All that can be told of a run without looking at the order of its events.
pub(super) type Told = (BTreeMap<String, Vec<String>>, String);

impl Program {
    fn world(&self, simulation: &mut Simulation) -> World {
        let pump = Resource::new(simulation, "pump", 1);
        let group = Group::new(simulation, "group");
        let shelf = Store::new(simulation, "shelf", 1);
        let tank = Container::new(simulation, "tank", 2, 1);
        let world =
            World { friends: Rc::default(), pump, group, shelf, tank, diaries: Rc::default() };
        for (number, script) in (0..).zip(&self.scripts) {
            let name = ("a", number);
            let (script, inner) = (script.clone(), world.clone());
            let make = move || Puppet::new(number, &script, &inner);
            let puppet = match self.supervised.filter(|_| number > 0) {
                Some(policy) => simulation.spawn_supervised(name, policy.restart(), make),
                None => simulation.spawn(name, make()),
            };
            world.friends.borrow_mut().push(*puppet);
        }
        let friends = world.friends.borrow().clone();
        friends.iter().for_each(|friend| simulation.send(friend, Poke::Go(7)));
        if self.killed {
            simulation.kill_at(VirtualTime::ZERO, &friends[1]).unwrap();
        }
        if self.dismissed {
            let time = VirtualTime::from_millis(1);
            simulation.dismiss_at(time, &friends[0]).unwrap();
        }
        world
    }

    pub(super) fn simulation(
        &self,
        ties: &TiePolicy,
        list: EventListKind,
    ) -> (Simulation, Diaries) {
        let latency: Latency = self.latency.parse().expect("a latency");
        let faults = self.faults.parse().expect("a plan");
        let config = Config::new(1).ties(ties.clone()).latency(latency).faults(faults);
        let mut config = config.cpus(1).event_list(list);
        if let Some(latency) = self.link {
            config = config.link("a[1]", "a[0]", latency.parse().expect("a latency"));
        }
        let mut simulation = Simulation::new(config);
        let diaries = self.world(&mut simulation).diaries;
        (simulation, diaries)
    }

    pub(super) fn run(&self, ties: &TiePolicy) -> (Ran<Told>, TieLog) {
        let (mut simulation, diaries) = self.simulation(ties, EventListKind::Ladder);
        let error = simulation.run().err();
        let counts = simulation.counts();
        let kind = error.as_ref().map(|error| &error.kind);
        let end = format!("{kind:?} {} {} {counts:?}", simulation.now(), simulation.events());
        let result = (diaries.borrow().clone(), end);
        let events = simulation.events();
        let log = simulation.tie_log();
        (Ran { result, events, error }, log)
    }
}

fn policy() -> impl Strategy<Value = Policy> {
    prop::sample::select(vec![Policy::Once, Policy::Escalating, Policy::Together])
}

/// Messages, requests, births, deaths, and one resource.
fn among_actors() -> impl Strategy<Value = Action> {
    let to = 0..3_usize;
    let millis = 0..2_u64;
    prop_oneof![
        4 => to.clone().prop_map(Action::Send),
        2 => (to.clone(), millis.clone()).prop_map(|(to, after)| Action::SendAfter(to, after)),
        1 => millis.clone().prop_map(Action::Hold),
        2 => to.clone().prop_map(Action::Ask),
        2 => to.clone().prop_map(Action::Request),
        1 => (to.clone(), to.clone()).prop_map(|(a, b)| Action::AskAll(a, b)),
        1 => (to.clone(), to.clone()).prop_map(|(a, b)| Action::AskFirst(a, b)),
        1 => to.clone().prop_map(Action::Forward),
        2 => to.clone().prop_map(Action::Kill),
        1 => to.clone().prop_map(Action::Dismiss),
        1 => Just(Action::Spawn),
        1 => millis.clone().prop_map(Action::Task),
        1 => millis.prop_map(Action::SetTimer),
        1 => Just(Action::CancelTimer),
        1 => Just(Action::Stop),
        1 => Just(Action::Fail),
        1 => to.prop_map(Action::Watch),
        1 => Just(Action::Find),
        2 => Just(Action::Claim),
        1 => Just(Action::Release),
        1 => Just(Action::Join),
        1 => Just(Action::Leave),
        1 => Just(Action::Tell),
        1 => Just(Action::Checkpoint),
        1 => Just(Action::EndRun),
    ]
}

/// More of resources, wards of puppets, and what else takes time.
fn with_more() -> impl Strategy<Value = Action> {
    let millis = 0..2_u64;
    prop_oneof![
        2 => millis.clone().prop_map(Action::Rest),
        2 => millis.clone().prop_map(Action::Schedule),
        2 => millis.prop_map(Action::Reset),
        1 => Just(Action::Broadcast),
        2 => Just(Action::Unwatch),
        2 => policy().prop_map(Action::Ward),
        3 => (0..4_u64).prop_map(Action::Put),
        3 => Just(Action::GetItem),
        2 => Just(Action::GetOdd),
        3 => (1..3_u64).prop_map(Action::Fill),
        3 => (1..3_u64).prop_map(Action::Drain),
        3 => Just(Action::Level),
        1 => Just(Action::Draw),
        2 => Just(Action::ClaimFirst),
        2 => Just(Action::ClaimYield),
        2 => Just(Action::Withdraw),
    ]
}

fn link() -> impl Strategy<Value = Option<&'static str>> {
    let latency = prop::sample::select(vec!["0", "1ms", "empirical:0ms,2ms"]);
    prop::option::weighted(0.2, latency)
}

pub(super) fn program() -> impl Strategy<Value = Program> {
    let script = prop::collection::vec(among_actors(), 0..4);
    let plain = prop::collection::vec(script, 2..4);
    let script = prop::collection::vec(prop_oneof![among_actors(), with_more()], 0..4);
    let any = prop::collection::vec(script, 2..4);
    // Few kinds of actions meet more often.
    let scripts = prop_oneof![plain, any];
    let latency = prop::sample::select(vec!["0", "1ms", "empirical:0ms,1ms"]);
    let faults = prop::sample::select(vec![
        "",
        "",
        "crash a[1] at 0s",
        "link a[0] -> ** loss 0.5",
        "link ** -> a[0] duplicate 0.5",
        "link ** -> ** latency empirical:0ms,1ms",
        "link ** -> ** bandwidth 1kB/s size 1B",
        "slow a[0] by 2",
        "partition a[0] | a[1] from 0s to 1ms",
    ]);
    let ends = (prop::bool::weighted(0.3), prop::bool::weighted(0.2));
    let rest = (latency, link(), faults, prop::option::of(policy()), ends);
    (scripts, rest).prop_map(|(scripts, (latency, link, faults, supervised, ends))| {
        let (killed, dismissed) = ends;
        Program { scripts, latency, link, faults, supervised, killed, dismissed }
    })
}

/// Deaths, mostly of the first, and who learns of them.
fn among_mortals() -> impl Strategy<Value = Action> + Clone {
    let to = prop::sample::select(vec![0, 0, 0, 1, 2]);
    prop_oneof![
        1 => to.clone().prop_map(Action::Send),
        2 => (0..3_u64).prop_map(Action::SetTimer),
        1 => to.clone().prop_map(Action::Ask),
        3 => to.clone().prop_map(Action::Request),
        1 => (to.clone(), to.clone()).prop_map(|(a, b)| Action::AskAll(a, b)),
        1 => to.clone().prop_map(Action::Forward),
        3 => to.clone().prop_map(Action::Watch),
        1 => Just(Action::Unwatch),
        2 => to.prop_map(Action::Kill),
        2 => Just(Action::Stop),
        1 => Just(Action::Spawn),
    ]
}

/// Programs in which some actors die, and others ask them, watch them, and are
/// answered in their name.
pub(super) fn mortals() -> impl Strategy<Value = Program> {
    let script = prop::collection::vec(among_mortals(), 0..4);
    let first = prop_oneof![Just(vec![Action::Stop]), script.clone()];
    let scripts = (first, prop::collection::vec(script, 1..4));
    let scripts = scripts.prop_map(|(first, others)| [vec![first], others].concat());
    let latency = prop::sample::select(vec!["1ms", "empirical:0ms,1ms"]);
    let rest = (latency, link(), prop::option::weighted(0.2, policy()), prop::bool::ANY);
    (scripts, rest).prop_map(|(scripts, (latency, link, supervised, killed))| {
        let (faults, dismissed) = ("", false);
        Program { scripts, latency, link, faults, supervised, killed, dismissed }
    })
}
