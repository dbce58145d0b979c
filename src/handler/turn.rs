//! What the less usual events do to a living actor.

use crate::actor::{ActorId, DeathCause, Message};
use crate::features::Core;
use crate::features::Features;
use crate::handler::meta::Busy;
use crate::handler::meta::Meta;
use crate::handler::meta::Role;
use crate::kernel::Hooks;
use crate::record::{Handling, RecordKind};
use crate::store::{NONE, Op, Pool};

/// What an event comes to at a living actor.
pub(crate) enum Turn {
    /// The actor handles the message in the event's cell.
    Handle(Handling),
    /// Nothing more.
    Nothing,
    /// The message was for an incarnation that is no more.
    Lose,
    Die(DeathCause),
}

/// Everything but the two most usual events.
#[inline(never)]
pub(crate) fn turn<M: Message>(
    core: &mut Core,
    cells: &mut Pool<M>,
    id: ActorId,
    meta: &mut Meta,
    cell: u32,
) -> Turn {
    core.note_cause(cells, cell);
    match cells.head(cell).op() {
        Op::DELIVER | Op::TIMER | Op::OWN | Op::REQUEST | Op::INTERRUPT => {
            if meta.busy != Busy::Free {
                enqueue(core, cells, id, meta, cell);
                return Turn::Nothing;
            }
            cells.take_rider(cell);
            Turn::Handle(Handling::Handled)
        }
        Op::TAKE => {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            cells.take_rider(cell);
            Turn::Handle(Handling::Taken)
        }
        Op::RESUME => Turn::Handle(Handling::Resumed),
        Op::ANSWER => {
            meta.busy = Busy::Free;
            if meta.role == Role::Task {
                meta.role = Role::RunningTask;
                core.reclaim_slot();
            }
            Turn::Handle(Handling::Answered)
        }
        Op::TASK_READY if !core.take_slot() => {
            meta.pending = NONE;
            meta.busy = Busy::Delayed;
            cells.set_op(cell, Op::TASK_START);
            core.await_slot(id, cell);
            core.record_plain(RecordKind::Delayed, id);
            Turn::Nothing
        }
        Op::TASK_READY | Op::TASK_START => {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            meta.role = Role::RunningTask;
            Turn::Handle(Handling::Started)
        }
        Op::STALE => Turn::Lose,
        op => {
            let word = cells.word(cell);
            cells.take(cell);
            Features::ends(core, id, op, word).map_or(Turn::Nothing, Turn::Die)
        }
    }
}

fn enqueue<M: Message>(
    core: &mut Core,
    cells: &mut Pool<M>,
    id: ActorId,
    meta: &mut Meta,
    cell: u32,
) {
    if core.recorder.is_on() {
        core.record(RecordKind::Queued, id, cells, cell);
    }
    // A timer has gone off, and nothing that looks for events finds it now.
    meta.mailbox.push(cells, cell, Op::WAITING);
    core.check_mailbox(meta.waiting());
}
