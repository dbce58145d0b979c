"""Ending and finding tasks and actors."""

from __future__ import annotations

from typing import Any

from flagfall import _flagfall
from flagfall._flagfall import ObjectRef
from flagfall.ray import _core
from flagfall.ray._actor import ExitActor
from flagfall.ray._handles import ActorHandle, _calls, find
from flagfall.ray._library import running
from flagfall.ray._process import question
from flagfall.ray._worker import Task


def kill(actor: ActorHandle, *, no_restart: bool = True) -> None:
    """Ends an actor at once. Calls that it has not answered fail."""
    if not isinstance(actor, ActorHandle):
        raise ValueError(
            f"ray.kill() only supported for actors. For tasks, try ray.cancel(). Got: {type(actor)}."
        )
    running()
    actor._life.process.is_over = True
    _flagfall.kill(actor._life.process)


def get_actor(name: str, namespace: str | None = None) -> ActorHandle:
    """A handle of the actor of that name.

    Raises:
        ValueError: there is none.
    """
    if not name:
        raise ValueError("Please supply a non-empty value to get_actor")
    process = running()
    found = find(name, process.namespace if namespace is None else namespace)
    if found is None:
        raise ValueError(f"Failed to look up actor with name '{name}'. This could because 1. You are trying to look up a named actor you didn't create. 2. The named actor died. 3. You did not use a namespace matching the namespace of the actor.")
    return found


def cancel(ref: Any, *, force: bool = False, recursive: bool = True) -> None:
    """Asks for a task or a call not to be run, or to be ended."""
    running()
    if not isinstance(ref, ObjectRef):
        extra = _generator_call(ref)
    else:
        extra = _calls.get(ref.number)
    if extra is None:
        return
    extra.cancelled = True
    to = extra.owner.run.cluster if isinstance(extra, Task) else extra.process
    question(to, "cancel", extra, lambda *_: None)


def _generator_call(generator: Any) -> Any:
    return next((one for one in _calls.values() if one.generator is generator), None)


def exit_actor() -> None:
    """Ends the current actor when its call is over."""
    from flagfall.ray._actor import Actor

    if not isinstance(_core.process(), Actor):
        raise TypeError("exit_actor API is called on a non-actor worker.")
    raise ExitActor
