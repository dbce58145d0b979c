//! Any text as a span, an instant, a latency, a rate, a list of ingredients: what
//! is read prints as what reads the same.

#![no_main]

use flagfall::network::Empirical;
use flagfall::{Ingredients, Latency, Span, VirtualTime};
use flagfall_cli::models::Rate;
use std::fmt::{Debug, Display};
use std::str::FromStr;

fn check<T: FromStr<Err: Debug + Display + PartialEq> + Display + Debug + PartialEq>(text: &str) {
    match text.parse::<T>() {
        Ok(value) => assert_eq!(value.to_string().parse(), Ok(value)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    flagfall_fuzz::bounded(|| {
        check::<Span>(text);
        check::<VirtualTime>(text);
        check::<Latency>(text);
        check::<Empirical>(text);
        check::<Rate>(text);
        check::<Ingredients>(text);
    });
});
