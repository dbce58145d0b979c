//! Claims while more units are in use than there are.

use flagfall::random::Distribution;
use flagfall::resource::{Claim, Failures, Shortage};
use flagfall::{Config, Outcome, Resource, Simulation, Span, VirtualTime};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Deed {
    /// Units of the two resources, priority, whether it preempts and yields, work.
    Claim([u64; 2], i32, bool, bool, u64),
    /// Which resource, how many units, what happens to those in use.
    Set(usize, u64, Shortage),
}

fn deeds() -> impl Strategy<Value = Vec<(u64, Deed)>> {
    let shortage = prop_oneof![Just(Shortage::Finish), Just(Shortage::Preempt)];
    let amounts = prop_oneof![[1..4_u64, 0..1], [0..1, 1..4_u64], [1..3_u64, 1..3_u64]];
    let claim = (amounts, 0..3, any::<bool>(), any::<bool>(), 1..200_u64);
    let deed = prop_oneof![
        3 => claim.prop_map(|(of, priority, preempts, yields, work)| {
            Deed::Claim(of, priority, preempts, yields, work)
        }),
        1 => (0..2_usize, 0..4_u64, shortage).prop_map(|(which, to, how)| Deed::Set(which, to, how)),
    ];
    prop::collection::vec((1..60_u64, deed), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Who is granted units, by whatever claim, finds no more in use than there are.
    #[test]
    fn nobody_is_granted_units_that_are_not_there(deeds in deeds()) {
        let mut simulation = Simulation::new(Config::new(42));
        let desks = ["a", "b"].map(|name| Resource::new(&mut simulation, name, 3));
        let mut at = 0;
        for (number, (gap, deed)) in (0_u32..).zip(deeds) {
            at += gap * 1_000_000;
            let start = VirtualTime::from_nanos(at);
            simulation.process(("one", number), async move |mut p| {
                p.sleep_until(start).await;
                match deed {
                    Deed::Claim(amounts, priority, preempts, yields, work) => {
                        let claim = Claim::new().priority(priority);
                        let claim = if preempts { claim.preempting() } else { claim };
                        let claim = if yields { claim.yielding() } else { claim };
                        let shares = desks.into_iter().zip(amounts);
                        let shares: Vec<_> = shares
                            .filter(|(_, amount)| *amount > 0)
                            .map(|(desk, amount)| (desk, claim.amount(amount)))
                            .collect();
                        let wanted: Vec<_> = shares.iter().map(|(desk, _)| *desk).collect();
                        let held = match shares[..] {
                            [(desk, claim)] => vec![desk.acquire_as(&p, claim).await],
                            _ => p.acquire_all(shares).await,
                        };
                        for desk in wanted {
                            assert!(desk.in_use(&p) <= desk.capacity(&p));
                        }
                        // Odd times: nothing changes at the instant of a grant.
                        p.sleep(Span::from_nanos(work * 1_000_000 + 1 + u64::from(number))).await;
                        drop(held);
                    }
                    Deed::Set(which, to, how) => desks[which].set_capacity(&mut p, to, how),
                }
            });
        }
        let outcome = simulation.run();
        prop_assert!(outcome.is_ok(), "{outcome:?}");
    }
}

/// A claim that preempts has to make up for the overtime, too.
#[test]
fn a_claim_that_preempts_ends_the_overtime() {
    let mut simulation = Simulation::new(Config::new(42));
    let desk = Resource::new(&mut simulation, "desk", 3);
    for number in 0..3 {
        simulation.process(("slow", number), async move |p| {
            let _held = desk.acquire_as(&p, Claim::new().priority(5).yielding()).await;
            p.sleep(Span::from_secs(10)).await;
        });
    }
    let urgent = simulation.process("urgent", async move |mut p| {
        p.sleep(Span::from_secs(1)).await;
        desk.set_capacity(&mut p, 1, Shortage::Finish);
        assert_eq!(desk.in_use(&p), 3);
        let _held = desk.acquire_as(&p, Claim::new().preempting()).await;
        (p.now(), desk.in_use(&p))
    });
    simulation.run().expect("no error");
    assert_eq!(urgent.result(), Some((VirtualTime::from_secs(1), 1)));
    assert_eq!(desk.statistics(&simulation).preempted, 3);
}

/// Two of three desks are kept by one who does not yield. At eight there is one more, and with the
/// one that is taken away this is enough.
#[test]
fn a_shift_and_a_preemption_together_serve_a_claim() {
    let mut simulation = Simulation::new(Config::new(42));
    let schedule = "once(0: 3, 8h: 4)".parse().expect("a schedule");
    let desks = Resource::scheduled(&mut simulation, "desks", schedule, Shortage::Finish);
    simulation.process("firm", async move |p| {
        let _held = desks.acquire_as(&p, Claim::new().amount(2)).await;
        p.sleep(Span::from_hours(12)).await;
    });
    simulation.process("loose", async move |p| {
        let _held = desks.acquire_as(&p, Claim::new().priority(5).yielding()).await;
        p.sleep(Span::from_hours(12)).await;
    });
    let urgent = simulation.process("urgent", async move |p| {
        p.sleep(Span::from_hours(1)).await;
        let _held = desks.acquire_as(&p, Claim::new().amount(2).preempting()).await;
        p.now()
    });
    simulation.run().expect("no error");
    assert_eq!(urgent.result(), Some(VirtualTime::from_hours(8)));
}

/// Failures that let work finish do so in a resource whose shifts end at once, and the other way
/// round.
#[test]
fn each_shortage_is_dealt_with_in_its_own_way() {
    for (shifts, failures, end) in [
        (Shortage::Preempt, Shortage::Finish, None),
        (Shortage::Finish, Shortage::Preempt, Some(3)),
    ] {
        let mut simulation = Simulation::new(Config::new(42).horizon(VirtualTime::from_secs(9)));
        let schedule = "once(0: 1, 60s: 2)".parse().expect("a schedule");
        let desk = Resource::scheduled(&mut simulation, "desk", schedule, shifts);
        let constant = |secs| Distribution::constant(secs).expect("a number");
        let failing = Failures::by_use(constant(3.0), constant(100.0)).shortage(failures);
        desk.fail(&mut simulation, "wear", failing);
        let lost = simulation.process("work", async move |p| {
            let held = desk.serve(&p, Claim::new().yielding().give_up(), Span::from_secs(8)).await;
            held.is_err().then(|| p.now())
        });
        // A second claim, so that the line is served again while there is overtime.
        simulation.process("next", async move |p| {
            p.sleep(Span::from_secs(5)).await;
            _ = p.timeout(Span::from_secs(1), desk.acquire(&p)).await;
        });
        assert!(matches!(simulation.run(), Ok(Outcome::Reached)));
        assert_eq!(lost.result(), Some(end.map(VirtualTime::from_secs)), "{shifts:?}");
    }
}

/// Of three units that became one, one fails.
#[test]
fn as_many_units_fail_as_there_are() {
    let mut simulation = Simulation::new(Config::new(42).horizon(VirtualTime::from_secs(1_000)));
    let desk = Resource::new(&mut simulation, "desk", 3);
    desk.set_capacity(&mut simulation, 1, Shortage::Finish);
    let constant = |secs| Distribution::constant(secs).expect("a number");
    desk.fail(&mut simulation, "wear", Failures::by_clock(constant(10.0), constant(10.0)));
    simulation.run().expect("no error");
    let found = desk.statistics(&simulation);
    assert_eq!((found.mean_down, found.mean_capacity), (0.5, 0.5));
}
