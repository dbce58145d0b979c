//! Why an idle run is stuck.

use flagfall::process::{Signal, either};
use flagfall::{
    Actor, ActorRef, Config, Container, Context, ErrorKind, EventListKind, Outcome, Process,
    ReplyTo, RequestError, Resource, Simulation, Span, Store, TiePolicy, Timer, VirtualTime,
    WaitFor,
};
use std::cell::RefCell;
use std::rc::Rc;

flagfall::message! {
    enum Asker {
        Ask(ActorRef<Asker>),
        Asked(ReplyTo<u64>),
        Answered(Result<u64, RequestError>),
    }
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
    simulation.send_at(at(1), &a, Asker::Ask(b));
    simulation.send_at(at(2), &b, Asker::Ask(c));
    simulation.send_at(at(3), &c, Asker::Ask(a));
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
    simulation.send_at(at(1), &a, Asker::Ask(b));
    simulation.send_at(at(2), &b, Asker::Ask(c));
    simulation.send_at(at(3), &c, Asker::Ask(b));
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
    simulation.send_at(at(7), &a, Asker::Ask(b));
    assert_eq!(text(&mut simulation), "a has waited since 7s for a reply from b");
    assert!(simulation.stuck().expect("stuck").circle.is_empty());
}

#[test]
fn circles_go_through_resources_and_requests_alike() {
    let mut simulation = Simulation::new(Config::new(1));
    let till = Resource::new(&mut simulation, "till", 1);
    let holder = simulation.process("holder", move |p: Process<ReplyTo<u64>>| async move {
        let _till = till.acquire(&p).await;
        p.receive().await;
        Signal::<()>::new().wait(&p).await;
    });
    let target = *holder;
    simulation.process("owner", move |p: Process| async move {
        _ = p.ask::<_, u64>(&target, |reply| reply).await;
    });
    simulation.process("next", move |p: Process| async move {
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
    let server = simulation.process("server", |p: Process<u64>| async move {
        p.receive().await;
    });
    simulation.process("driver", move |p: Process| async move {
        tank.get(&p, 5).await;
    });
    simulation.process("heir", move |p: Process| async move {
        _ = p.join(&server).await;
    });
    simulation.process("listener", |p: Process| async move {
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
    simulation.process("waiter", |p: Process<u64>| async move { p.receive().await });
    simulation.send_at(at(9), &sink, 1);
    simulation.run_until(at(8)).expect("nothing fails");
    assert!(simulation.stuck().is_none(), "something is scheduled");
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(9) }));
    assert!(simulation.stuck().is_none(), "a server waits for messages");
}

/// Nothing happens at the end of virtual time, from wherever the way there begins.
#[test]
fn a_timeout_that_never_comes_ends_no_wait() {
    for (start, config) in [
        (0, Config::new(1)),
        (5, Config::new(1)),
        (5, Config::new(1).ties(TiePolicy::Shuffled(3))),
        (5, Config::new(1).event_list(EventListKind::PriorityQueue)),
    ] {
        let mut simulation = Simulation::new(config);
        let server = simulation.process("server", move |p: Process<u64>| async move {
            p.sleep(Span::from_secs(start)).await;
            let first = p.timeout(Span::MAX, p.receive()).await;
            (first, p.timeout(Span::MAX, p.receive()).await)
        });
        simulation.send_at(at(9), &server, 7);
        assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(9) }));
        assert!(simulation.stuck().is_none(), "a server waits for messages");
        assert!(!simulation.step().expect("nothing fails"));
        assert_eq!(simulation.now(), at(9));
        simulation.send(&server, 8);
        assert_eq!(simulation.run_until(at(20)), Ok(Outcome::Idle { since: at(9) }));
        assert_eq!(server.result(), Some((Ok(7), Ok(8))));
        assert_eq!((simulation.now(), simulation.pending_events()), (at(20), 0));
    }
}

#[test]
fn a_sleep_that_never_ends_is_named() {
    let mut simulation = Simulation::new(Config::new(1));
    let bed = Resource::new(&mut simulation, "bed", 1);
    simulation.process("beauty", move |p: Process| async move {
        let _bed = bed.acquire(&p).await;
        p.sleep(Span::from_secs(3)).await;
        p.sleep(Span::MAX).await;
    });
    simulation.process("prince", move |p: Process| async move {
        p.sleep_until(VirtualTime::MAX).await;
    });
    simulation.process("guest", move |p: Process| async move {
        _ = p.timeout(Span::MAX, bed.acquire(&p)).await;
    });
    // Its interrupt is a message like any.
    let machine = simulation.process("machine", |p: Process<u64>| async move {
        p.interruptible(p.sleep(Span::MAX)).await
    });
    assert_eq!(
        text(&mut simulation),
        "guest has waited since 0s for bed, held by beauty\n\
         prince has waited since 0s for the end of a sleep that never ends\n\
         beauty has waited since 3s for the end of a sleep that never ends\n\
         machine has waited since 0s for an interrupt"
    );
    simulation.process("repair", move |p: Process| async move { p.interrupt(&machine, 4) });
    assert_eq!(simulation.run(), Ok(Outcome::Stuck { since: at(3) }));
    assert_eq!(simulation.now(), at(3));
}

/// A paced run does not wait for what never comes.
#[test]
fn a_pacer_is_not_asked_for_the_end_of_time() {
    let mut simulation = Simulation::new(Config::new(1));
    simulation.process("sleeper", |p: Process| async move {
        p.background();
        p.sleep(Span::from_secs(2)).await;
        p.sleep(Span::MAX).await;
    });
    let asked = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&asked);
    simulation.pace(move |time: VirtualTime| noted.borrow_mut().push(time));
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(2) }));
    assert!(!simulation.step().expect("nothing fails"));
    assert_eq!(asked.borrow().last(), Some(&at(2)));
    assert_eq!(simulation.run_until(at(7)), Ok(Outcome::Idle { since: at(2) }));
    assert_eq!(asked.borrow().last(), Some(&at(7)), "the clock moves there");
}

flagfall::message! {
    enum Alarm { Set(Span), Rings, TakeBack, SendTo(Span) }
}

#[derive(Default)]
struct Clock {
    timer: Option<Timer>,
    taken_back: u32,
}

impl Actor for Clock {
    type Message = Alarm;
    fn handle(&mut self, message: Alarm, context: &mut Context<'_, Alarm>) {
        match message {
            Alarm::Set(span) => self.timer = Some(context.set_timer(span, Alarm::Rings)),
            Alarm::Rings => unreachable!("it never goes off"),
            Alarm::TakeBack => {
                let timer = self.timer.take().expect("it was set");
                self.taken_back += u32::from(context.cancel(timer).is_some());
            }
            Alarm::SendTo(span) => context.schedule(span, Alarm::Rings),
        }
    }
}

#[test]
fn a_timer_that_never_goes_off_can_be_taken_back() {
    let mut simulation = Simulation::new(Config::new(1));
    let clock = simulation.spawn("clock", Clock::default());
    for (secs, span) in [(0, Span::MAX), (2, Span::MAX), (4, Span::from_nanos(u64::MAX - 1))] {
        simulation.send_at(at(secs), &clock, Alarm::Set(span));
        simulation.send_at(at(secs + 1), &clock, Alarm::TakeBack);
    }
    simulation.send_at(at(6), &clock, Alarm::Set(Span::MAX));
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(6) }));
    assert_eq!(simulation.inspect::<Clock>(&clock).map(|clock| clock.taken_back), Some(3));
    let counts = simulation.counts();
    assert_eq!((counts.pending(), counts.cancelled, simulation.pending_messages()), (1, 3, 1));
}

/// What has to come is an error if it never can, at the start as later.
#[test]
fn a_message_that_never_comes_is_an_error() {
    for secs in [0, 3] {
        let mut simulation = Simulation::new(Config::new(1));
        let clock = simulation.spawn("clock", Clock::default());
        simulation.send_at(at(secs), &clock, Alarm::SendTo(Span::MAX));
        let error = simulation.run().unwrap_err();
        assert_eq!((error.kind, error.time), (ErrorKind::TimeOverflow, at(secs)));
    }
}

/// What is lacking, and whether that is how a server waits.
#[test]
fn the_line_between_stuck_and_idle() {
    type Start = fn(&mut Simulation);
    let cases: [(&str, bool, Start); 13] = [
        ("a message", false, |simulation| {
            simulation.process("p", |p: Process<u64>| async move { p.receive().await });
        }),
        ("an item", false, |simulation| {
            let shelf = Store::<u64>::new(simulation, "shelf", 1);
            simulation.process("p", move |p: Process| async move { shelf.get(&p).await });
        }),
        ("an item that is wanted", false, |simulation| {
            let shelf = Store::<u64>::new(simulation, "shelf", 2);
            simulation.process("p", move |p: Process| async move {
                shelf.put(&p, 1).await;
                shelf.get_where(&p, |item| *item == 2).await
            });
        }),
        ("room in a store", true, |simulation| {
            let shelf = Store::<u64>::new(simulation, "shelf", 1);
            simulation.process("p", move |p: Process| async move {
                shelf.put(&p, 1).await;
                shelf.put(&p, 2).await;
            });
        }),
        ("an amount", true, |simulation| {
            let tank = Container::new(simulation, "tank", 5, 0);
            simulation.process("p", move |p: Process| async move { tank.get(&p, 1).await });
        }),
        ("room in a container", true, |simulation| {
            let tank = Container::new(simulation, "tank", 5, 5);
            simulation.process("p", move |p: Process| async move { tank.put(&p, 1).await });
        }),
        ("units that one in the background holds", true, |simulation| {
            let unit = Resource::new(simulation, "unit", 1);
            simulation.process("keeper", move |p: Process<u64>| async move {
                p.background();
                let _unit = unit.acquire(&p).await;
                p.receive().await;
            });
            simulation.process("p", move |p: Process| async move {
                p.sleep(Span::from_secs(1)).await;
                let _unit = unit.acquire(&p).await;
            });
        }),
        ("units, in the background", false, |simulation| {
            let unit = Resource::new(simulation, "unit", 1);
            simulation.process("keeper", move |p: Process<u64>| async move {
                let _unit = unit.acquire(&p).await;
                p.receive().await;
            });
            simulation.process("p", move |p: Process| async move {
                p.background();
                p.sleep(Span::from_secs(1)).await;
                let _unit = unit.acquire(&p).await;
            });
        }),
        ("the end of a server", true, |simulation| {
            let server = simulation.process("server", |p: Process<u64>| async move {
                p.receive().await;
            });
            simulation.process("p", move |p: Process| async move { _ = p.join(&server).await });
        }),
        ("a signal", true, |simulation| {
            let signal = Signal::<()>::new();
            simulation.process("p", move |p: Process| async move { signal.wait(&p).await });
        }),
        ("a message, until a signal", false, |simulation| {
            let closing = Signal::<()>::new();
            simulation.process("p", move |p: Process<u64>| async move {
                _ = either(p.receive(), closing.wait(&p)).await;
            });
        }),
        ("a signal, unless it is interrupted", true, |simulation| {
            let signal = Signal::<()>::new();
            simulation.process("p", move |p: Process<u64>| async move {
                _ = p.interruptible(signal.wait(&p)).await;
            });
        }),
        ("nothing", false, |simulation| {
            simulation.process("p", |p: Process| async move { p.pass().await });
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
    simulation.send(&patient, Asker::Ask(silent));
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(0) }));
    // The next in that place is another.
    simulation.kill_at(at(1), &patient);
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(1) }));
    let next = simulation.spawn("next", Silent);
    simulation.send(&next, Asker::Ask(silent));
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
        simulation.send(&last, Asker::Ask(next));
        last = next;
    }
    simulation.send(&last, Asker::Ask(first));
    simulation.run().expect("nothing fails");
    assert_eq!(simulation.stuck().expect("a circle").circle.len(), 20_000);
}

#[test]
fn waiting_for_oneself_fails_the_run() {
    let mut simulation = Simulation::new(Config::new(1));
    let narcissus = simulation.spawn("narcissus", Silent);
    simulation.send(&narcissus, Asker::Ask(narcissus));
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::WaitsForItself);
    assert_eq!(
        error.to_string(),
        "actor narcissus: it would wait for itself, for ever: use Context::request, which does \
         not wait (event 1, virtual time 0s, seed 1, replication 0)"
    );
}
