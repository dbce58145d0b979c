//! Registered types of states and checkpoints.

use crate::actor::Copying;
use crate::features::Features;
use crate::kernel::{Class, Shared};
use crate::random::Stream;
#[cfg(feature = "snapshot")]
use crate::types::pictures::{SavedCheckpoint, SavedState};
use std::any::Any;
use std::rc::Rc;
/// A class and its pool, copied or loaded.
pub(crate) type Copied = (Box<dyn Class<Features>>, Shared);

/// Copies a class; `Err` names the message type that cannot be copied.
type CopyClass = Rc<dyn Fn(&dyn Any, &Copying) -> Result<Copied, &'static str>>;

/// Copies a checkpoint; `None` if it has another type.
type CopyCheckpoint = Rc<dyn Fn(&dyn Any) -> Option<Box<dyn Any>>>;

/// Visits all streams in the states of a class.
type VisitStreams = Rc<dyn Fn(&mut dyn Any, &mut dyn FnMut(&mut Stream))>;

/// A registered type of states.
#[derive(Clone, Default)]
pub(crate) struct StateType {
    pub(crate) copy: Option<CopyClass>,
    pub(crate) streams: Option<VisitStreams>,
    #[cfg(feature = "snapshot")]
    pub(crate) saved: Option<SavedState>,
}

/// A registered type of checkpoints.
#[derive(Clone)]
pub(crate) struct CheckpointType {
    #[cfg(feature = "snapshot")]
    pub(crate) type_name: &'static str,
    pub(crate) copy: CopyCheckpoint,
    #[cfg(feature = "snapshot")]
    pub(crate) saved: Option<SavedCheckpoint>,
}
