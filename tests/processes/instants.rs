//! What happens at one instant is decided once: it happened, and whoever
//! waited hears so, or it did not, and everything is handed back.

use super::{at, ms, simulation};
use flagfall::{Process, Store};

/// A taker makes room at 2 ms; somebody else wants to put something down then;
/// the giver has waited for room since 1 ms, and its patience ends at 2 ms.
fn rivals(taker_is_first: bool) -> (bool, Vec<&'static str>) {
    let mut simulation = simulation();
    let buffer: Store<&'static str> = Store::new(&mut simulation, "buffer", 1);
    let taker = move |p: Process| async move {
        p.sleep(ms(2)).await;
        buffer.get(&p).await
    };
    let giver = move |p: Process| async move {
        buffer.put(&p, "first").await;
        p.sleep(ms(1)).await;
        p.timeout(ms(1), buffer.put(&p, "second")).await.is_ok()
    };
    let (got, given);
    if taker_is_first {
        got = simulation.process("taker", taker);
        given = simulation.process("giver", giver);
    } else {
        given = simulation.process("giver", giver);
        got = simulation.process("taker", taker);
    }
    simulation.process("other", move |p: Process| async move {
        p.sleep(ms(2)).await;
        buffer.put(&p, "third").await;
    });
    simulation.run_until(at(5)).expect("no error");
    assert_eq!(got.result(), Some("first"));
    let mut left = Vec::new();
    buffer.for_each(&simulation, |item| left.push(*item));
    (given.result().expect("it has ended"), left)
}

#[test]
fn a_put_that_timed_out_is_not_in_the_store() {
    for taker_is_first in [true, false] {
        let (is_in, left) = rivals(taker_is_first);
        let expected = if is_in { "second" } else { "third" };
        assert_eq!(left, [expected], "the taker is first: {taker_is_first}");
    }
}
