//! What only the clock decides is complete when its span is over, also at the very
//! instant of a timeout; what an event decides has happened when that event has.

use super::{at, ms, simulation};
use flagfall::process::{Either, Signal, TimedOut, all, either};
use flagfall::resource::{Claim, NotPut};
use flagfall::{Process, Resource, Simulation, Store};

/// What a process with a lathe comes to, which ends at 5 ms and leaves nothing behind.
fn at_five<T: 'static>(work: impl AsyncFnOnce(&Process<u64>, Resource) -> T + 'static) -> T {
    let mut simulation = simulation();
    let lathe = Resource::new(&mut simulation, "lathe", 1);
    let model = simulation.process_receiving("model", async move |p: Process<u64>| {
        let came = work(&p, lathe).await;
        assert_eq!((p.now(), lathe.in_use(&p)), (at(5), 0));
        came
    });
    simulation.run().expect("no error");
    assert_eq!((simulation.now(), simulation.pending_events()), (at(5), 0));
    model.result().expect("it has ended")
}

#[test]
fn a_span_that_is_over_when_time_is_up_is_complete() {
    let all_ok = [
        at_five(async |p, _| p.timeout(ms(5), p.sleep(ms(5))).await.is_ok()),
        at_five(async |p, _| p.timeout(ms(5), async { p.sleep(ms(5)).await }).await.is_ok()),
        at_five(async |p, _| p.timeout(ms(5), async { p.sleep_until(at(5)).await }).await.is_ok()),
        at_five(async |p, lathe| {
            let unit = lathe.acquire(p).await;
            p.timeout(ms(5), unit.work(p, ms(5))).await == Ok(Ok(()))
        }),
        at_five(async |p, lathe| {
            p.timeout(ms(5), lathe.serve(p, Claim::new(), ms(5))).await == Ok(Ok(()))
        }),
        at_five(async |p, lathe| {
            p.sleep(ms(5)).await;
            let unit = lathe.acquire(p).await;
            p.timeout(ms(0), unit.work(p, ms(0))).await == Ok(Ok(()))
        }),
        at_five(async |p, _| {
            let both = async { all([p.sleep(ms(5)), p.sleep(ms(3))]).await };
            p.timeout(ms(5), both).await.is_ok()
        }),
        at_five(async |p, _| {
            let first = async { either(p.receive(), p.sleep(ms(5))).await };
            p.timeout(ms(5), first).await == Ok(Either::Second(()))
        }),
        at_five(async |p, _| {
            let work = async { p.interruptible(p.sleep(ms(5))).await };
            p.timeout(ms(5), work).await == Ok(Ok(()))
        }),
        // The patience inside is over as well, and says what it came to.
        at_five(async |p, _| {
            p.timeout(ms(5), p.timeout(ms(5), p.sleep(ms(9)))).await == Ok(Err(TimedOut))
        }),
    ];
    assert_eq!(all_ok, [true; 10]);
}

#[test]
fn what_begins_when_time_is_up_is_not_over() {
    let late = [
        at_five(async |p, _| p.timeout(ms(5), p.sleep(ms(6))).await),
        at_five(async |p, _| {
            let two = async {
                p.sleep(ms(5)).await;
                p.pass().await;
            };
            p.timeout(ms(5), two).await
        }),
        // It would never come to an end.
        at_five(async |p, _| {
            let endless = async {
                p.sleep(ms(5)).await;
                loop {
                    p.pass().await;
                }
            };
            p.timeout(ms(5), endless).await
        }),
    ];
    assert_eq!(late, [Err(TimedOut); 3]);
}

#[test]
fn an_item_whose_time_is_up_twice_is_had_again() {
    let not_put = at_five(async |p, _| {
        let mut p = p.clone();
        let shelf = Store::new(&mut p, "shelf", 1);
        shelf.put(&p, 1).await;
        p.timeout(ms(5), async { shelf.put(&p, 2).within(ms(5)).await }).await
    });
    assert_eq!(not_put, Ok(Err(NotPut { item: 2 })));
}

#[test]
fn what_had_come_of_several_is_what_is_over() {
    let some = at_five(async |p, _| {
        p.sleep(ms(1)).await;
        let mut three = None;
        let late = p.timeout(ms(4), async {
            let begun = [ms(4), ms(3), ms(5)].map(|span| p.sleep(span));
            three.insert(all(begun)).await
        });
        assert_eq!(late.await, Err(TimedOut));
        three.expect("it was begun").give_up()
    });
    assert_eq!(some, [Some(()), Some(()), None]);
}

/// A message, a signal and a reply that come at the instant of a timeout have not come
/// if their events come after it; and they are not lost.
#[test]
fn what_an_event_decides_has_not_happened_before_it() {
    let mut simulation = simulation();
    let bell = Signal::new();
    let rung = bell.clone();
    let model = simulation.process_receiving("model", async move |p: Process<u64>| {
        let signal = p.timeout(ms(5), bell.wait(&p)).await;
        let message = p.timeout(ms(0), p.receive()).await;
        p.pass().await;
        (signal, message, bell.value(), p.try_receive())
    });
    let to = model.clone();
    simulation.process("sexton", async move |p| {
        p.sleep(ms(2)).await;
        p.sleep(ms(3)).await;
        p.send(&to, 7);
        rung.fire(&p, 9);
    });
    simulation.run().expect("no error");
    let came = model.result().expect("it has ended");
    assert_eq!(came, (Err(TimedOut), Err(TimedOut), Some(9), Some(7)));
}

#[test]
fn an_interrupt_and_a_kill_come_before_a_span_whose_event_is_still_to_come() {
    let mut simulation = simulation();
    // Its timer is set later than that of whoever interrupts, and kills.
    let late = |simulation: &mut Simulation, name| {
        simulation.process_receiving(name, async move |p: Process<u64>| {
            p.sleep(ms(1)).await;
            p.interruptible(p.sleep(ms(4))).await
        })
    };
    let [interrupted, killed] = ["interrupted", "killed"].map(|name| late(&mut simulation, name));
    let (one, two) = (interrupted.clone(), killed.clone());
    simulation.process("fate", async move |p| {
        p.sleep(ms(5)).await;
        p.interrupt(&one, 7);
        p.kill(&two);
    });
    simulation.run().expect("no error");
    // SimPy's order: an interrupt is urgent. A kill comes behind what is due already.
    assert_eq!((interrupted.result(), killed.result()), (Some(Err(7)), Some(Ok(()))));
}
