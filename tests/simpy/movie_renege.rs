use super::{Run, Trace, check, nanos};
use flagfall::{Process, Resource, VirtualTime};
use model::{Attempt, Cinema, Draws, Event, Movie};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[path = "../../examples/movie_renege/model.rs"]
mod model;

struct Recorded(Vec<Attempt>);

impl Recorded {
    fn new(run: &Run) -> Self {
        let mut movies = run.draws("street", "movie").into_iter();
        let mut tickets = run.draws("street", "tickets").into_iter();
        // The last gap ends after the run: nothing else was drawn then.
        let attempt = |gap| Attempt {
            gap,
            movie: movies.next().unwrap_or(0) as usize,
            tickets: tickets.next().unwrap_or(0),
        };
        Self(run.spans("street", "inter_arrival").into_iter().map(attempt).collect())
    }
}

impl Draws for Recorded {
    fn attempts(&self, _: &Process) -> Box<dyn Iterator<Item = Attempt>> {
        Box::new(self.0.clone().into_iter())
    }
}

fn log(trace: &Trace) -> Box<dyn Fn(VirtualTime, u32, Event)> {
    let trace = trace.clone();
    Box::new(move |now, number, event| {
        let mut who = format!("moviegoer-{number}");
        let (what, more): (&str, Vec<Value>) = match event {
            Event::TurnedAway { movie } => ("turned_away", vec![json!(movie)]),
            Event::Arrived { movie, tickets } => ("arrived", vec![json!(movie), json!(tickets)]),
            Event::Reneged { waited } => ("reneged", vec![nanos(waited)]),
            Event::Argues { waited, left } => ("argues", vec![nanos(waited), json!(left)]),
            Event::Buys { waited, left } => ("buys", vec![nanos(waited), json!(left)]),
            Event::SoldOut { movie, left } => {
                who = format!("movie-{movie}");
                ("sold_out", vec![json!(left)])
            }
            Event::Left => ("left", vec![]),
        };
        trace.add(now, &who, what, &more);
    })
}

/// What the moviegoers did, by movie: how many reneged, argued, and were turned
/// away, and how many tickets they bought.
fn by_movie(trace: &Trace, movies: usize) -> BTreeMap<&'static str, Vec<u64>> {
    let kinds = ["sold", "reneged", "argued", "turned_away"];
    let mut counts: BTreeMap<_, _> = kinds.map(|kind| (kind, vec![0; movies])).into();
    let mut wishes = BTreeMap::new();
    for event in trace.0.borrow().iter() {
        let number = |place: usize| event[place].as_u64().expect("a number");
        let who = event[1].as_str().expect("who").to_owned();
        let what = event[2].as_str().expect("what");
        if what == "arrived" {
            wishes.insert(who, (number(3) as usize, number(4)));
            continue;
        }
        let mut add = |kind, movie: usize, count| {
            counts.get_mut(kind).expect("a kind")[movie] += count;
        };
        let wish = wishes.get(&who).copied();
        match (what, wish) {
            ("turned_away", _) => add("turned_away", number(3) as usize, 1),
            ("reneged", Some((movie, _))) => add("reneged", movie, 1),
            ("argues", Some((movie, _))) => add("argued", movie, 1),
            ("buys", Some((movie, tickets))) => add("sold", movie, tickets),
            _ => {}
        }
    }
    counts
}

#[test]
fn movie_renege_is_what_simpy_did() {
    check("movie_renege", 4, |run, simulation, trace| {
        let tickets = run.parameter("tickets");
        let cinema = Cinema {
            movies: (0..run.parameter("movies")).map(|_| Movie::new(tickets)).collect(),
            counter: Resource::new(simulation, "counter", 1),
            sold_out_below: run.parameter("sold_out_below"),
            buying: run.span("buying"),
            arguing: run.span("arguing"),
            draws: Box::new(Recorded::new(run)),
            log: log(trace),
        };
        let cinema = model::open(simulation, cinema);
        run.play(simulation);
        let sold_out = |movie: &Movie| movie.sold_out.value().map(VirtualTime::as_nanos);
        let counts = by_movie(trace, cinema.movies.len());
        let reneged: Vec<_> =
            cinema.movies.iter().map(|movie| u64::from(movie.reneged.get())).collect();
        assert_eq!(counts["reneged"], reneged, "the model counts them as well");
        json!({
            "sold_out_at": cinema.movies.iter().map(sold_out).collect::<Vec<_>>(),
            "sold": counts["sold"],
            "reneged": counts["reneged"],
            "argued": counts["argued"],
            "turned_away": counts["turned_away"],
            "left": cinema.movies.iter().map(|movie| movie.left.get()).collect::<Vec<_>>(),
        })
    });
}
