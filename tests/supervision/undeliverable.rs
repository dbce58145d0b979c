//! What is kept of the undeliverable.

use super::{Do, family, send_at};
use crate::engine::at;
use flagfall::{Config, Latency, Restart, Simulation, Span};

#[test]
fn the_undeliverable_are_kept_for_inspection_only() {
    let run = |kept: usize, digest: bool| {
        let latency = Latency::Fixed(Span::from_millis(10));
        let config = Config::new(1).latency(latency).keep_undeliverable(kept).digest(digest);
        let mut simulation = Simulation::new(config);
        let policy = Restart::on_failure();
        let (boss, children) = family(&mut simulation, &[("a", policy)]);
        simulation.send(&boss, Do::Ask { of: children[0], wait: false });
        send_at(&mut simulation, 5, &children[0], Do::Fail);
        simulation.dismiss_at(at(1), &children[0]).unwrap();
        send_at(&mut simulation, 2_000, &children[0], Do::Count);
        send_at(&mut simulation, 3_000, &children[0], Do::Sleep(3));
        simulation.run().unwrap();
        assert_eq!(simulation.counts().undeliverable, 3);
        let lines = simulation.undeliverable().iter().map(ToString::to_string).collect();
        (simulation.digest(), lines)
    };
    let all: Vec<String> = run(9, false).1;
    let expected = [
        "0.010000000 boss to boss/a (failed): Question(request 0)",
        "2.000000000 outside to boss/a (killed): Count",
        "3.000000000 outside to boss/a (killed): Sleep(3)",
    ];
    assert_eq!(all, expected);
    assert_eq!(run(2, true).1, expected[1..], "the newest");
    assert!(run(0, true).1.is_empty());
    assert_eq!(run(0, true).0, run(9, true).0);
}
