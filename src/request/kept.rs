//! Open requests in copies of a simulation.

use crate::features::Core;
use crate::features::Open;
use crate::features::Requests;
use crate::features::Slot;
use crate::types::SnapshotError;
use crate::types::{Gathers, Types};

/// Says that the function of a continuation is not known.
pub(crate) fn unknown(type_name: &'static str) -> SnapshotError {
    SnapshotError::Function {
        type_name,
        purpose: "a request",
        register: "Types::answer, answers or first_answer",
    }
}

impl Requests<Core> {
    pub(crate) fn fork(&self, types: &Types) -> Result<Self, SnapshotError> {
        let mut gathers = Gathers::default();
        let mut copy = |open: &Open<Core>| {
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
