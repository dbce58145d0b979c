//! Where features meet: restarts, crashes by plan, resources, groups, requests.

use crate::engine::{at, secs};
use flagfall::resource::{Claim, Held};
use flagfall::{
    Actor, ActorRef, Config, Container, Context, DeathCause, FaultPlan, Group, Message, ReplyTo,
    RequestError, Resource, Restart, Simulation, Store, VirtualTime,
};
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone, Debug, Message)]
enum Note {
    Ping,
}

#[derive(Debug, Message)]
enum Job {
    Take,
    Got(Held),
    Item(u64),
    Watch(ActorRef<Job>),
    Gone(flagfall::DeathNotice),
    Answer(ReplyTo<u64>),
}

type Log = Rc<RefCell<Vec<(VirtualTime, String)>>>;

/// Takes what it is told to, and keeps it.
struct Keeper {
    pumps: Resource,
    shelf: Store<u64>,
    log: Log,
    grants: Vec<Held>,
}

impl Actor for Keeper {
    type Message = Job;
    fn handle(&mut self, message: Job, context: &mut Context<'_, Job>) {
        let log = |text: String| self.log.borrow_mut().push((context.now(), text));
        match message {
            Job::Take => {
                self.pumps.claim(context, Claim::new(), Job::Got);
                self.shelf.get_then(context, |_| true, Job::Item);
            }
            Job::Got(grant) => {
                log("got".to_owned());
                self.grants.push(grant);
            }
            Job::Item(item) => log(format!("item {item}")),
            Job::Watch(whom) => _ = context.watch(&whom, Job::Gone),
            Job::Gone(notice) => log(format!("{}, back: {}", notice.cause, notice.restarted)),
            Job::Answer(reply) => context.reply(reply, 7),
        }
    }
}

struct World {
    simulation: Simulation,
    pumps: Resource,
    shelf: Store<u64>,
    log: Log,
}

impl World {
    fn new(plan: &str) -> Self {
        let plan: FaultPlan = plan.parse().expect("a plan");
        let mut simulation = Simulation::new(Config::new(1).faults(plan));
        let pumps = Resource::new(&mut simulation, "pumps", 1);
        let shelf = Store::new(&mut simulation, "shelf", 10);
        Self { simulation, pumps, shelf, log: Log::default() }
    }

    fn keeper(&mut self, name: &'static str, policy: Restart) -> ActorRef<Job> {
        let (pumps, shelf, log) = (self.pumps, self.shelf, Rc::clone(&self.log));
        *self.simulation.spawn_supervised(name, policy, move || Keeper {
            pumps,
            shelf,
            log: Rc::clone(&log),
            grants: Vec::new(),
        })
    }

    fn log(&self) -> Vec<(VirtualTime, String)> {
        self.log.borrow().clone()
    }
}

#[test]
fn who_is_restarted_has_given_back_what_it_held_and_left_all_lines() {
    let mut world = World::new("crash first at 5s");
    let first = world.keeper("first", Restart::on_failure());
    let second = world.keeper("second", Restart::on_failure());
    world.simulation.send(&first, Job::Take);
    world.simulation.send_at(at(1), &second, Job::Take).unwrap();
    let shelf = world.shelf;
    world.simulation.process("filler", async move |p| {
        p.sleep(secs(6)).await;
        shelf.put(&p, 9).await;
    });
    world.simulation.run().expect("no errors");
    // The item goes to the second: the first has left the line of the shelf.
    let expected = [(at(0), "got"), (at(5), "got"), (at(6), "item 9")];
    assert_eq!(world.log(), expected.map(|(time, text)| (time, text.to_owned())));
    assert_eq!(world.pumps.in_use(&world.simulation), 1);
    assert_eq!(world.simulation.restarts(first.id()), Some(1));
    assert_eq!(world.simulation.live_actors(), 2);
}

#[test]
fn a_crash_at_a_given_time_happens_once_and_each_life_has_its_drawn_ones() {
    let mut world = World::new("crash worker at 5s");
    let worker = world.keeper("worker", Restart::on_failure());
    world.simulation.run().expect("no errors");
    assert_eq!(world.simulation.restarts(worker.id()), Some(1));
    assert_eq!(world.simulation.now(), at(5));

    let mut world = World::new("crash worker after 10s");
    let worker = world.keeper("worker", Restart::on_failure());
    let boss = world.keeper("boss", Restart::never());
    world.simulation.send(&boss, Job::Watch(worker));
    world.simulation.run_until(at(35)).expect("no errors");
    assert_eq!(world.simulation.restarts(worker.id()), Some(3));
    let expected = [10, 20, 30].map(|time| (at(time), "crashed, back: true".to_owned()));
    assert_eq!(world.log(), expected);
}

#[test]
fn a_bound_on_restarts_ends_a_life_of_crashes() {
    let mut world = World::new("crash worker after 10s");
    let worker = world.keeper("worker", Restart::on_failure().at_most(2, secs(60)).or_stay_dead());
    world.simulation.run().expect("no errors");
    assert!(!world.simulation.is_alive(worker.id()));
    assert_eq!(world.simulation.now(), at(30));
    assert_eq!(world.simulation.pending_events(), 0);
}

#[test]
fn groups_keep_members_that_are_restarted_and_lose_those_that_die() {
    struct Member;
    impl Actor for Member {
        type Message = Note;
        fn handle(&mut self, _: Note, _: &mut Context<'_, Note>) {}
    }
    let plan: FaultPlan = "crash ** at 1s".parse().expect("a plan");
    let mut simulation = Simulation::new(Config::new(1).faults(plan));
    let group = Group::new(&mut simulation, "group");
    let back = simulation.spawn_supervised("back", Restart::always(), || Member);
    let gone = simulation.spawn("gone", Member);
    group.add(&mut simulation, &gone);
    group.add(&mut simulation, &back);
    simulation.run().expect("no errors");
    assert_eq!(group.members(&simulation), [*back]);
    simulation.kill_at(at(2), &back).unwrap();
    simulation.run().expect("no errors");
    assert_eq!(group.members(&simulation), [*back], "killed, and always restarted");
    simulation.dismiss_at(at(3), &back).unwrap();
    simulation.run().expect("no errors");
    assert!(group.members(&simulation).is_empty());
}

#[test]
fn a_process_that_a_plan_crashes_gives_everything_back() {
    let plan: FaultPlan = "crash greedy at 4s".parse().expect("a plan");
    let mut simulation = Simulation::new(Config::new(1).faults(plan));
    let tills = Resource::new(&mut simulation, "tills", 2);
    let tank = Container::new(&mut simulation, "tank", 10, 0);
    let greedy = simulation.process("greedy", async move |p| {
        let _held = tills.acquire_as(&p, Claim::new().amount(2)).await;
        tank.get(&p, 5).await;
    });
    let next = simulation.process("next", async move |p| {
        p.sleep(secs(1)).await;
        let _held = tills.acquire(&p).await;
        p.now()
    });
    let end = greedy.clone();
    let heir = simulation.process("heir", async move |p| p.join(&end).await.is_err());
    simulation.run().expect("no errors");
    assert_eq!((next.result(), heir.result()), (Some(at(4)), Some(true)));
    assert_eq!((tills.in_use(&simulation), tank.waiting(&simulation)), (0, 0));
    assert!(simulation.stuck().is_none());
}

/// The answer of a life that is over does not reach the next one.
#[test]
fn the_first_answer_comes_to_nothing_when_the_asker_is_restarted() {
    struct Asker {
        of: Vec<ActorRef<Job>>,
        answers: Rc<RefCell<u32>>,
    }
    #[derive(Debug, Message)]
    enum Ask {
        Begin,
        First(Result<u64, RequestError>),
        Fail,
    }
    impl Actor for Asker {
        type Message = Ask;
        fn handle(&mut self, message: Ask, context: &mut Context<'_, Ask>) {
            match message {
                Ask::Begin => context.ask_first(&self.of, Job::Answer, Ask::First),
                Ask::First(_) => *self.answers.borrow_mut() += 1,
                Ask::Fail => context.fail("enough"),
            }
        }
    }
    let plan = "link * -> asker latency 10s\ncrash asker at 5s\ncrash asker at 6s";
    let mut world = World::new(plan);
    let of = vec![world.keeper("one", Restart::never()), world.keeper("two", Restart::never())];
    let answers = Rc::new(RefCell::new(0));
    let count = Rc::clone(&answers);
    let asker = world.simulation.spawn_supervised("asker", Restart::on_failure(), move || Asker {
        of: of.clone(),
        answers: Rc::clone(&count),
    });
    world.simulation.send(&asker, Ask::Begin);
    world.simulation.send_at(at(20), &asker, Ask::Fail).unwrap();
    world.simulation.run().expect("no errors");
    assert_eq!(*answers.borrow(), 0);
    let counts = world.simulation.counts();
    assert_eq!(counts.pending(), 0);
    assert_eq!(world.simulation.restarts(asker.id()), Some(3));
}

#[test]
fn a_crash_is_a_failure() {
    assert!(DeathCause::Crashed.is_failure());
    assert!(!DeathCause::Killed.is_failure());
}
