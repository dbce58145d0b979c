//! Children that fail too often.

use super::{Do, count, family, fates, send_at, simulation};
use crate::engine::secs;
use flagfall::{Actor, Context, DeathCause, Outcome, RecordKind, Restart, Span, VirtualTime};

#[test]
fn an_exceeded_bound_fails_the_supervisor() {
    let mut simulation = simulation(10);
    let fates = fates(&mut simulation);
    let policy = Restart::on_failure().at_most(1, secs(60));
    let (boss, children) = family(&mut simulation, &[("a", policy), ("b", policy)]);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_005, &boss, Do::Count);
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    let expected = [
        "1s boss/a died: failed",
        "1s boss/a restarted",
        "2s boss/a died: failed",
        "2.01s boss died: a child failed too often",
        "2.01s boss restarted",
        "2.02s boss/b died: owner died",
    ];
    assert_eq!(fates.take(), expected);
    assert_eq!((simulation.live_actors(), count(&simulation, &boss)), (1, Some(0)));
    // The names are free again.
    simulation.send(&boss, Do::Hire);
    simulation.run().unwrap();
    assert_eq!(simulation.live_actors(), 3);
}

#[test]
fn escalation_goes_up_until_somebody_bears_it() {
    struct Level(u32);
    impl Actor for Level {
        type Message = ();
        fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
            let below = self.0.checked_sub(1);
            let Some(below) = below else { return context.fail("the lowest") };
            // The uppermost is restarted as often as needed.
            let policy = Restart::on_failure().at_most(1, Span::MAX);
            let child = context.spawn_supervised("level", policy, move || Level(below));
            context.send(&child, ());
        }
    }
    let mut simulation = simulation(1);
    let fates = fates(&mut simulation);
    let top = simulation.spawn_supervised("top", Restart::on_failure(), || Level(2));
    for _ in 0..4 {
        simulation.send(&top, ());
        simulation.run().unwrap();
        let lowest = simulation.find::<()>("top/level/level");
        if let Ok(lowest) = lowest {
            simulation.send(&lowest, ());
            simulation.run().unwrap();
        }
        let middle = simulation.find::<()>("top/level");
        if let Ok(middle) = middle {
            simulation.send(&middle, ());
            simulation.run().unwrap();
        }
        simulation.find::<()>("top/level/level").ok().inspect(|lowest| {
            simulation.send(lowest, ());
        });
        simulation.run().unwrap();
        if simulation.restarts(top.id()) > Some(0) {
            break;
        }
    }
    let fates = fates.take();
    let died = |path: &str, cause: DeathCause| {
        let line = format!(" {path} {}", RecordKind::Died(cause));
        fates.iter().filter(|fate| fate.ends_with(&line)).count()
    };
    assert_eq!(died("top/level/level", DeathCause::Failed), 4, "twice in each of two lives");
    assert_eq!(died("top/level", DeathCause::Escalated), 2);
    assert_eq!(died("top", DeathCause::Escalated), 1);
    assert_eq!(simulation.live_actors(), 1);
}

#[test]
fn whoever_just_stays_dead_troubles_nobody() {
    let mut simulation = simulation(10);
    let policy = Restart::always().at_most(1, Span::MAX).or_stay_dead();
    let (boss, children) = family(&mut simulation, &[("a", policy)]);
    for second in 1..4 {
        send_at(&mut simulation, 1_000 * second, &children[0], Do::Fail);
    }
    simulation.run().unwrap();
    assert!(simulation.is_alive(boss.id()) && !simulation.is_alive(children[0].id()));
    assert_eq!(simulation.restarts(boss.id()), Some(0));
}

#[test]
fn news_of_an_escalation_ends_only_the_life_it_was_sent_to() {
    let mut simulation = simulation(10);
    let policy = Restart::on_failure().at_most(0, secs(1));
    let (boss, children) = family(&mut simulation, &[("a", policy)]);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    simulation.kill_at(VirtualTime::from_millis(1_005), &boss).unwrap();
    simulation.run().unwrap();
    assert_eq!(simulation.restarts(boss.id()), Some(1), "killed, and not failed as well");
}
