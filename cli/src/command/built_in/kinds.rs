//! Which models there are.

use super::actor_tree::ActorTreeOptions;
use super::messages::MessagesOptions;
use super::parameter_server::ParameterServerOptions;
use super::queue::QueueOptions;
use super::taxi::TaxiOptions;
use crate::command::own::Kind;
use std::sync::Arc;

/// The built-in models, in the order in which they are listed.
pub(crate) fn kinds() -> Vec<Arc<Kind>> {
    let kinds = [
        Kind::of::<TaxiOptions>(),
        Kind::of::<ParameterServerOptions>(),
        Kind::of::<ActorTreeOptions>(),
        Kind::of::<MessagesOptions>(),
        Kind::of::<QueueOptions>(),
    ];
    kinds.into_iter().map(Arc::new).collect()
}
