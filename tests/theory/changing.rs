//! Stations whose arrivals or capacity change over the day, against the forward equations: the mean
//! number inside at hours of two days, over thousands of replications.
//!
//! Services are exponential, so what is left of one that was interrupted is exponential again.

use super::check::mean_and_error;
use super::forward::{Chain, Flow, STEPS, State};
use flagfall::arrivals::{ArrivalProcess, Rates};
use flagfall::random::Distribution;
use flagfall::resource::{Claim, Shortage};
use flagfall::schedule::Schedule;
use flagfall::{Config, Resource, Simulation, Span, VirtualTime};
use std::cell::Cell;
use std::rc::Rc;

const REPLICATIONS: u64 = 2_000;
const HOURS: [u32; 15] = [1, 2, 4, 6, 7, 8, 10, 12, 14, 17, 20, 23, 24, 27, 31];

/// Values from hours of a day on, the same each day.
type Day<T> = &'static [(u32, T)];

fn schedule<T: Copy + PartialEq>(day: Day<T>) -> Schedule<T> {
    let steps = day.iter().map(|(hour, value)| (Span::from_hours((*hour).into()), *value));
    Schedule::daily(steps.collect()).expect("a schedule")
}

/// The last step that is not later.
fn value<T: Copy>(day: Day<T>, hour: f64) -> T {
    let hour = hour % 24.0;
    day.iter().rev().find(|step| f64::from(step.0) <= hour).expect("a step at 0").1
}

/// On the line from the last point to the next, or to the first of the next day.
fn between(day: Day<f64>, hour: f64) -> f64 {
    let hour = hour % 24.0;
    let at = day.iter().rposition(|point| f64::from(point.0) <= hour).expect("a point at 0");
    let (begin, from) = day[at];
    let (end, to) = day.get(at + 1).copied().unwrap_or((24, day[0].1));
    let share = (hour - f64::from(begin)) / f64::from(end - begin);
    from + share * (to - from)
}

/// How many come in an hour.
#[derive(Clone, Copy)]
enum Arrivals {
    Steps(Day<f64>),
    Lines(Day<f64>),
}

impl Arrivals {
    fn rate(self, hour: f64) -> f64 {
        match self {
            Self::Steps(day) => value(day, hour),
            Self::Lines(day) => between(day, hour),
        }
    }

    fn process(self) -> ArrivalProcess {
        let hour = Span::from_hours(1);
        let rates = match self {
            Self::Steps(day) => Rates::steps(hour, schedule(day)),
            Self::Lines(day) => Rates::lines(hour, schedule(day)),
        };
        ArrivalProcess::with_rates(rates.expect("rates"))
    }
}

/// A class of customers; each of the first class preempts those of the second.
#[derive(Clone, Copy)]
struct Class {
    arrivals: Arrivals,
    /// How many are served in an hour by one server.
    service: f64,
}

#[derive(Clone, Copy)]
struct Station {
    classes: [Option<Class>; 2],
    servers: Day<u64>,
    shortage: Shortage,
}

impl Station {
    fn of(arrivals: Arrivals, service: f64, servers: Day<u64>) -> Self {
        let classes = [Some(Class { arrivals, service }), None];
        Self { classes, servers, shortage: Shortage::Finish }
    }

    /// The numbers inside of both classes at each hour of a replication.
    fn replicate(self, number: u64) -> Vec<[f64; 2]> {
        let config = Config::new(super::SEED).replication(number).digest(false);
        let mut simulation = Simulation::new(config);
        let servers = schedule(self.servers);
        let servers = Resource::scheduled(&mut simulation, "servers", servers, self.shortage);
        let inside = [0, 1].map(|class| self.open(&mut simulation, class, servers));
        let count = |hour: &u32| {
            let time = VirtualTime::from_hours((*hour).into());
            simulation.run_until(time).expect("no errors");
            [inside[0].get(), inside[1].get()].map(f64::from)
        };
        HOURS.iter().map(count).collect()
    }

    /// Lets a class come, and counts those inside.
    fn open(self, simulation: &mut Simulation, class: usize, servers: Resource) -> Rc<Cell<u32>> {
        let inside = Rc::new(Cell::new(0));
        let Some(Class { arrivals, service }) = self.classes[class] else { return inside };
        let service = Distribution::exponential(3_600.0 / service).expect("a mean");
        let claim = Claim::new().resume().priority(class as i32);
        let claim = if class == 0 { claim.preempting() } else { claim };
        let counted = Rc::clone(&inside);
        let names = [("first door", "first"), ("second door", "second")];
        let (door, name) = names[class];
        simulation.process(door, async move |p| {
            let mut works = p.stream("works");
            let times = arrivals.process().begin(p.now(), p.stream("times"), p.stream("sizes"));
            for (number, at) in (0_u32..).zip(times.one_by_one()) {
                p.sleep_until(at).await;
                counted.set(counted.get() + 1);
                let (counted, work) = (Rc::clone(&counted), service.draw_span(&mut works));
                p.process_apart((name, number), async move |p| {
                    servers.serve(&p, claim, work).await.expect("it resumes");
                    counted.set(counted.get() - 1);
                });
            }
        });
        inside
    }

    fn arrivals(&self, class: usize, hour: f64) -> f64 {
        self.classes[class].map_or(0.0, |class| class.arrivals.rate(hour))
    }

    fn service(&self, class: usize) -> f64 {
        self.classes[class].map_or(0.0, |class| class.service)
    }

    /// Both classes, where a shortage interrupts: the numbers inside say who is served.
    fn interrupted(&self, sizes: State, steps: u32) -> Vec<[f64; 2]> {
        let flows = |hour: f64, [first, second]: State, flow: Flow| {
            flow([first + 1, second], self.arrivals(0, hour));
            flow([first, second + 1], self.arrivals(1, hour));
            let servers = value(self.servers, hour) as usize;
            let urgent = first.min(servers);
            let others = second.min(servers - urgent);
            flow([first.wrapping_sub(1), second], urgent as f64 * self.service(0));
            flow([first, second.wrapping_sub(1)], others as f64 * self.service(1));
        };
        Chain { sizes, flows: &flows, settle: &|_, state| state }.means(&HOURS, steps)
    }

    /// One class, where services that have begun are finished: the second number is that of those
    /// in service. It falls below what it was only as they go.
    fn finished(&self, sizes: State, steps: u32) -> Vec<[f64; 2]> {
        let settle = |hour: f64, [inside, served]: State| {
            [inside, served.max(inside.min(value(self.servers, hour) as usize))]
        };
        let flows = |hour: f64, [inside, served]: State, flow: Flow| {
            flow(settle(hour, [inside + 1, served]), self.arrivals(0, hour));
            if served > 0 && served <= inside {
                let rate = served as f64 * self.service(0);
                flow(settle(hour, [inside - 1, served - 1]), rate);
            }
        };
        let mut means = Chain { sizes, flows: &flows, settle: &settle }.means(&HOURS, steps);
        means.iter_mut().for_each(|mean| mean[1] = 0.0);
        means
    }
}

/// The means that were found.
struct Found {
    name: &'static str,
    rows: Vec<Vec<[f64; 2]>>,
}

impl Found {
    fn of(name: &'static str, station: Station) -> Self {
        Self { name, rows: (0..REPLICATIONS).map(|number| station.replicate(number)).collect() }
    }

    /// How many standard errors the mean of those values is away from what is expected.
    fn deviation(&self, value: impl Fn(&[[f64; 2]]) -> f64, expected: f64) -> f64 {
        let values: Vec<f64> = self.rows.iter().map(|row| value(row)).collect();
        let (mean, error) = mean_and_error(&values);
        (mean - expected) / error
    }

    /// Of each hour and class in its turn, then of the numbers of all hours together.
    fn deviations(&self, classes: usize, expected: &[[f64; 2]]) -> (Vec<f64>, f64) {
        let each = (0..HOURS.len()).flat_map(|at| (0..classes).map(move |class| (at, class)));
        let each = each.map(|(at, of)| self.deviation(|row| row[at][of], expected[at][of]));
        let sum = |row: &[[f64; 2]]| row.iter().flatten().sum();
        (each.collect(), self.deviation(sum, sum(expected)))
    }

    fn agrees(&self, classes: usize, expected: &[[f64; 2]]) {
        let (each, all) = self.deviations(classes, expected);
        let mean = each.iter().map(|of| of.abs()).sum::<f64>() / each.len() as f64;
        let told = format!("{}: {mean:.2} on average, {all:.2} of all; {each:.2?}", self.name);
        println!("{told}");
        assert!(each.iter().all(|of| of.abs() < 4.0) && mean < 1.5 && all.abs() < 3.0, "{told}");
    }

    /// What is not so is noticed, or agreement would say little.
    fn differs(&self, classes: usize, expected: &[[f64; 2]]) {
        let (each, all) = self.deviations(classes, expected);
        println!("{}: {all:.2} of all where it is wrong", self.name);
        assert!(each.iter().any(|of| of.abs() > 4.0), "{}: {each:.2?}", self.name);
    }
}

const ONE: State = [60, 1];
const FINISHED: State = [60, 6];
const TWO: State = [22, 34];

/// From six to nine more come than three can serve.
const BUSY: Day<f64> = &[(0, 1.0), (6, 4.5), (9, 2.0), (14, 3.0), (20, 0.5)];
const THREE: Day<u64> = &[(0, 3)];

#[test]
fn arrivals_whose_rate_changes_in_steps() {
    let station = Station::of(Arrivals::Steps(BUSY), 1.0, THREE);
    let found = Found::of("M(t)/M/3, steps", station);
    found.agrees(1, &station.interrupted(ONE, STEPS));
    let lines = Station::of(Arrivals::Lines(BUSY), 1.0, THREE);
    found.differs(1, &lines.interrupted(ONE, STEPS));
}

#[test]
fn arrivals_whose_rate_changes_along_lines() {
    let station = Station::of(Arrivals::Lines(BUSY), 1.0, THREE);
    let found = Found::of("M(t)/M/3, lines", station);
    found.agrees(1, &station.interrupted(ONE, STEPS));
    let slower = Station::of(Arrivals::Lines(BUSY), 1.0 / 1.05, THREE);
    found.differs(1, &slower.interrupted(ONE, STEPS));
}

const SHIFTS: Day<u64> = &[(0, 1), (6, 5), (12, 2), (15, 4), (20, 0), (23, 3)];

#[test]
fn services_are_finished_beyond_the_end_of_a_shift() {
    let station = Station::of(Arrivals::Steps(&[(0, 1.5), (8, 2.5), (18, 1.0)]), 1.0, SHIFTS);
    let found = Found::of("M(t)/M/c(t), finish", station);
    found.agrees(1, &station.finished(FINISHED, STEPS));
    found.differs(1, &station.interrupted(ONE, STEPS));
}

#[test]
fn services_are_interrupted_by_the_end_of_a_shift() {
    let arrivals = Arrivals::Lines(&[(0, 1.5), (8, 2.5), (18, 1.0)]);
    let station = Station { shortage: Shortage::Preempt, ..Station::of(arrivals, 1.0, SHIFTS) };
    let found = Found::of("M(t)/M/c(t), preempt and resume", station);
    found.agrees(1, &station.interrupted(ONE, STEPS));
    found.differs(1, &station.finished(FINISHED, STEPS));
}

/// The first class is as if it were alone; the second has what is left of the servers.
fn two_classes() -> Station {
    let urgent =
        Class { arrivals: Arrivals::Lines(&[(0, 0.5), (10, 1.5), (18, 0.5)]), service: 2.0 };
    let other = Class { arrivals: Arrivals::Steps(&[(0, 0.5), (8, 1.5), (16, 0.7)]), service: 1.0 };
    Station {
        classes: [Some(urgent), Some(other)],
        servers: &[(0, 1), (6, 3), (16, 2), (21, 0), (22, 2)],
        shortage: Shortage::Preempt,
    }
}

#[test]
fn urgent_customers_preempt_others_over_the_shifts() {
    let station = two_classes();
    let found = Found::of("two classes of M(t)/M/c(t), preemptive resume", station);
    found.agrees(2, &station.interrupted(TWO, STEPS));
    let [urgent, other] = station.classes;
    let slower = other.map(|class| Class { service: class.service / 1.05, ..class });
    let wrong = Station { classes: [urgent, slower], ..station };
    found.differs(2, &wrong.interrupted(TWO, STEPS));
}

#[test]
fn half_the_step_gives_the_same() {
    let lines = Station::of(Arrivals::Lines(BUSY), 1.0, THREE);
    for [whole, half] in [
        [STEPS, 2 * STEPS].map(|steps| lines.interrupted(ONE, steps)),
        [STEPS, 2 * STEPS].map(|steps| two_classes().interrupted(TWO, steps)),
    ] {
        for (one, other) in whole.iter().flatten().zip(half.iter().flatten()) {
            assert!((one - other).abs() < 1e-4, "{one} {other}");
        }
    }
}
