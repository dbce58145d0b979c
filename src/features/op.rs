//! The ops of the features.

use crate::store::Op;

impl Op {
    /// A message arrives that carries a request. The request fails if the receiver is dead.
    pub(crate) const REQUEST: Self =
        Self::of_feature(16, Self::ARRIVES | Self::OF_ONE_LIFE | Self::TRAVELS);
    /// The answer arrives that an actor is blocked on.
    pub(crate) const ANSWER: Self =
        Self::of_feature(17, Self::ARRIVES | Self::OF_ONE_LIFE | Self::TRAVELS);
    /// Something that a process waits for has happened. The word beside the cell names the wait.
    pub(crate) const WAKE: Self = Self::of_feature(18, 0);
    /// A message that interrupts what a process waits for.
    pub(crate) const INTERRUPT: Self = Self::of_feature(19, Self::ARRIVES);
    /// A submitted task is ready for a CPU slot.
    pub(crate) const TASK_READY: Self = Self::of_feature(20, Self::ARRIVES);
    /// A task that waited has got a CPU slot.
    pub(crate) const TASK_START: Self = Self::of_feature(21, 0);
    /// The actor is killed.
    pub(crate) const KILL: Self = Self::of_feature(22, 0);
    /// The actor dies because its owner died.
    pub(crate) const OWNER_DIED: Self = Self::of_feature(23, 0);
    /// The actor dies because of a fault plan.
    pub(crate) const CRASH: Self = Self::of_feature(24, Self::OF_ONE_LIFE);
    /// The actor is killed and not restarted.
    pub(crate) const DISMISS: Self = Self::of_feature(25, 0);
    /// A child has died too often. The word beside the cell names the incarnation of the actor that
    /// is meant.
    pub(crate) const ESCALATE: Self = Self::of_feature(26, 0);
    /// A sibling was restarted, and the actor is restarted with it. The word beside the cell
    /// numbers the common restarts of the siblings.
    pub(crate) const TOGETHER: Self = Self::of_feature(27, 0);

    /// All ops that can be due in a loaded simulation, which has no processes. A new op that
    /// can be due there goes here, too: `Simulation::resume` refuses files with any other.
    #[cfg(feature = "snapshot")]
    pub(crate) const OF_FEATURES: [Self; 10] = [
        Self::REQUEST,
        Self::ANSWER,
        Self::TASK_READY,
        Self::TASK_START,
        Self::KILL,
        Self::OWNER_DIED,
        Self::CRASH,
        Self::DISMISS,
        Self::ESCALATE,
        Self::TOGETHER,
    ];
}
