//! One name per measure: in the text and the JSON of a run, in all tables of a study.

use super::Place;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use std::process::Command;

fn printed(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    let output = command.args(words).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The names of the measures, and of no parameter or list.
fn named(object: &Value) -> Vec<String> {
    object.as_object().expect("an object").keys().cloned().collect()
}

fn unique(object: &Value, name: &str) -> bool {
    // A measure stands in one place. What is an option, or a list, is another thing.
    object["measures"].get(name).is_some()
        && object
            .get(name)
            .is_none_or(|other| other.is_array() || name == "commission" || name == "lost")
}

#[test]
fn each_measure_has_one_name_everywhere() {
    let place = Place::new("names");
    for system in ["taxi", "parameter-server", "actor-tree", "messages", "queue"] {
        let run: Value =
            serde_json::from_str(&printed(&["run", system, "--json", "-q"])).expect("JSON");
        let measures = named(&run["measures"]);
        assert_eq!(named(&run["units"]), measures);
        assert!(measures.iter().all(|name| unique(&run, name)), "{system}: {measures:?}");
        for other in ["rides_total", "rides_rejected", "ride_seconds", "total_commission"] {
            assert!(run.get(other).is_none(), "{other}");
        }
        let files = place.swept(system, &format!("{system} --replications 2"));
        let csv = String::from_utf8(files["rows.csv"].clone()).expect("UTF-8");
        let header: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
        let of_rows = &header[2..header.len() - 4];
        let mut sorted: Vec<String> = of_rows.iter().map(|name| (*name).to_owned()).collect();
        let in_order = sorted.clone();
        sorted.sort();
        assert_eq!(sorted, measures, "{system}");

        let summary: Value = serde_json::from_slice(&files["summary.json"]).expect("JSON");
        let of_summary = summary["measures"].as_array().expect("measures").iter();
        let of_summary: Vec<&str> =
            of_summary.map(|measure| measure["name"].as_str().expect("a name")).collect();
        assert_eq!(of_summary, in_order, "{system}");
        let markdown = String::from_utf8(files["summary.md"].clone()).expect("UTF-8");
        let report = printed(&["report", place.join(system).to_str().expect("a name"), "-q"]);
        for name in &in_order {
            assert!(markdown.contains(name.as_str()), "{system}: {name} in\n{markdown}");
            assert!(report.contains(name.as_str()), "{system}: {name} in\n{report}");
        }
        let file = std::fs::File::open(place.join(system).join("rows.parquet")).expect("a file");
        let parquet = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
        let fields = parquet.schema().fields().iter().map(|field| field.name().clone());
        assert!(fields.eq(header.iter().map(|name| (*name).to_owned())), "{system}");
    }
    // The one system whose text is numbers.
    let text = printed(&["run", "queue", "-q"]);
    let run: Value =
        serde_json::from_str(&printed(&["run", "queue", "--json", "-q"])).expect("JSON");
    for line in text.lines() {
        let (name, amount) = line.split_once("  ").expect("a name and a number");
        let number = amount.trim().trim_end_matches(" s");
        assert_eq!(number.parse::<f64>().ok(), run["measures"][name].as_f64(), "{line}");
    }
    assert_eq!(text.lines().count(), named(&run["measures"]).len());
}

#[test]
fn a_tariff_changes_a_column() {
    let place = Place::new("tariff");
    place.swept("prices", "taxi --set price=1.25,2.50 --replications 2");
    let folder = place.join("prices");
    let text = std::fs::read_to_string(folder.join("summary.json")).expect("a summary");
    let summary: Value = serde_json::from_str(&text).expect("JSON");
    let mean = |point: usize| {
        let measures = summary["points"][point]["measures"].as_array().expect("measures");
        let cash = measures.iter().find(|measure| measure["name"] == "taxi_cash").expect("cash");
        cash["mean"].as_f64().expect("a mean")
    };
    // 1 and 2.25 dollars a second are theirs.
    assert!((mean(1) / mean(0) - 2.25).abs() < 1e-9, "{} {}", mean(0), mean(1));
}
