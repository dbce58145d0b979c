//! Fault plans as text: what is printed can be read, what is wrong is told.

use crate::network::latency;
use flagfall::network::{LinkFaults, Pattern, Rule};
use flagfall::{FaultPlan, VirtualTime};
use proptest::prelude::*;

#[test]
fn every_rule_prints_as_it_is_read() {
    let plan = "\
link driver -> driver/dispatcher latency uniform:1ms..3ms loss 0.1
link a -> b latency empirical:1ms,2ms*3 bandwidth 1MB/s size 1500B loss 0.1 duplicate 0.25 from 1s to 2s
link taxi[*] -> ** bandwidth 125kB/s
link \"a b\" -> \"x->y\" size 0B from 1s
partition a,b | c from 10s to 20s
partition a | \"b,c\",d
crash driver/worker[2] at 30s
crash worker[1] at exponential:1h
crash worker[*] after uniform:1s..2s
slow taxi[3] by 2.5 from 10s to 20s
slow ** by 1.001";
    let read: FaultPlan = plan.parse().unwrap();
    assert_eq!(read.to_string(), plan.replace("exponential:1h", "exponential:3600s"));
    assert_eq!(read.rules().len(), 11);
    let built = FaultPlan::new().crash_at("driver/worker[2]", "30s".parse().unwrap());
    assert_eq!(built.rules(), &read.rules()[6..7]);
}

#[test]
fn space_comments_and_the_order_of_parts_do_not_matter() {
    let plan: FaultPlan = "\u{feff}# a day\r\n\r\n  link a->b  duplicate .5  loss 0.50 # often\r\n\
                           partition a , b|c from 0\n\nslow \"#\" by 02.50#\n"
        .parse()
        .unwrap();
    let text = "link a -> b loss 0.5 duplicate 0.5\npartition a,b | c\nslow \"#\" by 2.5";
    assert_eq!(plan.to_string(), text);
    assert_eq!("".parse(), Ok(FaultPlan::new()));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_remedy() {
    let check = |line: &str, column: usize, remedy: &str| {
        let text = format!("link a -> b loss 0\n{line}");
        let error = text.parse::<FaultPlan>().expect_err(line);
        assert_eq!((error.line, error.column), (2, column), "{line}: {error}");
        let told = error.to_string();
        assert!(told.starts_with(&format!("line 2, column {column}: ")), "{told}");
        assert!(told.contains(remedy), "{line}: {told}");
    };
    check("lose a -> b", 1, "`lose` is not a rule: begin with link, partition, crash or slow");
    check("links a -> b", 1, "begin with link");
    check("link a b loss 0.1", 8, "`b` where `->` should be: write `link A -> B loss 0.1`");
    check("link a ->", 10, "the line ends where a path should be");
    check("link -> b loss 0.1", 6, "where a path should be");
    check("link a -> b", 12, "nothing happens on this link: write latency 2ms");
    check("link a -> b loss", 17, "write a number from 0 to 1");
    check("  link é -> b loss 1.5", 20, "`1.5` is not a probability");
    check("link a -> b loss nan", 18, "not a probability");
    check("link a -> b loss -0.1", 18, "not a probability");
    check("link a -> b loss 0.1 loss 0.2", 22, "say it once");
    check("link a -> b lag 2ms", 13, "`lag` is not of links: write latency 2ms");
    check("link a -> b latency 2", 21, "no unit");
    check("link a -> b latency normal:2ms", 21, "empirical:1ms,2ms*3");
    check("link a -> b bandwidth 10", 23, "like 1MB/s");
    check("link a -> b bandwidth 0B/s", 23, "is not a bandwidth");
    check("link a -> b bandwidth 99999999999GB/s", 23, "is not a bandwidth");
    check("link a -> b size 1.5kB", 18, "write a whole number of B, kB, MB or GB, like 1500B");
    check("link a -> b from 1s to 2s loss 0.1", 27, "at the end of a line");
    check("partition a from 1s to 2s", 13, "`from` where `|` should be");
    check("partition a, | b from 1s to 2s", 14, "where a path should be");
    check("partition a | b from 2s to 2s", 25, "write the earlier time first");
    check("partition a | b until 2s", 17, "`until` is too much");
    check("crash a", 8, "the line ends where `at` should be");
    check("crash a at", 11, "a time is missing");
    check("crash a at 30", 12, "no unit");
    check("crash a at 30s restart after 5s", 16, "is too much");
    check("slow a by 0.5", 11, "write a number from 1");
    check("slow a by 1.0001", 11, "at most three decimals");
    check("slow a 2.5", 8, "where `by` should be");
    check("slow \"a by 2.5", 6, "does not end");
    check(r#"slow "a\b" by 2.5"#, 8, r"write `\\` for itself");
}

#[test]
fn patterns_match_paths() {
    let check = |pattern: &str, matched: &[&str], others: &[&str]| {
        let pattern = Pattern::from(pattern);
        assert!(matched.iter().all(|path| pattern.matches(path)), "{pattern}: {matched:?}");
        assert!(!others.iter().any(|path| pattern.matches(path)), "{pattern}: {others:?}");
    };
    check("a", &["a"], &["b", "a/a", "", "a[0]"]);
    check("taxi[*]", &["taxi[0]", "taxi[12]"], &["taxi", "taxi[1]/x", "x/taxi[1]"]);
    check("*", &["a", "taxi[3]"], &["a/b"]);
    check("a/*", &["a/b"], &["a", "a/b/c"]);
    check("a/**", &["a", "a/b", "a/b/c"], &["b", "ab"]);
    check("**/b", &["b", "a/b", "a/a/b"], &["b/a"]);
    check("**", &["a", "a/b"], &[]);
    check("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a/b/c"]);
    check("*b*d", &["bd", "abcd", "bbdd"], &["b", "db", "bda"]);
    check("aa*aa", &["aaaa", "aaxaa"], &["aaa"]);
    assert_eq!(Pattern::from("a[1]").exact(), Some("a[1]"));
    assert_eq!(Pattern::from("a[*]").exact(), None);
}

/// What a pattern means, without a thought for how long that takes.
fn means(pattern: &[&str], names: &[&str]) -> bool {
    match pattern.split_first() {
        None => names.is_empty(),
        Some((&"**", rest)) => (0..=names.len()).any(|skip| means(rest, &names[skip..])),
        Some((first, rest)) => names.split_first().is_some_and(|(name, others)| {
            Pattern::from(*first).matches(name) && means(rest, others)
        }),
    }
}

proptest! {
    #[test]
    fn many_names_match_as_they_are_meant(
        pattern in prop::collection::vec("[ab]{1,2}|[ab]?\\*[ab]?|\\*\\*", 1..7),
        names in prop::collection::vec("[ab]{1,2}", 1..8),
    ) {
        let parts: Vec<&str> = pattern.iter().map(String::as_str).collect();
        let path: Vec<&str> = names.iter().map(String::as_str).collect();
        let matches = Pattern::from(parts.join("/")).matches(&path.join("/"));
        prop_assert_eq!(matches, means(&parts, &path), "{} {}", parts.join("/"), path.join("/"));
    }
}

#[test]
fn no_pattern_takes_for_ever() {
    // Tried one by one, the ways to deal out the names take longer than the
    // universe, and a call for each `**` more than the stack.
    let stars = "**/".repeat(100_000);
    let path = "driver/dispatcher/taxi[3]";
    assert!(!Pattern::from(format!("{stars}none")).matches(path));
    assert!(Pattern::from(format!("{stars}taxi[*]")).matches(path));
    let deep = "a/".repeat(200);
    assert!(!Pattern::from("**/a/".repeat(100) + "b").matches(&(deep.clone() + "a")));
    assert!(Pattern::from("**/a/".repeat(100) + "b").matches(&(deep + "b")));
}

fn pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof!["[a-z*/\\[\\]0-9]{1,9}", "[ a-z,|#>\"\\\\\n\r\t-]{0,6}", any::<String>()]
        .prop_map(Pattern::from)
}

fn window() -> impl Strategy<Value = std::ops::Range<VirtualTime>> {
    let ends = prop_oneof![(0_u64..100, 100_u64..1_000), Just((0, u64::MAX)), Just((7, u64::MAX))];
    ends.prop_map(|(from, to)| VirtualTime::from_nanos(from)..VirtualTime::from_nanos(to))
}

fn faults() -> impl Strategy<Value = LinkFaults> {
    let chance = || prop::option::of(0.0..=1.0_f64);
    let bytes = || prop::option::of(prop_oneof![1_u64..2_000_000, Just(3_000_000_000)]);
    let parts = (prop::option::of(latency()), bytes(), bytes(), chance(), chance());
    (parts, prop::option::of(window())).prop_map(|((latency, rate, size, loss, twice), window)| {
        let mut faults = LinkFaults::new();
        faults = latency.into_iter().fold(faults, LinkFaults::latency);
        faults = rate.into_iter().fold(faults, LinkFaults::bandwidth);
        faults = size.into_iter().fold(faults, LinkFaults::size);
        faults = loss.into_iter().fold(faults, LinkFaults::loss);
        faults = twice.into_iter().fold(faults, LinkFaults::duplicate);
        window.into_iter().fold(faults, LinkFaults::during)
    })
}

fn plan() -> impl Strategy<Value = FaultPlan> {
    let side = || prop::collection::vec(pattern(), 1..4);
    let one = prop_oneof![
        (pattern(), pattern(), faults())
            .prop_map(|(a, b, faults)| FaultPlan::new().link(a, b, faults)),
        (side(), side(), window()).prop_map(|(a, b, w)| FaultPlan::new().partition(a, b, w)),
        (pattern(), latency()).prop_map(|(a, span)| FaultPlan::new().crash_at(a, span)),
        (pattern(), latency()).prop_map(|(a, span)| FaultPlan::new().crash_after(a, span)),
        (pattern(), 1.0..=1e6_f64, window()).prop_map(|(a, by, w)| FaultPlan::new().slow(a, by, w)),
    ];
    prop::collection::vec(one, 0..6)
        .prop_map(|plans| plans.iter().flat_map(FaultPlan::rules).cloned().collect())
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same(plan in plan()) {
        prop_assert_eq!(plan.to_string().parse(), Ok(plan.clone()));
        for rule in plan.rules() {
            prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule.clone()));
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(link|partition|crash|slow|[a-c]|->|\\||,|\"|\\\\|loss|latency|size|by|at|from|to|[0-9.]{1,3}|1s|1MB/s|é|#|\n| ){0,24}") {
        if let Ok(plan) = text.parse::<FaultPlan>() {
            prop_assert_eq!(plan.to_string().parse(), Ok(plan));
        }
    }
}

#[test]
fn a_rule_that_says_nothing_is_none() {
    assert!(FaultPlan::new().link("a", "b", LinkFaults::new()).is_empty());
    let always = VirtualTime::ZERO..VirtualTime::MAX;
    assert!(FaultPlan::new().link("a", "b", LinkFaults::new().during(always)).is_empty());
    let window = VirtualTime::ZERO..VirtualTime::from_secs(1);
    let plan = FaultPlan::new().link("a", "b", LinkFaults::new().loss(0.5).during(window));
    assert_eq!(plan.to_string(), "link a -> b loss 0.5 from 0s to 1s");
}
