//! Any contents of a block behind right checksums: see `Forged::from_input`.

#![no_main]

use flagfall::trace::{Entry, Header, TraceWriter};
use flagfall_fuzz::{Forged, bounded, read};

/// Texts up to this length are written as they are.
const LONGEST: usize = 1_021;

fn is_short(entry: &Entry) -> bool {
    let paths = [&entry.receiver.path, &entry.sender.path];
    let said = entry.message.as_ref().map(|said| &said.text);
    let streams = entry.draws.first.iter().map(|drawn| &drawn.stream);
    paths.into_iter().chain(said).chain(streams).all(|text| text.len() <= LONGEST)
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some(forged) = Forged::from_input(input) else { return };
    bounded(|| {
        let found = read(&forged.file()).expect("the header is right");
        if !found.whole || !found.entries.iter().all(is_short) {
            return;
        }
        // What can be read can be written, and reads the same.
        let header = Header::new(["run"]).draws(true);
        let mut writer =
            TraceWriter::new(std::io::Cursor::new(Vec::new()), &header).expect("memory");
        for entry in &found.entries {
            writer.entry(entry).expect("memory");
        }
        let written = writer.finish(None).expect("memory").into_inner();
        let again = read(&written).expect("a trace");
        assert!(again.whole);
        assert_eq!(again.entries, found.entries);
    });
});
