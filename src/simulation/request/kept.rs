//! Open requests in copies of a simulation.

use super::{Open, Requests, Slot};
use crate::simulation::SnapshotError;
use crate::simulation::types::{Gathers, Types};

/// Says that the function of a continuation is not known.
pub(super) fn unknown(type_name: &'static str) -> SnapshotError {
    SnapshotError::Function {
        type_name,
        purpose: "a request",
        register: "Types::answer, answers or first_answer",
    }
}

impl Requests {
    pub(in crate::simulation) fn fork(&self, types: &Types) -> Result<Self, SnapshotError> {
        let mut gathers = Gathers::default();
        let mut copy = |open: &Open| {
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
}
