//! Connections that take their pending timeout back at each activity and arm
//! a new one.

use super::draws::Draws;
use super::timed;
use crate::workload::{self, Finished};
use flagfall::{Actor, Context, Message, Simulation, Span, Timer};
use std::cell::Cell;
use std::rc::Rc;

#[derive(Debug, Message)]
enum ToConnection {
    Activity,
    Timeout,
}

struct Connection<D> {
    timeout: Option<Timer>,
    fired: Rc<Cell<u64>>,
    draws: D,
}

impl<D: Draws> Actor for Connection<D> {
    type Message = ToConnection;

    fn handle(&mut self, message: ToConnection, context: &mut Context<'_, ToConnection>) {
        match message {
            ToConnection::Activity => {
                if let Some(timeout) = self.timeout.take() {
                    context.cancel(timeout);
                }
                let span = Span::from_nanos(workload::nanos(workload::TIMEOUT));
                self.timeout = Some(context.set_timer(span, ToConnection::Timeout));
                if !workload::counted() {
                    return context.end_run();
                }
                let silence = self.draws.silence(context);
                context.schedule(silence, ToConnection::Activity);
            }
            ToConnection::Timeout => {
                self.timeout = None;
                self.fired.set(self.fired.get() + 1);
            }
        }
    }
}

pub(super) fn run<D: Draws>(mut simulation: Simulation) -> Finished {
    let fired = Rc::new(Cell::new(0));
    for number in 0..workload::CONNECTIONS {
        let connection =
            Connection { timeout: None, fired: Rc::clone(&fired), draws: D::default() };
        let connection = simulation.spawn(("connection", number as u32), connection);
        simulation.send(&connection, ToConnection::Activity);
    }
    let seconds = timed(&mut simulation);
    Finished { seconds, value: fired.get() as f64 }
}
