//! What lies at the end of virtual time never comes: sleeps, timeouts, timers.

use flagfall::{
    Actor, Config, Context, ErrorKind, EventListKind, Message, Outcome, Process, Resource,
    Simulation, Span, TiePolicy, Timer, VirtualTime,
};
use std::cell::RefCell;
use std::rc::Rc;

fn at(secs: u64) -> VirtualTime {
    VirtualTime::from_secs(secs)
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
        let server = simulation.process_receiving("server", move |p: Process<u64>| async move {
            p.sleep(Span::from_secs(start)).await;
            let first = p.timeout(Span::MAX, p.receive()).await;
            (first, p.timeout(Span::MAX, p.receive()).await)
        });
        simulation.send_at(at(9), &server, 7).unwrap();
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
    simulation.process("beauty", async move |p| {
        let _bed = bed.acquire(&p).await;
        p.sleep(Span::from_secs(3)).await;
        p.sleep(Span::MAX).await;
    });
    simulation.process("prince", async move |p| {
        p.sleep_until(VirtualTime::MAX).await;
    });
    simulation.process("guest", async move |p| {
        _ = p.timeout(Span::MAX, bed.acquire(&p)).await;
    });
    // Its interrupt is a message like any.
    let machine = simulation.process_receiving("machine", |p: Process<u64>| async move {
        p.interruptible(p.sleep(Span::MAX)).await
    });
    simulation.run().expect("nothing fails");
    assert_eq!(
        simulation.stuck().expect("a sleep has no end").to_string(),
        "guest has waited since 0s for bed, held by beauty\n\
         prince has waited since 0s for the end of a sleep that never ends\n\
         beauty has waited since 3s for the end of a sleep that never ends\n\
         machine has waited since 0s for an interrupt"
    );
    simulation.process("repair", async move |p| p.interrupt(&machine, 4));
    assert_eq!(simulation.run(), Ok(Outcome::Stuck { since: at(3) }));
    assert_eq!(simulation.now(), at(3));
}

/// A paced run does not wait for what never comes.
#[test]
fn a_pacer_is_not_asked_for_the_end_of_time() {
    let mut simulation = Simulation::new(Config::new(1));
    simulation.process("sleeper", async move |p| {
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

#[derive(Debug, Message)]
enum Alarm {
    Set(Span),
    Rings,
    TakeBack,
    SendTo(Span),
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
        simulation.send_at(at(secs), &clock, Alarm::Set(span)).unwrap();
        simulation.send_at(at(secs + 1), &clock, Alarm::TakeBack).unwrap();
    }
    simulation.send_at(at(6), &clock, Alarm::Set(Span::MAX)).unwrap();
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(6) }));
    assert_eq!(simulation[&clock].taken_back, 3);
    let counts = simulation.counts();
    assert_eq!((counts.pending(), counts.cancelled, simulation.pending_messages()), (1, 3, 1));
}

/// What has to come is an error if it never can, at the start as later.
#[test]
fn a_message_that_never_comes_is_an_error() {
    for secs in [0, 3] {
        let mut simulation = Simulation::new(Config::new(1));
        let clock = simulation.spawn("clock", Clock::default());
        simulation.send_at(at(secs), &clock, Alarm::SendTo(Span::MAX)).unwrap();
        let error = simulation.run().unwrap_err();
        assert_eq!((error.kind, error.time), (ErrorKind::TimeOverflow, at(secs)));
    }
}
