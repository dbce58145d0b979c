//! Snapshot files. The first byte of an input says whether the checksum at the
//! end is made to fit, so that what stands before it is decoded and checked.

#![no_main]

use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::queue::Queue;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::models::{ResumedRun, resume_run, save_run};
use twox_hash::XxHash3_128;

/// Bytes of the checksum.
const END: usize = 16;

macro_rules! read_as {
    ($model:ty, $file:expr) => {
        if let Ok(ResumedRun { model, simulation, handles, header, .. }) =
            resume_run::<$model>($file)
        {
            // What was accepted is a state that can be saved, and read again.
            let mut again = Vec::new();
            save_run(&model, &simulation, &handles, &header.scenario, &mut again)
                .expect("a resumed run can be saved");
            assert!(resume_run::<$model>(&again[..]).is_ok(), "and resumed again");
        }
    };
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((how, file)) = input.split_first() else { return };
    let mut file = file.to_vec();
    if how & 1 == 1 && file.len() >= END {
        let end = file.len() - END;
        let checksum = XxHash3_128::oneshot(&file[..end]);
        file[end..].copy_from_slice(&checksum.to_le_bytes());
    }
    flagfall_fuzz::bounded(|| {
        read_as!(TaxiFleet, &file[..]);
        read_as!(ParameterTraining, &file[..]);
        read_as!(ActorTree, &file[..]);
        read_as!(MessageLog, &file[..]);
        read_as!(Queue, &file[..]);
    });
});
