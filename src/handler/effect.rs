//! What the less frequent events do to a living actor.

use crate::actor::{ActorId, DeathCause, Message};
use crate::features::{Features, Kernel};
use crate::handler::meta::{Busy, Meta, Role};
use crate::kernel::Hooks;
use crate::record::{Handling, RecordKind};
use crate::store::{EventPool, NONE, Op};

/// The result of an event for a living actor.
pub(crate) enum Effect {
    /// The actor handles the message in the event's cell.
    Handle(Handling),
    /// Nothing more.
    Nothing,
    /// The message was for an earlier incarnation.
    Lose,
    Die(DeathCause),
}

/// Decides for all events except the two most frequent ones.
#[inline(never)]
pub(crate) fn effect_of<M: Message>(
    kernel: &mut Kernel,
    cells: &mut EventPool<M>,
    id: ActorId,
    meta: &mut Meta,
    cell: u32,
) -> Effect {
    kernel.note_cause(cells, cell);
    match cells.head(cell).op() {
        Op::DELIVER | Op::TIMER | Op::OWN | Op::REQUEST | Op::INTERRUPT => {
            if meta.busy != Busy::Free {
                enqueue(kernel, cells, id, meta, cell);
                return Effect::Nothing;
            }
            cells.take_rider(cell);
            Effect::Handle(Handling::Handled)
        }
        Op::TAKE => {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            cells.take_rider(cell);
            Effect::Handle(Handling::Taken)
        }
        Op::RESUME => Effect::Handle(Handling::Resumed),
        Op::ANSWER => {
            meta.busy = Busy::Free;
            if meta.role == Role::Task {
                meta.role = Role::RunningTask;
                kernel.reclaim_slot();
            }
            Effect::Handle(Handling::Answered)
        }
        Op::TASK_READY if !kernel.take_slot() => {
            meta.pending = NONE;
            meta.busy = Busy::Delayed;
            cells.set_op(cell, Op::TASK_START);
            kernel.await_slot(id, cell);
            kernel.record_plain(RecordKind::Delayed, id);
            Effect::Nothing
        }
        Op::TASK_READY | Op::TASK_START => {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            meta.role = Role::RunningTask;
            Effect::Handle(Handling::Started)
        }
        Op::STALE => Effect::Lose,
        op => {
            let word = cells.word(cell);
            cells.take(cell);
            Features::ends(kernel, id, op, word).map_or(Effect::Nothing, Effect::Die)
        }
    }
}

fn enqueue<M: Message>(
    kernel: &mut Kernel,
    cells: &mut EventPool<M>,
    id: ActorId,
    meta: &mut Meta,
    cell: u32,
) {
    if kernel.journal.is_on() {
        kernel.record(RecordKind::Queued, id, cells, cell);
    }
    // `WAITING`: once a timer has gone off, a search for pending events must not find it.
    meta.mailbox.push(cells, cell, Op::WAITING);
    kernel.check_mailbox(meta.waiting());
}
