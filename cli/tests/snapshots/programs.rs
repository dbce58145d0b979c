//! Random programs that use everything that can be copied and saved: timers,
//! requests alone and together, tasks, supervision, watches, checkpoints, kills,
//! streams.

use flagfall::random::{Stream, StreamName};
use flagfall::{
    Actor, ActorRef, Config, Context, DeathNotice, EventListKind, FaultPlan, Latency, Message,
    ReplyTo, RequestError, Restart, Simulation, Span, SpawnOptions, Timer, TypeRegistry, Watch,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Debug, Message)]
enum Poke {
    /// Take these friends, and begin.
    Begin {
        seed: u64,
        friends: Vec<ActorRef<Poke>>,
    },
    Act {
        left: u32,
    },
    Asked {
        left: u32,
        reply: ReplyTo<u32>,
    },
    Answered(Result<u32, RequestError>),
    AllAnswered(Vec<Result<u32, RequestError>>),
    FirstAnswered(Result<u32, RequestError>),
    Gone(DeathNotice),
}

/// Does what its stream says.
#[derive(Serialize, Deserialize, Default)]
struct Puppet {
    friends: Vec<ActorRef<Poke>>,
    dice: Option<Stream>,
    kept: Vec<ReplyTo<u32>>,
    timers: Vec<Timer>,
    watches: Vec<Watch>,
    born: u32,
    acted: u64,
    /// Its policy takes a panic for a failure.
    may_panic: bool,
}

impl Puppet {
    fn restored(saved: Option<&u64>) -> Self {
        Self { acted: saved.copied().unwrap_or(0), ..Self::default() }
    }

    fn restored_after_panics(saved: Option<&u64>) -> Self {
        Self { may_panic: true, ..Self::restored(saved) }
    }

    fn fork(&self, copying: &flagfall::actor::Copying) -> Self {
        Self {
            friends: self.friends.clone(),
            dice: self.dice.clone(),
            kept: self.kept.iter().map(|reply| copying.reply_to(reply)).collect(),
            timers: self.timers.clone(),
            watches: self.watches.clone(),
            born: self.born,
            acted: self.acted,
            may_panic: self.may_panic,
        }
    }

    fn act(&mut self, left: u32, context: &mut Context<'_, Poke>) {
        let Some(dice) = &mut self.dice else { return };
        self.acted += 1;
        let action = dice.below(34);
        let number = dice.below(1 << 20) as usize;
        let span = Span::from_millis(dice.below(30));
        if action >= 19 {
            self.kept.pop().into_iter().for_each(|reply| context.reply(reply, left));
        }
        let friend = self.friends[number % self.friends.len()];
        let is_me = friend == context.me();
        match action {
            0 | 1 => context.send(&friend, Poke::Act { left }),
            2 => context.send_after(span, &friend, Poke::Act { left }),
            3 => context.hold(span, Poke::Act { left }),
            4 if !is_me => {
                context.ask(&friend, |reply| Poke::Asked { left, reply }, Poke::Answered);
            }
            5 => context.request(&friend, |reply| Poke::Asked { left, reply }, Poke::Answered),
            6 | 7 => {
                let me = context.me();
                let others = |other: &&ActorRef<Poke>| **other != me;
                let of: Vec<_> = self.friends.iter().filter(others).copied().take(3).collect();
                let ask = |reply| Poke::Asked { left, reply };
                match action {
                    6 => context.ask_all(&of, ask, Poke::AllAnswered),
                    _ if of.is_empty() => {}
                    _ => context.ask_first(&of, ask, Poke::FirstAnswered),
                }
            }
            8..=10 if self.friends.len() < 12 => {
                // Numbered by the engine or by hand.
                let spawn = match number % 2 {
                    0 => SpawnOptions::counted("kin"),
                    _ => SpawnOptions::from(("child", self.born)),
                };
                let spawn = spawn.startup(span);
                self.born += 1;
                let policy = Restart::on_failure().at_most(2, Span::from_millis(40));
                let child = match action {
                    8 => context.spawn(spawn, Self::default()),
                    9 => context.spawn_task(spawn, Self::default(), Poke::Act { left }),
                    _ if number % 3 == 0 => {
                        let policy = policy.together().also_on_panic();
                        context.spawn_restored(spawn, policy, Self::restored_after_panics)
                    }
                    _ => context.spawn_restored(spawn, policy.together(), Self::restored),
                };
                self.watches.push(context.watch(&child, Poke::Gone));
                let friends = self.friends.clone();
                context.send(&child, Poke::Begin { seed: number as u64, friends });
                context.send(&child, Poke::Act { left });
                self.friends.push(child);
            }
            11 if !is_me => context.kill(&friend),
            12 | 13 => {
                self.timers.push(context.set_timer(span, Poke::Act { left }));
            }
            14 if !self.timers.is_empty() => {
                let timer = self.timers[number % self.timers.len()];
                context.cancel(timer);
            }
            15 if self.may_panic => {
                // As a panic unwinds, and without its message on standard error.
                std::panic::resume_unwind(Box::new("the dice say so"))
            }
            15 => context.fail("the dice say so"),
            16 => context.checkpoint(self.acted),
            17 => context.schedule(span, Poke::Act { left }),
            18 if !self.watches.is_empty() => {
                context.unwatch(self.watches[number % self.watches.len()]);
            }
            19..=23 => context.schedule(span, Poke::Act { left }),
            _ => context.send(&friend, Poke::Act { left }),
        }
    }
}

impl Actor for Puppet {
    type Message = Poke;

    fn started(&mut self) -> Option<Poke> {
        Some(Poke::Act { left: 0 })
    }

    fn handle(&mut self, poke: Poke, context: &mut Context<'_, Poke>) {
        let left = match poke {
            Poke::Begin { seed, friends } => {
                if self.dice.is_none() {
                    self.watches.extend(friends.iter().map(|f| context.watch(f, Poke::Gone)));
                }
                self.friends = friends;
                self.dice = Some(context.stream(&format!("dice {seed}")));
                return;
            }
            Poke::Act { left } => left,
            Poke::Asked { left, reply } if left % 3 == 0 => {
                self.kept.push(reply);
                left
            }
            Poke::Asked { left, reply } => {
                context.reply(reply, left);
                left
            }
            Poke::Gone(notice) if notice.restarted => {
                let restarted = self.friends.iter().find(|friend| friend.id() == notice.who);
                if let Some(friend) = restarted.copied() {
                    let begin = Poke::Begin { seed: self.acted, friends: self.friends.clone() };
                    context.send(&friend, begin);
                    context.send(&friend, Poke::Act { left: 6 });
                }
                return;
            }
            Poke::Gone(_) => return,
            Poke::Answered(answer) | Poke::FirstAnswered(answer) => answer.unwrap_or(2),
            Poke::AllAnswered(answers) => {
                if let Some(reply) = self.kept.pop() {
                    context.reply(reply, 1);
                }
                answers.into_iter().flatten().min().unwrap_or(0)
            }
        };
        if left > 0 {
            self.act(left - 1, context);
        }
    }
}

pub(super) fn types() -> TypeRegistry {
    TypeRegistry::new()
        .forkable_by(Puppet::fork)
        .savable_as::<Puppet>("puppet")
        .answer("answered", Poke::Answered)
        .saved_answers("all answered", Poke::AllAnswered)
        .first_answer("first answered", Poke::FirstAnswered)
        .notice("gone", Poke::Gone)
        .restoring("restored", Puppet::restored)
        .restoring("restored after panics", Puppet::restored_after_panics)
        .saved_checkpoint::<u64>("acted")
}

pub(super) fn config(seed: u64, profile: u64) -> Config {
    let latency = match profile % 4 {
        0 => Latency::ZERO,
        1 => Latency::Fixed(Span::from_millis(1)),
        2 => Latency::Exponential { mean: Span::from_millis(3) },
        _ => "uniform:1ms..4ms".parse().expect("a latency"),
    };
    let list = match profile / 4 % 2 {
        0 => EventListKind::Ladder,
        _ => EventListKind::PriorityQueue,
    };
    let plan: FaultPlan = match profile / 8 % 2 {
        0 => FaultPlan::new(),
        _ => "link ** -> ** loss 0.05 duplicate 0.05 bandwidth 100kB/s\n\
              crash ** after exponential:200ms\n\
              slow puppet[1] by 2 from 10ms to 40ms"
            .parse()
            .expect("a plan"),
    };
    let config = Config::new(seed).latency(latency).event_list(list).max_events(2_000);
    config.faults(plan).cpus(2).keep_undeliverable(3)
}

pub(super) fn started(config: Config) -> Simulation {
    started_for(config, 60)
}

/// The same, for chains of so many acts.
pub(super) fn started_for(config: Config, left: u32) -> Simulation {
    let mut simulation = Simulation::new(config);
    simulation.register(&types());
    let policy = Restart::always().at_most(40, Span::from_secs(1));
    let puppets = [0, 1, 2, 3]
        .map(|number| simulation.spawn_restored(("puppet", number), policy, Puppet::restored));
    for (seed, puppet) in (0..).zip(&puppets) {
        simulation
            .send(puppet, Poke::Begin { seed, friends: puppets.map(|puppet| *puppet).to_vec() });
        simulation.send(puppet, Poke::Act { left });
        simulation.send(puppet, Poke::Act { left });
    }
    simulation
}

/// Everything that can be told of a run at its end, or where it failed.
pub(super) fn end(simulation: &mut Simulation) -> String {
    let outcome = simulation.run();
    format!(
        "{outcome:?} {:?} {} {} {:?} {:?} {:?} {:?}",
        simulation.digest(),
        simulation.now(),
        simulation.events(),
        simulation.counts(),
        simulation.unanswered(),
        simulation.undeliverable(),
        simulation.pending_messages(),
    )
}

pub(super) fn save(simulation: &Simulation) -> Vec<u8> {
    let mut file = Vec::new();
    simulation.save(&[], &[], &mut file).unwrap_or_else(|error| panic!("{error}"));
    file
}

/// Holds copies at random events to the whole run.
pub(super) fn check(config: &Config, name: &str) {
    let mut simulation = started(config.clone());
    let expected = end(&mut simulation);
    let all = simulation.events();
    let seed = config.seed;
    let (replication, actor, incarnation, purpose) = (0, 0, 0, name);
    let mut events = Stream::open(&StreamName { seed, replication, actor, incarnation, purpose });
    let mut events: Vec<u64> = (0..6).map(|_| events.range(0..=all.saturating_sub(1))).collect();
    events.sort_unstable();
    let mut simulation = started(config.clone());
    for event in events {
        while simulation.events() < event && simulation.step().expect("it did not fail before") {}
        let place = format!("seed {seed}, {name}, event {event} of {all}");
        let mut branch = simulation.fork().unwrap_or_else(|error| panic!("{place}: {error}"));
        let file = save(&simulation);
        let resume = |file: &[u8]| {
            let resumed = Simulation::resume(&types(), file);
            resumed.unwrap_or_else(|error| panic!("{place}: {error}")).simulation
        };
        let mut resumed = resume(&file);
        // Saved again, copied, and run on.
        let mut again = resume(&save(&resumed)).fork().expect("as before");
        let counts = (simulation.counts().pending(), simulation.pending_events());
        for (name, copy) in [("fork", &branch), ("resume", &resumed), ("again", &again)] {
            assert_eq!((copy.pending_messages(), copy.pending_events()), counts, "{name}: {place}");
        }
        for (name, copy) in [("fork", &mut branch), ("resume", &mut resumed), ("again", &mut again)]
        {
            assert_eq!(end(copy), expected, "{name}: {place}");
        }
    }
    // The original has not noticed.
    assert_eq!(end(&mut simulation), expected, "seed {seed}, {name}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(debug_assertions) { 16 } else { 500 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn copies_of_random_programs_go_on(seed in any::<u64>(), profile in 0_u64..16) {
        check(&config(seed, profile), &format!("profile {profile}"));
    }

    /// Common futures: a branch with another seed differs, two with one agree.
    #[test]
    fn branches_with_one_seed_agree(seed in any::<u64>(), profile in 0_u64..16) {
        let mut simulation = started(config(seed, profile));
        for _ in 0..40 {
            simulation.step().expect("it has just begun");
        }
        let mut original = simulation.fork().expect("all types have opted in");
        end(&mut original);
        prop_assume!(original.events() > 300);
        let ends = [7, 7, 8].map(|seed| {
            let mut branch = simulation.fork().expect("all types have opted in");
            branch.reseed(seed);
            end(&mut branch)
        });
        prop_assert_eq!(&ends[0], &ends[1]);
        prop_assert_ne!(&ends[0], &ends[2]);
        prop_assert_ne!(&ends[0], &end(&mut simulation));
    }
}

#[test]
fn the_programs_use_everything() {
    // Or the test above would show less than it says.
    let (mut deaths, mut undeliverable, mut restarts, mut events) = (0, 0, 0, 0);
    for seed in 0..20 {
        let mut simulation = started(config(seed, 9));
        let died = std::rc::Rc::new(std::cell::Cell::new((0, 0)));
        let count = std::rc::Rc::clone(&died);
        simulation.observe(move |record: &flagfall::Record<'_>| {
            let (died, again) = count.get();
            match record.kind {
                flagfall::RecordKind::Died(_) => count.set((died + 1, again)),
                flagfall::RecordKind::Restarted => count.set((died, again + 1)),
                _ => {}
            }
        });
        end(&mut simulation);
        deaths += died.get().0;
        restarts += died.get().1;
        undeliverable += simulation.counts().undeliverable;
        events += simulation.events();
    }
    assert!(
        deaths > 500 && restarts > 200 && undeliverable > 500 && events > 10_000,
        "{deaths} deaths, {restarts} restarts, {undeliverable} undeliverable, {events} events"
    );
}
