//! The search on programs of processes, which may share anything.

use super::brute::Ran;
use super::search::check;
use flagfall::process::Signal;
use flagfall::{Config, Process, ProcessRef, Resource, Simulation, Span, TieLog, TiePolicy};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub(super) enum Deed {
    Sleep(u64),
    Hold(u64),
    Hasty(u64),
    Fire,
    Await,
    Interrupt(usize),
    Kill(usize),
    Send(usize),
    Receive(u64),
    Start,
}

type Diary = Rc<RefCell<Vec<String>>>;
type Others = Rc<RefCell<Vec<ProcessRef<u64>>>>;

#[derive(Clone)]
struct Town {
    pump: Resource,
    bell: Signal<usize>,
    diary: Diary,
    others: Others,
}

async fn citizen(p: Process<u64>, number: usize, deeds: Vec<Deed>, town: Town) {
    let millis = Span::from_millis;
    let note = |what: String| {
        town.diary.borrow_mut().push(format!("{} {number} {what}", p.now()));
    };
    let other = |of: usize| {
        let others = town.others.borrow();
        others[of % others.len()].clone()
    };
    for deed in deeds {
        match deed {
            Deed::Sleep(span) => {
                let slept = p.interruptible(p.sleep(millis(span))).await;
                note(format!("slept {slept:?}"));
            }
            Deed::Hold(span) => {
                let held = town.pump.acquire(&p).await;
                p.sleep(millis(span)).await;
                drop(held);
                note("held".to_owned());
            }
            Deed::Hasty(span) => {
                let held = p.timeout(millis(span), town.pump.acquire(&p)).await;
                note(format!("hasty {}", held.is_ok()));
            }
            Deed::Fire => note(format!("fired {}", town.bell.fire(&p, number))),
            Deed::Await => {
                let heard = p.timeout(millis(1), town.bell.wait(&p)).await;
                note(format!("heard {heard:?}"));
            }
            Deed::Interrupt(of) => p.interrupt(&other(of), number as u64),
            Deed::Kill(of) => p.kill(&other(of)),
            Deed::Send(to) => p.send(&other(to), number as u64),
            Deed::Receive(span) => {
                let got = p.timeout(millis(span), p.receive()).await;
                note(format!("received {got:?}"));
            }
            Deed::Start => {
                let diary = Rc::clone(&town.diary);
                p.process("child", async move |p| {
                    p.pass().await;
                    diary.borrow_mut().push(format!("{} child of {number}", p.now()));
                });
                p.sleep(millis(1)).await;
            }
        }
    }
}

pub(super) fn run(lives: &[Vec<Deed>], ties: &TiePolicy) -> (Ran<(Vec<String>, String)>, TieLog) {
    let mut simulation = Simulation::new(Config::new(1).ties(ties.clone()));
    let pump = Resource::new(&mut simulation, "pump", 1);
    let (diary, others) = (Diary::default(), Others::default());
    let town = Town { pump, bell: Signal::new(), diary: Rc::clone(&diary), others };
    for (number, deeds) in lives.iter().cloned().enumerate() {
        let inner = town.clone();
        let citizen = simulation.process_receiving(
            ("citizen", number as u32),
            move |p: Process<u64>| async move {
                // They begin at a tie.
                p.sleep(Span::from_millis(1)).await;
                citizen(p, number, deeds, inner).await;
            },
        );
        town.others.borrow_mut().push(citizen);
    }
    let error = simulation.run().err();
    let kind = error.as_ref().map(|error| &error.kind);
    let counts = simulation.counts();
    let end = format!("{kind:?} {} {} {counts:?}", simulation.now(), simulation.events());
    let result = (diary.borrow().clone(), end);
    let (events, log) = (simulation.events(), simulation.tie_log());
    (Ran { result, events, error }, log)
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    let other = 0..3_usize;
    let millis = 0..2_u64;
    prop_oneof![
        millis.clone().prop_map(Deed::Sleep),
        millis.clone().prop_map(Deed::Hold),
        millis.clone().prop_map(Deed::Hasty),
        Just(Deed::Fire),
        Just(Deed::Await),
        other.clone().prop_map(Deed::Interrupt),
        other.clone().prop_map(Deed::Kill),
        other.prop_map(Deed::Send),
        millis.prop_map(Deed::Receive),
        Just(Deed::Start),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_search_finds_what_all_orders_of_processes_come_to(
        lives in prop::collection::vec(prop::collection::vec(deed(), 0..4), 2..4),
    ) {
        check(|ties| run(&lives, ties));
    }
}
