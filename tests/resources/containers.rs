//! Random programs that fill and draw from a container, with patience and
//! kills.

use super::{Integral, at, ms, run_watched};
use flagfall::{Config, Container, EventListKind, Process, Simulation, VirtualTime};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

const CAPACITY: u64 = 10;

#[derive(Clone, Debug)]
struct Visit {
    is_put: bool,
    start: u64,
    amount: u64,
    patience: Option<u64>,
    killed: Option<u64>,
}

fn visit() -> impl Strategy<Value = Visit> {
    let times = (0_u64..6, prop::option::of(0_u64..5), prop::option::of(0_u64..9));
    (any::<bool>(), 1..=CAPACITY, times).prop_map(|(is_put, amount, (start, patience, killed))| {
        Visit { is_put, start, amount, patience, killed }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    NotYet,
    Waits,
    Served,
    GaveUp,
}

/// What the visits have come to, and in what order they began to wait.
#[derive(Default)]
struct Book {
    states: Vec<State>,
    line: Vec<usize>,
    /// Who went on before others of its line, and when: they have to go on at
    /// the same instant.
    earlier: Vec<(VirtualTime, usize, usize)>,
}

type Shared = Rc<RefCell<Book>>;

/// Ends a visit that was not served when it is dropped.
struct Place(Shared, usize);

impl Drop for Place {
    fn drop(&mut self) {
        let state = &mut self.0.borrow_mut().states[self.1];
        if *state == State::Waits {
            *state = State::GaveUp;
        }
    }
}

async fn call(p: Process, tank: Container, visits: Rc<[Visit]>, place: usize, book: Shared) {
    let visit = &visits[place];
    p.sleep(ms(visit.start)).await;
    book.borrow_mut().states[place] = State::Waits;
    book.borrow_mut().line.push(place);
    let guard = Place(Rc::clone(&book), place);
    let transfer =
        if visit.is_put { tank.put(&p, visit.amount) } else { tank.get(&p, visit.amount) };
    let patience = ms(visit.patience.unwrap_or(1_000));
    if p.timeout(patience, transfer).await.is_ok() {
        let book = &mut *book.borrow_mut();
        let before = book.line.iter().take_while(|other| **other != place);
        let is_same = |other: &&usize| visits[**other].is_put == visit.is_put;
        let overtaken = before.filter(is_same).filter(|other| book.states[**other] == State::Waits);
        book.earlier.extend(overtaken.map(|other| (p.now(), place, *other)));
        book.states[place] = State::Served;
    }
    drop(guard);
}

/// The level is what was put less what was got, and the first in each line
/// could not be served.
fn is_settled(
    simulation: &Simulation,
    tank: Container,
    initial: u64,
    visits: &[Visit],
    book: &Book,
) -> Result<(), TestCaseError> {
    let level = tank.level(simulation);
    let total = |is_put: bool, state: State| {
        let those = visits.iter().zip(&book.states);
        let those = those.filter(|(visit, is)| visit.is_put == is_put && **is == state);
        those.map(|(visit, _)| visit.amount).sum::<u64>()
    };
    let put = initial + total(true, State::Served);
    // What was put in at the very instant at which its putter gave up stays.
    let put = put..=put + total(true, State::GaveUp);
    let all = level + tank.aside(simulation) as u64 + total(false, State::Served);
    prop_assert!(put.contains(&all), "{all} of {put:?}");
    let waiting = book.line.iter().filter(|place| book.states[**place] == State::Waits);
    prop_assert_eq!(waiting.clone().count(), tank.waiting(simulation));
    let first = |is_put| waiting.clone().find(|place| visits[**place].is_put == is_put);
    if let Some(first) = first(true) {
        prop_assert!(visits[*first].amount + level > CAPACITY, "{first} has room");
    }
    if let Some(first) = first(false) {
        prop_assert!(visits[*first].amount > level, "there is enough for {first}");
    }
    Ok(())
}

fn play(visits: &[Visit], initial: u64, kind: EventListKind) -> Result<Simulation, TestCaseError> {
    let mut simulation = Simulation::new(Config::new(42).event_list(kind));
    let tank = Container::new(&mut simulation, "tank", CAPACITY, initial);
    let book = Shared::default();
    book.borrow_mut().states = vec![State::NotYet; visits.len()];
    let shared: Rc<[Visit]> = visits.into();
    for (place, visit) in visits.iter().enumerate() {
        let (shared, book) = (Rc::clone(&shared), Rc::clone(&book));
        let name = ("visitor", place as u32);
        let visitor = simulation.process(name, move |p| call(p, tank, shared, place, book));
        visit.killed.into_iter().for_each(|time| simulation.kill_at(at(time), &visitor).unwrap());
    }
    let (mut level, mut waited) = (Integral::default(), Integral::default());
    level.set(at(0), initial);
    run_watched(
        &mut simulation,
        |simulation| {
            prop_assert!(tank.level(simulation) <= CAPACITY);
            prop_assert!(tank.aside(simulation) == 0 || tank.level(simulation) == CAPACITY);
            let book = book.borrow();
            let past = book.earlier.iter().filter(|(time, ..)| *time < simulation.now());
            let wrong = past.clone().find(|(.., other)| book.states[*other] == State::Waits);
            prop_assert_eq!(wrong, None);
            level.set(simulation.now(), tank.level(simulation));
            waited.set(simulation.now(), tank.waiting(simulation) as u64);
            Ok(())
        },
        |simulation| is_settled(simulation, tank, initial, visits, &book.borrow()),
    )?;
    let statistics = tank.statistics(&simulation);
    prop_assert!(level.is_mean(statistics.mean_in_use), "{level:?} {statistics:?}");
    prop_assert!(waited.is_mean(statistics.mean_waiting), "{waited:?} {statistics:?}");
    Ok(simulation)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn amounts_are_conserved_and_each_line_keeps_its_order(
        visits in prop::collection::vec(visit(), 1..14),
        initial in 0..=CAPACITY,
    ) {
        let run = play(&visits, initial, EventListKind::default())?;
        let reference = play(&visits, initial, EventListKind::PriorityQueue)?;
        prop_assert_eq!(run.digest(), reference.digest());
        prop_assert_eq!(run.events(), reference.events());
    }
}
