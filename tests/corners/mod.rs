//! Corners that random programs seldom reach, each of them once a fault.

mod arithmetic;
mod dropping;
mod handles;
mod references;
mod restarts;
mod strangers;
mod urgent;
mod waiting;

use flagfall::{Actor, Config, Context, Limits};

struct Sink;
impl Actor for Sink {
    type Message = u64;
    fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
}

fn limited(set: impl FnOnce(&mut Limits)) -> Config {
    let mut limits = Limits::default();
    set(&mut limits);
    Config::new(1).limits(limits)
}
