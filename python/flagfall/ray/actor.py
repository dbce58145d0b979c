"""`ray.actor`: what programs import from there."""

from flagfall.ray._control import exit_actor as exit_actor
from flagfall.ray._handles import ActorClass as ActorClass
from flagfall.ray._handles import ActorHandle as ActorHandle
from flagfall.ray._handles import ActorMethod as ActorMethod
from flagfall.ray._remote import method as method
from flagfall.ray._supported import absent

__all__ = ["ActorClass", "ActorHandle", "ActorMethod", "exit_actor", "method"]
__getattr__ = absent("ray.actor")
