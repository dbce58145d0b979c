//! The reference world: a second, naive implementation of processes, resources,
//! containers, stores and actors, with which the engine has to agree on random
//! programs that are full of ties: in every event, in every balance at every step,
//! and in every statistic at the horizon.
//!
//! A program (`program.rs`) is plain data. `engine.rs` carries it out by what
//! everybody may use of the engine, `naive/` by a sorted list, plain loops and sums,
//! written from the rules below and not from the engine's code. Both note the same
//! lines (`log.rs`). Programs are made from numbers (`generator.rs`); one on which
//! the two differ is cut down to the smallest that still shows it (`compare.rs`).
//!
//! ```text
//! cargo test --release --test reference_world                  # 20,000 programs
//! REFERENCE_WORLD_PROGRAMS=100000 cargo test --release --test reference_world
//! REFERENCE_WORLD_FIRST=4711 REFERENCE_WORLD_PROGRAMS=1 cargo test --test reference_world
//! .ci/planted-faults                      # is it any good? twenty mistakes are planted
//! ```
//!
//! # The rules
//! **Order.** Events happen in the order of their time; at one instant in the order
//! in which they were scheduled. Some are urgent: right after the current event, in
//! the order in which they came up, before anything else of the instant.
//!
//! | what | when its event comes |
//! |---|---|
//! | the start of a process | urgent; with a start-up span, after that |
//! | a timer | at its time, even if its span is 0 |
//! | a message, a kill, the news of an owner's end | now, behind what is due already |
//! | an interrupt | urgent |
//! | the loss of units to a process that works with them | urgent; one event for each work, in the order in which they began |
//! | the wake of whoever was granted, given, let in, whose process has ended, whose signal was fired | now, behind what is due already |
//! | what an actor is told (granted, given, taken away) | the same, and for its present life only |
//! | a resource, container or store looks whom it can serve | the same; one event for each thing that made it possible |
//!
//! **After an event**, before the next: what was dropped while it was under way (in a
//! handler, with a message that nobody got, with the state of an actor that died) goes
//! back, in the order of the drops; then the process that the event was for has its
//! turn; then what is left of processes that were killed is dropped; then the first
//! urgent event happens, and all this again. What was dropped counts as given back at
//! once, for whoever looks.
//!
//! **Turns.** A process has a turn when something comes that it still waits for. It
//! looks at all it waits for, and goes on until it has to wait. What was served before
//! the turn began counts, also if its own wake is still under way (that wake then finds
//! nobody, and nothing happens). What is served in the course of the turn needs its
//! wake, so that others who are due come first.
//!
//! **Patience.** Of what comes at one instant, the work counts before the interrupt,
//! and the interrupt before the end of the patience. Before something is given up, it
//! is looked at once more, and then what was served in the course of the turn counts,
//! too. Where a patience ends, or what has come is gathered, a span counts that is over at
//! this instant and has begun before that look: of a sleep, of work, of a wait for room.
//! Where an interrupt is taken, it does not. An interrupt that is not taken is kept for the
//! next time. The timer of a patience begins when it is first waited for; what is waited for
//! has begun before.
//!
//! | given up, or dropped | what becomes of it |
//! |---|---|
//! | a claim in the line | leaves it: counted as withdrawn; a look, if others wait |
//! | a claim that was granted | the units go back; a look, if others wait |
//! | an amount that waits | leaves the line: withdrawn; a look |
//! | an amount that was got | goes back; a look |
//! | an amount, or an item, that was put | is taken off again, if the wait was ever looked at and nobody else has got it; a look |
//! | an item that waits for room | comes back to whoever asked for that (`within`, `give_up`), and else is dropped: withdrawn |
//! | a get in the line | leaves it: withdrawn |
//! | an item that was given | goes back to its place; a look |
//! | a wait for an end, a signal, a message | is forgotten |
//! | work | its timer is taken off the list |
//!
//! What was granted, got, given or put at the very instant at which it goes back so counts
//! as withdrawn and not as granted, and its wait is in no sum; units that were taken away
//! in between were granted. At a later instant (what all of several kept) it was granted.
//!
//! **Aside.** No level is above the capacity, and no store has more items than room. Of an
//! amount that goes back, what does not fit stands aside, and comes in as soon as there is
//! room, before everybody who puts. Of the items of a store in the order of taking, the
//! last that there is no room for stand aside; they can be taken like the others, and
//! nobody puts an item down before they have room. What stands aside is in no sum.
//!
//! **Several.** Of any of several, the first in their order that has come wins, and the
//! others are dropped in their order. All of several of a kind are left where they are
//! until all have come; given up before, each is dropped as the table says, or, for who
//! gathers, taken if it has come. Futures that go on side by side (`concurrently`) are
//! each taken when it comes, and lost if all are given up.
//!
//! **Lines.** A resource serves by priority, then by place, which is the number of the
//! claim; who is first and cannot be served makes the others wait. The two lines of a
//! container are served each from its head, as long as it can be. A store lets in from
//! the head of its line, and gives to the first who wants one of its items the first
//! that it wants: by rank, if it has ranks, then in the order of being asked for room.
//! Whoever asks is served at once if it can be, with all of its own line; what that makes
//! possible for the other line is looked at later, as is what a release makes possible.
//!
//! **Preemption.** The first in the line, if it preempts and misses units, takes them
//! from holders of a higher priority number who yield, the last in the order of the line
//! first, one by one until it has enough; from nobody if all of them have too few. Who
//! claims again at the instant of the loss with the same priority has the place of the
//! claim that was lost (the first of several), unless it goes behind: whoever had claimed,
//! and each process that works with the units. One loss gives its place once.
//! Work is complete if its span was over at the instant of the loss; what remains is
//! else the span less the time between its beginning and the loss. A service claims,
//! works and gives back; after a loss it claims again and works for what remains, or for
//! the whole span, or gives up. What was lost is dropped after that, which changes
//! nothing.
//!
//! **Ends.** A process that returns drops what it has, and those who wait for its end
//! are served; then it is over: its children hear of it, in the order of their birth, and
//! the messages that it never took are undeliverable. A process that is killed is over
//! first; then what it waited for and what it has is dropped, in that order, and then
//! those who wait for its end are served. An actor that stops or fails drops what it
//! has, and leaves all lines, in the order in which those were made and by its places, but
//! for the items that it has put down and that wait for room: those stay, and nobody waits
//! with them once it is dead. One that fails is restarted at once.
//!
//! **Records.** A message that was awaited when it came and is taken in that turn is
//! `handled`; one that is not, or was not awaited, is `queued`, and `taken` later. Who was
//! woken for nothing leaves no record.
//!
//! **Sums.** Between two events everything stays as it is. Utilisation is the sum of
//! units (of amounts, of items) times time, over time and capacity; a wait is from claim
//! to grant; a claim of which its process has heard, and that is given back at the instant
//! of its grant, was granted. The run
//! goes up to the horizon, whether or not anything is left. A run in which nothing is
//! left is stuck if anybody waits for units, an amount, room, an end or a signal; who
//! waits for a message or an item beside an end or a signal is a server, and not stuck.
#![allow(unreachable_pub)]

mod actors;
mod compare;
mod engine;
mod faults;
mod generator;
mod log;
mod naive;
mod program;
mod steps;

use compare::{difference, shrink};
use generator::program;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number from the environment.
fn setting(name: &str, otherwise: u64) -> u64 {
    let number = |text: String| text.parse().unwrap_or_else(|_| panic!("{name}: {text}"));
    std::env::var(name).map_or(otherwise, number)
}

/// The first of these random programs on which the two worlds differ, by two threads.
fn first_difference(first: u64, programs: u64) -> Option<u64> {
    let (next, found) = (AtomicU64::new(first), AtomicU64::new(u64::MAX));
    let search = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number - first >= programs || number > found.load(Ordering::Relaxed) {
                return;
            }
            if difference(&program(number)).is_some() {
                found.fetch_min(number, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(search);
        search();
    });
    Some(found.into_inner()).filter(|found| *found < u64::MAX)
}

#[test]
fn random_programs_agree_with_the_reference_world() {
    let usual = if cfg!(debug_assertions) { 2_000 } else { 20_000 };
    let first = setting("REFERENCE_WORLD_FIRST", 0);
    let programs = setting("REFERENCE_WORLD_PROGRAMS", usual);
    let Some(number) = first_difference(first, programs) else { return };
    let small = shrink(&program(number));
    panic!(
        "the engine differs from the reference world on program {number}, after {} others. \
         Again:\n  REFERENCE_WORLD_FIRST={number} REFERENCE_WORLD_PROGRAMS=1 cargo test \
         --test reference_world\nThe smallest that was found:\n{small}\n{}",
        number - first,
        difference(&small).unwrap_or_default(),
    );
}

/// An agreement says something about what happens, so everything happens often.
#[test]
fn random_programs_do_everything() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for number in 0..1_000 {
        for line in naive::run(&program(number)) {
            for word in line.words() {
                *counts.entry(word).or_default() += 1;
            }
        }
    }
    for (word, least) in OFTEN {
        let count = counts.get(word).copied().unwrap_or(0);
        assert!(count >= least, "{word}: {count} times in 1,000 programs, of {counts:#?}");
    }
}

/// What happens in 1,000 programs, and how often at least.
const OFTEN: [(&str, u64); 26] = [
    ("All", 200),
    ("Done", 4_000),
    ("Ended", 10),
    ("First", 300),
    ("Interrupted", 60),
    ("Item", 150),
    ("NotPut", 10),
    ("Note", 20),
    ("Some", 50),
    ("TimedOut", 1_000),
    ("Unfinished", 40),
    ("Unit", 1_000),
    ("Worked", 1_000),
    ("Failed Actor", 20),
    ("Finished Actor", 10),
    ("Killed Process", 60),
    ("OwnerDied Process", 60),
    ("Undeliverable Process", 200),
    ("Taken Process", 50),
    ("aside", 80),
    ("preempted", 100),
    ("withdrawn", 500),
    ("waited", 300),
    ("Idle", 100),
    ("Reached", 100),
    ("Stuck", 100),
];

/// A case that random programs hardly ever come upon: the first process hands a unit on,
/// the second works with it for a while and hands it on, the third has it when it is
/// taken away. The second claims at that very instant. It has neither claimed what was lost
/// nor works with it, so the fourth, which has waited longer, comes before it.
#[test]
fn who_has_worked_with_a_unit_and_handed_it_on_has_no_old_place() {
    use program::{Ask, How, Program, Step, Wait, What, Word};
    const LAST: usize = usize::MAX;
    let equal = Ask { amount: 1, priority: 1, preempting: false, yielding: true, behind: false };
    let urgent = Ask { priority: -1, preempting: true, ..equal };
    let one = |wait| Step::Await(How::Patiently, What::One(wait));
    let acquire = one(Wait::Acquire { of: 0, ask: equal });
    let (sleep, receive) = (|span| one(Wait::Sleep(span)), one(Wait::Receive));
    let work = Step::Await(How::Within(1), What::One(Wait::Work(5)));
    let serve = one(Wait::Serve { of: 0, ask: urgent, span: 1, word: Word::Resume });
    let send = |to| Step::Send { to, what: LAST };
    let program = Program {
        horizon: 10,
        resources: vec![1],
        containers: vec![(1, 0)],
        stores: vec![(1, false)],
        cast: (0..5).map(|number| (number, 0)).collect(),
        scripts: vec![
            vec![acquire.clone(), send(1), sleep(9)],
            vec![receive.clone(), work, send(2), sleep(2), sleep(0), acquire.clone(), sleep(9)],
            vec![receive, sleep(9)],
            vec![sleep(2), acquire, sleep(9)],
            vec![sleep(3), serve],
        ],
    };
    let difference = difference(&program);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}
