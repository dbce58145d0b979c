//! Would a fault be seen? Some are planted here, into a copy of the sources or a small house.

use crate::circles::circles;
use crate::files;
use crate::graph::Graph;
use crate::kernel::not_of_the_ground;
use crate::read::read;
use crate::rooms::refusals;
use crate::text_of;

/// The sources, with some more lines in some of them.
fn house_with(more: &[(&str, &str)]) -> Graph {
    let mut planted = files().clone();
    for (file, lines) in more {
        planted.insert((*file).to_owned(), read(file, &(text_of(file) + lines)));
    }
    Graph::new(&planted)
}

/// A house of these files, and the roots of crates that have none.
fn house(files: &[(&str, &str)]) -> Graph {
    let roots = [("src/lib.rs", "mod room;"), ("cli/src/lib.rs", ""), ("cli/src/main.rs", "")];
    let all = roots.iter().chain(files);
    Graph::new(&all.map(|(file, text)| ((*file).to_owned(), read(file, text))).collect())
}

/// A room of three files. The second names something of the first.
fn room(parent: &str, first: &str, second: &str) -> Graph {
    let parent = format!("mod first; mod second; pub(crate) struct Parent; {parent}");
    let first = format!("pub(crate) struct First; {first}");
    let second = format!("pub(crate) struct Second; use super::first::First; {second}");
    house(&[
        ("src/room/mod.rs", &parent),
        ("src/room/first.rs", &first),
        ("src/room/second.rs", &second),
    ])
}

#[test]
fn what_the_rooms_forbid_is_refused() {
    let house = house_with(&[
        ("cli/src/models/queue/mod.rs", "use super::taxi_fleet::TaxiFleet;"),
        ("src/model.rs", "fn planted(_: flagfall_cli::Scenario) {}"),
        ("src/time/parse.rs", "use crate::model::Model; use crate::Model as Other;"),
    ]);
    let expected = [
        "cli/src/models/queue/mod.rs names TaxiFleet of cli/src/models/taxi_fleet/mod.rs: \
         models do not know each other",
        "src/model.rs names Scenario of cli/src/scenario.rs: the engine knows the command",
        "src/time/parse.rs names Model of src/model.rs: time imports model, a room below it",
    ];
    assert_eq!(refusals(&house), expected);
}

#[test]
fn a_circle_is_refused_with_the_names_that_make_it() {
    let house = house_with(&[
        ("src/statistics/sum.rs", "pub(super) fn planted(_: super::student::Planted) {}"),
        ("src/statistics/student.rs", "pub(super) struct Planted; use super::sum::planted;"),
    ]);
    let circles = circles(&house);
    let expected = "a circle of 2 files:\n  \
        src/statistics/student.rs names planted of src/statistics/sum.rs\n  \
        src/statistics/sum.rs names Planted of src/statistics/student.rs\n\
        Move what both need into a file of its own, or let only one name the other.\n";
    assert_eq!(circles, [expected]);
}

#[test]
fn a_circle_is_seen_however_a_name_is_imported() {
    let of_first = [
        "use super::second::Second;",
        "use crate::room::second::Second as Other;",
        "use super::{Parent as _, second::{self as other, Second}};",
        "use super::second::*; fn f(_: Second) {}",
        "use super::{second as other}; fn f(_: other::Second) {}",
        "fn f() { use super::second::Second as Other; }",
        "fn f() -> super::second::Second { loop {} }",
        "fn f() { assert!(matches!(g(), Some(crate::room::second::Second))); }",
        "macro_rules! m { () => { $crate::room::second::Second } }",
        "impl Iterator for crate::room::second::Second {}",
        "fn f() -> Vec<Option<super::second::Second>> { Vec::new() }",
        "#[cfg(feature = \"test\")] use super::second::Second;",
        "#[cfg(not(test))] use super::second::Second;",
        "mod inner { fn f(_: super::super::second::Second) {} }",
    ];
    for first in of_first {
        assert_eq!(circles(&room("", first, "")).len(), 1, "{first}");
    }
}

#[test]
fn a_circle_is_seen_through_what_hands_a_name_on() {
    let ways = [
        ("pub(crate) use second::Second;", "use super::Second;", ""),
        ("pub(crate) use second::Second as Other;", "fn f(_: crate::room::Other) {}", ""),
        ("pub(crate) use second::*;", "use crate::room::Second;", ""),
        ("use second::*;", "use super::*; fn f(_: Second) {}", ""),
        ("", "use super::second::*;", "pub(crate) trait Planted {}"),
        ("", "super::second::m!();", "macro_rules! m { () => {} } pub(crate) use m;"),
        ("", "fn f() { crate::m!(); }", "#[macro_export] macro_rules! m { () => {} }"),
        ("", "use super::second::Said;", "message! { pub(crate) enum Said { Hello } }"),
        ("", "fn f() { super::second::Kind::One; }", "pub(crate) enum Kind { One }"),
        ("", "use super::second::Kind::{self, One};", "pub(crate) enum Kind { One }"),
        (
            "",
            "use super::second::second;",
            "pub(crate) mod inner { pub(crate) fn second() {} } \
             pub(crate) use inner::second;",
        ),
        ("pub(crate) use second::second;", "use super::second;", "pub(crate) fn second() {}"),
    ];
    for (parent, first, second) in ways {
        let found = circles(&room(parent, first, second));
        assert_eq!(found.len(), 1, "{parent} {first} {second}: {found:?}");
    }
}

#[test]
fn of_a_large_circle_the_shortest_is_shown() {
    let mut files = vec![("src/room.rs".to_owned(), String::new())];
    for number in 0..20 {
        let names = (number + 1) % 20;
        files[0].1 += &format!("mod m{number};");
        let text = format!("pub struct M; use super::m{names}::M as N;");
        files.push((format!("src/room/m{number}.rs"), text));
    }
    files[8].1 += "use super::m5::M as O;";
    let files: Vec<_> = files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let expected = "a circle of 20 files:\n3 of them:\n  \
        src/room/m5.rs names M of src/room/m6.rs\n  \
        src/room/m6.rs names M of src/room/m7.rs\n  \
        src/room/m7.rs names M of src/room/m5.rs\n\
        Move what both need into a file of its own, or let only one name the other.\n";
    assert_eq!(circles(&house(&files)), [expected]);
}

#[test]
fn a_parent_may_hand_on_what_it_does_not_use() {
    let names_parent = "use super::Parent;";
    let hands_on = "pub(crate) use second::{Second, Second as Other};";
    assert!(circles(&room(hands_on, "", names_parent)).is_empty());
    for uses in ["use second::Second;", "pub(crate) use second::Second; fn f(_: Second) {}"] {
        assert_eq!(circles(&room(uses, "", names_parent)).len(), 1, "{uses}");
    }
}

#[test]
fn what_is_no_code_of_the_crate_makes_no_circle() {
    let of_first = [
        "/// As [`super::second::Second`] does.\nfn f() {}",
        "#[cfg(test)] mod tests { use super::super::second::Second; }",
        "#[cfg(any(doc, doctest))] use super::second::Second;",
        "use super::second as other;",
        "fn f(second: &First) { second.second(); println!(\"{}\", second.second); }",
        "pub(in crate::room) fn f() {}",
    ];
    for first in of_first {
        let circles = circles(&room("", first, ""));
        assert!(circles.is_empty(), "{first}: {circles:?}");
    }
}

#[test]
fn a_file_of_tests_is_not_read() {
    let alone = ("src/room/tests.rs", "use super::nothing::Nothing;");
    house(&[("src/room/mod.rs", "#[cfg(test)] mod tests;"), alone]);
    let read = std::panic::catch_unwind(|| house(&[("src/room/mod.rs", ""), alone]));
    assert!(read.is_err(), "a file that no module declares");
}

#[test]
#[should_panic(expected = "src/room/first.rs names super::second::Nothing")]
fn a_name_that_cannot_be_found_is_an_error() {
    room("", "use super::second::Nothing;", "");
}

#[test]
fn a_feature_that_the_kernel_names_is_refused() {
    assert!(not_of_the_ground(&house_with(&[])).is_empty());
    let house = house_with(&[("src/kernel/clock.rs", "use crate::features::Features;")]);
    assert_eq!(not_of_the_ground(&house), ["features"]);
}
