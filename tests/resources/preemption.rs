//! What becomes of work, and of a place in the line, when units are taken away.

use super::{at, ms};
use flagfall::resource::{Claim, Held, Preempted, Unfinished};
use flagfall::{
    Actor, Config, Context, Message, Process, Resource, Simulation, Span, Store, VirtualTime,
};
use std::cell::RefCell;
use std::rc::Rc;

struct Stage {
    simulation: Simulation,
    lathe: Resource,
}

impl Stage {
    fn new(units: u64) -> Self {
        let mut simulation = Simulation::new(Config::new(1));
        let lathe = Resource::new(&mut simulation, "lathe", units);
        Self { simulation, lathe }
    }

    /// Takes so many units, urgently, from `start` for `span`.
    fn fate(&mut self, name: &'static str, start: u64, span: u64, amount: u64) {
        let lathe = self.lathe;
        let claim = Claim::new().priority(-1).amount(amount).preempting();
        self.simulation.process(name, async move |p| {
            p.sleep(ms(start)).await;
            lathe.serve(&p, claim, ms(span)).await.expect("it does not yield");
        });
    }

    /// When each is over that is started at those times, as a job of `work`
    /// under such a claim.
    fn ends(mut self, starts: &[u64], work: u64, claim: Claim) -> Vec<VirtualTime> {
        let lathe = self.lathe;
        let jobs: Vec<_> = (0_u32..)
            .zip(starts)
            .map(|(number, &start)| {
                self.simulation.process(("job", number), async move |p| {
                    p.sleep(ms(start)).await;
                    _ = lathe.serve(&p, claim, ms(work)).await;
                    p.now()
                })
            })
            .collect();
        self.simulation.run().expect("no errors");
        assert_eq!(lathe.in_use(&self.simulation), 0);
        jobs.iter().map(|job| job.result().expect("it is over")).collect()
    }

    fn run<T: 'static>(
        mut self,
        job: impl AsyncFnOnce(Process, Resource) -> T + 'static,
    ) -> (T, VirtualTime) {
        let lathe = self.lathe;
        let job = self.simulation.process("job", async move |p| {
            let result = job(p.clone(), lathe).await;
            (result, p.now())
        });
        self.simulation.run().expect("no errors");
        assert_eq!(lathe.in_use(&self.simulation), 0);
        job.result().expect("it is over")
    }
}

fn remaining(outcome: Result<(), Unfinished>) -> Result<(), Span> {
    outcome.map_err(|unfinished| unfinished.remaining)
}

#[test]
fn a_preempted_job_keeps_its_place_among_its_equals() {
    let mut stage = Stage::new(1);
    stage.fate("fate", 5, 3, 1);
    // The second came at 2, long before the first lost the lathe.
    assert_eq!(stage.ends(&[0, 2], 10, Claim::new().resume()), [at(13), at(23)]);
}

#[test]
fn a_claim_that_goes_behind_gives_its_place_up() {
    let mut stage = Stage::new(1);
    stage.fate("fate", 5, 3, 1);
    assert_eq!(stage.ends(&[0, 2], 10, Claim::new().resume().behind()), [at(23), at(18)]);
}

#[test]
fn a_place_is_kept_over_several_losses_and_before_who_comes_later() {
    let mut stage = Stage::new(1);
    for (name, start) in [("one", 3), ("two", 5), ("three", 9)] {
        stage.fate(name, start, 1, 1);
    }
    let ends = stage.ends(&[0, 0, 4], 4, Claim::new().resume());
    // The first from 0 to 3 and from 4 to 5, the second from 6 to 9 and from 10.
    assert_eq!(ends, [at(5), at(11), at(15)]);
}

#[test]
fn each_word_does_what_it_says() {
    let end = |claim: Claim| {
        let mut stage = Stage::new(1);
        stage.fate("fate", 4, 3, 1);
        stage.run(async move |p, lathe| remaining(lathe.serve(&p, claim, ms(10)).await))
    };
    assert_eq!(end(Claim::new()), (Ok(()), at(10)));
    assert_eq!(end(Claim::new().yielding()), (Ok(()), at(13)));
    assert_eq!(end(Claim::new().resume()), (Ok(()), at(13)));
    assert_eq!(end(Claim::new().restart()), (Ok(()), at(17)));
    assert_eq!(end(Claim::new().give_up()), (Err(ms(6)), at(4)));
}

#[test]
fn work_that_is_complete_at_the_instant_of_the_loss_is_complete() {
    for fate_is_first in [false, true] {
        let mut simulation = Simulation::new(Config::new(1));
        let lathe = Resource::new(&mut simulation, "lathe", 1);
        let fate = move |p: Process| async move {
            p.sleep(ms(10)).await;
            let _lathe = lathe.acquire_as(&p, Claim::new().priority(-1).preempting()).await;
            p.sleep(ms(100)).await;
        };
        if fate_is_first {
            simulation.process("fate", fate);
        }
        let job = simulation.process("job", async move |p| {
            let mut left = ms(10);
            loop {
                let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
                match held.work(&p, left).await {
                    Ok(()) => return p.now(),
                    Err(unfinished) => left = unfinished.remaining,
                }
            }
        });
        if !fate_is_first {
            simulation.process("fate", fate);
        }
        simulation.run().expect("no errors");
        assert_eq!(job.result(), Some(at(10)));
    }
}

#[test]
fn what_is_lost_before_the_work_began_leaves_all_of_it() {
    for (span, outcome) in [(ms(10), Err(ms(10))), (Span::ZERO, Err(Span::ZERO))] {
        let mut stage = Stage::new(1);
        stage.fate("fate", 3, 0, 1);
        let outcomes = stage.run(async move |p, lathe| {
            let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
            p.sleep(ms(5)).await;
            assert!(held.is_lost(&p));
            // It stays so, however often one tries.
            [remaining(held.work(&p, span).await), remaining(held.work(&p, span).await)]
        });
        assert_eq!(outcomes, ([outcome, outcome], at(5)));
    }
}

#[test]
fn work_of_no_length_is_complete_at_once() {
    let mut stage = Stage::new(1);
    stage.fate("fate", 3, 9, 1);
    let outcome = stage.run(async |p, lathe| {
        p.sleep(ms(3)).await;
        remaining(lathe.serve(&p, Claim::new().resume(), Span::ZERO).await)
    });
    assert_eq!(outcome, (Ok(()), at(12)));
}

#[test]
fn two_works_in_a_row_each_count_for_themselves() {
    let mut stage = Stage::new(1);
    stage.fate("fate", 7, 1, 1);
    let outcomes = stage.run(async |p, lathe| {
        let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
        [remaining(held.work(&p, ms(4)).await), remaining(held.work(&p, ms(5)).await)]
    });
    assert_eq!(outcomes, ([Ok(()), Err(ms(2))], at(7)));
}

#[test]
fn whoever_works_hears_of_the_loss_whoever_claimed() {
    let mut stage = Stage::new(1);
    stage.fate("fate", 7, 3, 1);
    let belt: Store<Held> = Store::new(&mut stage.simulation, "belt", 1);
    let lathe = stage.lathe;
    // It has ended by the time of the loss.
    stage.simulation.process("giver", async move |p| {
        let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
        belt.put(&p, held).await;
    });
    let rival = stage.simulation.process("rival", async move |p| {
        p.sleep(ms(2)).await;
        lathe.serve(&p, Claim::new().resume(), ms(1)).await.expect("nobody else");
        p.now()
    });
    let outcome = stage.run(async move |p, lathe| {
        let held = belt.get(&p).await;
        let unfinished = held.work(&p, ms(10)).await.expect_err("it is taken away");
        assert_eq!(unfinished.preempted.by, "fate");
        // Who worked with it comes back to its place, before the rival.
        lathe.serve(&p, Claim::new().resume(), unfinished.remaining).await.expect("nobody else");
    });
    assert_eq!(outcome, ((), at(13)));
    assert_eq!(rival.result(), Some(at(14)));
}

#[test]
fn several_units_go_together_and_come_back_together() {
    let mut stage = Stage::new(3);
    // Takes one unit of two: both of the job go, and one stays free.
    stage.fate("fate", 4, 3, 2);
    let ends = stage.ends(&[0], 10, Claim::new().amount(2).resume());
    assert_eq!(ends, [at(13)]);
}

#[test]
fn who_preempts_may_be_preempted() {
    let mut simulation = Simulation::new(Config::new(1));
    let lathe = Resource::new(&mut simulation, "lathe", 1);
    let jobs = [(0, 3), (2, 2), (4, 1)].map(|(start, priority)| {
        let claim = Claim::new().priority(priority).preempting().resume();
        simulation.process(("job", priority as u32), async move |p| {
            p.sleep(ms(start)).await;
            lathe.serve(&p, claim, ms(5)).await.expect("it resumes");
            p.now()
        })
    });
    simulation.run().expect("no errors");
    assert_eq!(jobs.map(|job| job.result()), [Some(at(15)), Some(at(12)), Some(at(9))]);
    assert_eq!(lathe.statistics(&simulation).preempted, 2);
}

#[derive(Debug, Message)]
enum Hand {
    Begin,
    Granted(Held),
    Done,
    Lost(Preempted),
}

/// Holds for ten milliseconds, and claims again when it loses.
struct Worker {
    lathe: Resource,
    has: Option<Held>,
    granted: Rc<RefCell<Vec<(VirtualTime, String)>>>,
}

impl Actor for Worker {
    type Message = Hand;
    fn handle(&mut self, hand: Hand, context: &mut Context<'_, Hand>) {
        match hand {
            Hand::Begin | Hand::Lost(_) => {
                self.has = None;
                self.lathe.claim_yielding(context, Claim::new(), Hand::Granted, Hand::Lost);
            }
            Hand::Granted(held) => {
                self.granted.borrow_mut().push((context.now(), context.path()));
                assert!(!held.is_lost(context));
                self.has = Some(held);
                context.schedule(ms(10), Hand::Done);
            }
            Hand::Done => self.has = None,
        }
    }
}

#[test]
fn an_actor_that_claims_again_when_it_hears_of_its_loss_keeps_its_place() {
    let mut stage = Stage::new(1);
    stage.fate("fate", 5, 3, 1);
    let granted = Rc::new(RefCell::new(Vec::new()));
    for (name, start) in [("first", 0), ("second", 1)] {
        let worker = Worker { lathe: stage.lathe, has: None, granted: Rc::clone(&granted) };
        let worker = stage.simulation.spawn(name, worker);
        stage.simulation.send_at(at(start), &worker, Hand::Begin).unwrap();
    }
    stage.simulation.run().expect("no errors");
    let names: Vec<_> = granted.borrow().iter().map(|(at, who)| (*at, who.clone())).collect();
    // `first` gives back at 10: its timer of the first time.
    let expected = [(at(0), "first"), (at(8), "first"), (at(10), "second")];
    assert_eq!(names, expected.map(|(at, who)| (at, who.to_owned())));
}

#[test]
fn a_loss_that_nobody_watches_costs_nothing_and_is_known() {
    let mut stage = Stage::new(1);
    stage.fate("fate", 3, 1, 1);
    let events = |stage: &Stage| stage.simulation.events();
    let before = events(&stage);
    let lathe = stage.lathe;
    let job = stage.simulation.process("job", async move |p| {
        let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
        p.sleep(ms(9)).await;
        (held.is_lost(&p), held.preempted(&p).await.at)
    });
    stage.simulation.run().expect("no errors");
    assert_eq!(job.result(), Some((true, at(3))));
    // Two starts, two grants, three sleeps.
    assert_eq!(stage.simulation.events() - before, 7);
}
