//! The built-in models, made like a user's own: their options, and the notebook's output.

mod actor_tree;
mod durations;
mod memory;
mod messages;
mod parameter_server;
mod queue;
mod started;
mod taxi;
mod workers;

use super::own::Kind;
use actor_tree::ActorTreeOptions;
use messages::MessagesOptions;
use parameter_server::ParameterServerOptions;
use queue::QueueOptions;
use std::sync::Arc;
use taxi::TaxiOptions;

/// The built-in models, in the order of `flagfall list`.
pub(super) fn kinds() -> Vec<Arc<Kind>> {
    let kinds = [
        Kind::of::<TaxiOptions>(),
        Kind::of::<ParameterServerOptions>(),
        Kind::of::<ActorTreeOptions>(),
        Kind::of::<MessagesOptions>(),
        Kind::of::<QueueOptions>(),
    ];
    kinds.into_iter().map(Arc::new).collect()
}
