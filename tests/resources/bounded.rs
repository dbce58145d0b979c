//! Lines that are at most so long, held to a naive simulation.

use flagfall::resource::{Claim, LineFull};
use flagfall::{
    Actor, Config, Context, ErrorKind, Message, Outcome, Resource, Simulation, Span, VirtualTime,
};
use proptest::prelude::*;

/// Arrivals and work, and whether each was served. No two things happen at one time.
fn naive(jobs: &[(u64, u64)], capacity: usize, most: usize) -> Vec<Option<u64>> {
    let (mut ends, mut waiting) = (Vec::<u64>::new(), Vec::<usize>::new());
    let mut served = vec![None; jobs.len()];
    let go_on = |ends: &mut Vec<u64>, waiting: &mut Vec<usize>, served: &mut Vec<_>, now| {
        while let Some(first) = ends.iter().copied().min().filter(|end| *end < now) {
            ends.retain(|end| *end != first);
            if !waiting.is_empty() {
                let job: usize = waiting.remove(0);
                ends.push(first + jobs[job].1);
                served[job] = Some(first + jobs[job].1);
            }
        }
    };
    for (job, &(at, work)) in jobs.iter().enumerate() {
        go_on(&mut ends, &mut waiting, &mut served, at);
        if ends.len() < capacity {
            ends.push(at + work);
            served[job] = Some(at + work);
        } else if waiting.len() < most {
            waiting.push(job);
        }
    }
    go_on(&mut ends, &mut waiting, &mut served, u64::MAX);
    served
}

proptest! {
    #[test]
    fn a_full_line_refuses(
        jobs in prop::collection::vec((0..100_u64, 1..300_u64), 1..40),
        capacity in 1..4_usize,
        most in 0..4_usize,
    ) {
        let mut at = 0;
        let mut exact = Vec::new();
        for (number, (gap, work)) in (1..).zip(jobs) {
            at += gap * 1_000_000_000 + 1 + 1_000 * number * number;
            exact.push((at, work * 1_000_000_000 + 7 + 1_000_003 * number * number));
        }
        let mut simulation = Simulation::new(Config::new(42));
        let desk = Resource::new(&mut simulation, "desk", capacity as u64);
        desk.limit_line(&mut simulation, most);
        let processes: Vec<_> = (0..).zip(exact.clone()).map(|(number, (at, work))| {
            simulation.process(("job", number), async move |p| {
                p.sleep_until(VirtualTime::from_nanos(at)).await;
                let _desk = desk.try_acquire(&p).ok()?.await;
                p.sleep(Span::from_nanos(work)).await;
                Some(p.now().as_nanos())
            })
        }).collect();
        let is_idle = matches!(simulation.run(), Ok(Outcome::Idle { .. }));
        prop_assert!(is_idle);
        let served: Vec<_> = processes.iter().filter_map(flagfall::ProcessRef::result).collect();
        let expected = naive(&exact, capacity, most);
        prop_assert_eq!(&served, &expected);
        let statistics = desk.statistics(&simulation);
        let refused = expected.iter().filter(|end| end.is_none()).count() as u64;
        prop_assert_eq!(statistics.refused, refused);
        prop_assert_eq!(statistics.granted, expected.len() as u64 - refused);
        prop_assert_eq!(statistics.withdrawn, 0);
    }
}

/// A desk that is taken, with a full line of one.
fn full(simulation: &mut Simulation) -> Resource {
    let desk = Resource::new(simulation, "desk", 1);
    desk.limit_line(simulation, 1);
    for number in 0..2 {
        simulation.process(("early", number), async move |p| {
            let _desk = desk.acquire_as(&p, Claim::new().yielding()).await;
            p.sleep(Span::from_secs(60)).await;
        });
    }
    desk
}

#[test]
fn a_claim_that_does_not_ask_fails_at_a_full_line() {
    let mut simulation = Simulation::new(Config::new(42));
    let desk = full(&mut simulation);
    simulation.process("late", async move |p| drop(desk.acquire(&p).await));
    let error = simulation.run().expect_err("a full line");
    assert_eq!(error.kind, ErrorKind::LineFull { resource: "desk".to_owned() });

    let mut simulation = Simulation::new(Config::new(42));
    let desk = full(&mut simulation);
    let pen = Resource::new(&mut simulation, "pen", 1);
    simulation.process("late", async move |p| drop(p.acquire_all([pen, desk]).await));
    let error = simulation.run().expect_err("a full line");
    assert_eq!(error.kind, ErrorKind::LineFull { resource: "desk".to_owned() });
}

#[test]
fn a_preempted_claim_comes_back_to_a_full_line() {
    let mut simulation = Simulation::new(Config::new(42));
    let desk = Resource::new(&mut simulation, "desk", 1);
    desk.limit_line(&mut simulation, 0);
    let job = simulation.process("job", async move |p| {
        desk.serve(&p, Claim::new().resume(), Span::from_secs(10)).await.expect("it resumes");
        p.now()
    });
    simulation.process("urgent", async move |p| {
        p.sleep(Span::from_secs(4)).await;
        let urgent = Claim::new().priority(-1).preempting();
        let _desk = desk.try_acquire_as(&p, urgent).expect("it preempts").await;
        p.sleep(Span::from_secs(3)).await;
    });
    simulation.run().expect("no error");
    assert_eq!(job.result(), Some(VirtualTime::from_secs(13)));
}

#[derive(Debug, Message)]
enum Car {
    Come,
    Served(flagfall::resource::Held),
}

struct Driver {
    desk: Resource,
    outcome: Option<Result<(), LineFull>>,
}

impl Actor for Driver {
    type Message = Car;
    fn handle(&mut self, message: Car, context: &mut Context<'_, Car>) {
        if let Car::Come = message {
            let claim = self.desk.try_claim(context, Claim::new(), Car::Served);
            self.outcome = Some(claim.map(|_| ()));
        }
    }
}

#[test]
fn an_actor_is_refused_by_a_value() {
    let mut simulation = Simulation::new(Config::new(42));
    let desk = full(&mut simulation);
    let car = simulation.spawn("car", Driver { desk, outcome: None });
    simulation.send(&car, Car::Come);
    simulation.run().expect("no error");
    assert_eq!(simulation[&car].outcome, Some(Err(LineFull)));
    assert_eq!(desk.statistics(&simulation).refused, 1);
}
