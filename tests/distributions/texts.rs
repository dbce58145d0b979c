//! Distributions as texts.

use super::{LAWS, law};
use flagfall::random::Distribution;
use proptest::prelude::*;

#[test]
fn each_law_is_printed_as_it_is_read() {
    for text in LAWS {
        let read = law(text);
        assert_eq!(read.to_string().parse(), Ok(read.clone()), "{text}");
    }
    assert_eq!(law("lognormal(mean=4min, cv=0.5)").to_string(), "lognormal(mean=240, cv=0.5)");
    assert_eq!(law(" normal( 20 ,sd = 2s ) "), law("normal(mean=20, sd=2)"));
    assert_eq!(law("90s"), law("constant(value=90)"));
    let cut = "truncated(shifted(gamma(shape=2, scale=1), by=3), low=4)";
    assert_eq!(law(cut).to_string(), cut);
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    for (text, told) in [
        ("", "'' is neither a number nor a span"),
        ("normal", "give its parameters, as in normal(mean=..., sd=...)"),
        ("normal(mean=3)", "normal needs sd"),
        ("normal(mean=3, sd=1, cv=2)", "normal has no cv; it has mean, sd"),
        ("normal(3, 1, 2)", "normal takes mean, sd only"),
        ("normal(mean=3, mean=1)", "mean is given twice"),
        ("normal(mean=3, sd=0)", "normal: sd is 0, and has to be above 0"),
        ("normal(mean=3, sd=x)", "'x' is neither a number nor a span"),
        ("normal(mean=3, sd=1", "it has to end with )"),
        ("normal(mean=nan, sd=1)", "normal: mean is NaN, and has to be a number up to 1e150"),
        ("gaussian(3, 1)", "there is no distribution gaussian; there are bernoulli, beta, "),
        ("erlang(stages=2.5, mean=3)", "stages is 2.5, and has to be a whole number"),
        ("binomial(trials=-1, p=0.5)", "trials cannot be negative"),
        ("bernoulli(p=2)", "bernoulli: p is 2, and has to be a probability"),
        (
            "triangular(low=1, mode=6, high=5)",
            "triangular: mode is 6, and has to be between low and high",
        ),
        ("uniform(low=5, high=5)", "uniform: high is 5, and has to be above low"),
        (
            "poisson(mean=1e12)",
            "give normal(mean=1000000000000, sd=1000000), which is almost the same",
        ),
        ("negative_binomial(2, 1e-9)", "give gamma(shape=2, scale=999999999), which is"),
        ("empirical()", "empirical: give at least one value"),
        ("interpolated(3)", "interpolated: give at least 2 values"),
        ("weighted(3, 4)", "3: give weight: what, as in 0.2: 5"),
        ("weighted(0: 3)", "weighted: weight is 0, and has to be above 0"),
        (
            "truncated(normal(0, 1))",
            "give a law and a number, as in truncated(normal(mean=20, sd=2), low=0)",
        ),
        ("truncated(normal(0, 1), low=9, high=10)", "give a wider range"),
        (
            "truncated(normal(0, 1), low=2, high=1)",
            "truncated: high is 1, and has to be at least low",
        ),
        ("scaled(normal(0, 1), by=-1)", "scaled: by is -1, and has to be above 0"),
    ] {
        let error = text.parse::<Distribution>().expect_err(text).to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
    let deep = format!("{}1{}", "shifted(".repeat(40), ", by=1)".repeat(40));
    assert!(deep.parse::<Distribution>().is_err());
}

proptest! {
    /// No text does harm.
    #[test]
    fn any_text_is_read_or_refused(text in "[a-z_]{0,9}[(]?[a-z0-9(),.=: -]{0,40}[)]?") {
        if let Ok(law) = text.parse::<Distribution>() {
            prop_assert_eq!(law.to_string().parse(), Ok(law));
        }
    }

    #[test]
    fn any_change_of_a_law_is_read_or_refused(
        at in 0..LAWS.len(), place in 0..80_usize, letter in "[a-z0-9(),.=: -]",
    ) {
        let mut text: Vec<char> = LAWS[at].chars().collect();
        let place = place % text.len();
        text.splice(place..=place, letter.chars());
        let text: String = text.into_iter().collect();
        if let Ok(law) = text.parse::<Distribution>() {
            prop_assert_eq!(law.to_string().parse(), Ok(law.clone()));
            prop_assert!(!law.mean().is_nan() && !law.variance().is_nan(), "{}", law);
            let median = law.quantile(0.5);
            prop_assert!((0.0..=1.0).contains(&law.cdf(median)), "{}: {}", law, median);
        }
    }
}
