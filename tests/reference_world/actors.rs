//! The actors of the programs: one drops what it is sent, one keeps it.

use super::engine::{Stage, Thing, seconds};
use super::log::Line;
use super::program::{self, Order};
use super::steps::claim;
use flagfall::resource::Held;
use flagfall::{Actor, Context, Digest, Message};
use std::rc::Weak;

#[derive(Debug)]
pub enum Mail {
    Gift(Thing),
    /// An order, and a number that no other has.
    Order(Order, i64),
    Granted(usize, Held),
    /// Units were taken away.
    Lost,
    Item(i64),
}

impl Message for Mail {
    fn digest(&self, _: &mut Digest) {}
}

pub struct Desk {
    number: usize,
    stage: Weak<Stage>,
    kept: Vec<Thing>,
}

impl Desk {
    pub fn new(number: usize, stage: Weak<Stage>) -> Self {
        Self { number, stage, kept: Vec::new() }
    }

    fn obey(&mut self, stage: &Stage, order: Order, note: i64, context: &mut Context<'_, Mail>) {
        match order {
            Order::Claim { of, ask } => {
                let of = of % stage.resources.len();
                let wanted = claim(ask, stage.program.resources[of]);
                let resource = stage.resources[of];
                let granted = move |held| Mail::Granted(of, held);
                if ask.yielding {
                    resource.claim_yielding(context, wanted, granted, |_| Mail::Lost);
                } else {
                    resource.claim(context, wanted, granted);
                }
            }
            Order::Get { from } => {
                let store = stage.stores[from % stage.stores.len()];
                store.get_then(context, |_| true, Mail::Item);
            }
            Order::Put { into, rank } => {
                let item = program::item(rank, 500_000 + note as usize);
                stage.stores[into % stage.stores.len()].put_soon(context, item);
            }
            Order::Drop => self.kept.clear(),
            Order::Release => {
                let is_unit = |thing: &Thing| matches!(thing, Thing::Unit(..));
                let Some(last) = self.kept.iter().rposition(is_unit) else { return };
                if let Thing::Unit(of, held) = self.kept.remove(last) {
                    stage.resources[of].release(context, held);
                }
            }
            Order::Pass { to } => {
                if let Some(last) = self.kept.pop() {
                    context.send(&stage.player(to).1, last);
                }
            }
            Order::Stop => context.stop(),
            // As a panic unwinds, and without its message on standard error.
            Order::Panic => std::panic::resume_unwind(Box::new("it was told to")),
            Order::Fail => context.fail("it was told to"),
        }
    }
}

impl Actor for Desk {
    type Message = Mail;

    fn handle(&mut self, mail: Mail, context: &mut Context<'_, Mail>) {
        let stage = self.stage.upgrade().expect("the stage outlives the run");
        match mail {
            // The first drops it here.
            Mail::Gift(gift) if self.number > 0 => self.kept.push(gift),
            Mail::Gift(gift) => drop(gift),
            Mail::Lost => {}
            Mail::Order(order, note) => self.obey(&stage, order, note, context),
            Mail::Granted(of, held) => self.kept.push(Thing::Unit(of, held)),
            Mail::Item(item) => self.kept.push(Thing::Item(item)),
        }
        let (at, books) = (seconds(context.now()), stage.books(context));
        stage.note(Line::Turn { at, who: self.number, books });
    }
}
