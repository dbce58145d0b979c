//! The taxi fleet against the days recorded on real Ray.

use crate::support::json;
use flagfall::model::Model;
use flagfall::{Config, Span};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::{Day, Durations, TaxiFleet};
use flagfall_cli::report::{Language, python};
use serde_json::Value;
use std::collections::BTreeMap;

/// A day as the records and flagfall both tell it.
#[derive(Clone, Debug, PartialEq)]
struct Story {
    durations: Vec<u64>,
    drivers: Vec<Option<String>>,
    rejected: Vec<u64>,
    total: f64,
    polls: Vec<Vec<String>>,
    messages: Vec<String>,
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().expect("a list").iter();
    items.map(|item| item.as_str().expect("a text").to_owned()).collect()
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().expect("a list").iter().map(|item| item.as_u64().expect("a number")).collect()
}

fn recorded() -> Vec<Story> {
    let runs = json("ray/taxi_runs.json");
    let story = |run: &Value| {
        let polls: Vec<Vec<String>> =
            run["polls"].as_array().expect("polls").iter().map(strings).collect();
        let mut messages: Vec<String> = polls.concat();
        assert_eq!(messages, strings(&run["messages"]));
        messages.extend(strings(&run["unpolled_messages"]));
        let rides = run["rides"].as_array().expect("rides");
        Story {
            durations: numbers(&run["durations"]),
            drivers: rides.iter().map(|ride| ride["driver"].as_str().map(str::to_owned)).collect(),
            rejected: numbers(&run["rejected"]),
            total: run["total_commission"].as_f64().expect("a total"),
            polls,
            messages,
        }
    };
    runs["runs"].as_array().expect("runs").iter().map(story).collect()
}

fn story_of(fleet: &TaxiFleet, day: &Day) -> Story {
    let say = |notice| Language::French.notice(fleet, notice);
    let polls: Vec<Vec<String>> =
        day.polls.iter().map(|poll| poll.iter().map(say).collect()).collect();
    let mut messages = polls.concat();
    messages.extend(day.unpolled.iter().map(say));
    let rides = || (0_u64..).zip(&day.rides);
    Story {
        durations: rides().map(|(_, ride)| ride.duration.whole_secs().expect("seconds")).collect(),
        drivers: rides()
            .map(|(_, ride)| ride.taxi.map(|taxi| fleet.driver_name(taxi).into_owned()))
            .collect(),
        rejected: rides().filter(|(_, ride)| ride.taxi.is_none()).map(|(index, _)| index).collect(),
        total: day.total_commission.dollars(),
        polls,
        messages,
    }
}

fn simulated(durations: &[u64]) -> Story {
    let durations = Durations::Given(durations.iter().map(|secs| Span::from_secs(*secs)).collect());
    let fleet = TaxiFleet { durations, ..TaxiFleet::default() };
    let run = fleet.run(Config::new(42).latency(DEFAULT_LATENCY)).expect("a day without errors");
    story_of(&fleet, &run.result)
}

/// Each message with the second at which it is due: an assignment when it is
/// asked for, a completion when the ride ends.
fn due(story: &Story) -> Vec<(u64, &str)> {
    let mut ride = 0;
    let mut under_way: BTreeMap<&str, u64> = BTreeMap::new();
    let mut due_message = |message: &'_ str| -> u64 {
        if let Some((_, driver)) = message.split_once(" de la part de ") {
            return under_way[leak(driver)];
        }
        let second = ride;
        if let Some((_, driver)) = message.split_once(" envoyée à ") {
            under_way.insert(leak(driver), second + story.durations[second as usize]);
        }
        ride += 1;
        second
    };
    story.messages.iter().map(|message| (due_message(message), message.as_str())).collect()
}

/// Four names, once.
fn leak(driver: &str) -> &'static str {
    ["Daniel", "Petra", "Gilbert", "Emilien"]
        .into_iter()
        .find(|name| *name == driver)
        .expect("one of the staff")
}

/// The messages with completions of one instant in alphabetical order.
fn up_to_ties(story: &Story) -> Vec<(u64, &str)> {
    let mut messages = due(story);
    let completion = |message: &(u64, &str)| message.1.starts_with("Commission");
    messages
        .chunk_by_mut(|a, b| a.0 == b.0 && completion(a) && completion(b))
        .for_each(<[_]>::sort_unstable);
    messages
}

/// In which poll each message is; the number of polls for those in none.
fn poll_of(story: &Story) -> BTreeMap<(u64, &str), usize> {
    let polled = story
        .polls
        .iter()
        .enumerate()
        .flat_map(|(poll, messages)| std::iter::repeat_n(poll, messages.len()));
    let places = polled.chain(std::iter::repeat(story.polls.len()));
    due(story).into_iter().zip(places).collect()
}

/// The recorded runs of one list of durations that took the majority's way,
/// and the others.
fn majority(stories: &[Story]) -> (Vec<&Story>, Vec<&Story>) {
    let answer = |story: &Story| (story.total, story.rejected.clone(), story.drivers.clone());
    let votes = |story: &Story| stories.iter().filter(|s| answer(s) == answer(story)).count();
    let best = stories.iter().max_by_key(|story| votes(story)).expect("at least one run");
    stories.iter().partition(|story| answer(story) == answer(best))
}

fn by_durations() -> Vec<Vec<Story>> {
    let mut groups: BTreeMap<Vec<u64>, Vec<Story>> = BTreeMap::new();
    for story in recorded() {
        groups.entry(story.durations.clone()).or_default().push(story);
    }
    groups.into_values().collect()
}

#[test]
fn every_list_of_durations_gives_rays_majority_answer() {
    let groups = by_durations();
    assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [6, 6, 6]);
    for stories in groups {
        let ours = simulated(&stories[0].durations);
        for theirs in majority(&stories).0 {
            assert_eq!(ours.total, theirs.total);
            assert_eq!(ours.rejected, theirs.rejected);
            assert_eq!(ours.drivers, theirs.drivers);
            assert_eq!(up_to_ties(&ours), up_to_ties(theirs));
        }
    }
}

#[test]
fn the_minority_is_one_run_and_its_tie_is_known() {
    let minority: Vec<Story> = by_durations()
        .iter()
        .flat_map(|stories| majority(stories).1.into_iter().cloned().collect::<Vec<_>>())
        .collect();
    assert_eq!(minority.len(), 1, "{minority:#?}");
    let theirs = &minority[0];
    assert_eq!(theirs.durations, [2, 3, 1, 4, 4, 2, 1, 1, 1, 4]);
    assert_eq!(theirs.total, 5.75);
    // The ties: at second 7 the ride of second 3 ends as ride 7 is assigned,
    // at second 8 the ride of second 4 as ride 8 is. There, and only there,
    // the completion came first.
    let runs = json("ray/taxi_runs.json");
    let completion_first: Vec<(u64, u64)> = runs["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .flat_map(|run| run["ties"].as_array().expect("ties"))
        .filter(|tie| tie["assign_first"] == false)
        .map(|tie| (tie["instant"].as_u64().unwrap(), tie["ride_duration"].as_u64().unwrap()))
        .collect();
    assert_eq!(completion_first, [(7, 4), (8, 4)]);
    // So ride 7 found Daniel free, whom it did not find in our order.
    let ours = simulated(&theirs.durations);
    assert_eq!(ours.drivers[..7], theirs.drivers[..7]);
    assert_eq!((ours.drivers[7].as_deref(), theirs.drivers[7].as_deref()), (None, Some("Daniel")));
}

#[test]
fn polls_are_those_of_the_warm_runs() {
    for stories in by_durations() {
        let ours = simulated(&stories[0].durations);
        let sizes = |story: &Story| story.polls.iter().map(Vec::len).collect::<Vec<_>>();
        let (majority, _) = majority(&stories);
        let votes = |story: &Story| majority.iter().filter(|s| sizes(s) == sizes(story)).count();
        let most = majority.iter().map(|story| votes(story)).max();
        assert_eq!(Some(votes(&ours)), most, "no other sequence of polls is recorded as often");
        for theirs in majority {
            // The others were cold: a message may be one poll late.
            let (ours, theirs) = (poll_of(&ours), poll_of(theirs));
            for (message, poll) in &ours {
                let late = theirs[message].abs_diff(*poll);
                assert!(late <= 1, "{message:?}: poll {poll}, recorded {}", theirs[message]);
            }
        }
    }
}

#[test]
fn the_zero_latency_world_takes_the_opposite_order_at_ties() {
    let durations = [2, 3, 1, 4, 4, 2, 1, 1, 1, 4];
    let spans = durations.map(Span::from_secs).to_vec();
    let fleet = TaxiFleet { durations: Durations::Given(spans), ..TaxiFleet::default() };
    let day = fleet.run(Config::new(42)).unwrap().result;
    assert_eq!(day.refused(), Vec::<usize>::new());
    assert_eq!(python::float(day.total_commission.dollars()), "5.75");
}

/// The taxi days inside the whole-notebook and single-system recordings.
#[test]
fn other_recorded_days_agree_as_well() {
    let records = json("ray/notebook_stdout.json");
    let mut compared = 0;
    let mut exact = 0;
    for (name, record) in records["runs"].as_object().expect("runs") {
        let lines: Vec<String> = record["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| line[1].as_str().expect("a line").to_owned())
            .collect();
        let Some(end) = lines.iter().position(|line| line.starts_with("Commission totale")) else {
            continue;
        };
        let polls: Vec<Vec<String>> = lines[end - 15..end].iter().map(|line| list(line)).collect();
        let rides: Vec<&String> =
            polls.iter().flatten().filter(|text| !text.starts_with("Commission")).collect();
        // The length of a refused ride is not on record and does not matter.
        let length = |text: &&String| {
            text.strip_prefix("Course de ").map_or(1, |rest| {
                rest.split(' ').next().and_then(|secs| secs.parse().ok()).expect("seconds")
            })
        };
        let ours = simulated(&rides.iter().map(length).collect::<Vec<u64>>());
        compared += 1;
        let total = format!("Commission totale collectée {}", python::float(ours.total));
        assert_eq!(total, lines[end], "{name}");
        // In three of the six, single messages due at the instant of a poll
        // are in the next one.
        exact += u32::from(sorted(&ours.polls) == sorted(&polls));
        assert_eq!(sorted(&[ours.messages]), sorted(&[polls.concat()]), "{name}");
    }
    assert_eq!((compared, exact), (6, 3), "recorded days, of them the same poll by poll");
}

/// Each poll with its messages in alphabetical order.
fn sorted(polls: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut polls = polls.to_vec();
    polls.iter_mut().for_each(|poll| poll.sort_unstable());
    polls
}

/// A printed Python list of texts without quotes inside.
fn list(line: &str) -> Vec<String> {
    let inner = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')).expect("a list");
    if inner.is_empty() {
        return Vec::new();
    }
    inner.split("', '").map(|text| text.trim_matches('\'').to_owned()).collect()
}
