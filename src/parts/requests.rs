//! Open requests in copies and files.

use crate::features::{Kernel, Open, Requests, Slot};
use crate::parts::part::Part;
use crate::types::{Gathers, SnapshotError, TypeRegistry};
#[cfg(feature = "snapshot")]
use crate::{
    actor::ActorId,
    parts::part::{Loading, wrong},
    snapshot::{FileError, unique},
    store::{NONE, Op},
    time::VirtualTime,
    types::{AnswerPicture, LoadedClass},
};
#[cfg(feature = "snapshot")]
use serde::{Deserialize, Serialize};
#[cfg(feature = "snapshot")]
use std::collections::BTreeSet;

/// The error for a continuation whose function is not registered.
fn unknown(type_name: &'static str) -> SnapshotError {
    SnapshotError::Function {
        type_name,
        purpose: "a request",
        register: "TypeRegistry::answer, answers or first_answer",
    }
}

#[cfg(feature = "snapshot")]
#[derive(Serialize, Deserialize)]
pub(crate) struct RequestsPicture {
    slots: Vec<(u32, Option<OpenPicture>)>,
    free: Vec<u32>,
    /// The open requests to each actor, youngest first.
    lists: Vec<(ActorId, Vec<u32>)>,
    made: u64,
}

#[cfg(feature = "snapshot")]
#[derive(Serialize, Deserialize)]
struct OpenPicture {
    number: u64,
    asker: ActorId,
    target: ActorId,
    op: Op,
    since: VirtualTime,
    function: String,
    answer: AnswerPicture,
}

impl Part for Requests<Kernel> {
    #[cfg(feature = "snapshot")]
    type Picture = RequestsPicture;

    fn fork(&self, types: &TypeRegistry) -> Result<Self, SnapshotError> {
        let mut gathers = Gathers::default();
        let mut copy = |open: &Open<Kernel>| {
            let kept = open.continuation.as_any();
            let known = types.answers.of(kept);
            let copied = known.and_then(|(_, answer)| answer.copy(kept, &mut gathers));
            let continuation = copied.ok_or_else(|| unknown(open.continuation.function()))?;
            Ok::<_, SnapshotError>(Open { continuation, ..*open })
        };
        let slots = self.slots.iter().map(|slot| {
            let open = slot.open.as_ref().map(&mut copy).transpose()?;
            Ok(Slot { generation: slot.generation, open })
        });
        Ok(Self {
            slots: slots.collect::<Result<_, SnapshotError>>()?,
            free: self.free.clone(),
            heads: self.heads.clone(),
            made: self.made,
        })
    }

    #[cfg(feature = "snapshot")]
    fn save(&self, types: &TypeRegistry) -> Result<RequestsPicture, SnapshotError> {
        let mut gathers = Gathers::default();
        let mut picture = |open: &Open<Kernel>| {
            let kept = open.continuation.as_any();
            let known = types.answers.of(kept);
            let (name, known) = known.ok_or_else(|| unknown(open.continuation.function()))?;
            Ok::<_, SnapshotError>(OpenPicture {
                number: open.number,
                asker: open.asker,
                target: open.target,
                op: open.op,
                since: open.since,
                function: (*name).to_owned(),
                answer: known.save(kept, &mut gathers)?,
            })
        };
        let slots = self
            .slots
            .iter()
            .map(|slot| Ok((slot.generation, slot.open.as_ref().map(&mut picture).transpose()?)));
        let slots = slots.collect::<Result<_, SnapshotError>>()?;
        let mut lists: Vec<(ActorId, Vec<u32>)> =
            self.heads.iter().map(|(target, head)| (*target, list(&self.slots, *head))).collect();
        lists.sort_unstable();
        Ok(RequestsPicture { slots, free: self.free.clone(), lists, made: self.made })
    }

    #[cfg(feature = "snapshot")]
    fn load(picture: RequestsPicture, with: &Loading<'_>) -> Result<Self, FileError> {
        let Loading { types, classes, .. } = *with;
        let RequestsPicture { slots: saved, free, lists, made } = picture;
        let mut gathers = Gathers::default();
        let mut slots = Vec::new();
        for (generation, open) in saved {
            let open = open.map(|open| open.restore(types, classes, &mut gathers)).transpose()?;
            slots.push(Slot { generation, open });
        }
        if !gathers.are_complete() {
            return Err(wrong("requests that are answered together are not all there"));
        }
        let mut open: usize = 0;
        for (target, list) in &lists {
            if list.is_empty() {
                return Err(wrong("a list of no requests"));
            }
            for (position, slot) in list.iter().enumerate() {
                let place = slots.get_mut(*slot as usize).and_then(|slot| slot.open.as_mut());
                // An open request to this target. One that is listed twice is found below.
                let place = place.filter(|o| o.target == *target && o.number != u64::MAX);
                let Some(place) = place else { return Err(wrong("a request is listed wrongly")) };
                place.next = list.get(position + 1).copied().unwrap_or(NONE);
                place.previous = position.checked_sub(1).map_or(NONE, |before| list[before]);
                open += 1;
            }
        }
        let listed: BTreeSet<u32> =
            lists.iter().flat_map(|(_, list)| list.iter().copied()).collect();
        let all = slots.iter().filter(|slot| slot.open.is_some()).count();
        if open != all || listed.len() != all {
            return Err(wrong("a request is listed wrongly"));
        }
        let all_free: BTreeSet<u32> = free.iter().copied().collect();
        let is_free =
            |slot: &u32| slots.get(*slot as usize).is_some_and(|slot| slot.open.is_none());
        if all_free.len() != free.len() || !all_free.iter().all(is_free) {
            return Err(wrong("an open request is free"));
        }
        let heads = lists.iter().map(|(target, list)| (*target, list[0])).collect();
        let heads = unique(heads).map_err(wrong)?;
        Ok(Self { slots, free, heads, made })
    }
}

/// The list of open requests that begins at `head`.
#[cfg(feature = "snapshot")]
fn list(slots: &[Slot<Kernel>], head: u32) -> Vec<u32> {
    let next = |slot: &u32| {
        let open = slots[*slot as usize].open.as_ref()?;
        Some(open.next).filter(|next| *next != NONE)
    };
    std::iter::successors(Some(head), next).collect()
}

#[cfg(feature = "snapshot")]
impl OpenPicture {
    fn restore(
        self,
        types: &TypeRegistry,
        classes: &[LoadedClass],
        gathers: &mut Gathers,
    ) -> Result<Open<Kernel>, FileError> {
        let known = types.answers.named(&self.function);
        let Some(known) = known else {
            return Err(FileError::Unregistered { name: self.function });
        };
        let class = classes.get(usize::from(self.asker.class()));
        let fits = class.is_some_and(|class| class.message == known.message())
            && matches!(self.op, Op::ANSWER | Op::OWN)
            && self.number != u64::MAX;
        let continuation = known.load(&self.answer, gathers).filter(|_| fits);
        let Some(continuation) = continuation else {
            return Err(wrong("an answer does not fit its asker"));
        };
        Ok(Open {
            number: self.number,
            asker: self.asker,
            target: self.target,
            op: self.op,
            since: self.since,
            continuation,
            next: NONE,
            previous: NONE,
        })
    }
}
