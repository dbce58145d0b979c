//! What is saved for the next life.

use super::{Do, Node, count, send_at, simulation};
use flagfall::{ErrorKind, Restart, VirtualTime};

#[test]
fn a_checkpoint_survives_and_follows_the_path() {
    let mut simulation = simulation(0);
    let restored =
        |saved: Option<&u64>| Node { count: saved.copied().unwrap_or(100), ..Node::default() };
    let node = simulation.spawn_restored("node", Restart::always(), restored);
    for message in [Do::Save, Do::Count, Do::Count, Do::Save, Do::Count, Do::Fail, Do::Count] {
        send_at(&mut simulation, 0, &node, message);
        simulation.run().unwrap();
    }
    assert_eq!(count(&simulation, &node), Some(103));
    simulation.dismiss_at(VirtualTime::ZERO, &node).unwrap();
    simulation.run().unwrap();
    let node = simulation.spawn_restored("node", Restart::always(), restored);
    let other = simulation.spawn_restored("other", Restart::always(), restored);
    let counts = [count(&simulation, &node), count(&simulation, &other)];
    assert_eq!(counts, [Some(102), Some(100)], "a later actor of the path has it, too");
}

#[test]
fn a_checkpoint_of_another_type_is_named() {
    let mut simulation = simulation(0);
    let node =
        simulation.spawn_restored("node", Restart::always(), |_: Option<&String>| Node::default());
    simulation.send(&node, Do::Save);
    simulation.send(&node, Do::Fail);
    let error = simulation.run().unwrap_err();
    let (saved, wanted) = ("u64", "alloc::string::String");
    let kind = ErrorKind::CheckpointType { path: "node".into(), saved, wanted };
    assert_eq!((error.kind.clone(), error.event), (kind, 2));
    assert!(error.to_string().contains("save and restore one type"), "{error}");
}
