//! Reading a snapshot takes memory for what is there, not for what is claimed.

use crate::allocations;
use flagfall::model::Model;
use flagfall::random::{Stream, StreamName};
use flagfall::{Config, Simulation};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::models::{Branching, resume_run, save_run};
use twox_hash::XxHash3_128;

const MOST: u64 = 64 << 20;

#[test]
fn no_file_takes_much_memory() {
    let fleet = TaxiFleet::default();
    let mut simulation = Simulation::new(Config::new(42).latency(DEFAULT_LATENCY));
    simulation.register(&TaxiFleet::types());
    let handles = fleet.start(&mut simulation);
    simulation.run_until("5s".parse().expect("a time")).expect("no errors");
    let mut file = Vec::new();
    save_run(&fleet, &simulation, &handles, &[], &mut file).expect("it is saved");

    let name = StreamName { seed: 6, replication: 0, actor: 0, incarnation: 0, purpose: "files" };
    let mut stream = Stream::open(&name);
    let header = u32::from_le_bytes(file[10..14].try_into().expect("four bytes")) as usize;
    let lengths = [10..14, 14 + header..14 + header + 8];
    let mut worst = 0;
    for case in 0..if cfg!(debug_assertions) { 6_000 } else { 300_000 } {
        let mut changed = file.clone();
        if case % 3 == 0 {
            // The lengths of header and contents.
            let length = lengths[stream.below(2) as usize].clone();
            changed[length].iter_mut().for_each(|byte| *byte = stream.below(256) as u8);
        } else {
            // Lengths within the contents: numbers of up to ten bytes, of which
            // all but the last are 128 or more.
            let place = stream.below((file.len() - 30) as u64) as usize;
            let bytes = stream.below(9) as usize;
            changed[place..place + bytes].fill(255);
            changed[place + bytes] = 127;
            let end = changed.len() - 16;
            let checksum = XxHash3_128::oneshot(&changed[..end]).to_le_bytes();
            changed[end..].copy_from_slice(&checksum);
        }
        let taken = allocations(|| drop(resume_run::<TaxiFleet>(changed.as_slice())));
        worst = worst.max(taken.bytes_max);
    }
    println!("at most {worst} bytes for a file of {}", file.len());
    assert!(worst < MOST, "{worst}");
}
