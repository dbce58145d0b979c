//! A cinema with one ticket counter, where everybody who queues for a movie
//! leaves when it is sold out: one signal that many wait for.
//!
//! SimPy's counterpart is its example "Movie Renege".
//!
//! ```sh
//! cargo run --example movie_renege             # what was sold out, and when
//! cargo run --example movie_renege -- --events # and all that happened
//! ```

// `let _ = till.acquire(&p).await;` gives the unit back at once.
#![warn(let_underscore_drop)]

mod model;
#[path = "../shared/output.rs"]
mod output;

use flagfall::prelude::*;
use model::{Attempt, Cinema, Draws, Movie};
use std::iter::repeat_with;

const SEED: u64 = 42;
const MOVIES: [&str; 3] = ["Python Unchained", "Kill Process", "Pulp Implementation"];
const TICKETS: u64 = 50;
const MINUTE: Span = Span::from_mins(1);
const HALF_MINUTE: Span = Span::from_secs(30);

struct Random;

impl Draws for Random {
    fn attempts(&self, street: &Process) -> Box<dyn Iterator<Item = Attempt>> {
        let mut gaps = street.stream("gaps");
        let mut wishes = street.stream("wishes");
        Box::new(repeat_with(move || Attempt {
            gap: gaps.exponential(HALF_MINUTE),
            movie: wishes.below(MOVIES.len() as u64) as usize,
            tickets: wishes.range(1..=6),
        }))
    }
}

fn main() -> Result<(), SimulationError> {
    let show_events = std::env::args().any(|argument| argument == "--events");
    output::line(format_args!("Movie renege"));
    let mut simulation = Simulation::new(Config::new(SEED));
    let cinema = Cinema {
        movies: MOVIES.map(|_| Movie::new(TICKETS)).into(),
        counter: Resource::new(&mut simulation, "counter", 1),
        sold_out_below: 2,
        buying: MINUTE,
        arguing: HALF_MINUTE,
        draws: Box::new(Random),
        log: Box::new(move |now, number, event| {
            if show_events {
                let minutes = now.as_secs_f64() / 60.0;
                output::line(format_args!("{minutes:7.3} moviegoer {number} {event}"));
            }
        }),
    };
    let cinema = model::open(&mut simulation, cinema);
    simulation.run_before(VirtualTime::from_hours(2))?;
    for (name, movie) in MOVIES.iter().zip(&cinema.movies) {
        let Some(time) = movie.sold_out.value() else { continue };
        let minutes = time.as_secs_f64() / 60.0;
        output::line(format_args!(
            "Movie {name:?} sold out {minutes:.1} minutes after ticket counter opening."
        ));
        let reneged = movie.reneged.get();
        output::line(format_args!(
            "  Number of people leaving queue when film sold out: {reneged}"
        ));
    }
    Ok(())
}
