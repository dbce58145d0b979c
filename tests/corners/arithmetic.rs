//! Arithmetic.

use crate::engine::secs;
use flagfall::process::{either, later};
use flagfall::resource::Claim;
use flagfall::{Config, Container, Resource, Simulation};

/// Looked at after a hundred seconds, work of five has been over for long.
#[test]
fn work_that_is_awaited_late_was_finished_before_the_loss() {
    let mut simulation = Simulation::new(Config::new(1));
    let lathe = Resource::new(&mut simulation, "lathe", 1);
    let job = simulation.process("job", async move |p| {
        let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
        let mut work = Box::pin(held.work(&p, secs(5)));
        _ = either(&mut work, p.sleep(secs(1))).await;
        p.sleep(secs(100)).await;
        work.await
    });
    simulation.process("urgent", async move |p| {
        p.sleep(secs(50)).await;
        drop(lathe.acquire_as(&p, Claim::new().priority(-1).preempting()).await);
    });
    simulation.run().expect("no errors");
    assert_eq!(job.result(), Some(Ok(())));
}

#[test]
fn a_container_as_large_as_numbers_are_does_not_overflow() {
    let mut simulation = Simulation::new(Config::new(1));
    let tank = Container::new(&mut simulation, "tank", u64::MAX, u64::MAX);
    simulation.process("getter", async move |p| {
        let got = later(tank.get(&p, 5));
        p.pass().await;
        drop(got);
    });
    simulation.process("putter", async move |p| tank.put(&p, 5).await);
    simulation.run().expect("no errors");
    assert_eq!(tank.level(&simulation), u64::MAX);
}
