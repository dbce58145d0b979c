//! Random programs of actors that do nearly everything an actor can.

use flagfall::resource::{Claim, Grant};
use flagfall::{
    Actor, ActorRef, Config, Context, DeathNotice, EventListKind, Group, Latency, ReplyTo,
    RequestError, Resource, Restart, Simulation, Span, TieLog, TiePolicy, Timer,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::brute::Ran;

#[derive(Clone, Debug)]
pub(super) enum Action {
    Send(usize),
    SendAfter(usize, u64),
    Hold(u64),
    Ask(usize),
    Request(usize),
    AskAll(usize, usize),
    AskFirst(usize, usize),
    Forward(usize),
    Kill(usize),
    Dismiss(usize),
    Spawn,
    Task(u64),
    SetTimer(u64),
    CancelTimer,
    Stop,
    Fail,
    Watch(usize),
    Find,
    Claim,
    Release,
    Join,
    Leave,
    Tell,
    Checkpoint,
    EndRun,
}

#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) scripts: Vec<Vec<Action>>,
    /// Drawn ones that often meet, too.
    pub(super) latency: &'static str,
    pub(super) faults: &'static str,
    pub(super) supervised: bool,
}

flagfall::message! {
    pub(super) enum Poke {
        Go(u32),
        Asked(u32, ReplyTo<u32>),
        Told(Result<u32, RequestError>),
        AllTold(Vec<Result<u32, RequestError>>),
        Gone(DeathNotice),
        Granted(Grant),
        Over,
    }
}

/// What each actor saw, by its path: a cell of its own for each, which is as
/// good as its state and outlives it.
type Diaries = Rc<RefCell<BTreeMap<String, Vec<String>>>>;

#[derive(Clone)]
struct World {
    friends: Rc<RefCell<Vec<ActorRef<Poke>>>>,
    pump: Resource,
    group: Group<Poke>,
    diaries: Diaries,
}

struct Puppet {
    number: u32,
    script: Vec<Action>,
    next: usize,
    world: World,
    kept: Vec<ReplyTo<u32>>,
    timer: Option<Timer>,
    grants: Vec<Grant>,
    born: u32,
}

impl Puppet {
    fn new(number: u32, script: &[Action], world: &World) -> Self {
        let (kept, timer, grants) = (Vec::new(), None, Vec::new());
        let (script, world) = (script.to_vec(), world.clone());
        Self { number, script, next: 0, world, kept, timer, grants, born: 0 }
    }

    fn note(&self, context: &Context<'_, Poke>, what: &str) {
        let line = format!("{} {what}", context.now());
        self.world.diaries.borrow_mut().entry(context.path()).or_default().push(line);
    }

    fn act(&mut self, action: &Action, context: &mut Context<'_, Poke>) {
        let friend = |of: usize| {
            let friends = self.world.friends.borrow();
            friends[of % friends.len()]
        };
        let go = Poke::Go(self.number * 100 + self.next as u32);
        let millis = Span::from_millis;
        let others = |a, b| -> Vec<_> {
            let me = context.me();
            [friend(a), friend(b)].into_iter().filter(|other| *other != me).collect()
        };
        match *action {
            Action::Send(to) => context.send(&friend(to), go),
            Action::SendAfter(to, delay) => context.send_after(millis(delay), &friend(to), go),
            Action::Hold(span) => context.hold(millis(span), Poke::Over),
            Action::Ask(of) => {
                let asked = friend(of);
                if asked != context.me() {
                    let number = self.number;
                    context.ask(&asked, |reply| Poke::Asked(number, reply), Poke::Told);
                }
            }
            Action::Request(of) => {
                let number = self.number;
                context.request(&friend(of), |reply| Poke::Asked(number, reply), Poke::Told);
            }
            Action::AskAll(a, b) => {
                let (number, of) = (self.number, others(a, b));
                context.ask_all(&of, |reply| Poke::Asked(number, reply), Poke::AllTold);
            }
            Action::AskFirst(a, b) => {
                let (number, of) = (self.number, others(a, b));
                if !of.is_empty() {
                    context.ask_first(&of, |reply| Poke::Asked(number, reply), Poke::Told);
                }
            }
            Action::Forward(to) => {
                let to = friend(to);
                if let Some(reply) = self.kept.pop() {
                    let number = self.number;
                    context.forward(reply, &to, |reply| Poke::Asked(number + 10, reply));
                }
            }
            Action::Kill(victim) => context.kill(&friend(victim)),
            Action::Dismiss(victim) => context.dismiss(&friend(victim)),
            Action::Spawn => {
                self.born += 1;
                let script = [Action::Send(0), Action::Stop];
                let child = Self::new(self.number + 10, &script, &self.world);
                let child = context.spawn(("child", self.born), child);
                context.send(&child, go);
            }
            Action::Task(span) => {
                self.born += 1;
                let script = [Action::Hold(span), Action::Stop];
                let task = Self::new(self.number + 20, &script, &self.world);
                context.spawn_task(("task", self.born), task, go);
            }
            Action::SetTimer(delay) => self.timer = Some(context.set_timer(millis(delay), go)),
            Action::CancelTimer => {
                let cancelled = self.timer.and_then(|timer| context.cancel(timer));
                self.note(context, &format!("cancelled {cancelled:?}"));
            }
            Action::Stop => context.stop(),
            Action::Fail => context.fail("meant"),
            Action::Watch(of) => _ = context.watch(&friend(of), Poke::Gone),
            Action::Find => {
                let found = ["a[0]/child[1]", "a[1]", "a[2]"].map(|path| {
                    let found = context.find::<Poke>(path);
                    found.map(|_| ()).map_err(|error| error.to_string())
                });
                self.note(context, &format!("found {found:?}"));
            }
            Action::Claim => _ = self.world.pump.claim(context, Claim::new(), Poke::Granted),
            Action::Release => {
                if let Some(grant) = self.grants.pop() {
                    self.world.pump.release(context, grant);
                }
            }
            Action::Join => {
                let me = context.me();
                self.world.group.add(context, &me);
            }
            Action::Leave => {
                let me = context.me();
                self.world.group.remove(context, &me);
            }
            Action::Tell => {
                for member in self.world.group.members(context) {
                    context.send(&member, Poke::Go(self.number * 100 + 99));
                }
            }
            Action::Checkpoint => context.checkpoint(self.next as u64),
            Action::EndRun => context.end_run(),
        }
    }
}

impl Actor for Puppet {
    type Message = Poke;

    fn handle(&mut self, message: Poke, context: &mut Context<'_, Poke>) {
        let seen = match &message {
            // Identifiers and requests have numbers that depend on the order.
            Poke::Asked(by, _) => format!("asked by {by}"),
            Poke::Granted(_) => "granted".to_owned(),
            Poke::Gone(notice) => {
                format!("gone {} {} {}", notice.path, notice.cause, notice.restarted)
            }
            other => format!("{other:?}"),
        };
        self.note(context, &seen);
        match message {
            Poke::Asked(by, reply) if by % 2 == 0 => context.reply(reply, self.next as u32),
            Poke::Asked(_, reply) => self.kept.push(reply),
            Poke::Granted(grant) => self.grants.push(grant),
            _ => {}
        }
        if let Some(action) = self.script.get(self.next).cloned() {
            self.next += 1;
            self.act(&action, context);
            if self.next % 2 == 0 {
                if let Some(reply) = self.kept.pop() {
                    context.reply(reply, self.number);
                }
            }
        }
    }
}

/// All that can be told of a run without looking at the order of its events.
pub(super) type Told = (BTreeMap<String, Vec<String>>, String);

impl Program {
    fn world(&self, simulation: &mut Simulation) -> World {
        let pump = Resource::new(simulation, "pump", 1);
        let group = Group::new(simulation, "group");
        let world = World { friends: Rc::default(), pump, group, diaries: Rc::default() };
        for (number, script) in (0..).zip(&self.scripts) {
            let name = ("a", number);
            let (script, inner) = (script.clone(), world.clone());
            let puppet = if self.supervised && number > 0 {
                let policy = Restart::always().at_most(1, Span::MAX);
                simulation
                    .spawn_supervised(name, policy, move || Puppet::new(number, &script, &inner))
            } else {
                simulation.spawn(name, Puppet::new(number, &script, &inner))
            };
            world.friends.borrow_mut().push(puppet);
        }
        let friends = world.friends.borrow().clone();
        friends.iter().for_each(|friend| simulation.send(friend, Poke::Go(7)));
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
        let config = config.cpus(1).event_list(list);
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

fn action() -> impl Strategy<Value = Action> {
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

pub(super) fn program() -> impl Strategy<Value = Program> {
    let script = prop::collection::vec(action(), 0..4);
    let scripts = prop::collection::vec(script, 2..4);
    let latency = prop::sample::select(vec!["0", "1ms", "empirical:0ms,1ms"]);
    let plans = ["", "", "link a[0] -> ** loss 0.5", "crash a[1] at 0s"];
    let faults = prop::sample::select(plans.to_vec());
    let rest = (latency, faults, any::<bool>());
    (scripts, rest).prop_map(|(scripts, (latency, faults, supervised))| Program {
        scripts,
        latency,
        faults,
        supervised,
    })
}
