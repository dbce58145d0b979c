//! A handle is for its own process, a wait for who began it, and what a process
//! awaits is the engine's: else the run ends at that line, with both names.

#![allow(clippy::unit_arg, reason = "some of what is misused returns nothing")]

use super::{ms, simulation};
use flagfall::process::{EngineWait, Signal, Sleep, all, any, concurrently, either, later};
use flagfall::resource::Claim;
use flagfall::{
    Actor, Container, Context, ErrorKind, Outcome, Process, Resource, Simulation, SimulationError,
    Store,
};
use std::cell::RefCell;
use std::rc::Rc;

/// The line of this file in which something stands for the only time.
fn line_of(what: &str) -> usize {
    let text = include_str!("handles.rs");
    let mut found = text.lines().enumerate().filter(|(_, line)| line.contains(what));
    let (line, _) = found.next().expect("it stands there");
    line + 1
}

/// Whose handle, or wait, it was, by whom it was used, in which line.
fn told(error: &SimulationError) -> (String, String, usize) {
    let (ErrorKind::ForeignHandle { process, place } | ErrorKind::ForeignWait { process, place }) =
        &error.kind
    else {
        panic!("{error}");
    };
    let mut parts = place.rsplit(':').skip(1);
    let line = parts.next().expect("a line").parse().expect("a number");
    assert!(place.contains("handles.rs"), "{place}");
    assert!(error.to_string().contains("by another"), "{error}");
    (process.clone(), error.actor.clone(), line)
}

/// What the handle of a parent is used for by its child.
type Misuse = fn(&Process, &World) -> futures::Boxed;

mod futures {
    pub(super) type Boxed = std::pin::Pin<Box<dyn Future<Output = ()>>>;
}

/// What can be waited for.
#[derive(Clone)]
struct World {
    till: Resource,
    tank: Container,
    shelf: Store<u64>,
    signal: Signal,
    sink: flagfall::ActorRef<u64>,
    friend: flagfall::ProcessRef<()>,
}

struct Sink;
impl Actor for Sink {
    type Message = u64;
    fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
}

fn world(simulation: &mut Simulation) -> World {
    World {
        till: Resource::new(simulation, "till", 1),
        tank: Container::new(simulation, "tank", 5, 5),
        shelf: Store::new(simulation, "shelf", 1),
        signal: Signal::new(),
        sink: *simulation.spawn("sink", Sink),
        friend: simulation.process("friend", |p: Process| p.sleep(ms(50))),
    }
}

/// Something that is done, and nothing to wait for.
fn done<T>(_: T) -> futures::Boxed {
    Box::pin(async {})
}

fn wait<F: Future + 'static>(future: F) -> futures::Boxed {
    Box::pin(async move { _ = future.await })
}

#[test]
fn every_act_and_wait_by_the_handle_of_another_is_an_error_that_names_both() {
    let misuses: [Misuse; 24] = [
        |p, _| wait(p.sleep(ms(1))),
        |p, _| wait(p.pass()),
        |p, _| wait(p.sleep_until(flagfall::VirtualTime::ZERO)),
        |p, w| done(p.send(&w.sink, 1)),
        |p, w| done(p.send_after(ms(1), &w.sink, 1)),
        |p, w| done(p.interrupt(&w.friend, ())),
        |p, w| done(p.kill(&w.sink)),
        |p, _| done(p.end_run()),
        |p, _| done(p.spawn("one more", Sink)),
        |p, _| done(p.process("one more", |p: Process| p.sleep(ms(1)))),
        |p, _| done(p.process_apart("one more", |p: Process| p.sleep(ms(1)))),
        |p, _| done(p.stream("draws")),
        |p, _| done(p.try_receive()),
        |p, _| done(p.receive()),
        |p, w| wait(p.join(&w.friend)),
        |p, _| done(p.timeout(ms(1), std::future::ready(()))),
        |p, _| done(p.interruptible(std::future::ready(()))),
        |p, w| wait(w.till.acquire(p)),
        |p, w| wait(w.till.acquire_as(p, Claim::new().yielding())),
        |p, w| wait(w.tank.put(p, 1)),
        |p, w| wait(w.tank.get(p, 1)),
        |p, w| wait(w.shelf.put(p, 1)),
        |p, w| wait(w.shelf.get(p)),
        |p, w| wait(w.signal.wait(p)),
    ];
    let first = line_of("|p, _| wait(p.sleep(ms(1))),");
    for (number, misuse) in misuses.into_iter().enumerate() {
        let mut simulation = simulation();
        let world = world(&mut simulation);
        simulation.process("parent", async move |p| {
            let lent = p.clone();
            p.process("child", async move |_| misuse(&lent, &world).await);
            p.sleep(ms(10)).await;
        });
        let error = simulation.run().expect_err("the handle is the parent's");
        let expected = ("parent".to_owned(), "parent/child".to_owned(), first + number);
        assert_eq!(told(&error), expected);
    }
}

#[test]
fn reading_by_the_handle_of_another_is_allowed() {
    let mut simulation = simulation();
    simulation.process("parent", async move |p| {
        let lent = p.clone();
        let child = p.process("child", async move |_| (lent.now(), lent.path(), lent.me()));
        let me = (p.now(), p.path(), p.me());
        assert_eq!(p.join(&child).await, Ok(me));
    });
    assert!(simulation.run().is_ok());
}

#[test]
fn a_wait_that_another_began_is_not_awaited() {
    let mut simulation = simulation();
    simulation.process("parent", async move |p| {
        let sleep = later(p.sleep(ms(1))); // begun here
        p.process("child", move |_: Process| sleep);
        p.sleep(ms(10)).await;
    });
    let error = simulation.run().expect_err("it is the parent's");
    let line = line_of("// begun here");
    assert_eq!(told(&error), ("parent".to_owned(), "parent/child".to_owned(), line));
    assert!(matches!(error.kind, ErrorKind::ForeignWait { .. }));

    let mut simulation = super::simulation();
    simulation.process_receiving("parent", move |p: Process<u64>| async move {
        let (p, mine) = (p.clone(), p);
        p.process("child", async move |_| {
            let next = async move { mine.receive().await };
            next.await
        });
        p.receive().await;
    });
    told(&simulation.run().expect_err("it is the parent's"));
}

/// Uses a handle in its handler.
struct Thief(Process);
impl Actor for Thief {
    type Message = u64;
    fn handle(&mut self, what: u64, _: &mut Context<'_, u64>) {
        match what {
            0 => self.0.end_run(), // by an actor
            _ => assert_eq!(self.0.now(), flagfall::VirtualTime::ZERO),
        }
    }
}

#[test]
fn an_actor_uses_its_context() {
    for what in [0, 1] {
        let mut simulation = simulation();
        simulation.process("owner", async move |p| {
            let thief = p.spawn("thief", Thief(p.clone()));
            p.send(&thief, what);
            p.sleep(ms(10)).await;
        });
        let error = simulation.run().expect_err("the handle is the process's");
        let (whose, who, line) = told(&error);
        assert_eq!((whose.as_str(), who.as_str()), ("owner", "owner/thief"));
        assert!(what > 0 || line == line_of("// by an actor"));
    }
}

/// A handle that a process has left behind, and its simulation.
fn leaked() -> (Process, Simulation) {
    let mut simulation = simulation();
    let place: Rc<RefCell<Option<Process>>> = Rc::default();
    let left = Rc::clone(&place);
    simulation.process("leaky", async move |p| {
        *left.borrow_mut() = Some(p.clone());
        p.sleep(ms(10)).await;
        p.sleep(ms(10)).await;
    });
    simulation.run_until(super::at(5)).expect("no error");
    let handle = place.take().expect("it has begun");
    (handle, simulation)
}

#[test]
#[should_panic(expected = "the handle of process leaky")]
fn nobody_acts_between_two_runs() {
    let (handle, _simulation) = leaked();
    handle.end_run();
}

#[test]
fn the_handle_of_another_simulation_is_told_with_both_names() {
    let (handle, mut other) = leaked();
    let mut simulation = simulation();
    simulation.process("stranger", async move |_| {
        handle.sleep(ms(1)).await; // of another simulation
    });
    let error = simulation.run().expect_err("the handle is of another simulation");
    let expected = ("leaky".to_owned(), "stranger".to_owned());
    let (whose, who, line) = told(&error);
    assert_eq!(((whose, who), line), (expected, line_of("// of another simulation")));
    assert!(other.run().is_ok(), "the other is as it was");
}

#[test]
fn destructors_act_by_the_handle_of_their_process() {
    /// Says so when it is dropped.
    struct Farewell(Process, flagfall::ActorRef<u64>);
    impl Drop for Farewell {
        fn drop(&mut self) {
            self.0.send(&self.1, 7);
        }
    }
    let mut simulation = simulation();
    let sink = simulation.spawn("sink", Sink);
    for name in ["killed", "finished", "left"] {
        let process = simulation.process(name, async move |p| {
            let _farewell = Farewell(p.clone(), *sink);
            p.sleep(ms(if name == "left" { 100 } else { 10 })).await;
        });
        if name == "killed" {
            simulation.kill_at(super::at(5), &process).unwrap();
        }
    }
    simulation.run_until(super::at(20)).expect("no error");
    assert_eq!(simulation.counts().handled, 2);
    drop(simulation);
}

#[test]
fn a_process_that_nobody_will_wake_is_an_error() {
    let idle: [fn(Process) -> futures::Boxed; 4] = [
        |_| Box::pin(std::future::pending()),
        |p| {
            Box::pin(async move {
                p.sleep(ms(3)).await;
                std::future::pending::<()>().await;
            })
        },
        // A sleep that is begun, and not awaited, counts until it is over.
        |p| {
            Box::pin(async move {
                let _later = later(p.sleep(ms(3)));
                std::future::pending::<()>().await;
            })
        },
        |p| {
            Box::pin(async move {
                let none: [Sleep; 0] = [];
                any(none).await;
                drop(p);
            })
        },
    ];
    for work in idle {
        let mut simulation = simulation();
        simulation.process("dreamer", work);
        let error = simulation.run().expect_err("nobody wakes it");
        assert_eq!((error.kind, error.actor.as_str()), (ErrorKind::NothingAwaited, "dreamer"));
    }
}

#[test]
fn a_foreign_future_beside_a_wait_of_the_engine_is_no_error() {
    let mut simulation = simulation();
    let patient = simulation.process("patient", async |p| {
        let none: [Sleep; 0] = [];
        _ = p.timeout(ms(2), any(none)).await;
        _ = p.timeout(ms(2), std::future::pending::<()>()).await;
        either(p.sleep(ms(1)), std::future::pending::<()>()).await;
        p.now()
    });
    assert!(simulation.run().is_ok());
    assert_eq!(patient.result(), Some(super::at(5)));
}

#[test]
fn waiting_for_a_loss_that_never_comes_is_told() {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 1);
    simulation.process("steady", async move |p| {
        let held = till.acquire(&p).await;
        held.preempted(&p).await;
    });
    let outcome = simulation.run().expect("it waits for something of the engine");
    assert_ne!(outcome, Outcome::Ended);
    let stuck = simulation.stuck().expect("it waits");
    assert_eq!(stuck.to_string(), "steady has waited since 0s for the loss of what it holds");
}

#[test]
fn what_belongs_to_another_simulation_is_refused() {
    let (mut here, mut there) = (simulation(), simulation());
    let signal: Signal<u64> = Signal::new();
    let far = signal.clone();
    there.process("owner", async move |p| far.fire(&p, 1));
    assert!(there.run().is_ok());
    here.process("user", async move |p| signal.wait(&p).await);
    let error = here.run().expect_err("the signal is of another simulation");
    assert_eq!(error.kind, ErrorKind::ForeignReference);

    let mut here = simulation();
    let far = there.process("far", |p: Process| p.sleep(ms(1)));
    here.process("near", |p: Process| p.sleep(ms(1)));
    here.process("user", async move |p| p.join(&far).await);
    let error = here.run().expect_err("the process is of another simulation");
    assert_eq!(error.kind, ErrorKind::ForeignReference);
}

/// Any mix of waits has its place in `all`; `async` blocks in `concurrently`.
#[test]
fn waits_of_the_engine_are_kept_by_all() {
    fn is_kept<W: EngineWait>(_: &W) {}
    let mut simulation = simulation();
    let world = world(&mut simulation);
    let process = simulation.process("process", async move |p| {
        is_kept(&p.join(&world.friend));
        is_kept(&world.signal.wait(&p));
        is_kept(&world.till.acquire(&p));
        is_kept(&world.tank.get(&p, 1));
        is_kept(&world.shelf.put(&p, 1).within(ms(1)));
        let pairs = all([all([p.sleep(ms(1)), p.sleep(ms(2))]), all([p.sleep(ms(3))])]).await;
        let twice = concurrently([1, 2].map(|millis| {
            let p = &p;
            async move {
                p.sleep(ms(millis)).await;
                p.sleep(ms(millis)).await;
            }
        }))
        .await;
        (pairs.len(), twice.len(), p.now())
    });
    assert!(simulation.run().is_ok());
    assert_eq!(process.result(), Some((2, 2, super::at(7))));
}
