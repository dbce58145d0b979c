//! Records of the steps of claims.

use crate::actor::{ActorId, Message};
use crate::digest::Digest;
use crate::features::{AnyResource, Kernel};
use crate::line::{Asked, Note, Usage};
use crate::time::Span;
use std::fmt;

/// What a record of a claim says: what was asked of which resource, and how long the claimant
/// waited, or held it.
struct Step {
    resource: String,
    asked: Asked,
    span: Span,
}

impl Kernel {
    /// Records the steps that claims have made since notes were begun.
    #[cold]
    pub(super) fn record_claims(
        &mut self,
        id: ActorId,
        resource: &mut (dyn AnyResource<Self> + 'static),
    ) {
        let notes = resource.usage().map(Usage::take_notes).unwrap_or_default();
        for Note { kind, who, asked, since } in notes {
            let resource = self.entities.path(id).to_string();
            let step = Step { resource, asked, span: self.now - since };
            self.record_step(kind, id, who, &step, since);
        }
    }
}

impl Message for Step {
    fn digest(&self, digest: &mut Digest) {
        match self.asked {
            Asked::Units(claim) => {
                digest.write_u64(0);
                (claim.amount, claim.priority).digest(digest);
            }
            Asked::Put(amount) => (1_u64, amount).digest(digest),
            Asked::Get(amount) => (2_u64, amount).digest(digest),
        }
        self.span.as_nanos().digest(digest);
    }
}

impl fmt::Debug for Step {
    /// `2 of desk, priority -1, after 3s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resource = &self.resource;
        match self.asked {
            Asked::Units(claim) => {
                write!(f, "{} of {resource}", claim.amount)?;
                if claim.priority != 0 {
                    write!(f, ", priority {}", claim.priority)?;
                }
                if claim.preempting {
                    f.write_str(", preempting")?;
                }
            }
            Asked::Put(amount) => write!(f, "put {amount} into {resource}")?,
            Asked::Get(amount) => write!(f, "get {amount} from {resource}")?,
        }
        if self.span > Span::ZERO { write!(f, ", after {}", self.span) } else { Ok(()) }
    }
}
