//! Checks that decoded data is a consistent simulation.
//!
//! A checksum finds damage, not forgery. The engine relies on some properties without
//! checking them. They are checked here once, before the simulation is built: every cell
//! has one use, and every mailbox and every event has its actor.

use crate::event_list::{EventId, EventKey};
use crate::handler::Busy;
use crate::outcome::Counts;
use crate::save::picture::KernelPicture;
use crate::store::{CellPicture, Op, UsedCell};
use crate::types::{ClassPicture, SlotPicture};
use std::collections::BTreeSet;

/// The largest sequence number of a file: no run has used more, and more could overflow.
const MOST_SEQUENCES: u64 = 1 << 62;

/// The use of a cell.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Nothing,
    /// A place in the free list.
    Free,
    /// An event that is scheduled, or urgent.
    Event,
    /// A message in a mailbox.
    Mailbox,
    /// The first message of a task that waits for a CPU slot.
    Task,
}

struct Cells<'a> {
    classes: &'a [ClassPicture],
    uses: Vec<Vec<Use>>,
}

type Checked = Result<(), &'static str>;

pub(crate) fn check(kernel: &KernelPicture, classes: &[ClassPicture]) -> Checked {
    if classes.len() >= usize::from(u16::MAX) || kernel.entities.classes.len() != classes.len() {
        return Err("the number of classes");
    }
    if kernel.instant_first > kernel.event || kernel.event >= 1 << 62 {
        return Err("the number of events");
    }
    if kernel.stopped.is_some_and(|(time, event)| time > kernel.now || event > kernel.event) {
        return Err("the time of the last event");
    }
    check_counts(&kernel.counts, classes)?;
    let uses = classes.iter().map(|class| vec![Use::Nothing; class.pool.cells.len()]).collect();
    let mut cells = Cells { classes, uses };
    cells.enter_free()?;
    cells.enter_events(kernel)?;
    cells.enter_tasks(kernel)?;
    cells.enter_actors(kernel)?;
    if cells.uses.iter().flatten().any(|used| *used == Use::Nothing) {
        return Err("a message that nothing leads to");
    }
    cells.check_turns()
}

/// Checks that every message that was sent has ended or is still there.
fn check_counts(counts: &Counts, classes: &[ClassPicture]) -> Checked {
    let Counts { sent, handled, undeliverable, cancelled, lost, duplicated } = *counts;
    let sum = |numbers: &[u64]| numbers.iter().map(|number| u128::from(*number)).sum::<u128>();
    let there: usize = classes.iter().map(|class| class.pool.messages()).sum();
    let ended = sum(&[handled, undeliverable, cancelled, lost, there as u64]);
    if sum(&[sent, duplicated]) == ended && sent < 1 << 62 && duplicated < 1 << 62 {
        Ok(())
    } else {
        Err("the number of messages")
    }
}

impl<'a> Cells<'a> {
    /// Records the use of a cell that has none yet, and returns its contents.
    fn enter(&mut self, pool: u16, cell: u32, what: Use) -> Result<&'a CellPicture, &'static str> {
        let place = self.uses.get_mut(usize::from(pool)).and_then(|p| p.get_mut(cell as usize));
        match place {
            Some(place) if *place == Use::Nothing => *place = what,
            Some(_) => return Err("a cell has two uses"),
            None => return Err("a cell does not exist"),
        }
        Ok(&self.classes[usize::from(pool)].pool.cells[cell as usize])
    }

    fn enter_used(&mut self, pool: u16, cell: u32, what: Use) -> Result<UsedCell, &'static str> {
        match self.enter(pool, cell, what)? {
            CellPicture::Used(used) => Ok(*used),
            CellPicture::Free => Err("a free cell is in use"),
        }
    }

    fn enter_free(&mut self) -> Checked {
        for (pool, class) in (0..).zip(self.classes) {
            for cell in &class.pool.free {
                if matches!(self.enter(pool, *cell, Use::Free)?, CellPicture::Used(_)) {
                    return Err("a cell in use is free");
                }
            }
        }
        Ok(())
    }

    fn enter_events(&mut self, kernel: &KernelPicture) -> Checked {
        let mut sequences = BTreeSet::new();
        let ascending = kernel.events.is_sorted_by(|(one, _), (next, _)| one < next);
        if !ascending || kernel.sequence >= MOST_SEQUENCES {
            return Err("the order of events");
        }
        for (EventKey { time, sequence }, event) in &kernel.events {
            let is_new = sequences.insert(*sequence);
            if *time < kernel.now || *sequence >= kernel.sequence || !is_new {
                return Err("the time or number of an event");
            }
            self.enter_event(*event)?;
        }
        kernel.urgent.iter().try_for_each(|event| self.enter_event(*event))
    }

    fn enter_event(&mut self, event: EventId) -> Checked {
        let used = self.enter_used(event.pool, event.cell, Use::Event)?;
        let of_kernel = matches!(
            used.op,
            Op::DELIVER | Op::TIMER | Op::OWN | Op::TAKE | Op::RESUME | Op::STALE
        );
        if of_kernel || Op::OF_FEATURES.contains(&used.op) {
            Ok(())
        } else {
            Err("the kind of an event")
        }
    }

    fn enter_tasks(&mut self, kernel: &KernelPicture) -> Checked {
        for (task, cell, _) in &kernel.features.cpu.waiting {
            let used = self.enter_used(task.class(), *cell, Use::Task)?;
            let slot = self.slot(task.class(), task.index());
            let waits = slot.is_some_and(|slot| {
                slot.generation == task.generation() && slot.busy == Busy::Delayed
            });
            let meant = (used.index, used.generation) == (task.index(), task.generation());
            if used.op != Op::TASK_START || !waits || !meant {
                return Err("a task that waits for a CPU slot");
            }
        }
        match kernel.features.cpu.free {
            Some(free) if free.unsigned_abs() > 1 << 33 => Err("the number of CPU slots"),
            _ => Ok(()),
        }
    }

    fn slot(&self, class: u16, index: u32) -> Option<&'a SlotPicture> {
        self.classes.get(usize::from(class))?.slots.get(index as usize)?.as_ref()
    }

    fn enter_actors(&mut self, kernel: &KernelPicture) -> Checked {
        let books = kernel.entities.classes.iter();
        for (number, (class, books)) in (0..).zip(self.classes.iter().zip(books)) {
            let mut entries = books.entries.iter();
            for slot in &class.slots {
                let on_books = entries.next().ok_or("an actor is not on the books")?.living();
                if slot.as_ref().map(|slot| slot.generation) != on_books {
                    return Err("the books say otherwise of an actor's life");
                }
                let Some(slot) = slot else { continue };
                let free = slot.busy == Busy::Free;
                if free && !slot.mailbox.is_empty() {
                    return Err("a message waits for an actor that is free");
                }
                for cell in &slot.mailbox {
                    let used = self.enter_used(number, *cell, Use::Mailbox)?;
                    if used.op != Op::WAITING || !used.message {
                        return Err("what waits in a mailbox is not a message");
                    }
                }
            }
            if entries.next().is_some() {
                return Err("the books have an actor that is not there");
            }
        }
        Ok(())
    }

    /// Checks that each busy actor has an event that ends its turn, and that no other actor
    /// has such an event.
    fn check_turns(&self) -> Checked {
        for (number, class) in self.classes.iter().enumerate() {
            for (index, slot) in (0_u32..).zip(&class.slots) {
                let Some(slot) = slot else { continue };
                let Some(cell) = slot.pending else {
                    if slot.busy == Busy::Backlog {
                        return Err("nothing ends an actor's turn");
                    }
                    continue;
                };
                let scheduled = self.uses[number].get(cell as usize) == Some(&Use::Event);
                let used = match class.pool.cells.get(cell as usize) {
                    Some(CellPicture::Used(used)) if scheduled => used,
                    _ => return Err("nothing ends an actor's turn"),
                };
                let meant = (used.index, used.generation) == (index, slot.generation);
                let kind = match slot.busy {
                    Busy::Held => matches!(used.op, Op::RESUME | Op::TASK_READY),
                    Busy::Backlog => used.op == Op::TAKE,
                    _ => false,
                };
                if !meant || !kind {
                    return Err("another event ends an actor's turn");
                }
            }
            for (cell, used) in (0_u32..).zip(&class.pool.cells) {
                let CellPicture::Used(used) = used else { continue };
                if !matches!(used.op, Op::RESUME | Op::TAKE | Op::TASK_READY) {
                    continue;
                }
                let slot = class.slots.get(used.index as usize).and_then(Option::as_ref);
                let living = slot.filter(|slot| slot.generation == used.generation);
                if living.is_some_and(|slot| slot.pending != Some(cell)) {
                    return Err("an event would end an actor's turn twice");
                }
            }
        }
        Ok(())
    }
}
