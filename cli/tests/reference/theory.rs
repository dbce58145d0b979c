//! The models against what is known exactly, or by a formula.

use super::study::{joint, run, study};

/// Four patients for two doctors, one of whom goes home at nine: by hand.
pub(crate) fn staffed_time_is_right_at_the_end_of_shifts() {
    let words = "--time=24h|--arrivals=batches(recorded(7h), size=4)\
                 |--nurses=4|--doctors=daily(0: 0, 8h: 2, 9h: 1, 10h: 0)|--class=2|--triage=1min\
                 |--minor=40min|--treatment=1min|--patience=3h";
    let options: Vec<&str> = words.split('|').collect();
    let found = run("emergency", &options);
    let of = |name: &str| found[name];
    // From 8:00 to 8:40 two, from 8:40 to 9:20 two: until 9:00 both within the shift, then one.
    assert!((of("doctor_utilisation") - 140.0 / 180.0).abs() < 1e-12, "{found:?}");
    assert!((of("doctor_overtime") - 20.0 / 1440.0).abs() < 1e-12, "{found:?}");
    assert!((of("wait_minor") - 80.0 * 60.0).abs() < 1e-9, "{found:?}");
    assert!((of("nurse_utilisation") - 8.0 / (4.0 * 1440.0)).abs() < 1e-12, "{found:?}");
    assert_eq!((of("seen"), of("left_share")), (4.0, 0.0), "{found:?}");
}

/// Four jobs an hour, times the hours of work of a job at a station, divided by its machines.
pub(crate) fn stations_are_used_as_much_as_their_work_takes() {
    let found = study("job_shop", &[], 20);
    let exact = [2.88 / 3.0, 1.98 / 2.0, 2.9 / 4.0, 2.92 / 3.0, 0.8];
    for (number, exact) in (1..).zip(exact) {
        // The shop begins empty: the work that is there at the end was not done.
        let work_left = 0.004;
        let name = format!("utilisation_{number}");
        found[&name].is_near(exact, joint(5), work_left, &name);
    }
}

/// Mean value analysis of terminals and one server that serves all its jobs at the same time.
fn response(terminals: u32) -> f64 {
    let service = 0.8 + 0.015 / (1.0 - (-0.1_f64 / 0.8).exp());
    let mut queue = 0.0;
    let mut response = 0.0;
    for customers in 1..=terminals {
        response = service * (1.0 + queue);
        queue = f64::from(customers) * response / (25.0 + response);
    }
    response
}

pub(crate) fn responses_are_near_those_of_a_closed_network() {
    for terminals in [10, 20, 40, 80] {
        let option = format!("--terminals={terminals}");
        let found = study("time_shared", &[&option, "--responses=4000"], 30);
        let exact = response(terminals);
        // Turns of 0.1 s are not infinitely short.
        found["response"].is_near(exact, joint(4), 0.03 * exact, &format!("response {terminals}"));
    }
}

const MOST: usize = 160;

/// Probabilities of the demand in `months`: a compound Poisson distribution, by Panjer.
fn demand(months: f64) -> Vec<f64> {
    let (rate, sizes) = (10.0 * months, [1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0]);
    let mut chances = vec![(-rate).exp()];
    for total in 1..MOST {
        let of = |(size, chance): (usize, &f64)| match total.checked_sub(size) {
            Some(before) => size as f64 * chance * chances[before],
            None => 0.0,
        };
        chances.push(rate / total as f64 * (1..).zip(&sizes).map(of).sum::<f64>());
    }
    chances
}

/// Mean monthly costs of orders, of holding and of shortage, over 120 months: the level at the
/// beginning of a month is a Markov chain.
fn inventory(reorder: i64, target: i64) -> [f64; 3] {
    const STEPS: usize = 100;
    let demands: Vec<_> = (0..=STEPS).map(|step| demand(step as f64 / STEPS as f64)).collect();
    let mean = |demand: &[f64], of: &dyn Fn(i64) -> i64| {
        let each = demand.iter().zip(0..).map(|(chance, size)| chance * of(size) as f64);
        each.sum::<f64>()
    };
    // Means of what is on hand and owed during a month that begins with a level, by Simpson's rule.
    let during = |level: i64| {
        let mut costs = [0.0; 2];
        for (step, demand) in demands.iter().enumerate() {
            let weight = match step {
                0 | STEPS => 1.0,
                _ => [2.0, 4.0][step % 2],
            } / (3.0 * STEPS as f64);
            let delivered = (2.0 * step as f64 / STEPS as f64 - 1.0).max(0.0);
            let ways = match level < reorder {
                true => [(1.0 - delivered, level), (delivered, target)],
                false => [(1.0, level), (0.0, level)],
            };
            for (chance, level) in ways {
                costs[0] += weight * chance * mean(demand, &|size| (level - size).max(0));
                costs[1] += weight * chance * mean(demand, &|size| (size - level).max(0));
            }
        }
        costs
    };
    let lowest = reorder.min(0) - MOST as i64;
    let levels: Vec<i64> = (lowest..=target.max(60)).collect();
    let of_months: Vec<_> = levels.iter().map(|level| during(*level)).collect();
    let mut chances = vec![0.0; levels.len()];
    chances[(60 - lowest) as usize] = 1.0;
    let mut costs = [0.0; 3];
    for _ in 0..120 {
        let mut next = vec![0.0; levels.len()];
        for ((level, chance), month) in levels.iter().zip(&chances).zip(&of_months) {
            let orders = *level < reorder;
            let order = if orders { 32.0 + 3.0 * (target - level) as f64 } else { 0.0 };
            costs[0] += chance * order / 120.0;
            costs[1] += chance * month[0] / 120.0;
            costs[2] += chance * 5.0 * month[1] / 120.0;
            let stock = if orders { target } else { *level };
            for (size, of_size) in (0..).zip(&demands[STEPS]) {
                next[(stock - size).max(lowest).abs_diff(lowest) as usize] += chance * of_size;
            }
        }
        chances = next;
    }
    costs
}

pub(crate) fn costs_of_the_inventory_are_those_of_its_markov_chain() {
    for (reorder, target) in [(20, 40), (20, 60), (40, 60)] {
        let options = [format!("--reorder={reorder}"), format!("--target={target}")];
        let found = study("inventory", &[&*options[0], &*options[1]], 400);
        let exact = inventory(reorder, target);
        for (name, exact) in ["ordering", "holding", "shortage"].into_iter().zip(exact) {
            let what = format!("({reorder}, {target}) {name}");
            found[name].is_near(exact, joint(12), 1e-9, &what);
        }
        let what = format!("({reorder}, {target}) cost");
        found["cost"].is_near(exact.iter().sum(), joint(12), 1e-9, &what);
    }
}

/// Mean wait of all callers, in seconds, and the share that hangs up, where calls come each minute
/// and take six: a birth-death process. `patience` is its mean in minutes, if there is an end of it.
fn erlang(agents: u32, patience: Option<f64>) -> (f64, f64) {
    let leave = patience.map_or(0.0, |patience| 1.0 / patience);
    let (mut weight, mut total, mut queue) = (1.0, 1.0, 0.0);
    for callers in 1..4000 {
        let waiting = f64::from(callers - callers.min(agents));
        weight /= f64::from(callers.min(agents)) / 6.0 + waiting * leave;
        total += weight;
        queue += weight * waiting;
    }
    (60.0 * queue / total, leave * queue / total)
}

const ONE_KIND: [&str; 6] = [
    "--sales=recorded(10000d)",
    "--sales-agents=0",
    "--both-agents=0",
    "--support=exponential(mean=1min)",
    "--help-time=exponential(mean=6min)",
    "--time=80h",
];

pub(crate) fn callers_wait_as_erlang_says() {
    let found = study(
        "call_centre",
        &[&ONE_KIND[..], &["--support-agents=8", "--patience=10000d"]].concat(),
        40,
    );
    let (wait, _) = erlang(8, None);
    // A day begins with idle agents.
    found["wait_support"].is_near(wait, joint(2), 0.01 * wait, "wait");
    found["utilisation"].is_near(0.75, joint(2), 0.001, "utilisation");
}

pub(crate) fn callers_leave_as_erlang_says() {
    let more = ["--support-agents=6", "--patience=exponential(mean=4min)"];
    let found = study("call_centre", &[&ONE_KIND[..], &more].concat(), 30);
    let (wait, lost) = erlang(6, Some(4.0));
    found["wait_support"].is_near(wait, joint(3), 0.01 * wait, "wait");
    found["lost_support"].is_near(lost, joint(3), 0.002, "lost");
    found["utilisation"].is_near(1.0 - lost, joint(3), 0.002, "utilisation");
}

/// A full car in an up-peak, after Barney: the expected number of stops, and the highest floor.
pub(crate) fn round_trips_are_those_of_barney() {
    for (floors, room) in [(10, 10), (20, 8)] {
        let stops = f64::from(floors) * (1.0 - (1.0 - 1.0 / f64::from(floors)).powi(room));
        let lower = |floor: i32| (f64::from(floor) / f64::from(floors)).powi(room);
        let highest = f64::from(floors) - (1..floors).map(lower).sum::<f64>();
        let exact = 2.0 * highest * 1.5 + (stops + 1.0) * 8.0 + 2.0 * f64::from(room) * 1.2;
        let options = [
            "--cars=1",
            "--incoming=1",
            "--passengers=batches(recorded(0), size=2200)",
            "--time=6h",
            &format!("--floors={floors}"),
            &format!("--room={room}"),
        ];
        let found = study("elevators", &options, 20);
        // The first departure is early, and the last trip is cut off.
        found["interval"].is_near(exact, joint(2), 0.005 * exact, "round trip");
    }
}
