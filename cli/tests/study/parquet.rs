//! `rows.parquet`, read back.

use super::{Place, SMALL};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;

fn read(path: &std::path::Path) -> Vec<RecordBatch> {
    let file = File::open(path).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    reader.build().expect("a reader").map(|batch| batch.expect("a batch")).collect()
}

#[test]
fn the_table_is_that_of_the_csv_with_units() {
    let place = Place::new("parquet");
    let files = place.swept("days", SMALL);
    let batches = read(&place.join("days").join("rows.parquet"));
    let schema = batches[0].schema();
    let mut rows = csv::Reader::from_reader(&files["rows.csv"][..]);
    let names = rows.headers().expect("names").clone();
    let fields: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(fields, names.iter().collect::<Vec<_>>());
    let unit =
        |name: &str| schema.field_with_name(name).expect(name).metadata().get("unit").cloned();
    assert_eq!(unit("commission").as_deref(), Some("$"));
    assert_eq!(unit("ride_time").as_deref(), Some("s"));
    assert_eq!(unit("refused_share").as_deref(), Some("1"));
    let kind = |name: &str| schema.field_with_name(name).expect(name).data_type().clone();
    assert_eq!((kind("fleet"), kind("every")), (DataType::Int64, DataType::Float64));
    assert_eq!(unit("every").as_deref(), Some("s"));
    let mut records = rows.records();
    for batch in &batches {
        for at in 0..batch.num_rows() {
            let record = records.next().expect("as many rows").expect("a row");
            for ((column, text), name) in batch.columns().iter().zip(&record).zip(&names) {
                if name == "every" {
                    // A span: seconds here, the level as it was given there.
                    let secs = text.parse::<flagfall::Span>().expect("a span").as_secs_f64();
                    assert_eq!(column.as_primitive::<Float64Type>().value(at), secs);
                    continue;
                }
                let value = match column.data_type() {
                    DataType::Float64 => column.as_primitive::<Float64Type>().value(at).to_string(),
                    DataType::Int64 => column.as_primitive::<Int64Type>().value(at).to_string(),
                    DataType::UInt64 => column.as_primitive::<UInt64Type>().value(at).to_string(),
                    DataType::Utf8 if column.is_null(at) => String::new(),
                    DataType::Utf8 => column.as_string::<i32>().value(at).to_owned(),
                    _ => continue,
                };
                assert_eq!(value, text);
            }
        }
    }
    assert!(records.next().is_none());
}

#[test]
fn what_failed_is_empty() {
    let place = Place::new("parquet-failed");
    let output = place.sweep("days", "taxi --max-events 10 --replications 3").output();
    assert_eq!(output.expect("it runs").status.code(), Some(1));
    let [batch] = &read(&place.join("days").join("rows.parquet"))[..] else { panic!("one batch") };
    let column = |name: &str| batch.column_by_name(name).expect(name);
    assert_eq!(batch.num_rows(), 3);
    assert_eq!((column("events").null_count(), column("error").null_count()), (3, 0));
    let replay = column("replay").as_string::<i32>().value(2).to_owned();
    assert_eq!(replay, "flagfall run taxi --max-events=10 --replication=2");
}

#[test]
fn levels_are_numbers_only_if_that_says_all_of_them() {
    let place = Place::new("parquet-levels");
    for (name, levels, wanted) in [
        ("seed", "1,18446744073709551615", DataType::Utf8),
        ("drivers", "nan,inf", DataType::Utf8),
        ("drivers", "01,1", DataType::Utf8),
        ("commission", "0.25,0.125", DataType::Float64),
        ("commission", "0.50,1.25", DataType::Float64),
        ("every", "500ms,1s,2m", DataType::Float64),
        ("every", "0,1s", DataType::Float64),
        ("every", "1s,1000ms", DataType::Utf8),
        ("latency", "1ms,uniform:1ms..3ms", DataType::Utf8),
        ("rides", "5,10", DataType::Int64),
    ] {
        let folder = format!("{name}-{levels}").replace([':', '.'], "-");
        place.swept(&folder, &format!("taxi --set {name}={levels} --replications 2"));
        let batches = read(&place.join(&folder).join("rows.parquet"));
        if levels == "500ms,1s,2m" {
            let column = batches[0].column(1).as_primitive::<Float64Type>();
            assert_eq!([0, 2, 4].map(|row| column.value(row)), [0.5, 1.0, 120.0]);
        }
        assert_eq!(*batches[0].schema().field(1).data_type(), wanted, "{name}={levels}");
    }
}
