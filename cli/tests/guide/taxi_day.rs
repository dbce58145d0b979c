//! The taxi day on the engine alone: it is the command's, and the page has all of it.

use super::page::{Folder, blocks, in_a_shell};
use super::{PROGRAM, text_of};

#[allow(dead_code, reason = "its main is not called")]
#[path = "../../../examples/taxi_day.rs"]
mod example;

#[test]
fn the_example_prints_what_the_command_prints() {
    let folder = Folder::new("taxi-day-example");
    for seed in [42, 1, 2, 3] {
        let line = format!("flagfall run taxi --quiet --seed {seed}");
        let printed = in_a_shell(PROGRAM, &folder.0, &line).stdout;
        let printed = String::from_utf8(printed).expect("UTF-8");
        assert_eq!(example::day(seed), printed.lines().collect::<Vec<_>>(), "seed {seed}");
    }
}

#[test]
fn the_page_has_all_of_the_example() {
    let (page, example) = (text_of("docs/taxi-day.md"), text_of("examples/taxi_day.rs"));
    let all = blocks(&page);
    let pieces = all.iter().filter(|block| block.language == "rust,ignore");
    let pieces: Vec<String> = pieces.map(|block| block.lines.join("\n") + "\n").collect();
    let (_, program) = example.split_once("\n\n").expect("a program below its first comment");
    assert_eq!(pieces.join("\n"), program);
}
