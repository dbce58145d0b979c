//! What collectors record, and what cannot be recorded.

use flagfall::collect::{Counter, Histogram, Level, Series, Stat, Tally};
use flagfall::statistics::Sample;
use flagfall::{Config, ErrorKind, Model, Simulation, Span};
use proptest::prelude::*;

fn simulation() -> Simulation {
    Simulation::new(Config::new(42))
}

/// The text of the error of a run with one process, which makes or uses a collector.
fn failed(wrong: impl FnOnce(&mut flagfall::Process) + 'static) -> (ErrorKind, String) {
    let mut simulation = simulation();
    let _ = Counter::new(&mut simulation, "known");
    simulation.process("clerk", async move |mut p| wrong(&mut p));
    let error = simulation.run().expect_err("a mistake");
    assert_eq!(error.actor, "clerk");
    (error.kind.clone(), error.to_string())
}

proptest! {
    /// The total of whole numbers is whole, and that of others has no error of its order.
    #[test]
    fn totals_are_sums(numbers in prop::collection::vec(-1_000_000..1_000_000_i64, 1..200)) {
        let total = |unit: f64| {
            let mut simulation = simulation();
            let tally = Tally::of(&mut simulation, "cost", "1", [Stat::Total]);
            for number in &numbers {
                tally.record(&simulation, *number as f64 / unit);
            }
            simulation.run().expect("no errors");
            simulation.collected().get("cost_total").expect("defined")
        };
        let sum = numbers.iter().sum::<i64>() as f64;
        prop_assert_eq!(total(1.0), sum);
        prop_assert!((total(10.0) - sum / 10.0).abs() <= 1e-10 * (sum / 10.0).abs().max(1.0));
    }
}

#[test]
fn results_are_named_by_name_label_and_number() {
    let mut simulation = simulation();
    let all = [Stat::Count, Stat::Total, Stat::Mean, Stat::Deviation, Stat::Min, Stat::Max];
    let quantiles = [Stat::Quantile(0.07), Stat::Quantile(0.995)];
    let tally = Tally::of(&mut simulation, ("wait", 2), "h", [&all[..], &quantiles].concat());
    let of_level = [Stat::Mean, Stat::Deviation, Stat::Min, Stat::Max, Stat::Last];
    let level = Level::of(&mut simulation, "stock", "kg", 5, of_level);
    let edges = [-3.0, 0.5, 20.0];
    let shown = [Stat::Count, Stat::UpTo(0.5), Stat::UpTo(-3.0)];
    let histogram = Histogram::of(&mut simulation, "error", "mm", &edges, shown);
    let quiet = Tally::of(&mut simulation, "wait_2", "h", []);
    simulation.process("clerk", async move |p| {
        for hours in [1, 2, 6] {
            tally.record(&p, Span::from_hours(hours));
            quiet.record(&p, hours);
        }
        level.change(&p, -8);
        p.sleep(Span::from_secs(3)).await;
        level.set(&p, 1);
        for number in [-3.0, -2.0, 0.5, 20.1] {
            histogram.record(&p, number);
        }
        p.sleep(Span::from_secs(1)).await;
    });
    simulation.run().expect("no errors");
    let collected = simulation.collected();
    let rounded = |name: &str| (collected.get(name).expect("defined") * 1e6).round() / 1e6;
    let expected = [
        ("wait_2_count", "1", 3.0),
        ("wait_2_total", "h", 9.0),
        ("wait_2_mean", "h", 3.0),
        ("wait_2_deviation", "h", 2.645_751),
        ("wait_2_min", "h", 1.0),
        ("wait_2_max", "h", 6.0),
        ("wait_2_p7", "h", rounded("wait_2_p7")),
        ("wait_2_p99_5", "h", rounded("wait_2_p99_5")),
        ("stock_mean", "kg", -2.0),
        ("stock_deviation", "kg", 1.732_051),
        ("stock_min", "kg", -3.0),
        ("stock_max", "kg", 1.0),
        ("stock_last", "kg", 1.0),
        ("error_count", "1", 4.0),
        ("error_up_to_0_5", "1", 0.75),
        ("error_up_to_minus_3", "1", 0.25),
    ];
    let found: Vec<_> = collected.as_slice().iter().map(|one| (&*one.name, &*one.unit)).collect();
    assert_eq!(found, expected.map(|(name, unit, _)| (name, unit)));
    for (name, _, value) in expected {
        assert!((rounded(name) - value).abs() < 1e-9, "{name} {}", rounded(name));
    }
    assert_eq!(quiet.tally(&simulation).mean(), Some(3.0));
    let bins = histogram.bins(&simulation);
    assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [1, 2, 0, 1]);
    assert_eq!((bins[0].above, bins[3].up_to), (f64::NEG_INFINITY, f64::INFINITY));
}

#[test]
fn nothing_recorded_is_undefined() {
    let mut simulation = simulation();
    let _ = Tally::new(&mut simulation, "wait", "s");
    let _ = Level::new(&mut simulation, "inside", 3);
    let _ = Histogram::new(&mut simulation, "size", "mm", &[1.0]);
    assert_eq!(
        simulation.collected().to_string(),
        "wait_mean undefined, wait_max undefined, wait_count 0, inside_mean undefined, \
         inside_max undefined, size_up_to_1 undefined"
    );
}

#[test]
fn what_cannot_be_made_is_told() {
    let told = |make: fn(&mut flagfall::Process)| {
        let (kind, text) = failed(make);
        assert!(matches!(kind, ErrorKind::Collector { .. }), "{kind:?}");
        text
    };
    let twice = told(|p| _ = Counter::new(p, "known"));
    assert!(twice.contains("known would have the results of another, known: make each once"));
    let same = told(|p| {
        let _ = Tally::new(p, "wait", "s");
        let _ = Counter::new(p, "wait_mean");
    });
    assert!(same.contains("wait_mean would have the results of another"), "{same}");
    for name in ["", "Wait", "wait time", "2", "wait.urgent", "büro", "_x"] {
        let (kind, text) = failed(move |p| _ = Counter::new(p, name));
        assert!(matches!(kind, ErrorKind::Collector { .. }));
        assert!(text.contains(&format!("would be named `{name}`: begin with a small")), "{text}");
    }
    let none = told(|p| _ = Level::of(p, "line", "1", 0, [Stat::Total]));
    assert!(none.contains("line: a collector of this kind has no total"), "{none}");
    let double = told(|p| _ = Tally::of(p, "wait", "s", [Stat::Mean, Stat::Mean]));
    assert!(double.contains("wait: the same result is listed twice"), "{double}");
    let quantile = told(|p| _ = Tally::of(p, "wait", "s", [Stat::Quantile(95.0)]));
    assert!(quantile.contains("the probability 95 is not from 0 to 1"), "{quantile}");
    for edges in [&[][..], &[2.0, 1.0], &[1.0, 1.0], &[f64::NAN], &[0.0, f64::INFINITY]] {
        let edges = edges.to_vec();
        let (_, text) = failed(move |p| _ = Histogram::new(p, "size", "mm", &edges));
        assert!(text.contains("size: its edges are not 1 to 10000 numbers"), "{text}");
    }
}

#[test]
fn what_cannot_be_recorded_is_told() {
    let told = |wrong: fn(&mut flagfall::Process)| failed(wrong).1;
    let nan = told(|p| Tally::new(p, "wait", "s").record(p, f64::NAN));
    assert!(nan.contains("the collector wait: "), "{nan}");
    let unit = told(|p| Tally::new(p, "weight", "kg").record(p, Span::from_secs(3)));
    assert!(unit.contains("weight: the span 3s has no number in its unit: give it"), "{unit}");
    let low = told(|p| Tally::of(p, "gain", "$", [Stat::Quantile(0.5)]).record(p, -1));
    assert!(low.contains("quantiles are of numbers from 0 to 18000000000, and -1"), "{low}");
    let bins = told(|p| Histogram::new(p, "size", "mm", &[1.0]).record(p, f64::NAN));
    assert!(bins.contains("size: NaN is not a number"), "{bins}");
    let full = told(|p| {
        let counter = Counter::new(p, "many");
        counter.add(p, u64::MAX);
        counter.add(p, 1);
    });
    assert!(full.contains("many: its count leaves 64 bits"), "{full}");
    let high = told(|p| Level::new(p, "line", i64::MAX).change(p, 1));
    assert!(high.contains("the collector line: "), "{high}");

    let (mut one, mut other) = (simulation(), simulation());
    let counter = Counter::new(&mut one, "known");
    let _ = Counter::new(&mut other, "known");
    other.process("clerk", async move |p| counter.add(&p, 1));
    let error = other.run().expect_err("another simulation").to_string();
    assert!(error.contains("a collector was used with another simulation"), "{error}");
}

#[test]
fn records_are_no_events() {
    let digest = |collects: bool| {
        let mut simulation = simulation();
        let counter = collects.then(|| Counter::new(&mut simulation, "ticks"));
        simulation.process("clock", async move |p| {
            for _ in 0..10 {
                p.sleep(Span::from_secs(1)).await;
                counter.into_iter().for_each(|counter| counter.add(&p, 1));
            }
        });
        simulation.run().expect("no errors");
        (simulation.digest(), simulation.events())
    };
    assert_eq!(digest(true), digest(false));
}

/// Makes its collectors in its start; its own measures come first.
struct Clock {
    ticks: u64,
}

impl Model for Clock {
    type Handles = ();
    type Result = ();

    fn start(&self, simulation: &mut Simulation) {
        let (wait, ticks) = (Tally::new(simulation, "wait", "s"), self.ticks);
        let clock = simulation.process("clock", async move |p| {
            for _ in 0..ticks {
                let gap = p.stream("gaps").exponential(Span::from_secs(1));
                p.sleep(gap).await;
                wait.record(&p, gap);
            }
        });
        drop(clock);
    }

    fn collect(&self, _: &Simulation, (): &()) {}
}

impl flagfall::model::Measured for Clock {
    fn measures(&self, run: &flagfall::model::Run<()>) -> flagfall::Measures {
        let mut measures = flagfall::Measures::new();
        measures.count("events", run.events).count("wait_count", 7);
        measures
    }
}

/// The rows of an experiment have what was collected, without a line of code; a name of the
/// model's own stays.
#[test]
fn studies_have_what_was_collected() {
    use flagfall::experiment::Finished;
    let model = Clock { ticks: 3 };
    let run = model.run(Config::new(1)).expect("no errors");
    let finished = Finished::of(&model, &run).measures;
    let names: Vec<_> = finished.as_slice().iter().map(|measure| &*measure.name).collect();
    assert_eq!(names, ["events", "wait_count", "wait_mean", "wait_max"]);
    assert_eq!(finished.get("wait_count"), Some(7.0));
    assert_eq!(run.collected.get("wait_count"), Some(3.0));
}

proptest! {
    /// Quantiles are as near as they say.
    #[test]
    fn quantiles_are_near(
        numbers in prop::collection::vec(0.0..1e6_f64, 1..200),
        probability in 0.0..=1.0_f64,
    ) {
        let mut simulation = simulation();
        let tally = Tally::of(&mut simulation, "size", "kg", [Stat::Quantile(probability)]);
        numbers.iter().for_each(|number| tally.record(&simulation, *number));
        let exact = Sample::of(&numbers).unwrap().quantile(probability).unwrap();
        let found = simulation.collected().as_slice()[0].value.unwrap();
        prop_assert!((found - exact).abs() <= exact * 0.004 + 1e-9, "{found} {exact}");
    }

    /// A series has all observations in equal batches, in order.
    #[test]
    fn series_are_means_of_batches(count in 1..40_000_usize) {
        let mut simulation = simulation();
        let series = Series::new(&mut simulation, "numbers", "1");
        (0..count).for_each(|number| series.record(&simulation, number as f64));
        let (values, batch) = (series.values(&simulation), series.batch(&simulation) as usize);
        prop_assert!(values.len() < 8_192 && values.len() == count / batch);
        prop_assert!(batch == 1 || values.len() >= 4_096);
        for (place, value) in values.iter().enumerate() {
            let mean = (place * batch) as f64 + (batch - 1) as f64 / 2.0;
            prop_assert_eq!(*value, mean);
        }
    }
}
