//! The systems: one replication each, read into the averages that theory has.

use super::station::{
    Books, Fate, Goal, Law, Machine, Server, Source, Station, ToMachine, ToStation, Visit,
};
use flagfall::{ActorRef, Config, Simulation, VirtualTime};
use std::ops::Range;

/// Customers arrive at `rate` from now on.
fn arrivals(simulation: &mut Simulation, number: u32, rate: f64, goal: Goal) {
    let source = simulation.spawn(("source", number), Source { rate, goal, streams: None });
    simulation.send(&source, 0);
}

fn run_to(simulation: &mut Simulation, secs: u64) {
    let time = VirtualTime::from_nanos(secs * 1_000_000_000);
    simulation.run_until(time).expect("no errors");
}

/// Runs until the first `count` customers have left.
fn run_customers(simulation: &mut Simulation, books: &Books, count: usize) {
    let left = |books: &[Visit]| {
        books.len() >= count && books[..count].iter().all(|visit| visit.left.is_some())
    };
    for slice in 1.. {
        run_to(simulation, slice * 100);
        if left(&books.borrow()) {
            return;
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

/// Mean wait of those customers; who was not served did not wait.
fn mean_wait(books: &Books, customers: Range<usize>) -> f64 {
    mean(books.borrow()[customers].iter().map(|visit| visit.wait().unwrap_or(0.0)))
}

/// Mean time from coming to leaving of those customers.
fn mean_time_inside(books: &Books, customers: Range<usize>) -> f64 {
    let inside = |visit: &Visit| (visit.left.expect("it left") - visit.arrived).as_secs_f64();
    mean(books.borrow()[customers].iter().map(inside))
}

fn waited(visit: &Visit) -> bool {
    visit.began != Some(visit.arrived)
}

/// Share of those customers of whom `what` is true.
fn share(books: &Books, customers: Range<usize>, what: impl Fn(&Visit) -> bool) -> f64 {
    mean(books.borrow()[customers].iter().map(|visit| f64::from(u8::from(what(visit)))))
}

/// The mean over a window of time of a function of the numbers of customers
/// inside the stations.
fn mean_over(stations: &[&Books], window: Range<f64>, value: impl Fn(&[u32]) -> f64) -> f64 {
    let mut steps: Vec<(VirtualTime, usize, bool)> = Vec::new();
    for (at, books) in stations.iter().enumerate() {
        for visit in books.borrow().iter().filter(|visit| visit.fate != Fate::Blocked) {
            steps.push((visit.arrived, at, true));
            steps.extend(visit.left.map(|left| (left, at, false)));
        }
    }
    // At one instant those who come are counted before those who leave, so
    // that nobody is counted below zero.
    steps.sort_unstable_by_key(|&(time, at, comes)| (time, !comes, at));
    let mut numbers = vec![0_u32; stations.len()];
    let (mut area, mut last) = (0.0, window.start);
    for (time, at, comes) in steps {
        let until = time.as_secs_f64().clamp(window.start, window.end);
        area += (until - last) * value(&numbers);
        last = until;
        numbers[at] = if comes { numbers[at] + 1 } else { numbers[at] - 1 };
    }
    (area + (window.end - last) * value(&numbers)) / (window.end - window.start)
}

/// M/G/1 at rate 0.6: one actor, whose mailbox is the line. The mean wait of
/// those customers.
fn one_server(config: Config, service: Law, customers: Range<usize>) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let books = Books::default();
    let server = Server { service, stream: None, books: Books::clone(&books) };
    let server = simulation.spawn("server", server);
    arrivals(&mut simulation, 0, 0.6, Goal::Server(*server));
    run_customers(&mut simulation, &books, customers.end);
    vec![mean_wait(&books, customers)]
}

pub(crate) fn mm1(config: Config, slower: f64) -> Vec<f64> {
    one_server(config, Law::Exponential(slower), 200..1_200)
}

pub(crate) fn md1(config: Config, slower: f64) -> Vec<f64> {
    one_server(config, Law::Constant(slower), 200..900)
}

/// M/M/2 at rate 1.2 on CPU slots. The mean time inside, and who waits.
pub(crate) fn mm2(config: Config, slower: f64) -> Vec<f64> {
    let mut simulation = Simulation::new(config.cpus(2));
    let books = Books::default();
    let goal = Goal::Tasks(Law::Exponential(slower), Books::clone(&books));
    arrivals(&mut simulation, 0, 1.2, goal);
    run_customers(&mut simulation, &books, 1_000);
    vec![mean_time_inside(&books, 200..1_000), share(&books, 200..1_000, waited)]
}

/// A station with one class of customers, served in a second on average.
fn station(
    simulation: &mut Simulation,
    servers: u32,
    slower: f64,
    change: impl FnOnce(&mut Station),
) -> (ActorRef<ToStation>, Books) {
    let books = Books::default();
    let mut station = Station::new(servers, &[Law::Exponential(slower)], &books);
    change(&mut station);
    (*simulation.spawn("station", station), books)
}

/// M/M/3 at rate 2.1. The mean time inside, and who waits.
pub(crate) fn mm3(config: Config, slower: f64) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let (station, books) = station(&mut simulation, 3, slower, |_| {});
    arrivals(&mut simulation, 0, 2.1, Goal::Station(station, 0));
    run_customers(&mut simulation, &books, 1_250);
    vec![mean_time_inside(&books, 350..1_250), share(&books, 350..1_250, waited)]
}

/// M/M/2/5 at rate 1.6. Who is blocked, and the mean wait of all who come.
pub(crate) fn mm2_with_5_places(config: Config, slower: f64) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let (station, books) = station(&mut simulation, 2, slower, |station| station.places = 5);
    arrivals(&mut simulation, 0, 1.6, Goal::Station(station, 0));
    run_customers(&mut simulation, &books, 1_000);
    let blocked = |visit: &Visit| visit.fate == Fate::Blocked;
    vec![share(&books, 100..1_000, blocked), mean_wait(&books, 100..1_000)]
}

/// The classes of the system with priorities: rate and service of each.
pub(crate) const CLASSES: [(f64, Law); 3] =
    [(0.4, Law::Constant(0.5)), (0.2, Law::Uniform(2.0)), (0.2, Law::Exponential(1.2))];

/// M/G/1 with priorities. The mean wait of each class.
///
/// Customers go on arriving after the last that is measured: they may still
/// overtake it.
pub(crate) fn priorities(config: Config, slower: f64) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let books = Books::default();
    let services = CLASSES.map(|(_, service)| service.times(slower));
    let station = simulation.spawn("station", Station::new(1, &services, &books));
    for (class, (rate, _)) in (0_u8..).zip(CLASSES) {
        let goal = Goal::Station(*station, class);
        arrivals(&mut simulation, class.into(), rate, goal);
    }
    // Classes are measured by number: a window of time would hold more of the
    // customers that come in crowds, and wait longer.
    let waits_of = |class: u8, rate: f64| -> Option<Vec<f64>> {
        let books = books.borrow();
        let of_class = books.iter().filter(|visit| visit.class == class);
        let (cut, counted) = ((350.0 * rate) as usize, (2_200.0 * rate) as usize);
        let waits: Option<Vec<f64>> = of_class.skip(cut).take(counted).map(Visit::wait).collect();
        waits.filter(|waits| waits.len() == counted)
    };
    for slice in 26.. {
        run_to(&mut simulation, slice * 100);
        let waits = (0_u8..).zip(CLASSES).map(|(class, (rate, _))| waits_of(class, rate));
        if let Some(waits) = waits.collect::<Option<Vec<_>>>() {
            return waits.into_iter().map(|waits| mean(waits.into_iter())).collect();
        }
    }
    unreachable!("customers go on arriving")
}

/// M/M/1 at rate 1 whose customers wait for 2 s on average, then leave. Who
/// leaves so, and the mean number inside.
pub(crate) fn reneging(config: Config, slower: f64) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let patient = |station: &mut Station| station.patience = Some(Law::Exponential(2.0));
    let (station, books) = station(&mut simulation, 1, slower, patient);
    arrivals(&mut simulation, 0, 1.0, Goal::Station(station, 0));
    run_customers(&mut simulation, &books, 750);
    let reneged = |visit: &Visit| visit.fate == Fate::Reneged;
    vec![share(&books, 100..750, reneged), mean_over(&[&books], 100.0..600.0, |n| n[0].into())]
}

/// Two M/M/1 in a row at rate 0.6, the second a quarter faster. Mean numbers
/// inside, the share of the time in which both are empty, and the mean square
/// of the time between two customers on their way from one to the other.
pub(crate) fn tandem(config: Config, slower: f64) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let (first, second) = (Books::default(), Books::default());
    let serves = |secs| [Law::Exponential(secs * slower)];
    let last = simulation.spawn("second", Station::new(1, &serves(0.8), &second));
    let mut front = Station::new(1, &serves(1.0), &first);
    front.next = Some(*last);
    let front = simulation.spawn("first", front);
    arrivals(&mut simulation, 0, 0.6, Goal::Station(*front, 0));
    run_to(&mut simulation, 1_750);
    let window = || 350.0..1_750.0;
    let stations = [&first, &second];
    let between: Vec<f64> = {
        let second = second.borrow();
        let gap = |pair: &[Visit]| (pair[1].arrived - pair[0].arrived).as_secs_f64();
        second[200..800].windows(2).map(gap).collect()
    };
    vec![
        mean_over(&[&first], window(), |n| n[0].into()),
        mean_over(&[&second], window(), |n| n[0].into()),
        mean_over(&stations, window(), |n| f64::from(u8::from(n == [0, 0]))),
        mean(between.into_iter().map(|gap| gap * gap)),
    ]
}

/// Six machines that run for 5 s on average, two who repair them in a second
/// each. The mean number out of order, and the share of the time without.
pub(crate) fn repair(config: Config, slower: f64) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let (shop, books) = station(&mut simulation, 2, slower, |_| {});
    for number in 0..6_u32 {
        let run = Law::Exponential(5.0);
        let machine = Machine { run, shop, stream: None };
        let machine = simulation.spawn(("machine", number), machine);
        simulation.send(&machine, ToMachine::Start);
    }
    run_to(&mut simulation, 600);
    let window = || 100.0..600.0;
    vec![
        mean_over(&[&books], window(), |n| n[0].into()),
        mean_over(&[&books], window(), |n| f64::from(u8::from(n[0] == 0))),
    ]
}
