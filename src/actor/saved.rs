//! References in files: the identifier without the type.

use super::{ActorRef, Family};
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
