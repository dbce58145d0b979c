//! Estimates by control variates.

use super::{Place, stderr};
use crate::command::{run, stdout};
use flagfall::statistics::Controlled;
use std::path::Path;

const STUDY: &str = "queue --customers 60 --set load=0.4,0.7 --replications 60";

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}

fn column(csv: &str, point: &str, name: &str) -> Vec<f64> {
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let at = rows.headers().expect("names").iter().position(|known| known == name).expect(name);
    let rows = rows.records().map(|row| row.expect("a row"));
    let rows = rows.filter(|row| row[0] == *point);
    rows.map(|row| row[at].parse().expect("a number")).collect()
}

/// The means are not quite the true ones, which does not matter for the arithmetic.
#[test]
fn estimates_are_those_of_the_library() {
    let place = Place::new("controlled");
    place.swept("days", STUDY);
    let csv = read(&place.join("days/rows.csv"));
    let page = place.join("page.html");
    let command = format!(
        "report {} --of mean_wait --control utilization=55% --control waited_share=0.5 --html {}",
        place.join("days").display(),
        page.display()
    );
    let shown = run(&command);
    assert_eq!(shown.status.code(), Some(0), "{}", stderr(&shown));
    let (shown, page) = (stdout(&shown), read(&page));
    let said = "mean_wait is estimated with the known mean of utilization and waited_share: the \
                variance of the estimate is ";
    assert!(shown.starts_with(said) && page.contains(said), "{shown}");
    assert!(shown.contains("60 replications were made."), "{shown}");
    assert!(page.contains("<th scope=\"col\">mean_wait, controlled</th>"));
    for point in ["0", "1"] {
        let of = |name: &str| column(&csv, point, name);
        let (waits, used, waited) = (of("mean_wait"), of("utilization"), of("waited_share"));
        let controls: [(&[f64], f64); 2] = [(&used, 0.55), (&waited, 0.5)];
        let found = Controlled::of(&waits, &controls, 0.95).expect("an estimate");
        let estimate = found.estimate().to_string();
        assert!(shown.contains(&estimate) && page.contains(&estimate), "{estimate}: {shown}");
    }
}

#[test]
fn what_cannot_be_a_control_is_refused() {
    let place = Place::new("not-controlled");
    place.swept("days", STUDY);
    let days = place.join("days");
    for (options, told) in [
        ("--control utilization=0.5", "--of <MEASURE>"),
        ("--of mean_wait --control utilization", "is not a known mean: write MEASURE=MEAN, like"),
        ("--of mean_wait --control use=1", "--control: there is no measure use; there are"),
        ("--of mean_wait --control mean_wait=1", "--control: mean_wait cannot be its own control"),
        (
            "--of mean_wait --control utilization=0.5 --control utilization=0.6",
            "--control: utilization is given twice",
        ),
        (
            "--of mean_wait --control utilization=3min",
            "the mean of `utilization=3min` is not in the unit of utilization: write a number, or a \
             percentage like 2%",
        ),
    ] {
        let output = run(&format!("report {} {options}", days.display()));
        assert_eq!(output.status.code(), Some(2), "{options}");
        assert!(stderr(&output).contains(told), "{options}: {}", stderr(&output));
    }
    // One that does not vary: the sentence says so, and the study is shown.
    let options = "--of mean_wait --control customers=60";
    let output = run(&format!("report {} {options}", days.display()));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = "mean_wait cannot be estimated with the known mean of customers: ";
    assert!(stdout(&output).starts_with(said), "{}", stdout(&output));
}
