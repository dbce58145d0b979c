//! Open requests in files.

use crate::actor::ActorId;
use crate::features::Core;
use crate::features::Open;
use crate::features::Requests;
use crate::features::Slot;
use crate::request::kept::unknown;
use crate::snapshot::FileError;
use crate::snapshot::unique;
use crate::store::NONE;
use crate::store::Op;
use crate::time::VirtualTime;
use crate::types::SnapshotError;
use crate::types::{AnswerPicture, Gathers, LoadedClass, Types};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct RequestsPicture {
    slots: Vec<(u32, Option<OpenPicture>)>,
    free: Vec<u32>,
    /// The open requests to each that was asked, youngest first.
    lists: Vec<(ActorId, Vec<u32>)>,
    made: u64,
}

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

impl Requests<Core> {
    pub(crate) fn picture(&self, types: &Types) -> Result<RequestsPicture, SnapshotError> {
        let mut gathers = Gathers::default();
        let mut picture = |open: &Open<Core>| {
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
            self.heads.iter().map(|(target, head)| (*target, self.list(*head))).collect();
        lists.sort_unstable();
        Ok(RequestsPicture { slots, free: self.free.clone(), lists, made: self.made })
    }

    /// The list that begins with an open request.
    fn list(&self, head: u32) -> Vec<u32> {
        let next = |slot: &u32| {
            let open = self.slots[*slot as usize].open.as_ref()?;
            Some(open.next).filter(|next| *next != NONE)
        };
        std::iter::successors(Some(head), next).collect()
    }
}

impl RequestsPicture {
    /// The requests of a simulation with these classes.
    pub(crate) fn restore(
        self,
        types: &Types,
        classes: &[LoadedClass],
    ) -> Result<Requests<Core>, FileError> {
        let mut gathers = Gathers::default();
        let mut slots = Vec::new();
        for (generation, open) in self.slots {
            let open = open.map(|open| open.restore(types, classes, &mut gathers)).transpose()?;
            slots.push(Slot { generation, open });
        }
        let wrong = |what| Err(FileError::Inconsistent { what });
        if !gathers.are_complete() {
            return wrong("requests that are answered together are not all there");
        }
        let mut open: usize = 0;
        for (target, list) in &self.lists {
            if list.is_empty() {
                return wrong("a list of no requests");
            }
            for (position, slot) in list.iter().enumerate() {
                let place = slots.get_mut(*slot as usize).and_then(|slot| slot.open.as_mut());
                // An open request without neighbours was not listed before.
                let place = place.filter(|o| o.target == *target && o.number != u64::MAX);
                let Some(place) = place else { return wrong("a request is listed wrongly") };
                place.next = list.get(position + 1).copied().unwrap_or(NONE);
                place.previous = position.checked_sub(1).map_or(NONE, |before| list[before]);
                open += 1;
            }
        }
        let listed: std::collections::BTreeSet<u32> =
            self.lists.iter().flat_map(|(_, list)| list.iter().copied()).collect();
        let all = slots.iter().filter(|slot| slot.open.is_some()).count();
        if open != all || listed.len() != all {
            return wrong("a request is listed wrongly");
        }
        let free: std::collections::BTreeSet<u32> = self.free.iter().copied().collect();
        let is_free =
            |slot: &u32| slots.get(*slot as usize).is_some_and(|slot| slot.open.is_none());
        if free.len() != self.free.len() || !free.iter().all(is_free) {
            return wrong("an open request is free");
        }
        let heads = self.lists.iter().map(|(target, list)| (*target, list[0])).collect();
        let heads = unique(heads).map_err(|what| FileError::Inconsistent { what })?;
        Ok(Requests { slots, free: self.free, heads, made: self.made })
    }
}

impl OpenPicture {
    fn restore(
        self,
        types: &Types,
        classes: &[LoadedClass],
        gathers: &mut Gathers,
    ) -> Result<Open<Core>, FileError> {
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
            return Err(FileError::Inconsistent { what: "an answer does not fit its asker" });
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
