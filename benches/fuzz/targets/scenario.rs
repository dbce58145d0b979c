//! Any text as a scenario file, up to where its run would begin. What the model
//! of one that can be run writes of itself says the same.

#![no_main]

use flagfall_cli::check_scenario;

libfuzzer_sys::fuzz_target!(|text: &str| {
    flagfall_fuzz::bounded(|| match check_scenario(text) {
        Ok(Some(written)) => assert_eq!(check_scenario(&written), Ok(Some(written.clone()))),
        Ok(None) => {}
        Err(told) => assert!(!told.is_empty()),
    });
});
