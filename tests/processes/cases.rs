//! Sleeping, interrupts, and futures that are dropped early.

use super::{at, ms, simulation};
use flagfall::process::{Either, TimedOut, all, any, either, later};
use flagfall::{Config, Latency, Outcome, Process, Simulation};
use std::cell::RefCell;
use std::rc::Rc;

#[test]
fn a_killed_sleeper_takes_its_event_along() {
    let mut simulation = simulation();
    let sleeper = simulation.process("sleeper", async |p| p.sleep(ms(1_000)).await);
    simulation.kill_at(at(3), &sleeper).unwrap();
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!((simulation.now(), simulation.pending_events()), (at(3), 0));
    assert!(sleeper.is_over() && sleeper.result().is_none());
}

#[test]
fn dropped_futures_take_no_time() {
    let mut simulation = simulation();
    simulation.process_receiving("hasty", async |p: Process<u64>| {
        drop(p.sleep(ms(500)));
        let slow = later(p.sleep(ms(400)));
        let raced = either(p.sleep(ms(2)), p.sleep(ms(300))).await;
        assert_eq!(raced, Either::First(()));
        assert_eq!(any([200, 1, 100].map(|millis| p.sleep(ms(millis)))).await, (1, ()));
        assert_eq!(p.timeout(ms(3), p.receive()).await, Err(TimedOut));
        drop(slow);
        all([1, 2, 1].map(|millis| p.sleep(ms(millis)))).await;
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(simulation.now(), at(8));
}

#[test]
fn a_sleep_begins_when_it_is_made() {
    let mut simulation = simulation();
    let late = simulation.process("late", async |p| {
        let first = later(p.sleep(ms(5)));
        p.sleep(ms(3)).await;
        first.await;
        let both = (p.now(), later(p.sleep(ms(1))));
        p.sleep(ms(4)).await;
        both.1.await;
        (both.0, p.now())
    });
    simulation.run().expect("no error");
    assert_eq!(late.result(), Some((at(5), at(9))));
}

/// Works for 10 ms in pieces, and notes when it is interrupted with what.
async fn worker(p: Process<u64>) -> Vec<(u64, u64)> {
    let mut interrupts = Vec::new();
    let mut left = ms(10);
    while !left.is_zero() {
        let start = p.now();
        match p.interruptible(p.sleep(left)).await {
            Ok(()) => break,
            Err(why) => {
                interrupts.push((p.now().as_nanos() / 1_000_000, why));
                left -= p.now() - start;
            }
        }
    }
    interrupts
}

/// The worker's interrupts, and when it ended, if it is interrupted so.
fn interrupted(times: &'static [u64]) -> (Vec<(u64, u64)>, u64) {
    let mut simulation = simulation();
    let worker = simulation.process_receiving("worker", worker);
    let victim = worker.clone();
    simulation.process("fate", async move |p| {
        for (number, time) in (0..).zip(times) {
            p.sleep_until(at(*time)).await;
            p.interrupt(&victim, number);
        }
    });
    simulation.run().expect("no error");
    let counts = simulation.counts();
    assert_eq!((counts.sent, counts.pending()), (times.len() as u64, 0));
    (worker.result().expect("it has ended"), simulation.now().as_nanos() / 1_000_000)
}

#[test]
fn interrupts_come_whenever_they_come() {
    assert_eq!(interrupted(&[4]), (vec![(4, 0)], 10));
    assert_eq!(interrupted(&[4, 4, 9]), (vec![(4, 0), (4, 1), (9, 2)], 10));
    // At the instant of the timer, which was set before: it is over.
    assert_eq!(interrupted(&[10]), (vec![], 10));
    // After the end: undeliverable.
    assert_eq!(interrupted(&[12]), (vec![], 12));
}

#[test]
fn an_interrupt_beats_a_timer_that_was_set_later() {
    let mut simulation = simulation();
    let victim = simulation.process_receiving("victim", async |p: Process<u64>| {
        p.sleep(ms(1)).await;
        p.interruptible(p.sleep(ms(4))).await
    });
    let marked = victim.clone();
    // Its timer of 5 ms was set before the victim's of 4 ms, which is taken off
    // the list when the interrupt arrives.
    simulation.process("fate", async move |p| {
        p.sleep(ms(5)).await;
        p.interrupt(&marked, 7);
    });
    simulation.run().expect("no error");
    assert_eq!(victim.result(), Some(Err(7)));
}

#[test]
fn interrupts_wait_for_somebody_who_can_be_interrupted() {
    let mut simulation = simulation();
    let busy = simulation.process_receiving("busy", async |p: Process<u64>| {
        p.sleep(ms(5)).await;
        let first = p.interruptible(p.sleep(ms(5))).await;
        let second = p.interruptible(p.sleep(ms(5))).await;
        let third = p.interruptible(p.sleep(ms(5))).await;
        // Messages are no interrupts.
        (first, second, third, p.now(), p.try_receive(), p.try_receive())
    });
    let victim = busy.clone();
    simulation.process("fate", async move |p| {
        p.interrupt(&victim, 1);
        p.send(&victim, 100);
        p.interrupt(&victim, 2);
    });
    simulation.run().expect("no error");
    let (first, second, third, now, letter, no_letter) = busy.result().expect("it has ended");
    assert_eq!((first, second, third), (Err(1), Err(2), Ok(())));
    assert_eq!((now, letter, no_letter), (at(10), Some(100), None));
}

#[test]
fn interrupts_travel_as_long_as_messages_do() {
    let config = Config::new(42).latency(Latency::Fixed(ms(3)));
    let mut simulation = Simulation::new(config);
    let worker = simulation.process_receiving("worker", worker);
    let victim = worker.clone();
    simulation.process("fate", async move |p| p.interrupt(&victim, 9));
    simulation.run().expect("no error");
    assert_eq!(worker.result(), Some(vec![(3, 9)]));
}

#[test]
fn births_and_interrupts_come_before_what_else_is_due() {
    let mut simulation = simulation();
    let order = Rc::new(RefCell::new(Vec::new()));
    let say = |what| {
        let order = Rc::clone(&order);
        move || order.borrow_mut().push(what)
    };
    let (sleeper, child, interrupted, parent) =
        (say("sleeper"), say("child"), say("interrupted"), say("parent"));
    let victim = simulation.process_receiving("victim", async move |p: Process<u64>| {
        _ = p.interruptible(p.sleep(ms(50))).await;
        interrupted();
    });
    simulation.process("parent", async move |p| {
        p.sleep(ms(5)).await;
        p.process("child", async move |_| child());
        p.interrupt(&victim, 1);
        parent();
        p.pass().await;
    });
    simulation.process("sleeper", async move |p| {
        p.sleep(ms(5)).await;
        sleeper();
    });
    simulation.run().expect("no error");
    assert_eq!(*order.borrow(), ["parent", "child", "interrupted", "sleeper"]);
}
