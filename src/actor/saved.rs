//! References in files: the identifier without the type.

use super::{ActorRef, Family, ReplyTo, RequestId};
use crate::actor::ActorId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl<M> Serialize for ActorRef<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.id().serialize(serializer)
    }
}

impl<'de, M> Deserialize<'de> for ActorRef<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(ActorId::deserialize(deserializer)?, Family::ANY))
    }
}

/// For snapshots, which hold open requests. It does not allow two answers: the second
/// answer is dropped.
impl<R> Serialize for ReplyTo<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request.serialize(serializer)
    }
}

impl<'de, R> Deserialize<'de> for ReplyTo<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = RequestId::deserialize(deserializer)?;
        Ok(Self::new(request, Family::ANY))
    }
}
