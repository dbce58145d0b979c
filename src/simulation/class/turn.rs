//! What the less usual events do to a living actor.

use super::{Busy, Meta, Role};
use crate::actor::{ActorId, DeathCause, Message};
use crate::record::{Handling, RecordKind};
use crate::simulation::core::Core;
use crate::simulation::pool::{EventKind, NONE, Pool};

/// What an event comes to at a living actor.
pub(super) enum Turn {
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
pub(super) fn turn<M: Message>(
    core: &mut Core,
    cells: &mut Pool<M>,
    id: ActorId,
    meta: &mut Meta,
    cell: u32,
) -> Turn {
    core.note_cause(cells, cell);
    match cells.head(cell).kind() {
        EventKind::Deliver
        | EventKind::Timer
        | EventKind::Own
        | EventKind::Request
        | EventKind::Interrupt => {
            if meta.busy != Busy::Free {
                enqueue(core, cells, id, meta, cell);
                return Turn::Nothing;
            }
            cells.take_request(cell);
            Turn::Handle(Handling::Handled)
        }
        EventKind::Take => {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            cells.take_request(cell);
            Turn::Handle(Handling::Taken)
        }
        EventKind::Resume => Turn::Handle(Handling::Resumed),
        EventKind::Answer => {
            meta.busy = Busy::Free;
            if meta.role == Role::Task {
                meta.role = Role::RunningTask;
                core.cpu.reclaim();
            }
            Turn::Handle(Handling::Answered)
        }
        EventKind::TaskReady if !core.cpu.try_take() => {
            meta.pending = NONE;
            meta.busy = Busy::Delayed;
            cells.set_kind(cell, EventKind::TaskStart);
            core.cpu.enqueue(id, cell, core.now);
            core.record_plain(RecordKind::Delayed, id);
            Turn::Nothing
        }
        EventKind::TaskReady | EventKind::TaskStart => {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            meta.role = Role::RunningTask;
            Turn::Handle(Handling::Started)
        }
        EventKind::Kill => {
            cells.take(cell);
            Turn::Die(DeathCause::Killed)
        }
        EventKind::OwnerDied => {
            cells.take(cell);
            Turn::Die(DeathCause::OwnerDied)
        }
        EventKind::Crash => {
            cells.take(cell);
            Turn::Die(DeathCause::Crashed)
        }
        EventKind::Dismiss => {
            cells.take(cell);
            core.forget_ward(id);
            Turn::Die(DeathCause::Killed)
        }
        EventKind::Escalate => {
            let life = take_word(cells, cell);
            let meant = life == u64::from(core.directory.life(id).incarnation);
            if meant { Turn::Die(DeathCause::Escalated) } else { Turn::Nothing }
        }
        EventKind::Together => {
            let owed = core.wards.owes(id, take_word(cells, cell));
            if owed { Turn::Die(DeathCause::SiblingRestarted) } else { Turn::Nothing }
        }
        EventKind::Stale => Turn::Lose,
        EventKind::Wake => unreachable!("only processes are woken"),
        EventKind::Waiting | EventKind::Free | EventKind::Cancelled => {
            unreachable!("an event that is due has a cell")
        }
    }
}

/// What is told by an event without a message.
fn take_word<M>(cells: &mut Pool<M>, cell: u32) -> u64 {
    let word = cells.word(cell);
    cells.take(cell);
    word
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
    meta.mailbox.push(cells, cell, EventKind::Waiting);
    core.check_mailbox(meta.waiting());
}
