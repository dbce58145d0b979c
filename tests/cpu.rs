//! CPU slots: tasks wait for one, keep it asleep, lend it while they wait.

use crate::engine::{Log, secs};
use flagfall::{
    Actor, ActorRef, Config, Context, Message, Outcome, ReplyTo, RequestError, Simulation,
    VirtualTime,
};
use proptest::prelude::*;
use std::rc::Rc;

/// Second, task, what it did.
type Notes = Log<(u64, u32, &'static str)>;

#[derive(Debug, Message)]
enum Task {
    Sleep(u64),
    /// Ask the bell, then sleep for a second.
    AskFirst(ActorRef<Bell>),
    /// Wait for nobody, then sleep.
    AskNobody(u64),
    AskedNobody(u64),
    Answered(Result<(), RequestError>),
    Over,
}

#[derive(Debug, Message)]
enum Bell {
    /// Rings after ten seconds.
    Wait(ReplyTo<()>),
    Ring(ReplyTo<()>),
}

#[derive(Debug, Message)]
enum Boss {
    Submit(Vec<u64>),
    SubmitLonely(u32),
    SubmitAskers { bell: ActorRef<Bell>, sleepers: u32 },
    Kill(u32),
}

struct Sleeper {
    number: u32,
    log: Notes,
}

impl Sleeper {
    fn note(&self, context: &Context<'_, Task>, what: &'static str) {
        let now = context.now().as_nanos() / 1_000_000_000;
        self.log.borrow_mut().push((now, self.number, what));
    }
}

impl Actor for Sleeper {
    type Message = Task;
    fn handle(&mut self, task: Task, context: &mut Context<'_, Task>) {
        match task {
            Task::Sleep(span) => {
                self.note(context, "start");
                context.hold(secs(span), Task::Over);
            }
            Task::AskFirst(bell) => {
                self.note(context, "start");
                context.ask(&bell, Bell::Wait, Task::Answered);
            }
            Task::AskNobody(span) => {
                self.note(context, "start");
                let nobody: [ActorRef<Bell>; 0] = [];
                context.ask_all(&nobody, Bell::Wait, move |_| Task::AskedNobody(span));
            }
            Task::AskedNobody(span) => context.hold(secs(span), Task::Over),
            Task::Answered(_) => {
                self.note(context, "answered");
                context.hold(secs(1), Task::Over);
            }
            Task::Over => {
                self.note(context, "end");
                context.stop();
            }
        }
    }
}

struct Tower;

impl Actor for Tower {
    type Message = Bell;
    fn handle(&mut self, bell: Bell, context: &mut Context<'_, Bell>) {
        match bell {
            Bell::Wait(reply) => context.schedule(secs(10), Bell::Ring(reply)),
            Bell::Ring(reply) => context.reply(reply, ()),
        }
    }
}

struct Chief {
    log: Notes,
    tasks: Vec<ActorRef<Task>>,
}

impl Actor for Chief {
    type Message = Boss;
    fn handle(&mut self, message: Boss, context: &mut Context<'_, Boss>) {
        let mut submit = |number: u32, first: Task| {
            let sleeper = Sleeper { number, log: Rc::clone(&self.log) };
            self.tasks.push(context.spawn_task(("task", number), sleeper, first));
        };
        match message {
            Boss::Submit(spans) => {
                (0..).zip(spans).for_each(|(number, span)| submit(number, Task::Sleep(span)));
            }
            Boss::SubmitAskers { bell, sleepers } => {
                submit(0, Task::AskFirst(bell));
                (1..=sleepers).for_each(|number| submit(number, Task::Sleep(4)));
            }
            Boss::SubmitLonely(count) => {
                (0..count).for_each(|number| submit(number, Task::AskNobody(3)));
            }
            Boss::Kill(number) => context.kill(&self.tasks[number as usize]),
        }
    }
}

fn office(cpus: u32) -> (Simulation, ActorRef<Boss>, Notes) {
    let log = Log::default();
    let mut simulation = Simulation::new(Config::new(1).cpus(cpus));
    let chief = Chief { log: Rc::clone(&log), tasks: Vec::new() };
    let boss = simulation.spawn("boss", chief);
    (simulation, *boss, log)
}

#[test]
fn the_third_task_waits_for_the_first_to_end() {
    let (mut simulation, boss, log) = office(2);
    simulation.send(&boss, Boss::Submit(vec![5, 7, 3]));
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    let expected = [
        (0, 0, "start"),
        (0, 1, "start"),
        (5, 0, "end"),
        (5, 2, "start"),
        (7, 1, "end"),
        (8, 2, "end"),
    ];
    assert_eq!(log.take(), expected);
}

#[test]
fn waiting_for_an_answer_lends_the_slot() {
    let (mut simulation, boss, log) = office(1);
    let bell = simulation.spawn("tower", Tower);
    simulation.send(&boss, Boss::SubmitAskers { bell: *bell, sleepers: 4 });
    simulation.run().unwrap();
    let expected = [
        (0, 0, "start"),
        (0, 1, "start"), // on the slot that task 0 lends
        (4, 1, "end"),
        (4, 2, "start"),
        (8, 2, "end"),
        (8, 3, "start"),
        (10, 0, "answered"), // goes on at once: two tasks on one slot
        (11, 0, "end"),      // pays back what was overdrawn
        (12, 3, "end"),
        (12, 4, "start"),
        (16, 4, "end"),
    ];
    assert_eq!(log.take(), expected);
}

#[test]
fn waiting_for_nobody_lends_nothing() {
    let (mut simulation, boss, log) = office(1);
    simulation.send(&boss, Boss::SubmitLonely(2));
    simulation.run().unwrap();
    assert_eq!(log.take(), [(0, 0, "start"), (3, 0, "end"), (3, 1, "start"), (6, 1, "end")]);
}

#[test]
fn a_killed_task_gives_its_slot_or_its_place_in_the_queue() {
    let (mut simulation, boss, log) = office(1);
    simulation.send(&boss, Boss::Submit(vec![100, 50, 5]));
    let at = |secs_: u64| VirtualTime::ZERO + secs(secs_);
    simulation.send_at(at(1), &boss, Boss::Kill(1)).unwrap();
    simulation.send_at(at(2), &boss, Boss::Kill(0)).unwrap();
    simulation.run().unwrap();
    assert_eq!(log.take(), [(0, 0, "start"), (2, 2, "start"), (7, 2, "end")]);
    assert_eq!(simulation.counts().cancelled, 2);
    assert_eq!(simulation.pending_messages(), 0);
}

#[test]
fn a_slot_granted_to_a_task_killed_in_that_instant_goes_on() {
    let (mut simulation, boss, log) = office(1);
    let at = |secs_: u64| VirtualTime::ZERO + secs(secs_);
    simulation.send(&boss, Boss::Submit(vec![5, 50, 3]));
    simulation.run_until(at(1)).unwrap();
    // Due after the end of task 0, before the start of task 1 that follows.
    let second = simulation.inspect::<Chief>(&boss).unwrap().tasks[1];
    simulation.kill_at(at(5), &second).unwrap();
    simulation.run().unwrap();
    assert_eq!(log.take(), [(0, 0, "start"), (5, 0, "end"), (5, 2, "start"), (8, 2, "end")]);
    assert_eq!(simulation.counts().undeliverable, 1);
}

#[test]
fn without_a_bound_all_tasks_run() {
    let log = Log::default();
    let mut simulation = Simulation::new(Config::new(1));
    let boss = simulation.spawn("boss", Chief { log: Rc::clone(&log), tasks: Vec::new() });
    simulation.send(&boss, Boss::Submit(vec![9; 100]));
    simulation.run().unwrap();
    assert_eq!(simulation.now(), VirtualTime::ZERO + secs(9));
}

proptest! {
    #[test]
    fn sleeping_tasks_never_exceed_the_slots(
        cpus in 1_u32..6,
        spans in prop::collection::vec(1_u64..20, 0..40),
    ) {
        let (mut simulation, boss, log) = office(cpus);
        simulation.send(&boss, Boss::Submit(spans.clone()));
        simulation.run().unwrap();
        let mut running = 0_u32;
        for (_, _, what) in log.borrow().iter() {
            if *what == "start" { running += 1 } else { running -= 1 }
            prop_assert!(running <= cpus);
        }
        prop_assert_eq!(log.borrow().len(), 2 * spans.len());
        // No slot idles while a task waits: the first to come is the first
        // to be served by whichever slot is free first.
        let mut free_at = vec![0_u64; cpus as usize];
        for span in &spans {
            let first = free_at.iter_mut().min().unwrap();
            *first += span;
        }
        let expected = free_at.into_iter().max().unwrap();
        prop_assert_eq!(simulation.now(), VirtualTime::ZERO + secs(expected));
    }
}
