//! Pacing: when is waited and for how long, what falling behind comes to, and
//! that nothing else depends on it.

use crate::engine::{Log, secs};
use flagfall::pacing::{Clock, DEFAULT_TOLERANCE, FactorError, Lag, RealTime};
use flagfall::{
    Actor, Config, Context, Latency, Outcome, Pacer, Resource, Simulation, Span, VirtualTime,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

const MILLI: Duration = Duration::from_millis(1);

/// A clock that goes when told to, and notes how long it was made to sleep.
#[derive(Clone, Default)]
struct Fake {
    now: Rc<RefCell<Duration>>,
    slept: Log<Duration>,
    /// How much longer than asked for it sleeps.
    oversleeps: Duration,
}

impl Fake {
    fn work(&self, span: Duration) {
        *self.now.borrow_mut() += span;
    }
}

impl Clock for Fake {
    fn now(&mut self) -> Duration {
        *self.now.borrow()
    }
    fn sleep(&mut self, span: Duration) {
        self.slept.borrow_mut().push(span);
        self.work(span + self.oversleeps);
    }
}

type Pace = Rc<RefCell<RealTime<Fake>>>;

fn pace(factor: f64, clock: &Fake) -> Pace {
    let pace = RealTime::with_clock(factor, clock.clone()).expect("a pace");
    Rc::new(RefCell::new(pace.tolerance(Duration::ZERO)))
}

fn lag(pace: &Pace) -> (u64, u64, Duration) {
    let Lag { moves, late, worst, .. } = pace.borrow().lag();
    (moves, late, worst)
}

/// Works on the fake clock whenever a message comes; the messages come at
/// 1, 1, 2, 5 and 5.5 s.
struct Worker {
    clock: Fake,
    work: Duration,
    handled: Log<VirtualTime>,
}

impl Actor for Worker {
    type Message = bool;
    fn handle(&mut self, _: bool, context: &mut Context<'_, bool>) {
        self.clock.work(self.work);
        self.handled.borrow_mut().push(context.now());
    }
}

const TIMES: [u64; 5] = [1_000, 1_000, 2_000, 5_000, 5_500];

fn at(millis: u64) -> VirtualTime {
    VirtualTime::from_millis(millis)
}

fn work_day(clock: &Fake, work: Duration) -> (Simulation, Log<VirtualTime>) {
    let mut simulation = Simulation::new(Config::new(42));
    let handled = Log::default();
    let worker = Worker { clock: clock.clone(), work, handled: Rc::clone(&handled) };
    let worker = simulation.spawn("worker", worker);
    for millis in TIMES {
        simulation.send_at(at(millis), &worker, true).unwrap();
    }
    (simulation, handled)
}

#[test]
fn waits_are_virtual_spans_over_the_factor() {
    for (factor, waits) in [
        (1.0, [1_000_000, 1_000_000, 3_000_000, 500_000]),
        (10.0, [100_000, 100_000, 300_000, 50_000]),
        (0.5, [2_000_000, 2_000_000, 6_000_000, 1_000_000]),
        (1e6, [1, 1, 3, 0]), // The last is half a microsecond: 500 ns.
    ] {
        let clock = Fake::default();
        clock.work(Duration::from_secs(77)); // It need not begin at zero.
        let (mut simulation, _) = work_day(&clock, Duration::ZERO);
        let pace = pace(factor, &clock);
        simulation.pace(Rc::clone(&pace));
        assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
        let micros: Vec<u128> = clock.slept.borrow().iter().map(Duration::as_micros).collect();
        assert_eq!(micros, waits, "factor {factor}");
        assert_eq!(lag(&pace), (4, 0, Duration::ZERO), "two messages are one move");
        assert_eq!(clock.slept.borrow().iter().sum::<Duration>(), span(5.5 / factor));
    }
}

fn span(secs: f64) -> Duration {
    Duration::from_nanos((secs * 1e9).round() as u64)
}

#[test]
fn who_falls_behind_is_counted_and_catches_up() {
    let clock = Fake::default();
    // Each message takes 0.7 s to handle. At 1 s there are two of them, so
    // that 2 s comes 0.4 s late; 5 s is in time, and 5.5 s 0.2 s late.
    let (mut simulation, handled) = work_day(&clock, 700 * MILLI);
    let pace = pace(1.0, &clock);
    simulation.pace(Rc::clone(&pace));
    simulation.run().expect("no errors");
    assert_eq!(*handled.borrow(), TIMES.map(at), "nothing is left out");
    assert_eq!(lag(&pace), (4, 2, 400 * MILLI));
    assert_eq!(*clock.slept.borrow(), [1_000 * MILLI, 1_900 * MILLI]);
    assert_eq!(*clock.now.borrow(), 6_400 * MILLI);
}

#[test]
fn a_tolerance_forgives_but_does_not_hide() {
    let clock = Fake { oversleeps: MILLI, ..Fake::default() };
    let (mut simulation, _) = work_day(&clock, Duration::ZERO);
    let forgiving = RealTime::with_clock(1.0, clock.clone()).expect("a pace");
    let forgiving = Rc::new(RefCell::new(forgiving));
    simulation.pace(Rc::clone(&forgiving));
    simulation.run().expect("no errors");
    assert!(MILLI < DEFAULT_TOLERANCE);
    assert_eq!(lag(&forgiving), (4, 0, MILLI));
    // What was overslept is not slept again.
    assert_eq!(clock.slept.borrow()[1], 999 * MILLI);
}

#[test]
fn pieces_keep_the_pace_of_the_whole() {
    let clock = Fake::default();
    let (mut simulation, _) = work_day(&clock, Duration::ZERO);
    let pace = pace(1.0, &clock);
    simulation.pace(Rc::clone(&pace));
    assert_eq!(simulation.run_until(at(1_500)), Ok(Outcome::Reached));
    assert_eq!(*clock.now.borrow(), 1_500 * MILLI, "the clock goes to the end of the piece");
    assert_eq!(simulation.now(), at(1_500));
    // Between two pieces somebody looks at the run for a while.
    clock.work(200 * MILLI);
    assert_eq!(simulation.run_until(at(1_500)), Ok(Outcome::Reached));
    assert_eq!(lag(&pace).1, 0, "to stand still is not to be late");
    assert_eq!(simulation.run_until(at(100)), Ok(Outcome::Reached));
    assert!(simulation.step().expect("an event"));
    assert_eq!((simulation.now(), *clock.now.borrow()), (at(2_000), 2_000 * MILLI));
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(simulation.step(), Ok(false));
    assert_eq!(*clock.now.borrow(), 5_500 * MILLI);
    let slept: Vec<u128> = clock.slept.borrow().iter().map(Duration::as_millis).collect();
    assert_eq!(slept, [1_000, 500, 300, 3_000, 500]);
}

#[test]
fn a_run_that_was_under_way_begins_where_it_stands() {
    let clock = Fake::default();
    let (mut simulation, _) = work_day(&clock, Duration::ZERO);
    simulation.run_until(at(4_000)).expect("no errors");
    simulation.pace(pace(2.0, &clock));
    simulation.step().expect("no errors");
    assert_eq!(*clock.now.borrow(), 500 * MILLI);
}

#[test]
fn pacers_hear_of_every_move_once_and_in_order() {
    let heard = Log::default();
    let (mut simulation, _) = work_day(&Fake::default(), Duration::ZERO);
    let noted = Rc::clone(&heard);
    simulation.pace(move |time: VirtualTime| noted.borrow_mut().push(time));
    simulation.run().expect("no errors");
    assert_eq!(*heard.borrow(), [0, 1_000, 2_000, 5_000, 5_500].map(at));
}

#[test]
fn cancelled_events_are_not_waited_for() {
    /// Sets two timers and takes the first back.
    struct Fickle;
    impl Actor for Fickle {
        type Message = u32;
        fn handle(&mut self, message: u32, context: &mut Context<'_, u32>) {
            if message == 0 {
                let timer = context.set_timer(secs(1), 1);
                context.set_timer(secs(3), 2);
                context.cancel(timer);
            }
        }
    }
    let clock = Fake::default();
    let mut simulation = Simulation::new(Config::new(42));
    simulation.pace(pace(1.0, &clock));
    let fickle = simulation.spawn("fickle", Fickle);
    simulation.send(&fickle, 0);
    simulation.run().expect("no errors");
    assert_eq!(*clock.slept.borrow(), [3_000 * MILLI]);
}

#[test]
fn errors_come_at_the_end_time_and_not_after_it() {
    let clock = Fake::default();
    let mut simulation = Simulation::new(Config::new(42).max_time(at(2_000)));
    simulation.pace(pace(1.0, &clock));
    simulation.process("sleeper", async |p| p.sleep(secs(100_000)).await);
    let error = simulation.run().expect_err("the end time is passed");
    assert_eq!(*clock.now.borrow(), 2_000 * MILLI);
    assert_eq!(simulation.run(), Err(error.clone()));
    assert_eq!(simulation.step(), Err(error));
    assert_eq!(*clock.now.borrow(), 2_000 * MILLI, "a failed run waits for nothing");
}

/// Customers who come at random and are served by one till.
fn shop(config: &Config) -> Simulation {
    let mut simulation = Simulation::new(config.clone());
    let till = Resource::new(&mut simulation, "till", 1);
    simulation.process("door", async move |p| {
        let mut gaps = p.stream("gaps");
        for number in 0..20 {
            p.sleep(gaps.exponential(secs(60))).await;
            p.process(("customer", number), async move |p| {
                let served = till.acquire(&p).await;
                let span = p.stream("service").exponential(secs(50));
                p.sleep(span).await;
                drop(served);
            });
        }
    });
    simulation
}

#[test]
fn the_outcome_is_the_same_at_every_pace() {
    for latency in [Latency::ZERO, Latency::Exponential { mean: Span::from_millis(2) }] {
        let config = Config::new(42).latency(latency);
        let mut plain = shop(&config);
        plain.run().expect("no errors");
        for factor in [1.0, 7.3, 1e9] {
            let clock = Fake { oversleeps: MILLI, ..Fake::default() };
            let mut paced = shop(&config);
            paced.pace(pace(factor, &clock));
            assert_eq!(paced.run(), Ok(Outcome::Idle { since: plain.last_event() }));
            assert_eq!((paced.digest(), paced.now()), (plain.digest(), plain.now()), "{factor}");
            assert!(!clock.slept.borrow().is_empty());
        }
        let mut stepped = shop(&config);
        stepped.pace(pace(1.0, &Fake::default()));
        while stepped.step().expect("no errors") {}
        assert_eq!(stepped.digest(), plain.digest());
    }
}

#[test]
fn factors_that_are_no_pace_are_refused() {
    for factor in [0.0, -1.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let told = RealTime::new(factor).expect_err("no pace").to_string();
        assert!(told.starts_with(&format!("{factor:?} is not a pace: give")), "{told}");
        assert!(RealTime::with_clock(factor, Fake::default()).is_err());
    }
    assert_eq!(RealTime::new(-1.0).err(), Some(FactorError { factor: -1.0 }));
    // The slowest and the fastest wait for 584 years, and not at all.
    for (factor, wait) in [(f64::MIN_POSITIVE, u64::MAX), (f64::MAX, 0)] {
        let clock = Fake::default();
        let mut pace = RealTime::with_clock(factor, clock.clone()).expect("a pace");
        pace.wait_until(VirtualTime::ZERO);
        pace.wait_until(VirtualTime::MAX);
        assert_eq!(*clock.now.borrow(), Duration::from_nanos(wait));
    }
}
