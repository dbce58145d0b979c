//! Names that are used again, against a list of all names that ever were.
//!
//! The engine remembers names of the dead in little memory. Here a plain map
//! remembers each of them, and what its first draw was.

use flagfall::{
    Actor, ActorRef, Config, Context, ErrorKind, Latency, Restart, Simulation, Span, SpawnOptions,
    VirtualTime,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

type Drawn = Rc<RefCell<Option<u64>>>;

enum Do {
    /// Have a child of that name; whether it is to be restarted.
    Spawn(SpawnOptions, bool),
    Draw(Drawn),
    Stop,
}

impl std::fmt::Debug for Do {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("do")
    }
}

impl flagfall::Message for Do {
    fn digest(&self, _: &mut flagfall::Digest) {}
}

#[derive(Default)]
struct Node {
    youngest: Option<ActorRef<Do>>,
}

impl Actor for Node {
    type Message = Do;
    fn handle(&mut self, what: Do, context: &mut Context<'_, Do>) {
        match what {
            Do::Spawn(name, true) => {
                let child = context.spawn_supervised(name, Restart::always(), Node::default);
                self.youngest = Some(child);
            }
            Do::Spawn(name, false) => self.youngest = Some(context.spawn(name, Node::default())),
            Do::Draw(drawn) => {
                let mut stream = context.stream("draws");
                *drawn.borrow_mut() = Some(stream.below(u64::MAX));
            }
            Do::Stop => context.stop(),
        }
    }
}

/// What a random program does; numbers choose among those that live.
#[derive(Clone, Debug)]
enum Step {
    Spawn {
        owner: usize,
        name: SpawnOptions,
        supervised: bool,
    },
    /// A process that nobody owns, which draws at once.
    Process {
        name: SpawnOptions,
    },
    Kill {
        who: usize,
    },
    Stop {
        who: usize,
    },
    /// Kill, and go on before the news has reached the children.
    KillInHaste {
        who: usize,
    },
}

fn name() -> impl Strategy<Value = SpawnOptions> {
    let number = prop_oneof![
        8 => 0..190_u32,
        1 => Just(u32::MAX),
        1 => u32::MAX - 100..=u32::MAX,
    ];
    let text = prop_oneof![
        Just("x".to_owned()),
        (0..200_u32).prop_map(|n| format!("x-{n}")),
        (0..3_u32, 0..4_usize).prop_map(|(n, width)| format!("{n:0width$} of 4")),
        (0..5_u64).prop_map(|n| format!("{}", 9_999_999_999_999_999_998 + n)),
        (0..5_u64).prop_map(|n| format!("1{:018}", n << 32)),
    ];
    prop_oneof![
        4 => (prop::sample::select(vec!["a", "b", "x-1"]), number)
            .prop_map(|(text, number)| SpawnOptions::from((text, number))),
        2 => text.prop_map(SpawnOptions::named),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = || any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20));
    prop_oneof![
        6 => (who(), name(), any::<bool>())
            .prop_map(|(owner, name, supervised)| Step::Spawn { owner, name, supervised }),
        1 => name().prop_map(|name| Step::Process { name }),
        2 => who().prop_map(|who| Step::Kill { who }),
        1 => who().prop_map(|who| Step::Stop { who }),
        1 => who().prop_map(|who| Step::KillInHaste { who }),
    ]
}

/// One that lives: its life in full, and who owns it.
struct Living {
    actor: ActorRef<Do>,
    /// The names and lives of its owners and its own: `a[1]#0/x#2`.
    life: String,
    owner: Option<usize>,
    name: String,
    supervised: bool,
}

/// All names that ever were.
#[derive(Default)]
struct Naive {
    living: BTreeMap<usize, Living>,
    next: usize,
    /// By the life of the owner and the name.
    deaths: BTreeMap<(String, String), u32>,
}

impl Naive {
    fn life_of(&self, owner: Option<usize>) -> String {
        owner.map_or(String::new(), |owner| format!("{}/", self.living[&owner].life))
    }

    fn next_life(&self, owner: Option<usize>, name: &str) -> String {
        let above = self.life_of(owner);
        let before = self.deaths.get(&(above.clone(), name.to_owned())).copied().unwrap_or(0);
        format!("{above}{name}#{before}")
    }

    fn is_taken(&self, owner: Option<usize>, name: &str) -> bool {
        self.living.values().any(|one| one.owner == owner && one.name == name)
    }

    fn count_death(&mut self, who: usize) {
        let Living { owner, name, .. } = &self.living[&who];
        let key = (self.life_of(*owner), name.clone());
        *self.deaths.entry(key).or_default() += 1;
    }

    fn bury_children(&mut self, who: usize) {
        let children: Vec<usize> =
            self.living.iter().filter(|(_, one)| one.owner == Some(who)).map(|(n, _)| *n).collect();
        for child in children {
            self.bury(child);
        }
    }

    fn bury(&mut self, who: usize) {
        self.bury_children(who);
        self.count_death(who);
        self.living.remove(&who);
    }

    fn end(&mut self, who: usize) {
        if !self.living[&who].supervised {
            return self.bury(who);
        }
        self.bury_children(who);
        self.count_death(who);
        let Living { owner, name, .. } = &self.living[&who];
        let life = self.next_life(*owner, name);
        self.living.get_mut(&who).expect("it lives on").life = life;
    }
}

/// First draws of all lives in all programs, and the lives by their draws.
type Draws = (BTreeMap<String, u64>, BTreeMap<u64, String>);

fn note(draws: &mut Draws, life: &str, drawn: u64) {
    let first = *draws.0.entry(life.to_owned()).or_insert(drawn);
    assert_eq!(first, drawn, "{life} drew something else");
    let other = draws.1.entry(drawn).or_insert_with(|| life.to_owned());
    assert_eq!(*other, life, "two lives draw the same");
}

fn check(steps: &[Step], draws: &mut Draws) {
    let latency = Latency::Fixed(Span::from_millis(10));
    let mut simulation = Simulation::new(Config::new(7).latency(latency).digest(false));
    let mut naive = Naive::default();
    for step in steps {
        let chosen = |number: usize| {
            let count = naive.living.len();
            (count > 0).then(|| *naive.living.keys().nth(number % count).expect("one of them"))
        };
        let hurry = matches!(step, Step::KillInHaste { .. });
        match step {
            Step::Spawn { owner, name, supervised } => {
                let owner = if owner % 3 == 0 { None } else { chosen(*owner) };
                let (spawn, name) = (name.clone(), name.to_string());
                let taken = naive.is_taken(owner, &name);
                let actor = match owner.map(|owner| naive.living[&owner].actor) {
                    None if taken => {
                        let refused = simulation.try_spawn(spawn, Node::default());
                        let kind = refused.map_err(|error| error.kind).unwrap_err();
                        assert!(matches!(kind, ErrorKind::DuplicateName { .. }), "{kind:?}");
                        return;
                    }
                    None if *supervised => {
                        *simulation.spawn_supervised(spawn, Restart::always(), Node::default)
                    }
                    None => *simulation.spawn(spawn, Node::default()),
                    Some(owner) => {
                        simulation.send(&owner, Do::Spawn(spawn, *supervised));
                        match run_now(&mut simulation) {
                            Ok(()) => {}
                            Err(ErrorKind::DuplicateName { .. }) if taken => return,
                            Err(kind) => panic!("{kind}"),
                        }
                        let owner = simulation.inspect::<Node>(&owner).expect("it lives");
                        owner.youngest.expect("it has just spawned one")
                    }
                };
                let life = naive.next_life(owner, &name);
                let drawn = Drawn::default();
                simulation.send(&actor, Do::Draw(Rc::clone(&drawn)));
                run_now(&mut simulation).expect("no errors");
                note(draws, &life, drawn.take().expect("it drew"));
                let one = Living { actor, life, owner, name, supervised: *supervised };
                naive.living.insert(naive.next, one);
                naive.next += 1;
            }
            Step::Process { name } => {
                let (spawn, name) = (name.clone(), name.to_string());
                if naive.is_taken(None, &name) {
                    continue;
                }
                let process =
                    simulation.process(spawn, async move |p| p.stream("draws").below(u64::MAX));
                run_now(&mut simulation).expect("no errors");
                let life = naive.next_life(None, &name);
                note(draws, &life, process.result().expect("it is over"));
                *naive.deaths.entry((String::new(), name)).or_default() += 1;
            }
            Step::Kill { who } | Step::Stop { who } | Step::KillInHaste { who } => {
                let Some(who) = chosen(*who) else { continue };
                let one = &naive.living[&who];
                let (actor, supervised) = (one.actor, one.supervised);
                if matches!(step, Step::Stop { .. }) {
                    simulation.send(&actor, Do::Stop);
                } else {
                    simulation.kill_at(simulation.now(), &actor).unwrap();
                }
                run_now(&mut simulation).expect("no errors");
                naive.end(who);
                if supervised {
                    let drawn = Drawn::default();
                    simulation.send(&actor, Do::Draw(Rc::clone(&drawn)));
                    run_now(&mut simulation).expect("no errors");
                    let life = naive.living[&who].life.clone();
                    note(draws, &life, drawn.take().expect("it drew"));
                }
                if !hurry || !supervised {
                    simulation.run().expect("no errors");
                }
            }
        }
    }
    simulation.run().expect("no errors");
    assert_eq!(simulation.live_actors(), naive.living.len() as u64);
    let names: BTreeSet<String> =
        naive.living.values().map(|one| simulation.path(one.actor.id())).collect();
    assert_eq!(names.len(), naive.living.len(), "no two have one path");
}

fn run_now(simulation: &mut Simulation) -> Result<(), ErrorKind> {
    let now: VirtualTime = simulation.now();
    simulation.run_until(now).map(drop).map_err(|error| error.kind)
}

#[test]
fn each_life_of_a_name_draws_by_itself() {
    // One for all programs: the same life draws the same in each.
    let draws = RefCell::new(Draws::default());
    let config = ProptestConfig { cases: 96, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..400))| {
        check(&steps, &mut draws.borrow_mut());
    });
    let (lives, _) = draws.into_inner();
    let later = lives.keys().filter(|life| !life.ends_with("#0")).count();
    let nested = lives.keys().filter(|life| life.contains("#1/")).count();
    assert!(later > 500 && nested > 50, "{later} later lives, {nested} below one");
}

/// Few names, each used hundreds of times, in blocks that fill up.
#[test]
fn names_that_are_used_again_and_again_draw_anew() {
    let mut draws = Draws::default();
    let mut steps = Vec::new();
    let mut state = 1_u64;
    for _ in 0..6_000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = (state >> 33) as u32 % 130;
        let name = if number < 65 {
            ("a", number).into()
        } else {
            SpawnOptions::named(format!("b{number}"))
        };
        steps.push(Step::Process { name });
    }
    check(&steps, &mut draws);
    assert_eq!(draws.0.len(), 6_000);
}
