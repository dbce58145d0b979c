//! Random actor programs: whatever they do, every message has one end, runs
//! repeat, and both event lists agree.

use flagfall::{
    Actor, ActorRef, Config, Context, DeathCause, DeathNotice, EventListKind, FaultPlan, Latency,
    Limits, Record, RecordKind, ReplyTo, RequestError, Restart, Simulation, Span, Timer,
    VirtualTime, Watch, network::LinkFaults,
};
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What an actor does when it gets a message, chosen by its number.
#[derive(Clone, Debug)]
enum Action {
    Send {
        to: usize,
    },
    SendAfter {
        to: usize,
        millis: u64,
    },
    Hold {
        millis: u64,
    },
    Rest {
        millis: u64,
    },
    Ask {
        of: usize,
    },
    Request {
        of: usize,
    },
    AskAll {
        of: Vec<usize>,
    },
    Spawn,
    SpawnTask {
        millis: u64,
    },
    Kill {
        victim: usize,
    },
    SetTimer {
        millis: u64,
    },
    /// Stale ones included.
    CancelTimer {
        timer: usize,
    },
    ResetTimer {
        timer: usize,
        millis: u64,
    },
    Stop,
    Fail,
    Supervise(Policy),
    Dismiss {
        victim: usize,
    },
    Watch {
        of: usize,
    },
    Unwatch {
        watch: usize,
    },
    Checkpoint,
    /// Looks for the last child by its path.
    Find,
}

/// A policy that can be read from the name of its actor.
#[derive(Clone, Copy, Debug)]
struct Policy {
    always: bool,
    together: bool,
    most: u32,
    millis: u64,
    startup: u64,
}

impl Policy {
    fn restart(self) -> Restart {
        let restart = if self.always { Restart::always() } else { Restart::on_failure() };
        let restart = restart.at_most(self.most, Span::from_millis(self.millis));
        if self.together { restart.together() } else { restart }
    }
}

flagfall::message! {
    enum Poke {
        /// Do the next action of the program, and pass on what is left.
        Act { left: u32 },
        Asked { left: u32, reply: ReplyTo<u32> },
        Answered(Result<u32, RequestError>),
        AllAnswered(Vec<Result<u32, RequestError>>),
        Gone(DeathNotice),
        Continue,
        End,
    }
}

type Friends = Rc<RefCell<Vec<ActorRef<Poke>>>>;

thread_local! {
    /// Numbers the supervised, so that a path is only ever one actor's.
    static WARDS: Cell<u32> = const { Cell::new(0) };
}

struct Puppet {
    program: Rc<Vec<Action>>,
    next: usize,
    friends: Friends,
    kept: Vec<ReplyTo<u32>>,
    timers: Vec<Timer>,
    watches: Vec<Watch>,
    born: u32,
    acted: u64,
}

impl Puppet {
    fn new(program: &Rc<Vec<Action>>, start: usize, friends: &Friends) -> Self {
        let (program, friends) = (Rc::clone(program), Rc::clone(friends));
        let (kept, timers, watches) = (Vec::new(), Vec::new(), Vec::new());
        Self { program, next: start, friends, kept, timers, watches, born: 0, acted: 0 }
    }

    fn supervise(&mut self, policy: Policy, left: u32, context: &mut Context<'_, Poke>) {
        let (program, friends, next) =
            (Rc::clone(&self.program), Rc::clone(&self.friends), self.next);
        let number = WARDS.replace(WARDS.get() + 1);
        let name = (format!("ward-{}-{}", policy.most, policy.millis), number);
        let spawn = flagfall::Spawn::from(name).startup(Span::from_millis(policy.startup));
        let child = context.spawn_restored(spawn, policy.restart(), move |saved: Option<&u64>| {
            let mut puppet = Puppet::new(&program, next, &friends);
            puppet.acted = saved.copied().unwrap_or(0);
            puppet.next += puppet.acted as usize;
            puppet
        });
        self.watches.push(context.watch(&child, Poke::Gone));
        context.send(&child, Poke::Act { left });
        self.friends.borrow_mut().push(child);
    }

    fn act(&mut self, left: u32, context: &mut Context<'_, Poke>) {
        let program = Rc::clone(&self.program);
        let Some(action) = program.get(self.next % program.len().max(1)) else { return };
        self.next += 1;
        self.acted += 1;
        let friend = |number: &usize| {
            let friends = self.friends.borrow();
            friends[number % friends.len()]
        };
        match action {
            Action::Send { to } => context.send(&friend(to), Poke::Act { left }),
            Action::SendAfter { to, millis } => {
                context.send_after(Span::from_millis(*millis), &friend(to), Poke::Act { left });
            }
            Action::Hold { millis } => context.hold(Span::from_millis(*millis), Poke::Act { left }),
            Action::Rest { millis } => context.rest(Span::from_millis(*millis)),
            Action::Ask { of } => {
                context.ask(&friend(of), |reply| Poke::Asked { left, reply }, Poke::Answered);
            }
            Action::Request { of } => {
                context.request(&friend(of), |reply| Poke::Asked { left, reply }, Poke::Answered);
            }
            Action::AskAll { of } => {
                let of: Vec<_> = of.iter().map(friend).collect();
                context.ask_all(&of, |reply| Poke::Asked { left, reply }, Poke::AllAnswered);
            }
            Action::Spawn | Action::SpawnTask { .. } => {
                let child = Puppet::new(&self.program, self.next, &self.friends);
                let name = ("child", self.born);
                self.born += 1;
                let child = match action {
                    Action::SpawnTask { millis } => {
                        let spawn = flagfall::Spawn::from(name).startup(Span::from_millis(*millis));
                        context.spawn_task(spawn, child, Poke::Act { left })
                    }
                    _ => context.spawn(name, child),
                };
                context.send(&child, Poke::Act { left });
                self.friends.borrow_mut().push(child);
            }
            Action::Kill { victim } => context.kill(&friend(victim)),
            Action::SetTimer { millis } => {
                let timer = context.set_timer(Span::from_millis(*millis), Poke::Act { left });
                self.timers.push(timer);
            }
            Action::CancelTimer { timer } if !self.timers.is_empty() => {
                let taken = context.cancel(self.timers[timer % self.timers.len()]);
                assert!(taken.is_none_or(|poke| matches!(poke, Poke::Act { .. })));
            }
            Action::ResetTimer { timer, millis } if !self.timers.is_empty() => {
                let timer = self.timers[timer % self.timers.len()];
                self.timers.extend(context.reset_timer(timer, Span::from_millis(*millis)));
            }
            Action::CancelTimer { .. } | Action::ResetTimer { .. } => {}
            Action::Fail => context.fail("the program says so"),
            Action::Supervise(policy) => self.supervise(*policy, left, context),
            Action::Dismiss { victim } => context.dismiss(&friend(victim)),
            Action::Watch { of } => self.watches.push(context.watch(&friend(of), Poke::Gone)),
            Action::Unwatch { watch } if !self.watches.is_empty() => {
                context.unwatch(self.watches[watch % self.watches.len()]);
            }
            Action::Unwatch { .. } => {}
            Action::Checkpoint => context.checkpoint(self.acted),
            Action::Find => {
                let path = format!("{}/child[0]", context.path());
                if let Ok(child) = context.find::<Poke>(&path) {
                    context.send(&child, Poke::Act { left });
                }
            }
            Action::Stop => context.stop(),
        }
    }
}

impl Actor for Puppet {
    type Message = Poke;
    fn handle(&mut self, poke: Poke, context: &mut Context<'_, Poke>) {
        match poke {
            Poke::Act { left } if left > 0 => self.act(left - 1, context),
            Poke::Asked { left, reply } => {
                // Every third question is answered late, or never.
                if left % 3 == 0 {
                    self.kept.push(reply);
                } else {
                    context.reply(reply, left);
                }
                if left > 1 {
                    self.act(left - 1, context);
                }
            }
            // Whoever is restarted is set going again, as a supervisor would.
            Poke::Gone(notice) if notice.restarted => {
                let friends = self.friends.borrow();
                let friend = friends.iter().find(|friend| friend.id() == notice.who);
                context.send(friend.expect("only friends are watched"), Poke::Act { left: 4 });
            }
            Poke::Answered(Ok(left)) if left > 0 => self.act(left - 1, context),
            Poke::AllAnswered(answers) => {
                let left = answers.iter().filter_map(|answer| answer.as_ref().ok()).min();
                if let Some(left) = left.filter(|left| **left > 0) {
                    self.act(left - 1, context);
                }
                if let Some(reply) = self.kept.pop() {
                    context.reply(reply, 0);
                }
            }
            _ => {}
        }
    }
}

fn action() -> impl Strategy<Value = Action> {
    let friend = || 0_usize..12;
    let millis = || 0_u64..20;
    prop_oneof![
        4 => friend().prop_map(|to| Action::Send { to }),
        2 => (friend(), millis()).prop_map(|(to, millis)| Action::SendAfter { to, millis }),
        3 => millis().prop_map(|millis| Action::Hold { millis }),
        1 => millis().prop_map(|millis| Action::Rest { millis }),
        2 => friend().prop_map(|of| Action::Ask { of }),
        2 => friend().prop_map(|of| Action::Request { of }),
        1 => prop::collection::vec(friend(), 0..4).prop_map(|of| Action::AskAll { of }),
        2 => Just(Action::Spawn),
        2 => millis().prop_map(|millis| Action::SpawnTask { millis }),
        1 => friend().prop_map(|victim| Action::Kill { victim }),
        3 => millis().prop_map(|millis| Action::SetTimer { millis }),
        2 => friend().prop_map(|timer| Action::CancelTimer { timer }),
        1 => (friend(), millis()).prop_map(|(timer, millis)| Action::ResetTimer { timer, millis }),
        1 => Just(Action::Stop),
        2 => Just(Action::Fail),
        3 => policy().prop_map(Action::Supervise),
        1 => friend().prop_map(|victim| Action::Dismiss { victim }),
        1 => friend().prop_map(|of| Action::Watch { of }),
        1 => friend().prop_map(|watch| Action::Unwatch { watch }),
        1 => Just(Action::Checkpoint),
        1 => Just(Action::Find),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let startup = prop_oneof![Just(0_u64), 0_u64..10];
    (any::<bool>(), any::<bool>(), 0_u32..4, 1_u64..20, startup).prop_map(
        |(always, together, most, millis, startup)| Policy {
            always,
            together,
            most,
            millis,
            startup,
        },
    )
}

fn latency() -> impl Strategy<Value = Latency> {
    prop_oneof![
        Just(Latency::ZERO),
        Just(Latency::Fixed(Span::from_millis(1))),
        Just(Latency::Uniform { low: Span::ZERO, high: Span::from_millis(3) }),
        Just(Latency::Exponential { mean: Span::from_millis(1) }),
    ]
}

/// Plans about the puppets and their children; both are sent to and spawned.
fn plan() -> impl Strategy<Value = FaultPlan> {
    let who = || prop::sample::select(vec!["**", "puppet[*]", "puppet[0]", "**/child[*]"]);
    let millis = |millis: u64| VirtualTime::ZERO + Span::from_millis(millis);
    let window = move || (0_u64..20, 1_u64..30).prop_map(move |(a, b)| millis(a)..millis(a + b));
    let chance = || prop::sample::select(vec![0.0, 0.3, 1.0]);
    let part = prop_oneof![
        chance().prop_map(|p| LinkFaults::new().loss(p)),
        chance().prop_map(|p| LinkFaults::new().duplicate(p)),
        latency().prop_map(|latency| LinkFaults::new().latency(latency)),
        (1_u64..5_000).prop_map(|rate| LinkFaults::new().bandwidth(rate)),
        window().prop_map(|window| LinkFaults::new().loss(1.0).during(window)),
    ];
    let rule = prop_oneof![
        4 => (who(), who(), part).prop_map(|(a, b, part)| FaultPlan::new().link(a, b, part)),
        1 => (who(), who(), window()).prop_map(|(a, b, w)| FaultPlan::new().partition([a], [b], w)),
        1 => (who(), latency()).prop_map(|(a, span)| FaultPlan::new().crash_at(a, span)),
        1 => (who(), latency()).prop_map(|(a, span)| FaultPlan::new().crash_after(a, span)),
        1 => (who(), window()).prop_map(|(a, w)| FaultPlan::new().slow(a, 2.5, w)),
    ];
    let join = |plans: Vec<FaultPlan>| plans.iter().flat_map(FaultPlan::rules).cloned().collect();
    prop::collection::vec(rule, 0..5).prop_map(join)
}

struct Played {
    simulation: Simulation,
    kinds: Rc<RefCell<BTreeMap<&'static str, u64>>>,
    restarts: Rc<RefCell<BTreeMap<String, Vec<VirtualTime>>>>,
}

/// Runs a program, checking after every event that all messages are
/// accounted for.
fn play(program: &Rc<Vec<Action>>, config: Config) -> Result<Played, TestCaseError> {
    let limits = {
        let mut limits = Limits::default();
        limits.events = 3_000;
        limits
    };
    let mut simulation = Simulation::new(config.limits(limits));
    let kinds: Rc<RefCell<BTreeMap<&'static str, u64>>> = Rc::default();
    let restarts: Rc<RefCell<BTreeMap<String, Vec<VirtualTime>>>> = Rc::default();
    let (seen, restarted) = (Rc::clone(&kinds), Rc::clone(&restarts));
    WARDS.set(0);
    simulation.observe(move |record: &Record<'_>| {
        let kind = match record.kind {
            RecordKind::Undeliverable => "undeliverable",
            RecordKind::Cancelled => "cancelled",
            RecordKind::Died(DeathCause::Forgotten) => "forgotten",
            RecordKind::Died(_) => "died",
            RecordKind::Queued => "queued",
            RecordKind::Delayed => "delayed",
            RecordKind::Lost => "lost",
            RecordKind::Duplicated => "duplicated",
            RecordKind::Restarted => {
                let path = record.receiver.to_string();
                restarted.borrow_mut().entry(path).or_default().push(record.time);
                "restarted"
            }
            RecordKind::Resumed if record.message.is_none() => "rested",
            _ => "handled",
        };
        *seen.borrow_mut().entry(kind).or_default() += 1;
    });
    let friends = Friends::default();
    for number in 0..4_u32 {
        let puppet = Puppet::new(program, number as usize, &friends);
        let puppet = simulation.spawn(("puppet", number), puppet);
        friends.borrow_mut().push(puppet);
        simulation.send(&puppet, Poke::Act { left: 12 });
    }
    loop {
        match simulation.step() {
            Ok(false) => break,
            Ok(true) => {}
            // Random programs run into limits and hold twice; both are ends.
            Err(error) => {
                let text = error.to_string();
                prop_assert!(!text.contains("panicked"), "{text}");
                break;
            }
        }
        let counts = simulation.counts();
        prop_assert_eq!(counts.pending(), simulation.pending_messages());
    }
    Ok(Played { simulation, kinds, restarts })
}

/// No more restarts in any span than the actor's name allows.
fn check_bounds(played: &Played) -> Result<(), TestCaseError> {
    for (path, times) in &*played.restarts.borrow() {
        let name = path.rsplit('/').next().and_then(|name| name.split('[').next());
        let numbers = name.and_then(|name| name.strip_prefix("ward-")?.split_once('-'));
        let (most, millis) = numbers.expect("only wards are restarted");
        let (most, span): (usize, _) =
            (most.parse().unwrap(), Span::from_millis(millis.parse().unwrap()));
        for window in times.windows(most + 1) {
            prop_assert!(window[most] - window[0] >= span, "{path}: {window:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_message_has_exactly_one_end(
        program in prop::collection::vec(action(), 1..12),
        latency in latency(),
        plan in prop_oneof![Just(FaultPlan::new()), plan()],
        cpus in prop::option::of(1_u32..3),
        seed: u64,
    ) {
        let program = Rc::new(program);
        let mut config = Config::new(seed).latency(latency).faults(plan);
        config.cpus = cpus;
        let played = play(&program, config.clone())?;
        let counts = played.simulation.counts();
        let seen = |kind| played.kinds.borrow().get(kind).copied().unwrap_or(0);
        prop_assert_eq!(counts.handled, seen("handled"));
        prop_assert_eq!(counts.undeliverable, seen("undeliverable"));
        prop_assert_eq!(counts.cancelled, seen("cancelled"));
        prop_assert_eq!(counts.lost, seen("lost"));
        prop_assert_eq!(counts.duplicated, seen("duplicated"));
        prop_assert_eq!(seen("forgotten"), 0);
        check_bounds(&played)?;
        // Keeping what was lost changes nothing but that it is kept.
        let keeping = play(&program, config.clone().keep_undeliverable(5))?.simulation;
        prop_assert_eq!(played.simulation.digest(), keeping.digest());
        prop_assert_eq!(keeping.undeliverable().len() as u64, counts.undeliverable.min(5));

        let again = play(&program, config.clone())?.simulation;
        prop_assert_eq!(played.simulation.digest(), again.digest());
        let config = config.event_list(EventListKind::PriorityQueue);
        let reference = play(&program, config)?.simulation;
        prop_assert_eq!(played.simulation.digest(), reference.digest());
        prop_assert_eq!(played.simulation.events(), reference.events());
        prop_assert_eq!(played.simulation.now(), reference.now());
    }

    /// A plan that is about nobody, or says that nothing happens, changes
    /// nothing.
    #[test]
    fn nothing_is_lost_or_doubled_unless_a_plan_says_so(
        program in prop::collection::vec(action(), 1..12),
        latency in latency(),
        plan in plan(),
        seed: u64,
    ) {
        let program = Rc::new(program);
        let config = Config::new(seed).latency(latency);
        let without = play(&program, config.clone())?.simulation;
        let nobodys: FaultPlan =
            plan.to_string().replace("puppet", "nobody").replace("**", "nobody/**").parse().unwrap();
        let harmless = "link ** -> ** loss 0 duplicate 0\nslow ** by 1".parse().unwrap();
        for plan in [nobodys, harmless] {
            let with = play(&program, config.clone().faults(plan))?.simulation;
            prop_assert_eq!((with.counts().lost, with.counts().duplicated), (0, 0));
            prop_assert_eq!(with.counts(), without.counts());
            prop_assert_eq!(with.digest(), without.digest());
        }
    }
}
