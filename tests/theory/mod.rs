//! Queues against their closed forms. Lines are mailboxes, CPU slots and
//! lines of a station's own; `check.rs` says when model and theory agree.

mod changing;
mod check;
pub(crate) mod closed;
mod forward;
mod preemption;
mod station;
mod systems;

use check::{Measure, Model};
use closed::{Class, birth_death, cobham, erlang_c, mean_of, number_in_mm1, wait_in_mg1};
use preemption::{
    mm1_preemptive_resume, mm2_preemptive_resume, preemptive_repeat, preemptive_resume,
};

/// Of every model, so that none was given one that suits it. What other seeds
/// come to is in `intervals_cover_as_often_as_they_say`.
const SEED: u64 = 2_026;

fn one_server_with_exponential_service() -> Model {
    Model {
        name: "M/M/1",
        seed: SEED,
        measures: vec![Measure::new("wait", wait_in_mg1(0.6, 1.0, 2.0))],
        replicate: systems::mm1,
    }
}

fn one_server_with_constant_service() -> Model {
    Model {
        name: "M/D/1",
        seed: SEED,
        measures: vec![Measure::new("wait", wait_in_mg1(0.6, 1.0, 1.0))],
        replicate: systems::md1,
    }
}

/// Who waits in M/M/c does so for an exponential time at the rate that is left
/// over (Kleinrock, section 3.5); the service is a second.
fn several_servers(servers: u32, rate: f64) -> Vec<Measure> {
    let waits = erlang_c(servers, rate);
    let inside = 1.0 + waits / (f64::from(servers) - rate);
    vec![Measure::new("time inside", inside), Measure::new("share that waits", waits)]
}

fn two_servers_as_cpu_slots() -> Model {
    let measures = several_servers(2, 1.2);
    Model { name: "M/M/2", seed: SEED, measures, replicate: systems::mm2 }
}

fn three_servers() -> Model {
    let measures = several_servers(3, 2.1);
    Model { name: "M/M/3", seed: SEED, measures, replicate: systems::mm3 }
}

fn a_full_system_blocks() -> Model {
    // Kleinrock, section 3.7 and 3.8: nobody comes in to five. Arrivals see
    // what time averages have; by Little's law those in the line have waited
    // their number over the rate of all who come.
    let states = birth_death(5, |_| 1.6, |n| n.min(2.0));
    let in_line = mean_of(&states, |n| (n - 2.0).max(0.0));
    let measures = vec![
        Measure::new("share blocked", states[5]),
        Measure::new("wait of all who come", in_line / 1.6),
    ];
    Model { name: "M/M/2/5", seed: SEED, measures, replicate: systems::mm2_with_5_places }
}

fn classes_with_priority() -> Model {
    let classes = systems::CLASSES.map(|(rate, service)| Class {
        rate,
        mean: service.mean(),
        mean_square: service.mean_square(),
    });
    let names = ["wait of the first class", "of the second", "of the third"];
    let measures = names.into_iter().zip(cobham(&classes));
    Model {
        name: "M/G/1 with priorities",
        seed: SEED,
        measures: measures.map(|(name, truth)| Measure::new(name, truth)).collect(),
        replicate: systems::priorities,
    }
}

fn impatient_customers() -> Model {
    // Palm's Erlang A: besides the server, each who waits leaves at rate 1/2.
    // A hundred customers are out of reach: the weights fall faster than 2^-n.
    let states = birth_death(100, |_| 1.0, |n| 1.0 + (n - 1.0) / 2.0);
    let waiting = mean_of(&states, |n| (n - 1.0).max(0.0));
    let measures = vec![
        // Leaving is at rate waiting / 2, coming at rate 1.
        Measure::new("share that leaves", waiting / 2.0),
        Measure::new("number inside", mean_of(&states, |n| n)),
    ];
    Model { name: "M/M/1 + M", seed: SEED, measures, replicate: systems::reneging }
}

fn queues_in_a_row() -> Model {
    // Jackson: each is as if it were alone, and the numbers at one instant are
    // independent. Burke: what leaves M/M/1 is Poisson at the rate of what
    // comes, whatever the service; so the mean square between two is 2 / rate^2.
    let (first, second) = (0.6, 0.6 * 0.8);
    let measures = vec![
        Measure::new("number in the first", number_in_mm1(first)),
        Measure::new("number in the second", number_in_mm1(second)),
        Measure::new("share of time both empty", (1.0 - first) * (1.0 - second)),
        Measure::new("square between departures", 2.0 / (0.6 * 0.6)).whatever_the_rate(),
    ];
    Model { name: "tandem", seed: SEED, measures, replicate: systems::tandem }
}

fn machines_under_repair() -> Model {
    // M/M/2//6 (Kleinrock, section 3.9): those that run fail, at 1/5 each.
    let states = birth_death(6, |n| (6.0 - n) / 5.0, |n| n.min(2.0));
    let measures = vec![
        Measure::new("number out of order", mean_of(&states, |n| n)),
        Measure::new("share of time all run", states[0]),
    ];
    Model { name: "machine repair", seed: SEED, measures, replicate: systems::repair }
}

/// One test a model, so that they run side by side.
macro_rules! models {
    ($($name:ident),* $(,)?) => {
        $(
            mod $name {
                #[test]
                fn agrees_with_theory() {
                    super::$name().check();
                }
            }
        )*

        const ALL: &[fn() -> Model] = &[$($name),*];
    };
}

models! {
    one_server_with_exponential_service,
    one_server_with_constant_service,
    two_servers_as_cpu_slots,
    three_servers,
    a_full_system_blocks,
    classes_with_priority,
    impatient_customers,
    queues_in_a_row,
    machines_under_repair,
}

/// Of intervals of 95 %, 95 % cover: 40 other seeds of every model. Takes
/// minutes; `cargo test --release theory -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn intervals_cover_as_often_as_they_say() {
    let (mut covered, mut all) = (0_u32, 0_u32);
    let preemptive: [fn() -> Model; 4] =
        [preemptive_resume, preemptive_repeat, mm1_preemptive_resume, mm2_preemptive_resume];
    for model in ALL.iter().chain(&preemptive).map(|model| model()) {
        let mut covers = vec![0_u32; model.measures.len()];
        for seed in 0..40 {
            for (at, interval) in model.intervals(seed, 1.0).into_iter().enumerate() {
                covers[at] += u32::from(interval.covers(model.measures[at].truth));
            }
        }
        println!("{}: {covers:?} of 40", model.name);
        covered += covers.iter().sum::<u32>();
        all += 40 * covers.len() as u32;
    }
    // Measures of one model go together, so the bounds are wider than those
    // of independent intervals: 95 % ± 3.5 %.
    let share = f64::from(covered) / f64::from(all);
    assert!((0.915..0.985).contains(&share), "{covered} of {all}");
}
