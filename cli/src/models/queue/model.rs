//! The queue as a model: started, read off, measured, copied.

use super::{Line, LineMessage, Queue, Server, Source, Visit};
use crate::models::Branching;
use flagfall::model::{Measured, Run};
use flagfall::{ActorRef, Measures, Model, Series, Simulation, Span, TypeRegistry, VirtualTime};

impl Model for Queue {
    /// The line, which owns all others.
    type Handles = ActorRef<LineMessage>;
    type Result = Vec<Visit>;

    fn start(&self, simulation: &mut Simulation) -> ActorRef<LineMessage> {
        let line = simulation.spawn("queue", Line::new(self.clone()));
        simulation.send(&line, LineMessage::Open);
        *line
    }

    fn collect(&self, simulation: &Simulation, line: &ActorRef<LineMessage>) -> Vec<Visit> {
        simulation.inspect::<Line>(line).map(|line| line.visits.clone()).unwrap_or_default()
    }
}

/// The part of a span that lies in a window, in nanoseconds.
fn within(from: VirtualTime, to: VirtualTime, window: (VirtualTime, VirtualTime)) -> u128 {
    let span = to.min(window.1).checked_since(from.max(window.0));
    span.map_or(0, |span| span.as_nanos().into())
}

/// A sum of nanoseconds over a number, in seconds; undefined over nothing.
fn mean_secs(spans: impl Iterator<Item = Span>) -> Option<f64> {
    let (sum, count) = spans
        .fold((0_u128, 0_u64), |(sum, count), span| (sum + u128::from(span.as_nanos()), count + 1));
    (count > 0).then(|| sum as f64 / 1e9 / count as f64)
}

impl Measured for Queue {
    /// `customers`: who arrived from the warm-up on, whom the next three are about.
    /// `mean_wait`: of those whose service has begun. `mean_time_in_system`: of those who
    /// have left. `waited_share`: the share of those whose service has begun that had to wait.
    ///
    /// `utilization` (the share of the servers' time that is spent on customers),
    /// `mean_queue_length` (customers who wait) and `mean_number_in_system` are averages
    /// over time, from the warm-up to the horizon, or to the last customer's arrival if there
    /// is none.
    ///
    /// Where a run is ended early, those who wait longest are the last to be counted: a
    /// long horizon, or all customers, leaves out few.
    fn measures(&self, run: &Run<Vec<Visit>>) -> Measures {
        let (visits, window, end) = (&run.result, self.window(run), run.virtual_time);
        let counted = || visits.iter().filter(|visit| visit.arrived >= window.0);
        let waits = || counted().filter_map(Visit::wait);
        let waited = waits().filter(|wait| !wait.is_zero()).count();
        let (mut busy, mut waiting) = (0, 0);
        for visit in visits {
            waiting += within(visit.arrived, visit.began.unwrap_or(end), window);
            busy += visit.began.map_or(0, |began| within(began, visit.left.unwrap_or(end), window));
        }
        let length = within(window.0, window.1, window);
        let per_time = |sum: u128, of: u128| (of > 0).then(|| sum as f64 / of as f64);
        let mut measures = Measures::new();
        measures
            .count("customers", counted().count() as u64)
            .add("mean_wait", "s", mean_secs(waits()))
            .add("mean_time_in_system", "s", mean_secs(counted().filter_map(Visit::time_in_system)))
            .share("waited_share", waited as u64, waits().count() as u64)
            .add("utilization", "1", per_time(busy, length * u128::from(self.servers)))
            .add("mean_queue_length", "1", per_time(waiting, length))
            .add("mean_number_in_system", "1", per_time(waiting + busy, length));
        measures
    }

    /// The waits of all customers whose service has begun, in order of arrival; the warm-up
    /// is in it, so that it can be seen.
    fn series(&self, run: &Run<Vec<Visit>>) -> Vec<Series> {
        let waits = run.result.iter().filter_map(Visit::wait);
        let values = waits.map(Span::as_secs_f64).collect();
        vec![Series { name: "wait".into(), unit: "s".into(), values, batch: 1 }]
    }
}

impl Branching for Queue {
    fn types() -> TypeRegistry {
        TypeRegistry::new()
            .savable::<Line>("queue: line")
            .savable::<Server>("queue: server")
            .savable::<Source>("queue: source")
    }
}
