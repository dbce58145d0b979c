//! Printing as Python and NumPy print, against what they printed.

use crate::support::json;
use flagfall::Span;
use flagfall_cli::models::{Money, Rate};
use flagfall_cli::report::{numpy, python};
use proptest::prelude::*;

#[test]
fn arrays_print_as_numpy_prints_them() {
    let recorded = json("numpy.json");
    for case in recorded["cases"].as_array().expect("cases") {
        let values = case["values"].as_array().expect("values").iter();
        let values: Vec<f64> =
            values.map(|value| value.as_str().expect("text").parse().expect("a float")).collect();
        assert_eq!(numpy::array(&values), case["printed"].as_str().expect("text"), "{values:?}");
    }
}

#[test]
fn floats_and_texts_print_as_python_prints_them() {
    let recorded = json("python.json");
    for case in recorded["floats"].as_array().expect("floats") {
        let bits: u64 = case["bits"].as_str().expect("text").parse().expect("bits");
        assert_eq!(python::float(f64::from_bits(bits)), case["printed"].as_str().expect("text"));
    }
    for case in recorded["strings"].as_array().expect("strings") {
        let text = case["text"].as_str().expect("text");
        assert_eq!(python::string(text), case["printed"].as_str().expect("text"));
    }
}

#[test]
fn rates_are_read_exactly_or_refused() {
    let check = |text: &str, micros: u64| {
        assert_eq!(text.parse::<Rate>(), Ok(Rate::from_micros(micros)), "{text}");
    };
    check("1.25", 1_250_000);
    check("0.25", 250_000);
    check("3", 3_000_000);
    check(".5", 500_000);
    check("0.000001", 1);
    for text in ["", ".", "-1", "1e3", "abc", "1.0000001", "NaN", "99999999999999999", "1,5"] {
        let error = text.parse::<Rate>().expect_err(text).to_string();
        assert!(error.contains("dollars per second"), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn money_prints_the_nearest_float(micros in 0_u64..10_000_000, nanos in 0_u64..10_000_000_000_000) {
        let money: Money = Rate::from_micros(micros) * Span::from_nanos(nanos);
        // Below 2^53 units the quotient of two exact floats is rounded once.
        if money.units() < 1 << 53 {
            prop_assert_eq!(money.dollars(), money.units() as f64 / 1e15);
        }
        let printed = money.to_string();
        prop_assert_eq!(printed.parse::<f64>().unwrap(), money.dollars());
    }
}
