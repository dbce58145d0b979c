//! Claims of several resources: losses, deaths, errors and reports.

use flagfall::process::{all, either};
use flagfall::resource::{Claim, Held, Shortage};
use flagfall::{Config, ErrorKind, Outcome, Resource, Simulation, Span, VirtualTime};

fn secs(secs: u64) -> Span {
    Span::from_secs(secs)
}

fn two(simulation: &mut Simulation) -> [Resource; 2] {
    ["anvil", "bench"].map(|name| Resource::new(simulation, name, 1))
}

#[test]
fn a_preempting_claim_takes_from_all_or_from_none() {
    for bench_yields in [false, true] {
        let mut simulation = Simulation::new(Config::new(42));
        let [anvil, bench] = two(&mut simulation);
        let work = |resource: Resource, yields| {
            let claim = if yields { Claim::new().resume() } else { Claim::new() };
            move |p| async move {
                resource.serve(&p, claim, secs(10)).await.expect("it resumes");
                p.now()
            }
        };
        let at_anvil = simulation.process("at anvil", work(anvil, true));
        let at_bench = simulation.process("at bench", work(bench, bench_yields));
        let urgent = simulation.process("urgent", async move |p| {
            p.sleep(secs(4)).await;
            let claim = Claim::new().priority(-1).preempting();
            let _both = p.acquire_all([(anvil, claim), (bench, claim)]).await;
            let begin = p.now();
            p.sleep(secs(5)).await;
            begin
        });
        simulation.run().expect("no error");
        let ends = [at_anvil.result(), at_bench.result(), urgent.result()];
        let expected = if bench_yields { [15, 15, 4] } else { [10, 10, 10] };
        assert_eq!(ends, expected.map(|at| Some(VirtualTime::from_secs(at))));
        let lost = u64::from(bench_yields);
        assert_eq!(anvil.statistics(&simulation).preempted, lost);
        assert_eq!(bench.statistics(&simulation).preempted, lost);
    }
}

#[test]
fn a_part_that_yields_is_lost_alone() {
    let mut simulation = Simulation::new(Config::new(42));
    let [anvil, bench] = two(&mut simulation);
    let smith = simulation.process("smith", async move |p| {
        let yielding = Claim::new().yielding();
        let both = p.acquire_all([(anvil, yielding), (bench, Claim::new())]).await;
        let lost = both[0].preempted(&p).await;
        assert_eq!((both[0].is_lost(&p), both[1].is_lost(&p)), (true, false));
        assert_eq!((anvil.in_use(&p), bench.in_use(&p)), (1, 1));
        drop(both);
        assert_eq!((anvil.in_use(&p), bench.in_use(&p)), (1, 0));
        lost.by
    });
    simulation.process("urgent", async move |p| {
        p.sleep(secs(4)).await;
        let _anvil = anvil.acquire_as(&p, Claim::new().priority(-1).preempting()).await;
        p.sleep(secs(5)).await;
    });
    simulation.run().expect("no error");
    assert_eq!(smith.result().as_deref(), Some("urgent"));
}

#[test]
fn units_freed_beyond_what_a_preempting_claim_needs_go_on() {
    let mut simulation = Simulation::new(Config::new(42));
    let hall = Resource::new(&mut simulation, "hall", 3);
    let key = Resource::new(&mut simulation, "key", 1);
    simulation.process("fair", async move |p| {
        let _hall = hall.acquire_as(&p, Claim::new().priority(5).amount(3).yielding()).await;
        p.sleep(secs(100)).await;
    });
    let small = simulation.process("small", async move |p| {
        p.sleep(secs(1)).await;
        let _hall = hall.acquire_as(&p, Claim::new().priority(7)).await;
        p.now()
    });
    simulation.process("urgent", async move |p| {
        p.sleep(secs(2)).await;
        let claim = Claim::new().preempting();
        let _both = p.acquire_all([(key, Claim::new()), (hall, claim)]).await;
        p.sleep(secs(50)).await;
    });
    simulation.run().expect("no error");
    assert_eq!(small.result(), Some(VirtualTime::from_secs(2)));
}

#[test]
fn who_is_killed_or_interrupted_leaves_all_lines() {
    let mut simulation = Simulation::new(Config::new(42));
    let [anvil, bench] = two(&mut simulation);
    simulation.process("busy", async move |p| {
        let _anvil = anvil.acquire(&p).await;
        p.sleep(secs(9)).await;
        assert_eq!((anvil.waiting(&p), bench.waiting(&p)), (0, 0));
    });
    let victim = simulation.process("victim", async move |p| {
        p.sleep(secs(1)).await;
        drop(p.acquire_all([anvil, bench]).await);
    });
    let reader = simulation.process_receiving("reader", async move |p: flagfall::Process<u64>| {
        p.sleep(secs(1)).await;
        let interrupted = p.interruptible(p.acquire_first_of([[anvil, bench]])).await;
        interrupted.map(|_| ()).expect_err("an interrupt")
    });
    let whom = reader.clone();
    simulation.process("fate", async move |p| {
        p.sleep(secs(2)).await;
        assert_eq!((anvil.waiting(&p), bench.waiting(&p)), (2, 2));
        p.kill(&victim);
        p.interrupt(&whom, 7);
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(reader.result(), Some(7));
    assert_eq!(anvil.statistics(&simulation).withdrawn, 2);
    assert_eq!(bench.statistics(&simulation).withdrawn, 2);
}

#[test]
fn what_is_given_up_at_its_grant_goes_back() {
    let mut simulation = Simulation::new(Config::new(42));
    let [anvil, bench] = two(&mut simulation);
    simulation.process("fickle", async move |p| {
        // Granted at once, and given up before it is noticed.
        let both = p.acquire_all([anvil, bench]);
        assert_eq!((anvil.in_use(&p), bench.in_use(&p)), (1, 1));
        both.give_up();
        let one = p.acquire_any([anvil, bench]);
        assert_eq!((anvil.in_use(&p), bench.in_use(&p)), (1, 0));
        drop(one);
        assert_eq!((anvil.in_use(&p), bench.in_use(&p)), (0, 0));
        // Kept until all have come; given back if not.
        let pairs = all([p.acquire_all([anvil]), p.acquire_all([bench])]).await;
        assert_eq!(pairs.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
        let never = either(p.acquire_any([anvil, bench]), p.sleep(secs(1))).await;
        assert!(matches!(never, flagfall::process::Either::Second(())));
        drop(pairs);
        assert_eq!(p.acquire_all(Vec::<Resource>::new()).await.len(), 0);
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    for (resource, withdrawn) in [(anvil, 3), (bench, 3)] {
        let statistics = resource.statistics(&simulation);
        assert_eq!((statistics.granted, statistics.withdrawn), (1, withdrawn));
        assert_eq!((resource.in_use(&simulation), resource.waiting(&simulation)), (0, 0));
    }
}

#[test]
fn a_capacity_that_rises_serves_who_lacks_it_last() {
    let mut simulation = Simulation::new(Config::new(42));
    let shifts = |text: &str| text.parse().expect("a schedule");
    let finish = Shortage::Finish;
    let day = Resource::scheduled(&mut simulation, "day", shifts("daily(0: 1, 8h: 0)"), finish);
    let week = shifts("weekly(0: 0, wed 3h: 1, wed 5h: 0)");
    let week = Resource::scheduled(&mut simulation, "week", week, finish);
    let night = shifts("daily(0: 0, 12h: 1)");
    let night = Resource::scheduled(&mut simulation, "night", night, finish);
    let both = simulation.process("both", async move |p| {
        p.sleep(Span::from_hours(9)).await;
        let both: Vec<Held> = p.acquire_all([day, week]).await;
        (both.len(), p.now())
    });
    let hasty = simulation.process("hasty", async move |p| {
        p.timeout(Span::from_hours(30), p.acquire_all([day, night])).await.is_err()
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(both.result(), Some((2, VirtualTime::from_hours(2 * 24 + 3))));
    assert_eq!(hasty.result(), Some(true));
}

#[test]
fn a_stuck_run_names_what_is_missing() {
    let mut simulation = Simulation::new(Config::new(42));
    let [anvil, bench] = two(&mut simulation);
    let never = flagfall::process::Signal::<()>::new();
    simulation.process("holder", async move |p| {
        let _anvil = anvil.acquire(&p).await;
        never.wait(&p).await;
    });
    simulation.process("smith", async move |p| {
        p.sleep(secs(1)).await;
        drop(p.acquire_all([anvil, bench]).await);
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Stuck { .. })));
    let why = simulation.stuck().expect("stuck").to_string();
    // The bench is free.
    let wanted = "holder has waited since 0s for a signal\n\
                  smith has waited since 1s for anvil, held by holder";
    assert_eq!(why, wanted);
}

#[test]
fn what_can_never_be_granted_is_an_error() {
    let run = |shares: fn([Resource; 2]) -> Vec<(Resource, Claim)>| {
        let mut simulation = Simulation::new(Config::new(42));
        let both = two(&mut simulation);
        simulation.process("smith", async move |p| drop(p.acquire_all(shares(both)).await));
        simulation.run().expect_err("an error").kind
    };
    let (resource, asked, capacity) = ("bench".to_owned(), 2, 1);
    assert_eq!(
        run(|[anvil, bench]| vec![(anvil, Claim::new()), (bench, Claim::new().amount(2))]),
        ErrorKind::NeverEnough { resource, asked, capacity }
    );
    assert_eq!(
        run(|[anvil, bench]| vec![anvil, bench, anvil]
            .into_iter()
            .map(|r| (r, Claim::new()))
            .collect()),
        ErrorKind::ClaimedTwice { resource: "anvil".to_owned() }
    );
}
