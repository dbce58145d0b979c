//! What reading a file takes at the most, whatever is in it: 64 MB.

use super::allocations;
use flagfall::VirtualTime;
use flagfall::trace::{BLOCK, Drawn, Entry, Header, KINDS, LONGEST_TEXT, TraceFile, TraceWriter};
use std::io::Cursor;

const MOST: u64 = 64 << 20;

#[track_caller]
fn check(name: &str, work: impl FnOnce()) {
    let peak = allocations(work).bytes_max;
    println!("{name}: {peak} bytes at once");
    assert!(peak < MOST, "{name}: {peak} bytes at once");
}

/// A text of nearly the greatest length, unlike all others.
fn long(number: usize) -> String {
    let name = format!("{number:<8}");
    name.repeat((LONGEST_TEXT - 3) / name.len())
}

/// Blocks in which everything is as long as it can be, and unlike all else.
fn largest() -> Vec<u8> {
    let mut writer =
        TraceWriter::new(Cursor::default(), &Header::new(["run"]).draws(true)).expect("memory");
    for number in 0..3 * BLOCK {
        let time = VirtualTime::from_nanos(number as u64);
        let mut entry = Entry::new(1 + number as u64, time, KINDS[0]);
        entry.receiver.path = long(2 * number).into();
        entry.sender.path = long(2 * number + 1).into();
        let (text, contents) = (long(number).into(), number as u64);
        entry.message = Some(flagfall::trace::Said { text, contents });
        let drawn = |draw| Drawn { stream: long(4 * number + draw).into(), word: draw as u64 };
        entry.draws.first = (0..4).map(drawn).collect();
        entry.draws.count = 4;
        writer.entry(&entry).expect("memory");
    }
    writer.finish(None).expect("memory").into_inner()
}

#[test]
fn the_largest_blocks() {
    let whole = largest();
    let cut = whole.len() - 1;
    for (name, file) in [("whole", &whole[..]), ("without an end", &whole[..cut])] {
        check(name, || {
            let mut trace = TraceFile::open(Cursor::new(file)).expect("a trace");
            assert_eq!(trace.is_complete(), name == "whole");
            assert_eq!(trace.totals().entries, 3 * BLOCK as u64);
            assert_eq!(trace.check().is_ok(), name == "whole");
            let last = trace.entry(3 * BLOCK as u64 - 1).expect("in order").expect("there is one");
            assert_eq!(last.draws.first.len(), 4);
        });
    }
}

#[test]
fn scenario_files_of_a_hundred_kilobytes() {
    use flagfall_cli::check_scenario;
    let taxi = |rest: String| format!("model = \"taxi\"\n{rest}\n");
    let many = |piece: &str| piece.repeat(100_000 / piece.len());
    for (name, text) in [
        ("many durations", taxi(format!("durations = [{}1]", many("1,")))),
        ("many rules", taxi(format!("fault = [{}]", many("'crash a at 1s',")))),
        ("many options", many("a = 1\n")),
        ("deep", taxi(format!("durations = {}", many("[")))),
        ("deep tables", taxi(format!("a{} = 1", many(".a")))),
    ] {
        let mut kept = true;
        check(name, || kept = check_scenario(&text).is_ok());
        println!("{name}: {}", if kept { "read" } else { "refused" });
    }
}

#[test]
fn fault_plans_of_a_megabyte() {
    let rules = "crash a at 1s\n".repeat(70_000);
    check("a plan", || {
        let plan: flagfall::FaultPlan = rules.parse().expect("a plan");
        assert_eq!(plan.rules().len(), 70_000);
    });
}
