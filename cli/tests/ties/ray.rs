//! What real Ray did is among what the ties allow.

use crate::support::json;
use flagfall::model::Model;
use flagfall::search::Outcomes;
use flagfall::{Config, Simulation, Span, TieSearch};
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use flagfall_cli::report::{Language, python};
use serde_json::Value;
use std::collections::BTreeMap;

/// Drivers by ride, the refused, the total, all messages in order.
type Story = (Vec<Option<String>>, Vec<u64>, String, Vec<String>);

fn recorded() -> BTreeMap<Vec<u64>, Vec<Story>> {
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().expect("a list").iter();
        items.map(|item| item.as_str().expect("a text").to_owned()).collect()
    };
    let numbers = |value: &Value| -> Vec<u64> {
        value.as_array().expect("a list").iter().map(|item| item.as_u64().unwrap()).collect()
    };
    let mut all: BTreeMap<_, Vec<Story>> = BTreeMap::new();
    for run in json("ray/taxi_runs.json")["runs"].as_array().expect("runs") {
        let rides = run["rides"].as_array().expect("rides");
        let drivers = rides.iter().map(|ride| ride["driver"].as_str().map(str::to_owned));
        let messages = [texts(&run["messages"]), texts(&run["unpolled_messages"])].concat();
        let total = python::float(run["total_commission"].as_f64().expect("a total"));
        let story = (drivers.collect(), numbers(&run["rejected"]), total.to_string(), messages);
        all.entry(numbers(&run["durations"])).or_default().push(story);
    }
    all
}

fn searched(durations: &[u64]) -> Outcomes<Story> {
    let spans = durations.iter().map(|secs| Span::from_secs(*secs)).collect();
    let fleet = TaxiFleet { durations: Durations::Given(spans), ..TaxiFleet::default() };
    let found = TieSearch::new().run(|ties| {
        let config = Config::new(42).digest(false).ties(ties.clone());
        let mut simulation = Simulation::new(config);
        let day = fleet.run_in(&mut simulation).expect("a day without errors").result;
        let drivers = day.rides.iter().map(|ride| ride.taxi);
        let drivers = drivers.map(|taxi| taxi.map(|taxi| fleet.driver_name(taxi).into_owned()));
        let notices = day.polls.iter().flatten().chain(&day.unpolled);
        let messages = notices.map(|notice| Language::French.notice(&fleet, notice)).collect();
        let rejected = day.refused().into_iter().map(|ride| ride as u64).collect();
        let total = python::float(day.total_commission.dollars()).to_string();
        ((drivers.collect(), rejected, total, messages), simulation.tie_log())
    });
    found.expect("it repeats itself")
}

/// Cold runs differ in their polls only, which are not compared here.
#[test]
fn every_recorded_day_is_among_the_outcomes() {
    let mut counts = Vec::new();
    for (durations, stories) in recorded() {
        let found = searched(&durations);
        assert!(found.complete && found.orders.exact, "{durations:?}");
        counts.push((found.classes, found.redundant));
        assert_eq!(stories.len(), 6);
        for story in stories {
            let outcome = found.outcomes.iter().find(|outcome| outcome.result == story);
            assert!(outcome.is_some_and(|outcome| outcome.share > 0.0), "{story:?}");
        }
    }
    assert_eq!(counts, [(192, 0), (1_920, 0), (144, 0)]);
}
