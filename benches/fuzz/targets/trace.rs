//! Any bytes as a trace file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    flagfall_fuzz::bounded(|| {
        let _ = flagfall_fuzz::read(bytes);
    });
});
