"""`ray.cancel`: of tasks and calls that wait or run, and of what they have started."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef
from flagfall.ray import _core, exceptions
from flagfall.ray._failures import Failure
from flagfall.ray._process import Process, question

if TYPE_CHECKING:
    from flagfall.ray._actor import Actor
    from flagfall.ray._worker import Worker

#: The task or call that the current thread or coroutine runs.
running: ContextVar[Call | None] = ContextVar("running", default=None)

#: Which task or call makes an object, as long as it is under way.
makers: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()


def number_of(call: Call) -> int:
    """The number by which a call is known: that of its first object."""
    number = call.number
    if number:
        return number
    generator = getattr(call.extra, "generator", None)
    return 0 if generator is None else int(generator.completed().number)


def registers(extra: Any, refs: list[ObjectRef]) -> None:
    """Takes note of a new task or call, for those who cancel it."""
    parent = running.get()
    extra.parent = None if parent is None else number_of(parent)
    extra.refs = refs
    for ref in refs or [extra.generator.completed()]:
        makers[ref.number] = extra


def is_over(extra: Any) -> None:
    """Lets go of a task or call that is under way no more: otherwise its arguments and its results
    would stay as long as the run, because a call and its rules refer to each other."""
    if extra.generator is not None:
        makers.pop(extra.generator.completed().number, None)
    for ref in extra.refs:
        makers.pop(ref.number, None)
    extra.call, extra.refs = None, []


def cancelled(extra: Any) -> Failure:
    """What a task fails with that was cancelled before it began."""
    return Failure(exceptions.TaskCancelledError, extra.id or None)


def of_call(number: int) -> Failure:
    """What a call of an actor fails with that was cancelled."""
    return Failure(exceptions.TaskCancelledError, f"{number:048x}")


def cancel_object(ref: ObjectRef, force: bool, recursive: bool) -> None:
    """Cancels what makes an object, if it is under way."""
    extra = makers.get(ref.number)
    if extra is not None:
        cancel(extra, force, recursive)
    elif ref.maker is not None and not ref.origin.ready:
        of_actor(ref.maker, ref.number, force, recursive)


def cancel(extra: Any, force: bool, recursive: bool) -> None:
    """Cancels a task or a call."""
    from flagfall.ray._worker import Task, all_fail

    if not isinstance(extra, Task):
        if force:
            _refuse_force()
        extra.cancelled = True
        if extra.call is not None:
            of_actor(extra.life.process, number_of(extra.call), force, recursive)
        else:
            # It waits for its arguments.
            extra.gives_up(cancelled(extra))
        return
    extra.cancelled, extra.force, extra.recursive = True, force, recursive
    if extra.call is None:
        # It waits for its arguments.
        all_fail(extra.refs, cancelled(extra), extra.generator)
    else:
        question(extra.owner.run.cluster, "cancel", extra, lambda *_: None)


def _refuse_force() -> None:
    raise ValueError("force=True is not supported for actor tasks.")


def of_actor(process: Any, number: int, force: bool, recursive: bool) -> None:
    """Cancels a call of an actor."""
    if force:
        _refuse_force()
    question(process, "cancel", (number, recursive), lambda *_: None)


def children(process: Process, parent: int, force: bool) -> None:
    """Cancels what a task or call has started in that process."""
    for extra in list(makers.values()):
        if extra.owner is process and extra.parent == parent:
            cancel(extra, force and not hasattr(extra, "life"), True)


def in_worker(worker: Worker, task: Any) -> None:
    """A task is not wanted any more that the cluster has given to this worker."""
    call = worker.running
    if call is not None and call.extra is task:
        if task.recursive:
            children(worker, number_of(call), task.force)
        if task.force:
            _flagfall.fail("its task was cancelled by force")
        else:
            _core.interrupt(worker.thread, KeyboardInterrupt())
        return
    for waiting in worker.take_calls():
        if waiting.extra is not task:
            worker.put_call(waiting)
            continue
        waiting.give_failure(cancelled(task))
        _flagfall.send(worker.run.cluster, "finished", worker)


def in_actor(actor: Actor, number: int, recursive: bool) -> None:
    """A call of an actor is not wanted any more: one that waits never runs, a coroutine is
    cancelled, and code that runs in a thread may ask whether it is."""
    waiting = actor.take_waiting(number)
    if waiting is not None:
        waiting.give_failure(of_call(number))
        return
    coroutine = actor.coroutines.get(number)
    runs = [call for call in actor.at_work if number_of(call) == number]
    if coroutine is None and not runs:
        return
    if recursive:
        children(actor, number, False)
    if coroutine is not None:
        coroutine.cancel()
        _core.wake(actor.loop_thread)
    else:
        runs[0].cancel()
