"""`ray.runtime_context`: what programs import from there."""

from flagfall.ray._runtime_context import RuntimeContext as RuntimeContext
from flagfall.ray._runtime_context import get_runtime_context as get_runtime_context
from flagfall.ray._supported import absent

__all__ = ["RuntimeContext", "get_runtime_context"]
__getattr__ = absent("ray.runtime_context")
