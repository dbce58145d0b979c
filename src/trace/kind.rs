//! Kinds of records as numbers and as words.

use crate::actor::DeathCause;
use crate::record::RecordKind;

/// Every kind that a record can have.
pub const KINDS: [RecordKind; 27] = [
    RecordKind::Handled,
    RecordKind::Queued,
    RecordKind::Taken,
    RecordKind::Resumed,
    RecordKind::Answered,
    RecordKind::Started,
    RecordKind::Delayed,
    RecordKind::Undeliverable,
    RecordKind::Cancelled,
    RecordKind::Served,
    RecordKind::Lost,
    RecordKind::Duplicated,
    RecordKind::Restarted,
    RecordKind::Claimed,
    RecordKind::Granted,
    RecordKind::Released,
    RecordKind::Withdrawn,
    RecordKind::Refused,
    RecordKind::Preempted,
    RecordKind::Died(DeathCause::Finished),
    RecordKind::Died(DeathCause::Killed),
    RecordKind::Died(DeathCause::OwnerDied),
    RecordKind::Died(DeathCause::Forgotten),
    RecordKind::Died(DeathCause::Crashed),
    RecordKind::Died(DeathCause::Failed),
    RecordKind::Died(DeathCause::Escalated),
    RecordKind::Died(DeathCause::SiblingRestarted),
];

pub(super) fn code(kind: RecordKind) -> u8 {
    // All codes are below 64; no kind has this one.
    u8::try_from(kind.code()).unwrap_or(u8::MAX)
}

pub(super) fn of_code(code: u8) -> Option<RecordKind> {
    KINDS.into_iter().find(|kind| kind.code() == u64::from(code))
}
