//! Whoever has the value has the units: handed on, dropped anywhere, lost with
//! their owner.

use super::{at, ms};
use flagfall::resource::{Claim, Held};
use flagfall::{
    Actor, ActorRef, Config, Context, ErrorKind, FaultPlan, Message, Process, Resource, Restart,
    Simulation, VirtualTime,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Debug, Message)]
enum Job {
    Take,
    Work(Held),
    HandTo(ActorRef<Job>),
    Look,
    Stop,
    Panic,
    Rest,
}

/// Does with what it has what it is told to.
struct Hand {
    units: Resource,
    has: Vec<Held>,
    seen: Rc<RefCell<Vec<u64>>>,
    keeps: bool,
}

impl Actor for Hand {
    type Message = Job;
    fn handle(&mut self, message: Job, context: &mut Context<'_, Job>) {
        match message {
            Job::Take => _ = self.units.claim(context, Claim::new(), Job::Work),
            Job::Work(held) if self.keeps => self.has.push(held),
            Job::Work(held) => drop(held),
            Job::HandTo(to) => {
                self.has.drain(..).for_each(|held| context.send(&to, Job::Work(held)));
            }
            Job::Look => {}
            Job::Stop => context.stop(),
            Job::Panic => panic!("meant"),
            Job::Rest => return context.hold(ms(50), Job::Look),
        }
        self.seen.borrow_mut().push(self.units.in_use(context));
    }
}

struct Stage {
    simulation: Simulation,
    units: Resource,
    seen: Rc<RefCell<Vec<u64>>>,
}

impl Stage {
    fn new(config: Config) -> Self {
        let mut simulation = Simulation::new(config);
        let units = Resource::new(&mut simulation, "units", 1);
        Self { simulation, units, seen: Rc::default() }
    }

    fn hand(&mut self, name: &'static str, keeps: bool) -> ActorRef<Job> {
        let hand = self.make(keeps)();
        *self.simulation.spawn(name, hand)
    }

    fn make(&self, keeps: bool) -> impl Fn() -> Hand + 'static {
        let (units, seen) = (self.units, Rc::clone(&self.seen));
        move || Hand { units, has: Vec::new(), seen: Rc::clone(&seen), keeps }
    }

    fn tell(&mut self, time: u64, whom: &ActorRef<Job>, job: Job) {
        self.simulation.send_at(at(time), whom, job).unwrap();
    }

    /// A process that acquires at 0 and hands on to `whom` at `time`, or keeps
    /// until it ends.
    fn giver(&mut self, time: u64, whom: ActorRef<Job>) {
        let units = self.units;
        self.simulation.process("giver", async move |p| {
            let held = units.acquire(&p).await;
            p.sleep(ms(time)).await;
            p.send(&whom, Job::Work(held));
        });
    }

    /// When the next in line gets the unit.
    fn next(mut self) -> VirtualTime {
        let units = self.units;
        let next = self.simulation.process("next", async move |p| {
            p.sleep(ms(1)).await;
            let _unit = units.acquire(&p).await;
            p.now()
        });
        self.simulation.run().expect("no errors");
        assert_eq!(units.in_use(&self.simulation), 0);
        next.result().expect("the unit came back")
    }
}

#[test]
fn a_unit_that_is_dropped_in_a_handler_goes_back_at_once() {
    let mut stage = Stage::new(Config::new(1));
    let sink = stage.hand("sink", false);
    stage.giver(5, sink);
    let seen = Rc::clone(&stage.seen);
    assert_eq!(stage.next(), at(5));
    assert_eq!(*seen.borrow(), [0], "who looks in the same handler counts it no more");
}

#[test]
fn the_death_of_who_claimed_changes_nothing() {
    let mut stage = Stage::new(Config::new(1));
    let (first, second) = (stage.hand("first", true), stage.hand("second", true));
    stage.tell(0, &first, Job::Take);
    stage.tell(2, &first, Job::HandTo(second));
    stage.tell(3, &first, Job::Stop);
    stage.tell(20, &second, Job::Stop);
    assert_eq!(stage.next(), at(20));
}

#[test]
fn a_unit_goes_back_with_the_state_of_who_has_it() {
    for how in ["stop", "kill", "crash", "owner"] {
        let plan = if how == "crash" { "crash last at 7s" } else { "" };
        let plan: FaultPlan = plan.parse().expect("a plan");
        let mut stage = Stage::new(Config::new(1).faults(plan));
        let (first, last) = (stage.hand("first", true), stage.hand("last", true));
        stage.tell(0, &first, Job::Take);
        stage.tell(2, &first, Job::HandTo(last));
        match how {
            "stop" => stage.tell(7_000, &last, Job::Stop),
            "kill" | "owner" => stage.simulation.kill_at(at(7_000), &last).unwrap(),
            _ => {}
        }
        assert_eq!(stage.next(), at(7_000), "{how}");
    }
}

#[test]
fn a_unit_goes_back_when_its_actor_is_restarted() {
    let plan: FaultPlan = "crash ward at 4s".parse().expect("a plan");
    let mut stage = Stage::new(Config::new(1).faults(plan));
    let make = stage.make(true);
    let ward = stage.simulation.spawn_supervised("ward", Restart::on_failure(), make);
    stage.tell(0, &ward, Job::Take);
    assert_eq!(stage.next(), at(4_000));
}

#[test]
fn a_unit_in_a_message_to_the_dead_goes_back() {
    let mut stage = Stage::new(Config::new(1).keep_undeliverable(9));
    let dead = stage.hand("dead", true);
    stage.simulation.kill_at(at(1), &dead).unwrap();
    stage.giver(5, dead);
    assert_eq!(stage.next(), at(5));
}

#[test]
fn a_unit_in_a_mailbox_goes_back_when_its_actor_is_killed() {
    let mut stage = Stage::new(Config::new(1));
    let busy = stage.hand("busy", true);
    stage.tell(3, &busy, Job::Rest);
    stage.giver(5, busy);
    stage.simulation.kill_at(at(9), &busy).unwrap();
    assert_eq!(stage.next(), at(9));
}

#[test]
fn a_unit_in_the_mailbox_of_a_process_goes_back_when_it_is_killed() {
    let mut stage = Stage::new(Config::new(1));
    let deaf = stage.simulation.process_receiving("deaf", |p: Process<Job>| p.sleep(ms(99)));
    let units = stage.units;
    let to = deaf.clone();
    stage.simulation.process("giver", async move |p| {
        let held = units.acquire(&p).await;
        p.send(&to, Job::Work(held));
    });
    stage.simulation.kill_at(at(9), &deaf).unwrap();
    assert_eq!(stage.next(), at(9));
}

#[test]
fn a_unit_in_a_message_that_a_link_loses_goes_back() {
    let plan: FaultPlan = "link giver -> far loss 1".parse().expect("a plan");
    let mut stage = Stage::new(Config::new(1).faults(plan));
    let far = stage.hand("far", true);
    stage.giver(5, far);
    assert_eq!(stage.next(), at(5));
}

#[test]
fn a_panic_gives_back_what_its_handler_had_in_hand() {
    struct Clumsy;
    impl Actor for Clumsy {
        type Message = Job;
        fn handle(&mut self, message: Job, _: &mut Context<'_, Job>) {
            let _in_hand = message;
            panic!("meant");
        }
    }
    let mut stage = Stage::new(Config::new(1));
    let clumsy = stage.simulation.spawn("clumsy", Clumsy);
    let units = stage.units;
    stage.simulation.process("giver", async move |p| {
        let held = units.acquire(&p).await;
        p.send(&clumsy, Job::Work(held));
    });
    let error = stage.simulation.run().expect_err("it panics");
    assert!(matches!(error.kind, ErrorKind::Panic { .. }), "{error}");
    assert_eq!(units.in_use(&stage.simulation), 0);
}

#[test]
fn what_a_living_actor_has_after_a_failed_run_is_still_held() {
    let mut stage = Stage::new(Config::new(1));
    let hand = stage.hand("hand", true);
    stage.tell(0, &hand, Job::Take);
    stage.tell(2, &hand, Job::Panic);
    stage.simulation.run().expect_err("it panics");
    assert_eq!(stage.units.in_use(&stage.simulation), 1);
}

/// A destructor that runs when it is dropped with a message or state.
#[derive(Debug)]
struct Bell(Rc<Cell<u32>>);

impl Drop for Bell {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// What is stored in the kernel does not keep the kernel.
#[test]
fn units_in_messages_do_not_keep_a_simulation_that_is_over() {
    #[derive(Debug)]
    struct Parcel(#[expect(dead_code)] Held, #[expect(dead_code)] Bell);
    impl flagfall::Message for Parcel {
        fn digest(&self, _: &mut flagfall::Digest) {}
    }
    let dropped = Rc::new(Cell::new(0));
    let mut simulation = Simulation::new(Config::new(1));
    let units = Resource::new(&mut simulation, "units", 2);
    let bell = Bell(Rc::clone(&dropped));
    let reader = simulation.process_receiving("reader", |p: Process<Parcel>| async move {
        p.sleep(ms(1_000)).await;
        drop(p.receive().await);
    });
    let result = simulation.process("giver", async move |p| {
        let held = units.acquire(&p).await;
        p.send_after(ms(50), &reader, Parcel(held, bell));
        units.acquire(&p).await
    });
    simulation.run_until(at(9)).expect("no errors");
    let kept = result.result().expect("it has ended");
    assert_eq!(units.in_use(&simulation), 2, "one on its way, one with the caller");
    drop(simulation);
    assert_eq!(dropped.get(), 1, "the message went with the simulation");
    drop(kept);
}

#[test]
fn a_unit_that_the_caller_drops_between_two_runs_goes_back() {
    let mut simulation = Simulation::new(Config::new(1));
    let units = Resource::new(&mut simulation, "units", 1);
    let giver = simulation.process("giver", async move |p| units.acquire(&p).await);
    let next = simulation.process("next", async move |p| {
        p.sleep(ms(1)).await;
        let _unit = units.acquire(&p).await;
        p.now()
    });
    simulation.process("clock", |p: Process| p.sleep(ms(20)));
    simulation.run_until(at(10)).expect("no errors");
    drop(giver.result());
    assert_eq!(units.in_use(&simulation), 0);
    simulation.run().expect("no errors");
    assert_eq!(next.result(), Some(at(10)));
}

/// An actor that does with a unit what its first message says, and dies at 5 ms.
fn goes_back_after_the_death_at_5(how: &'static str) -> VirtualTime {
    struct Keeper(&'static str, ActorRef<Job>);
    impl Actor for Keeper {
        type Message = Job;
        fn handle(&mut self, message: Job, context: &mut Context<'_, Job>) {
            match self.0 {
                "schedule" => context.schedule(ms(12), message),
                "timer" => _ = context.set_timer(ms(12), message),
                "send" => context.send_after(ms(12), &self.1, message),
                _ => context.hold(ms(12), message),
            }
        }
    }
    let mut stage = Stage::new(Config::new(1));
    let other = stage.hand("other", true);
    stage.simulation.kill_at(at(5), &other).unwrap();
    let keeper = stage.simulation.spawn("keeper", Keeper(how, other));
    stage.simulation.kill_at(at(5), &keeper).unwrap();
    stage.giver(2, *keeper);
    stage.next()
}

/// Who holds continues with nothing else, so that its unit goes back at its death.
#[test]
fn a_unit_under_way_goes_back_when_its_message_is_due_and_finds_nobody() {
    for (how, when) in [("schedule", 14), ("timer", 14), ("send", 14), ("hold", 5)] {
        assert_eq!(goes_back_after_the_death_at_5(how), at(when), "{how}");
    }
}
