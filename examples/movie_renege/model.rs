//! The model; `main.rs` gives it random draws, the tests give it recorded ones.

use flagfall::prelude::*;
use flagfall::process::{Either, Signal, either};
use std::cell::Cell;
use std::fmt;
use std::future::ready;
use std::rc::Rc;

/// Somebody who comes, so long after the one before, to see a movie.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) gap: Span,
    pub(crate) movie: usize,
    pub(crate) tickets: u64,
}

/// What is drawn, and by whom.
pub(crate) trait Draws {
    fn attempts(&self, street: &Process) -> Box<dyn Iterator<Item = Attempt>>;
}

/// What happens to a moviegoer, or to a movie.
pub(crate) enum Event {
    TurnedAway { movie: usize },
    Arrived { movie: usize, tickets: u64 },
    Reneged { waited: Span },
    Argues { waited: Span, left: u64 },
    Buys { waited: Span, left: u64 },
    SoldOut { movie: usize, left: u64 },
    Left,
}

pub(crate) struct Movie {
    pub(crate) left: Cell<u64>,
    pub(crate) reneged: Cell<u32>,
    /// Fired with the time when too few tickets are left to go on.
    pub(crate) sold_out: Signal<VirtualTime>,
}

impl Movie {
    pub(crate) fn new(tickets: u64) -> Self {
        Self { left: Cell::new(tickets), reneged: Cell::new(0), sold_out: Signal::new() }
    }
}

pub(crate) struct Cinema {
    pub(crate) movies: Vec<Movie>,
    pub(crate) counter: Resource,
    pub(crate) sold_out_below: u64,
    pub(crate) buying: Span,
    pub(crate) arguing: Span,
    pub(crate) draws: Box<dyn Draws>,
    /// Is told when what happens to which moviegoer.
    pub(crate) log: Box<dyn Fn(VirtualTime, u32, Event)>,
}

/// Opens the cinema; what it comes to is in its movies.
pub(crate) fn open(simulation: &mut Simulation, cinema: Cinema) -> Rc<Cinema> {
    let cinema = Rc::new(cinema);
    let shared = Rc::clone(&cinema);
    simulation.process("street", |p| street(p, shared));
    cinema
}

/// Brings moviegoers, except to movies that have no tickets left.
async fn street(p: Process, cinema: Rc<Cinema>) {
    for (number, attempt) in (0..).zip(cinema.draws.attempts(&p)) {
        p.sleep(attempt.gap).await;
        let movie = attempt.movie;
        if cinema.movies[movie].left.get() == 0 {
            (cinema.log)(p.now(), number, Event::TurnedAway { movie });
            continue;
        }
        let cinema = Rc::clone(&cinema);
        p.process_apart(("moviegoer", number), move |p| moviegoer(p, cinema, number, attempt));
    }
}

/// Waits for the counter, unless the movie is sold out before.
async fn moviegoer(p: Process, cinema: Rc<Cinema>, number: u32, attempt: Attempt) {
    let log = |event| (cinema.log)(p.now(), number, event);
    let Attempt { movie, tickets, .. } = attempt;
    let movie_shown = &cinema.movies[movie];
    let arrived = p.now();
    log(Event::Arrived { movie, tickets });
    let mut turn = cinema.counter.acquire(&p);
    let mut first = either(&mut turn, movie_shown.sold_out.wait(&p)).await;
    // Not needed in a model of one's own. SimPy's `turn | sold_out` wakes one
    // step after the first of the two, and whose turn comes in that step has
    // it although the movie is sold out.
    p.pass().await;
    if matches!(first, Either::Second(_)) {
        first = either(&mut turn, ready(p.now())).await;
    }
    let waited = p.now() - arrived;
    let Either::First(_counter) = first else {
        movie_shown.reneged.set(movie_shown.reneged.get() + 1);
        return log(Event::Reneged { waited });
    };
    let left = movie_shown.left.get();
    if left < tickets {
        log(Event::Argues { waited, left });
        p.sleep(cinema.arguing).await;
    } else {
        let left = left - tickets;
        movie_shown.left.set(left);
        log(Event::Buys { waited, left });
        if left < cinema.sold_out_below {
            movie_shown.sold_out.fire(&p, p.now());
            log(Event::SoldOut { movie, left });
            movie_shown.left.set(0);
        }
        p.sleep(cinema.buying).await;
    }
    log(Event::Left);
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TurnedAway { movie } => write!(f, "is turned away from movie {movie}"),
            Self::Arrived { movie, tickets } => {
                write!(f, "wants {tickets} tickets for movie {movie}")
            }
            Self::Reneged { waited } => write!(f, "leaves the queue after {waited}"),
            Self::Argues { waited, left } => {
                write!(f, "argues after {waited}: only {left} tickets left")
            }
            Self::Buys { waited, left } => write!(f, "buys after {waited}: {left} tickets left"),
            Self::SoldOut { movie, left } => {
                write!(f, "has bought movie {movie} out: {left} tickets left over")
            }
            Self::Left => f.write_str("leaves the counter"),
        }
    }
}
