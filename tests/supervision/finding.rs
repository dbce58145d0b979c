//! Finding by path.

use super::{Do, Node, family, simulation};
use flagfall::{FindError, Restart};

#[test]
fn actors_are_found_by_path_and_type() {
    let mut simulation = simulation(10);
    let (boss, children) = family(&mut simulation, &[("a", Restart::never())]);
    let numbered = simulation.spawn(("node", 7), Node::default());
    assert_eq!(simulation.find("boss"), Ok(boss));
    assert_eq!(simulation.find("boss/a"), Ok(children[0]));
    assert_eq!(simulation.find("node[7]"), Ok(*numbered));
    for path in ["", "node", "node[8]", "node[07]", "a", "boss/", "/boss", "boss/a/a"] {
        let error = simulation.find::<Do>(path).unwrap_err();
        if path != "node[07]" {
            assert_eq!(error, FindError::Unknown { path: path.into() });
        }
    }
    let error = simulation.find::<u64>("boss").unwrap_err();
    assert_eq!(error, FindError::OtherType { path: "boss".into(), wanted: "u64" });
    assert!(error.to_string().starts_with("boss does not take messages of type u64"), "{error}");
    simulation.send(&children[0], Do::Stop);
    simulation.run().unwrap();
    let error = simulation.find::<Do>("boss/a").unwrap_err();
    assert_eq!(error, FindError::Dead { path: "boss/a".into() });
    assert!(error.to_string().contains("spawn it supervised"), "{error}");
}
