//! Capacities that change, held to a naive simulation.

use crate::resources::naive::{case, naive, simulated};
use flagfall::resource::{Claim, Shortage};
use flagfall::{Config, ErrorKind, Resource, Simulation, Span, VirtualTime};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_schedule_serves_as_a_naive_one(case in case(Just(None).boxed())) {
        let naive = naive(&case);
        let (ends, statistics, now) = simulated(&case, None);
        prop_assert_eq!(&ends, &naive.ends);
        // The schedule has not kept the run going.
        prop_assert_eq!(now.as_nanos(), naive.last());
        naive.agrees_with(&statistics)?;
    }
}

#[test]
fn a_capacity_that_is_set_serves_and_takes_at_once() {
    for (shortage, ends) in [(Shortage::Finish, [10, 10, 20]), (Shortage::Preempt, [10, 16, 25])] {
        let mut simulation = Simulation::new(Config::new(42));
        let tills = Resource::new(&mut simulation, "tills", 2);
        let customers: Vec<_> = (0..3)
            .map(|number| {
                simulation.process(("customer", number), async move |p| {
                    let claim = Claim::new().resume();
                    tills.serve(&p, claim, Span::from_secs(10)).await.expect("it resumes");
                    p.now()
                })
            })
            .collect();
        simulation.process("manager", async move |mut p| {
            p.sleep(Span::from_secs(4)).await;
            tills.set_capacity(&mut p, 1, shortage);
            p.sleep(Span::from_secs(11)).await;
            tills.set_capacity(&mut p, 2, shortage);
        });
        simulation.run().expect("no error");
        let found: Vec<_> = customers.iter().map(flagfall::ProcessRef::result).collect();
        assert_eq!(found, ends.map(|end| Some(VirtualTime::from_secs(end))), "{shortage:?}");
        assert_eq!(tills.capacity(&simulation), 2);
    }
}

#[test]
fn claims_wait_for_a_capacity_that_comes() {
    let mut simulation = Simulation::new(Config::new(42));
    let schedule = "daily(0: 1, 8h: 3)".parse().expect("a schedule");
    let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
    assert_eq!(nurses.capacity(&simulation), 1);
    let all = simulation.process("all", async move |p| {
        let _all = nurses.acquire_as(&p, Claim::new().amount(3)).await;
        p.now()
    });
    let none = simulation.process("hasty", async move |p| {
        p.timeout(Span::from_hours(1), nurses.acquire(&p)).await.is_err()
    });
    simulation.run().expect("no error");
    assert_eq!(all.result(), Some(VirtualTime::from_hours(8)));
    assert_eq!(none.result(), Some(true));
    // A look that nobody waits for is gone.
    let mut simulation = Simulation::new(Config::new(42));
    let schedule = "daily(0: 0, 8h: 3)".parse().expect("a schedule");
    let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
    simulation.process("hasty", async move |p| {
        p.timeout(Span::from_hours(1), nurses.acquire(&p)).await.is_err()
    });
    simulation.run().expect("no error");
    assert_eq!(simulation.now(), VirtualTime::from_hours(1));
}

#[test]
fn what_cannot_be_is_an_error() {
    let never = |text: &str| {
        let mut simulation = Simulation::new(Config::new(42));
        let schedule = text.parse().expect("a schedule");
        let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
        simulation.process("all", async move |mut p| {
            if p.now() == VirtualTime::ZERO {
                nurses.set_capacity(&mut p, 1, Shortage::Finish);
            }
        });
        simulation.run().expect_err("a schedule").kind
    };
    let wanted = ErrorKind::FollowsSchedule { resource: "nurses".to_owned() };
    assert_eq!(never("daily(0: 1)"), wanted);

    let mut simulation = Simulation::new(Config::new(42));
    let schedule = "daily(0: 1, 8h: 3)".parse().expect("a schedule");
    let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
    simulation.process("all", async move |p| {
        let _all = nurses.acquire_as(&p, Claim::new().amount(4)).await;
    });
    let error = simulation.run().expect_err("four of three").kind;
    let wanted = ErrorKind::NeverEnough { resource: "nurses".to_owned(), asked: 4, capacity: 3 };
    assert_eq!(error, wanted);
}
