//! Any text as a fault plan: what is read prints as what reads the same, what is
//! not read is told with its place, and its patterns can be matched.

#![no_main]

use flagfall::FaultPlan;
use flagfall::network::Rule;

const PATHS: [&str; 4] = ["", "driver", "driver/dispatcher/taxi[3]", "a/b/a/b/a/b/a/b/a/b/c"];

libfuzzer_sys::fuzz_target!(|text: &str| {
    flagfall_fuzz::bounded(|| match text.parse::<FaultPlan>() {
        Ok(plan) => {
            assert_eq!(plan.to_string().parse(), Ok(plan.clone()));
            for rule in plan.rules() {
                assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule.clone()));
            }
            for pattern in plan.patterns() {
                let exact = pattern.exact();
                for path in PATHS {
                    let matches = pattern.matches(path);
                    assert!(exact.is_none_or(|exact| (exact == path) == matches));
                }
                assert!(exact.is_none_or(|exact| pattern.matches(exact)));
            }
        }
        Err(error) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let line = text.lines().nth(error.line - 1).expect("the line is in the text");
            assert!((1..=line.chars().count() + 1).contains(&error.column), "{error}");
            assert!(!error.problem.is_empty());
        }
    });
});
