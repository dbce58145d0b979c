//! Why an idle run is stuck.

use flagfall::process::{Signal, either};
use flagfall::{
    Actor, ActorRef, Config, Container, Context, ErrorKind, Message, Outcome, Process, ReplyTo,
    RequestError, Resource, Simulation, Span, Store, WaitFor,
};

#[derive(Debug, Message)]
enum Asker {
    Ask(ActorRef<Asker>),
    Asked(ReplyTo<u64>),
    Answered(Result<u64, RequestError>),
}

/// Asks whom it is told to, and never answers.
struct Silent;
impl Actor for Silent {
    type Message = Asker;
    fn handle(&mut self, message: Asker, context: &mut Context<'_, Asker>) {
        if let Asker::Ask(whom) = message {
            context.ask(&whom, Asker::Asked, Asker::Answered);
        }
    }
}

struct Sink;
impl Actor for Sink {
    type Message = u64;
    fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
}

fn text(simulation: &mut Simulation) -> String {
    simulation.run().expect("nothing fails");
    simulation.stuck().map(|stuck| stuck.to_string()).unwrap_or_default()
}

fn at(secs: u64) -> flagfall::VirtualTime {
    flagfall::VirtualTime::from_nanos(secs * 1_000_000_000)
}

#[test]
fn a_circle_of_requests_is_named_in_order() {
    let mut simulation = Simulation::new(Config::new(1));
    let [a, b, c] = ["a", "b", "c"].map(|name| simulation.spawn(name, Silent));
    simulation.send_at(at(1), &a, Asker::Ask(*b)).unwrap();
    simulation.send_at(at(2), &b, Asker::Ask(*c)).unwrap();
    simulation.send_at(at(3), &c, Asker::Ask(*a)).unwrap();
    assert_eq!(
        text(&mut simulation),
        "in a circle: a has waited since 1s for a reply from b; b has waited since 2s for a \
         reply from c; c has waited since 3s for a reply from a"
    );
}

#[test]
fn who_waits_for_the_circle_from_outside_is_not_in_it() {
    let mut simulation = Simulation::new(Config::new(1));
    let [a, b, c] = ["a", "b", "c"].map(|name| simulation.spawn(name, Silent));
    simulation.send_at(at(1), &a, Asker::Ask(*b)).unwrap();
    simulation.send_at(at(2), &b, Asker::Ask(*c)).unwrap();
    simulation.send_at(at(3), &c, Asker::Ask(*b)).unwrap();
    assert_eq!(
        text(&mut simulation),
        "in a circle: b has waited since 2s for a reply from c; c has waited since 3s for a \
         reply from b\na has waited since 1s for a reply from b"
    );
}

#[test]
fn one_who_never_answers_is_named() {
    let mut simulation = Simulation::new(Config::new(1));
    let [a, b] = ["a", "b"].map(|name| simulation.spawn(name, Silent));
    simulation.send_at(at(7), &a, Asker::Ask(*b)).unwrap();
    assert_eq!(text(&mut simulation), "a has waited since 7s for a reply from b");
    assert!(simulation.stuck().expect("stuck").circle.is_empty());
}

#[test]
fn circles_go_through_resources_and_requests_alike() {
    let mut simulation = Simulation::new(Config::new(1));
    let till = Resource::new(&mut simulation, "till", 1);
    let holder =
        simulation.process_receiving("holder", move |p: Process<ReplyTo<u64>>| async move {
            let _till = till.acquire(&p).await;
            p.receive().await;
            Signal::<()>::new().wait(&p).await;
        });
    let target = *holder;
    simulation.process("owner", async move |p| {
        _ = p.ask::<_, u64>(&target, |reply| reply).await;
    });
    simulation.process("next", async move |p| {
        p.sleep(Span::from_secs(2)).await;
        drop(till.acquire(&p).await);
    });
    assert_eq!(
        text(&mut simulation),
        "holder has waited since 0s for a signal\n\
         owner has waited since 0s for a reply from holder\n\
         next has waited since 2s for till, held by holder"
    );
}

#[test]
fn all_kinds_of_waits_are_told_and_idle_servers_last() {
    let mut simulation = Simulation::new(Config::new(1));
    let tank = Container::new(&mut simulation, "tank", 10, 0);
    let server = simulation.process_receiving("server", |p: Process<u64>| async move {
        p.receive().await;
    });
    simulation.process("driver", async move |p| {
        tank.get(&p, 5).await;
    });
    simulation.process("heir", async move |p| {
        _ = p.join(&server).await;
    });
    simulation.process("listener", async move |p| {
        Signal::<u64>::new().wait(&p).await;
    });
    assert_eq!(
        text(&mut simulation),
        "driver has waited since 0s for tank, which nobody holds\n\
         heir has waited since 0s for the end of server\n\
         listener has waited since 0s for a signal\n\
         server has waited since 0s for a message"
    );
    let stuck = simulation.stuck().expect("stuck");
    assert_eq!(stuck.others.last().map(|waits| &waits.what), Some(&WaitFor::Message));
}

#[test]
fn a_run_that_is_over_or_goes_on_is_not_stuck() {
    let mut simulation = Simulation::new(Config::new(1));
    let sink = simulation.spawn("sink", Sink);
    assert_eq!(text(&mut simulation), "");
    simulation.process_receiving("waiter", |p: Process<u64>| async move { p.receive().await });
    simulation.send_at(at(9), &sink, 1).unwrap();
    simulation.run_until(at(8)).expect("nothing fails");
    assert!(simulation.stuck().is_none(), "something is scheduled");
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(9) }));
    assert!(simulation.stuck().is_none(), "a server waits for messages");
}

/// What is lacking, and whether that is how a server waits.
#[test]
fn the_line_between_stuck_and_idle() {
    type Start = fn(&mut Simulation);
    let cases: [(&str, bool, Start); 13] = [
        ("a message", false, |simulation| {
            simulation.process_receiving("p", |p: Process<u64>| async move { p.receive().await });
        }),
        ("an item", false, |simulation| {
            let shelf = Store::<u64>::new(simulation, "shelf", 1);
            simulation.process("p", async move |p| shelf.get(&p).await);
        }),
        ("an item that is wanted", false, |simulation| {
            let shelf = Store::<u64>::new(simulation, "shelf", 2);
            simulation.process("p", async move |p| {
                shelf.put(&p, 1).await;
                shelf.get_where(&p, |item| *item == 2).await
            });
        }),
        ("room in a store", true, |simulation| {
            let shelf = Store::<u64>::new(simulation, "shelf", 1);
            simulation.process("p", async move |p| {
                shelf.put(&p, 1).await;
                shelf.put(&p, 2).await;
            });
        }),
        ("an amount", true, |simulation| {
            let tank = Container::new(simulation, "tank", 5, 0);
            simulation.process("p", async move |p| tank.get(&p, 1).await);
        }),
        ("room in a container", true, |simulation| {
            let tank = Container::new(simulation, "tank", 5, 5);
            simulation.process("p", async move |p| tank.put(&p, 1).await);
        }),
        ("units that one in the background holds", true, |simulation| {
            let unit = Resource::new(simulation, "unit", 1);
            simulation.process_receiving("keeper", move |p: Process<u64>| async move {
                p.background();
                let _unit = unit.acquire(&p).await;
                p.receive().await;
            });
            simulation.process("p", async move |p| {
                p.sleep(Span::from_secs(1)).await;
                let _unit = unit.acquire(&p).await;
            });
        }),
        ("units, in the background", false, |simulation| {
            let unit = Resource::new(simulation, "unit", 1);
            simulation.process_receiving("keeper", move |p: Process<u64>| async move {
                let _unit = unit.acquire(&p).await;
                p.receive().await;
            });
            simulation.process("p", async move |p| {
                p.background();
                p.sleep(Span::from_secs(1)).await;
                let _unit = unit.acquire(&p).await;
            });
        }),
        ("the end of a server", true, |simulation| {
            let server = simulation.process_receiving("server", |p: Process<u64>| async move {
                p.receive().await;
            });
            simulation.process("p", async move |p| _ = p.join(&server).await);
        }),
        ("a signal", true, |simulation| {
            let signal = Signal::<()>::new();
            simulation.process("p", async move |p| signal.wait(&p).await);
        }),
        ("a message, until a signal", false, |simulation| {
            let closing = Signal::<()>::new();
            simulation.process_receiving("p", move |p: Process<u64>| async move {
                _ = either(p.receive(), closing.wait(&p)).await;
            });
        }),
        ("a signal, unless it is interrupted", true, |simulation| {
            let signal = Signal::<()>::new();
            simulation.process_receiving("p", move |p: Process<u64>| async move {
                _ = p.interruptible(signal.wait(&p)).await;
            });
        }),
        ("nothing", false, |simulation| {
            simulation.process("p", async move |p| p.pass().await);
        }),
    ];
    for (what, is_stuck, start) in cases {
        let mut simulation = Simulation::new(Config::new(1));
        start(&mut simulation);
        let outcome = simulation.run().expect("nothing fails");
        let expected = match is_stuck {
            true => Outcome::Stuck { since: simulation.now() },
            false => Outcome::Idle { since: simulation.now() },
        };
        assert_eq!(outcome, expected, "{what}");
        assert_eq!(simulation.stuck().is_some(), is_stuck, "{what}");
        assert_eq!(simulation.stuck_in_brief().is_some(), is_stuck, "{what}");
    }
}

/// An actor that waits for an answer, in the background.
struct Patient;
impl Actor for Patient {
    type Message = Asker;
    fn handle(&mut self, message: Asker, context: &mut Context<'_, Asker>) {
        if let Asker::Ask(whom) = message {
            context.background();
            context.ask(&whom, Asker::Asked, Asker::Answered);
        }
    }
}

#[test]
fn an_actor_can_wait_in_the_background_too() {
    let mut simulation = Simulation::new(Config::new(1));
    let silent = simulation.spawn("silent", Silent);
    let patient = simulation.spawn("patient", Patient);
    simulation.send(&patient, Asker::Ask(*silent));
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(0) }));
    // The next in that place is another.
    simulation.kill_at(at(1), &patient).unwrap();
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(1) }));
    let next = simulation.spawn("next", Silent);
    simulation.send(&next, Asker::Ask(*silent));
    assert_eq!(simulation.run(), Ok(Outcome::Stuck { since: at(1) }));
}

/// A task that goes on without an end keeps its slot.
#[test]
fn a_task_that_never_begins_is_named() {
    let mut simulation = Simulation::new(Config::new(1).cpus(1));
    simulation.spawn_task(("task", 0), Sink, 1);
    simulation.run_until(at(4)).expect("nothing fails");
    simulation.spawn_task(("task", 1), Sink, 1);
    assert_eq!(text(&mut simulation), "task[1] has waited since 4s for a CPU slot");
    assert_eq!(simulation.run(), Ok(Outcome::Stuck { since: at(4) }));
}

#[test]
fn long_chains_are_followed() {
    let mut simulation = Simulation::new(Config::new(1));
    let first = simulation.spawn(("silent", 0), Silent);
    let mut last = first;
    for number in 1..20_000 {
        let next = simulation.spawn(("silent", number), Silent);
        simulation.send(&last, Asker::Ask(*next));
        last = next;
    }
    simulation.send(&last, Asker::Ask(*first));
    simulation.run().expect("nothing fails");
    assert_eq!(simulation.stuck().expect("a circle").circle.len(), 20_000);
}

#[test]
fn waiting_for_oneself_fails_the_run() {
    let mut simulation = Simulation::new(Config::new(1));
    let narcissus = simulation.spawn("narcissus", Silent);
    simulation.send(&narcissus, Asker::Ask(*narcissus));
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::WaitsForItself);
    assert_eq!(
        error.to_string(),
        "actor narcissus: it would wait for itself, for ever: use Context::request, which does \
         not wait (event 1, virtual time 0s, seed 1, replication 0)"
    );
}
