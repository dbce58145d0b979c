//! Links: latency models, order per sender and receiver, links by path.

use crate::engine::Log;
use flagfall::network::Empirical;
use flagfall::{Actor, ActorRef, Config, Context, Latency, Simulation, Span, VirtualTime};
use proptest::prelude::*;
use std::rc::Rc;

/// Sends numbered messages, one every so often.
struct Source {
    to: ActorRef<(u32, u32)>,
    number: u32,
    every: Span,
}

impl Actor for Source {
    type Message = u32;
    fn handle(&mut self, left: u32, context: &mut Context<'_, u32>) {
        if left > 0 {
            context.send(&self.to, (self.number, left));
            context.hold(self.every, left - 1);
        }
    }
}

struct Sink {
    log: Log<(VirtualTime, u32, u32)>,
}

impl Actor for Sink {
    type Message = (u32, u32);
    fn handle(&mut self, (from, left): (u32, u32), context: &mut Context<'_, (u32, u32)>) {
        self.log.borrow_mut().push((context.now(), from, left));
    }
}

/// What a sink got from that many sources, each sending `count` messages.
pub(crate) fn arrivals(
    config: Config,
    sources: u32,
    count: u32,
    every: Span,
) -> Vec<(VirtualTime, u32, u32)> {
    sent(config, sources, count, every).0
}

/// The same, and the run.
pub(crate) fn sent(
    config: Config,
    sources: u32,
    count: u32,
    every: Span,
) -> (Vec<(VirtualTime, u32, u32)>, Simulation) {
    let log = Log::default();
    let mut simulation = Simulation::new(config);
    let to = simulation.spawn("sink", Sink { log: Rc::clone(&log) });
    for number in 0..sources {
        let source = simulation.spawn(("source", number), Source { to: *to, number, every });
        simulation.send(&source, count);
    }
    simulation.run().unwrap();
    (log.take(), simulation)
}

#[test]
fn a_fixed_latency_delays_every_message() {
    let latency = Latency::Fixed(Span::from_millis(3));
    let arrivals = arrivals(Config::new(1).latency(latency), 1, 2, Span::from_secs(1));
    let times: Vec<u64> = arrivals.iter().map(|(time, _, _)| time.as_nanos()).collect();
    assert_eq!(times, [3_000_000, 1_003_000_000]);
}

#[test]
fn a_link_has_a_latency_of_its_own() {
    let config = Config::new(1).latency(Latency::Fixed(Span::from_millis(3))).link(
        "source[1]",
        "sink",
        Latency::Fixed(Span::from_millis(1)),
    );
    let arrivals = arrivals(config, 2, 1, Span::from_secs(1));
    let seen: Vec<(u64, u32)> =
        arrivals.iter().map(|(time, from, _)| (time.as_nanos(), *from)).collect();
    assert_eq!(seen, [(1_000_000, 1), (3_000_000, 0)]);
}

#[test]
fn drawn_latencies_have_the_mean_they_say() {
    for (text, mean) in [("uniform:1ms..3ms", 0.002), ("exponential:2ms", 0.002)] {
        let config = Config::new(5).latency(text.parse().unwrap());
        // Far apart, so that keeping the order changes nothing.
        let every = Span::from_secs(1);
        let arrivals = arrivals(config, 1, 4_000, every);
        let total: f64 = (0..)
            .zip(&arrivals)
            .map(|(number, (time, _, _))| time.as_secs_f64() - f64::from(number))
            .sum();
        let found = total / 4_000.0;
        // Four standard errors of the wider of the two.
        let tolerance = 4.0 * mean / 4_000_f64.sqrt();
        assert!((found - mean).abs() < tolerance, "{text}: {found}");
    }
}

#[test]
fn one_more_sender_shifts_nobody_elses_latency() {
    let config = || Config::new(5).latency("exponential:2ms".parse().unwrap());
    let of_first = |arrivals: Vec<(VirtualTime, u32, u32)>| {
        arrivals.into_iter().filter(|(_, from, _)| *from == 0).collect::<Vec<_>>()
    };
    let alone = of_first(arrivals(config(), 1, 50, Span::from_millis(1)));
    let together = of_first(arrivals(config(), 4, 50, Span::from_millis(1)));
    assert_eq!(alone, together);
}

#[test]
fn replications_draw_latencies_anew() {
    let config = || Config::new(5).latency("exponential:2ms".parse().unwrap());
    let every = Span::from_secs(1);
    let first = arrivals(config(), 1, 10, every);
    assert_eq!(first, arrivals(config().replication(0), 1, 10, every));
    assert_ne!(first, arrivals(config().replication(1), 1, 10, every));
}

#[test]
fn order_is_kept_among_thousands_of_pairs() {
    // More pairs than the network prunes at.
    let config = Config::new(5).latency("exponential:50ms".parse().unwrap());
    let arrivals = arrivals(config, 3_000, 12, Span::from_millis(5));
    let mut left = vec![12; 3_000];
    for (_, from, number) in arrivals {
        assert_eq!(left[from as usize], number, "source {from}");
        left[from as usize] -= 1;
    }
    assert!(left.iter().all(|left| *left == 0));
}

/// Kills what it is told to.
struct Killer;

impl Actor for Killer {
    type Message = ActorRef<(u32, u32)>;
    fn handle(
        &mut self,
        victim: ActorRef<(u32, u32)>,
        context: &mut Context<'_, ActorRef<(u32, u32)>>,
    ) {
        context.kill(&victim);
    }
}

#[test]
fn kills_take_the_latency_of_their_link() {
    let latency = |millis| Latency::Fixed(Span::from_millis(millis));
    let config = Config::new(1).latency(latency(3)).link("killer", "sink", latency(7));
    let mut simulation = Simulation::new(config);
    let sink = simulation.spawn("sink", Sink { log: Log::default() });
    let killer = simulation.spawn("killer", Killer);
    simulation.send(&killer, *sink);
    simulation.run().unwrap();
    assert!(!simulation.is_alive(sink.id()));
    assert_eq!(simulation.now().to_string(), "0.007s");
}

#[test]
fn latencies_are_read_and_refused() {
    let check = |text: &str, remedy: &str| {
        let error = text.parse::<Latency>().expect_err(text).to_string();
        assert!(error.contains(remedy), "{text}: {error}");
    };
    check("1", "no unit");
    check("uniform:1ms", "uniform:1ms..3ms");
    check("uniform:3ms..1ms", "shorter latency first");
    check("normal:1ms", "exponential:2ms");
    check("exponential:", "missing");
    check("-1ms", "negative");
    check("fast", "write 1ms, uniform:1ms..3ms");
    check("empirical:", "missing");
    check("empirical:1ms,,2ms", "missing");
    check("empirical:1ms*0", "how often");
    check("empirical:1ms*x", "like 2ms*3");
    check("empirical:1ms*18446744073709551615,2ms", "how often");
    for text in ["0s", "1ms", "uniform:1ms..3ms", "exponential:2ms", "empirical:1ms,2ms*3,1ms"] {
        assert_eq!(text.parse::<Latency>().unwrap().to_string(), text);
    }
}

/// Draws a span from a stream of that purpose and sends a message then.
struct Curious {
    to: ActorRef<(u32, u32)>,
    drawn: Option<Span>,
}

impl Actor for Curious {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        let range = Span::from_millis(1)..=Span::from_millis(1_000);
        self.drawn = Some(context.stream("latency").span(range));
        context.send(&self.to, (0, 0));
    }
}

#[test]
fn no_model_can_open_the_engines_streams() {
    let log = Log::default();
    let mut simulation =
        Simulation::new(Config::new(1).latency("uniform:1ms..1000ms".parse().unwrap()));
    let to = simulation.spawn("sink", Sink { log: Rc::clone(&log) });
    let curious = simulation.spawn("curious", Curious { to: *to, drawn: None });
    simulation.send(&curious, ());
    simulation.run().unwrap();
    let travelled = log.borrow()[0].0 - VirtualTime::ZERO;
    assert_ne!(simulation[&curious].drawn, Some(travelled));
}

/// Spawns a sink of its own and sends it a message.
struct Parent {
    log: Log<(VirtualTime, u32, u32)>,
}

impl Actor for Parent {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        let child = context.spawn("child", Sink { log: Rc::clone(&self.log) });
        context.send(&child, (0, 0));
    }
}

#[test]
fn news_of_a_death_draw_on_where_the_messages_left_off() {
    let log = Log::default();
    let mut simulation =
        Simulation::new(Config::new(1).latency("uniform:1ms..1000ms".parse().unwrap()));
    let parent = simulation.spawn("parent", Parent { log: Rc::clone(&log) });
    simulation.send(&parent, ());
    let killed = VirtualTime::from_secs(10);
    simulation.kill_at(killed, &parent).unwrap();
    simulation.run().unwrap();
    assert_eq!(simulation.live_actors(), 0);
    let message = log.borrow()[0].0 - VirtualTime::ZERO;
    assert_ne!(simulation.now() - killed, message, "the first draw, once more");
}

#[test]
fn links_are_of_the_living() {
    // A message to a dead actor does not take the link of its successor.
    let config = Config::new(1).link("source", "new", Latency::Fixed(Span::from_hours(1)));
    let log = Log::default();
    let mut simulation = Simulation::new(config);
    let old = simulation.spawn("old", Sink { log: Rc::clone(&log) });
    simulation.kill_at(VirtualTime::ZERO, &old).unwrap();
    simulation.run().unwrap();
    simulation.spawn("new", Sink { log });
    let source = Source { to: *old, number: 0, every: Span::ZERO };
    let source = simulation.spawn("source", source);
    simulation.send(&source, 1);
    simulation.run().unwrap();
    assert_eq!((simulation.counts().undeliverable, simulation.now()), (1, VirtualTime::ZERO));
    assert!(simulation.has_path("old") && !simulation.has_path("older"));
}

pub(crate) fn latency() -> impl Strategy<Value = Latency> {
    let span = |nanos: u64| Span::from_nanos(nanos);
    let recorded = prop::collection::vec((0_u64..50_000_000, 1_u64..9), 1..5);
    prop_oneof![
        (0_u64..50_000_000).prop_map(move |nanos| Latency::Fixed(span(nanos))),
        (0_u64..50_000_000, 0_u64..50_000_000)
            .prop_map(move |(a, b)| Latency::Uniform { low: span(a.min(b)), high: span(a.max(b)) }),
        (0_u64..50_000_000).prop_map(move |nanos| Latency::Exponential { mean: span(nanos) }),
        recorded.prop_map(move |spans| {
            let spans = spans.into_iter().map(|(nanos, weight)| (span(nanos), weight));
            Latency::Empirical(Empirical::weighted(spans).unwrap())
        }),
    ]
}

proptest! {
    #[test]
    fn order_per_sender_and_receiver_is_kept(
        seed: u64,
        latency in latency(),
        link in latency(),
        every in 0_u64..20_000_000,
        sources in 1_u32..4,
    ) {
        let config = Config::new(seed).latency(latency).link("source[0]", "sink", link);
        let arrivals = arrivals(config, sources, 40, Span::from_nanos(every));
        prop_assert_eq!(arrivals.len(), 40 * sources as usize);
        for number in 0..sources {
            let left: Vec<u32> = arrivals
                .iter()
                .filter(|(_, from, _)| *from == number)
                .map(|(_, _, left)| *left)
                .collect();
            prop_assert_eq!(left, (1..=40).rev().collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_printed_can_be_read(latency in latency()) {
        prop_assert_eq!(latency.to_string().parse(), Ok(latency));
    }
}
