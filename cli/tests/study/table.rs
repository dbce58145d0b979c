//! `rows.csv`: what is written is read back.

use flagfall::Measures;
use flagfall::experiment::{Experiment, Finished, Grid, Numbers, Replications, Results, Row};
use flagfall_cli::study::{Manifest, read_csv, write_csv};
use proptest::prelude::*;
use std::path::Path;

/// Numbers of a run, or its error.
type Outcome = Result<(Vec<Option<f64>>, u64), String>;

/// Texts that a table could stumble over.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c ,;\"'\r\n]{1,8}", "\\PC{1,8}", Just("1e3".to_owned())]
}

fn value() -> impl Strategy<Value = Option<f64>> {
    let whole = (-(1_i64 << 55)..1 << 55).prop_map(|whole| whole as f64);
    let any = any::<f64>().prop_filter("finite", |value| value.is_finite());
    let edge = prop::sample::select(vec![0.0, -0.0, 1e15, 9_007_199_254_740_993.0, 1e-7, 0.1]);
    prop::option::of(prop_oneof![whole, any, edge])
}

fn outcomes() -> impl Strategy<Value = Vec<Outcome>> {
    let good = (prop::collection::vec(value(), 3), any::<u64>()).prop_map(Ok);
    prop::collection::vec(prop_oneof![3 => good, 1 => text().prop_map(Err)], 6)
}

fn results(outcomes: &[Outcome]) -> Results {
    let run = |point: usize, replication: u64| {
        let (values, events) = outcomes[2 * point + replication as usize].clone()?;
        let mut measures = Measures::new();
        for (name, value) in ["a", "b", "events"].into_iter().zip(values) {
            measures.add(name, "s", value);
        }
        let digest = None;
        Ok::<_, String>(Finished { measures, events, digest })
    };
    Experiment::new(Replications::Fixed(2)).run(3, run).expect("the same measures")
}

/// With minus zero, which `==` takes for zero.
fn bits(row: &Row) -> Vec<Option<u64>> {
    match &row.outcome {
        Ok(Numbers { values, .. }) => values.iter().map(|value| value.map(f64::to_bits)).collect(),
        Err(_) => Vec::new(),
    }
}

proptest! {
    #[test]
    fn rows_are_read_back(
        outcomes in outcomes(), levels in prop::collection::vec(text(), 3), replay in text(),
    ) {
        let grid = Grid::new(vec!["fleet=1,2,3".parse().expect("a factor")]).expect("a grid");
        let mut manifest =
            Manifest::new("taxi", 1, &grid, &[], &Replications::Fixed(2), 0.95);
        for (point, level) in manifest.points.iter_mut().zip(levels) {
            point.levels = vec![level];
        }
        let results = results(&outcomes);
        let mut written = Vec::new();
        write_csv(&mut written, &manifest, &results, &|_| replay.clone()).expect("memory");
        let columns = results.columns.clone();
        let read = read_csv(&written[..], Path::new("rows.csv"), &manifest, columns);
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&read.rows, &results.rows);
        for (read, row) in read.rows.iter().zip(&results.rows) {
            prop_assert_eq!(bits(read), bits(row));
        }
        // Every line has all fields, as another reader sees it.
        let mut reader = csv::Reader::from_reader(&written[..]);
        let names = reader.headers().expect("names").len();
        for (at, record) in reader.records().enumerate() {
            let record = record.expect("a record of as many fields");
            prop_assert_eq!(record.len(), names);
            prop_assert_eq!(&record[1], manifest.points[at / 2].levels[0].as_str());
            let error = outcomes[at].as_ref().err().map_or("", String::as_str);
            prop_assert_eq!(&record[names - 2], error);
            prop_assert_eq!(&record[names - 1], if error.is_empty() { "" } else { &replay });
        }
    }
}
