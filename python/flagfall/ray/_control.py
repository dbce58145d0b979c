"""Ending and finding tasks and actors."""

from __future__ import annotations

from typing import Any

from flagfall import _flagfall
from flagfall._flagfall import ObjectRef
from flagfall.ray import _cancel, _core, _restarts, exceptions
from flagfall.ray._handles import ActorHandle, find
from flagfall.ray._library import running
from flagfall.ray._life import ExitActor
from flagfall.ray._results import ObjectRefGenerator


def kill(actor: ActorHandle, *, no_restart: bool = True) -> None:
    """Ends an actor at once. Calls that it has not answered fail."""
    if not isinstance(actor, ActorHandle):
        raise ValueError(
            f"ray.kill() only supported for actors. For tasks, try ray.cancel(). Got: {type(actor)}."
        )
    running()
    _flagfall.send(_core.process().run.cluster, "kill", (actor._life, no_restart))


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
    """Asks for a task or a call not to be run, or to be ended.

    Raises:
        ValueError: `force` is given for a call of an actor.
    """
    running()
    if isinstance(ref, ObjectRefGenerator):
        ref = ref.completed()
    if not isinstance(ref, ObjectRef):
        raise TypeError(
            "ray.cancel() only supported for object refs. For actors, try ray.kill(). "
            f"Got: {type(ref)}."
        )
    _cancel.cancel_object(ref, force, recursive)


def exit_actor() -> None:
    """Ends the current actor when its call is over.

    Raises:
        TypeError: the code runs in no actor.
    """
    from flagfall.ray._actor import Actor

    process = _core.process()
    if not isinstance(process, Actor):
        raise TypeError(
            "exit_actor API is called on a non-actor worker, "
            f"{0 if process.is_driver else 1}. Call this API inside an actor methods"
            "if you'd like to exit the actor gracefully."
        )
    if process.is_async:
        process.leaving, process.ending = True, process.ending or _restarts.EXITED
        raise exceptions.AsyncioActorExit()
    raise ExitActor
