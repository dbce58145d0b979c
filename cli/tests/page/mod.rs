//! Studies as text and as pages. What only a browser can tell is in `page.mjs`.

mod command;
mod hostile;
mod run;

use flagfall::experiment::{Column, Factor};
use flagfall::{MeasureKind, Series, statistics::Tally};
use flagfall_cli::report::page::{self, MOST_ROWS, Page, Parameters, WarmUp};
use flagfall_cli::report::study::{self, Answers, Bins, Failed, Rows, Study};
use flagfall_cli::study::{
    Manifest, MeasureSummary, PointEntry, PointSummary, PrecisionEntry, Summary,
};
use proptest::prelude::*;
use serde_json::Value;

/// A study of one factor with so many levels and measures; the text is in every place where
/// a model's text can be.
fn sample(text: &str, points: usize, measures: usize, replications: u64) -> Study {
    let level = |at: usize| format!("{at}{text}");
    let column = |at| Column {
        name: format!("m{at}{text}").into(),
        unit: text.to_owned().into(),
        kind: MeasureKind::Number,
    };
    let mut rows = Rows { values: vec![Vec::new(); measures], ..Rows::default() };
    for point in 0..points {
        for replication in 0..replications {
            rows.point.push(point);
            rows.replication.push(replication);
            let value = (point as f64 + 1.0) * (replication % 7) as f64;
            rows.values.iter_mut().for_each(|values| values.push(Some(value)));
            rows.events.push(Some(replication));
            rows.digest.push(Some(text.to_owned()));
        }
    }
    if let Some(row) = rows.len().checked_sub(1) {
        rows.failed.push(Failed { row, error: text.into(), replay: text.into() });
    }
    let summary = |point: usize| {
        let of_point = rows.point.iter().zip(rows.values.first()?);
        let values: Vec<f64> =
            of_point.filter(|(at, _)| **at == point).filter_map(|(_, value)| *value).collect();
        let mean = Tally::of(&values).ok()?.mean();
        let half_width = Some(0.25);
        Some(MeasureSummary { count: replications, mean, half_width, ..Default::default() })
    };
    let point = |at: usize| PointSummary {
        replications,
        failed: u64::from(at + 1 == points),
        measures: vec![summary(at).unwrap_or_default(); measures],
        ..PointSummary::default()
    };
    let asked =
        |at: usize| PointEntry { point: at, levels: vec![level(at)], run: vec![text.to_owned()] };
    let levels = (0..points).map(level).collect();
    let manifest = Manifest {
        model: text.to_owned(),
        flagfall: text.to_owned(),
        study: text.to_owned(),
        command: vec![text.to_owned()],
        level: 0.95,
        precision: Some(PrecisionEntry { of: vec![text.to_owned()], ..Default::default() }),
        parameters: [(text.to_owned(), text.to_owned())].into(),
        factors: vec![Factor { name: text.to_owned(), levels }],
        points: (0..points).map(asked).collect(),
        ..Manifest::default()
    };
    let summary = Summary {
        measures: (0..measures).map(column).collect(),
        points: (0..points).map(point).collect(),
        ..Summary::default()
    };
    Study { manifest, summary, rows, ..Study::default() }
}

fn html(study: &Study) -> String {
    let note = || study.manifest.model.clone();
    let series =
        Series { name: note().into(), unit: "s".into(), values: vec![1.0, 2.0, 3.0], batch: 1 };
    let warm_up = Ok(WarmUp::of(0, &[vec![series]]));
    let mut out = Vec::new();
    page::write(
        &mut out,
        &Page {
            study,
            command: note(),
            parameters: Parameters {
                same: vec![(note(), note())],
                differ: vec![(note(), vec![note(), note()])],
                note: format!("note {}", note()),
            },
            answers: &Answers::default(),
            measure: study.telling_measure(),
            run: Err(note()),
            warm_up,
        },
    )
    .expect("memory");
    String::from_utf8(out).expect("UTF-8")
}

const DATA: &str = "<script type=\"application/json\" id=\"data\">";

fn data(html: &str) -> Value {
    let (_, rest) = html.split_once(DATA).expect("data");
    let (data, _) = rest.split_once("</script>").expect("an end of the data");
    serde_json::from_str(data).expect("JSON")
}

/// The tags of a page, in order: what a parser would see outside of scripts and styles.
fn tags(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let name: String = after.chars().take_while(|c| !" >\n".contains(*c)).collect();
        rest = after;
        for raw in ["script", "style"] {
            if name == raw {
                let end = rest.find(&format!("</{raw}")).expect("an end");
                rest = &rest[end..];
            }
        }
        found.push(name);
    }
    found
}

#[test]
fn no_text_of_a_model_breaks_out_of_the_page() {
    let plain = tags(&html(&sample("x", 2, 2, 3)));
    for text in [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "--><b>",
        "]]>",
        "\u{2028}\u{2029}",
        "\"'><img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        "@{data}",
        "\\u003c",
        "\0\u{7}\u{1b}[31m",
    ] {
        let page = html(&sample(text, 2, 2, 3));
        assert_eq!(tags(&page), plain, "{text}");
        let data = data(&page);
        assert_eq!(data["factors"][0]["name"], text);
        assert_eq!(data["rows"]["failed"][0][1], text);
        assert_eq!(data["run_note"], text);
        let (_, json) = page.split_once(DATA).expect("data");
        let (json, _) = json.split_once("</script>").expect("an end");
        assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_comes_through(text in any::<String>()) {
        let study = sample(&text, 2, 1, 2);
        let page = html(&study);
        let data = data(&page);
        prop_assert_eq!(data["factors"][0]["name"].as_str(), Some(text.as_str()));
        prop_assert_eq!(data["rows"]["digest"][0].as_str(), Some(text.as_str()));
        prop_assert_eq!(tags(&page), tags(&html(&sample("x", 2, 1, 2))));
        prop_assert_eq!(html(&study), page);
    }

    /// Nothing is lost or counted twice, and every value is in its bar.
    #[test]
    fn bins_hold_every_value(
        values in prop::collection::vec((0..3usize, prop::option::weighted(0.9, -1e300..1e300f64)), 0..200),
        few in any::<bool>(),
    ) {
        let round = |value: f64| if few { (value / 1e299).round() } else { value };
        let values: Vec<(usize, Option<f64>)> =
            values.into_iter().map(|(at, value)| (at, value.map(round))).collect();
        let bins = Bins::of(3, &values.iter().map(|(at, value)| (*at, value)));
        for point in 0..3 {
            let own = values.iter().filter(|(at, value)| *at == point && value.is_some());
            prop_assert_eq!(bins.counts[point].iter().sum::<u64>(), own.count() as u64);
        }
        prop_assert!(bins.places.windows(2).all(|pair| pair[0] < pair[1]));
        for (bar, place) in bins.places.iter().enumerate().filter(|_| !bins.edges) {
            let same = values.iter().filter(|(_, value)| *value == Some(*place)).count() as u64;
            prop_assert_eq!(bins.counts.iter().map(|counts| counts[bar]).sum::<u64>(), same);
        }
    }

    /// Values that are all equally often are in bars that are all equally tall, whatever step
    /// lies between them; only the last bin may have less room.
    #[test]
    fn equal_chances_on_a_lattice_give_equal_bars(
        steps in 25..1_000usize,
        of in prop::sample::select(vec![1.0, 3.0, 7.0, 200.0, 1_000.0]),
        first in -500..500i32,
        each in 1..4usize,
    ) {
        let value = |at: usize| Some((f64::from(first) + at as f64) / of);
        let values: Vec<_> = (0..steps * each).map(|at| (0, value(at / each))).collect();
        let bins = Bins::of(1, &values.iter().map(|(at, value)| (*at, value)));
        let counts = &bins.counts[0];
        prop_assert!((11..=64).contains(&counts.len()), "{}", counts.len());
        let (last, others) = counts.split_last().expect("bins");
        prop_assert!(others.iter().all(|count| *count == others[0]), "{:?}", counts);
        prop_assert!(*last <= others[0] && 2 * last >= others[0], "{:?}", counts);
        // No axis beyond what was observed.
        let (from, to) = (bins.places[0], bins.places[bins.places.len() - 1]);
        prop_assert_eq!((Some(from), Some(to)), (value(0), value(steps - 1)));
    }

    #[test]
    fn tables_keep_to_the_width(width in 40..200usize, points in 1..5usize, measures in 1..30usize) {
        let mut out = Vec::new();
        study::table(&mut out, &sample("x", points, measures, 3), width).expect("memory");
        let text = String::from_utf8(out).expect("UTF-8");
        prop_assert!(text.lines().all(|line| line.chars().count() <= width), "{}", text);
        for at in 0..measures {
            let head = format!("m{at}x (x)");
            prop_assert_eq!(text.matches(&head).count(), 1, "{}", text);
        }
    }
}

#[test]
fn no_bar_squashes_the_others() {
    // At one point always 0, at the other 20 values that are equally often.
    let never = (0..400).map(|_| (0, Some(0.0)));
    let often = (0..400).map(|at| (1, Some(f64::from(at % 20 + 5) / 100.0)));
    let values: Vec<_> = never.chain(often).collect();
    let bins = Bins::of(2, &values.iter().map(|(at, value)| (*at, value)));
    let (top, cut) = bins.scale();
    assert!(cut && (0.05..0.1).contains(&top), "{top} {cut}");
    // Where all are about as tall, none is cut.
    let bins = Bins::of(2, &values[400..].iter().map(|(at, value)| (*at, value)));
    assert_eq!(bins.scale(), (0.05, false));
}

#[test]
fn axes_keep_within_what_a_measure_can_be() {
    let mut study = sample("", 2, 1, 3);
    (study.summary.measures[0].name, study.summary.measures[0].unit) =
        ("refused_share".into(), "1".into());
    for point in &mut study.summary.points {
        let summary = &mut point.measures[0];
        (summary.mean, summary.low, summary.high) = (Some(0.004), Some(-0.008009), Some(1.2));
        (summary.minimum, summary.maximum) = (Some(0.0), Some(1.0));
    }
    assert_eq!(study.bounds(0), (0.0, 1.0));
    let mut out = Vec::new();
    study::means(&mut out, &study, &Answers::default(), (0, 0), 80).expect("memory");
    let text = String::from_utf8(out).expect("UTF-8");
    let axis = text.lines().last().expect("an axis");
    assert!(axis.trim_start().starts_with("0 ") && axis.trim_end().ends_with(" 1"), "{text}");
    let page = html(&study);
    assert_eq!(data(&page)["measures"][0]["bounds"], serde_json::json!([0.0, 1.0]));
    // Of a profit nobody knows.
    (study.summary.measures[0].name, study.summary.measures[0].unit) =
        ("profit".into(), "$".into());
    assert_eq!(study.bounds(0), (f64::NEG_INFINITY, f64::INFINITY));
}

#[test]
fn nothing_in_a_page_is_from_elsewhere() {
    let page = html(&sample("x", 2, 2, 3));
    assert!(page.contains("default-src 'none'"));
    for outside in ["src=\"", "url(", "@import", "fetch(", "XMLHttpRequest", "WebSocket", "import("]
    {
        assert!(!page.contains(outside), "{outside}");
    }
    for (at, _) in page.match_indices("href=\"") {
        let address = &page[at + "href=\"".len()..];
        assert!(address.starts_with('#') || address.starts_with("data:,"), "{}", &address[..20]);
    }
    // uPlot says whose it is, in a comment.
    let addresses: Vec<_> =
        page.match_indices("://").map(|(at, _)| &page[at - 5..at + 13]).collect();
    assert_eq!(addresses, ["https://github.com"]);
}

#[test]
fn large_studies_are_cut_and_say_so() {
    let study = sample("x", 3, 1, 10_000);
    let page = html(&study);
    let data = data(&page);
    let held = data["rows"]["point"].as_array().expect("rows").len();
    assert!(held <= MOST_ROWS + 1 && held > MOST_ROWS - 3, "{held}");
    assert_eq!(data["rows"]["total"], 30_000);
    assert!(page.contains(&format!("holds {held} of 30000 rows")), "the note");
    // The failed row is the last of the study.
    assert_eq!(data["rows"]["failed"][0][0], held - 1);
    // Distributions are of all rows.
    let counts = data["bins"][0]["counts"].as_array().expect("counts");
    let all = counts.iter().flat_map(|counts| counts.as_array().expect("a list"));
    assert_eq!(all.map(|count| count.as_u64().expect("a count")).sum::<u64>(), 30_000);
    assert!(page.len() < 4_000_000, "{}", page.len());
    assert!(!html(&sample("x", 2, 1, 10_000)).contains("id=\"cut\""));
}

#[test]
fn warm_up_is_averaged_up_to_the_shortest_run_and_cut() {
    let run = |length: usize, shift: f64| {
        let value = |at: usize| if at < 20 { 0.0 } else { 3.0 + shift * f64::from(at as u32 % 2) };
        vec![Series {
            name: "wait".into(),
            unit: "s".into(),
            values: (0..length).map(value).collect(),
            batch: 1,
        }]
    };
    let warm_up = WarmUp::of(4, &[run(200, 1.0), run(190, -1.0)]);
    let series = &warm_up.series[0];
    assert_eq!((warm_up.point, warm_up.replications, series.values.len()), (4, 2, 190));
    assert_eq!(series.cut, Some(20));
    assert_eq!(series.values[25], 3.0);
    let long = &WarmUp::of(0, &[run(10_000, 1.0)]).series[0];
    assert_eq!((long.bucket, long.values.len()), (5, 2_000));
    assert_eq!(WarmUp::of(0, &[run(30, 0.0)]).series[0].cut, None);
    assert!(WarmUp::of(0, &[vec![]]).series.is_empty());
}

/// Series in batches of different lengths are averaged observation by observation.
#[test]
fn batches_of_a_warm_up_are_brought_to_one_length() {
    let run = |batch: usize, count: usize| {
        let value = |at: usize| if at * batch < 40 { 0.0 } else { 3.0 + (at % 2) as f64 };
        let values = (0..count / batch).map(value).collect();
        vec![Series { name: "wait".into(), unit: "s".into(), values, batch }]
    };
    let warm_up = WarmUp::of(0, &[run(1, 800), run(4, 790)]);
    let series = &warm_up.series[0];
    assert_eq!((series.bucket, series.values.len(), series.cut), (4, 197, Some(40)));
    // Four observations of the first are 3.5; batches of the second are 3 and 4 in turn.
    assert_eq!(series.values[9..13], [0.0, 3.25, 3.75, 3.25]);
    assert_eq!(series.verdict, "MSER-5 cuts the first 40 of 788 observations.");
}

#[test]
fn a_study_without_factors_measures_or_rows_is_shown_too() {
    let manifest = Manifest { points: vec![PointEntry::default()], ..Manifest::default() };
    let summary = Summary { points: vec![PointSummary::default()], ..Summary::default() };
    let study = Study { manifest, summary, ..Study::default() };
    let page = html(&study);
    assert_eq!(data(&page)["measures"], serde_json::json!([]));
    let mut out = Vec::new();
    study::table(&mut out, &study, 80).expect("memory");
    study::means(&mut out, &study, &Answers::default(), (0, 0), 80).expect("memory");
    study::distribution(&mut out, &study, 0).expect("memory");
    let one = sample("x", 1, 1, 0);
    study::means(&mut out, &one, &Answers::default(), (0, 0), 80).expect("memory");
    study::distribution(&mut out, &one, 0).expect("memory");
    assert!(String::from_utf8(out).expect("UTF-8").contains("undefined in all replications"));
}
