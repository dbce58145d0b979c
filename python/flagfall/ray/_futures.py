"""Futures for references: what `await ref` and `ref.future()` wait for."""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import Any

from flagfall._flagfall import ObjectRef
from flagfall.ray import _core
from flagfall.ray._objects import fetch


def as_future(ref: ObjectRef) -> asyncio.Future[Any]:
    """A future of the running event loop. Whoever cancels it leaves the task alone."""
    loop = asyncio.get_event_loop()
    made: asyncio.Future[Any] = loop.create_future()

    def settle() -> None:
        if not made.done():
            _settle(made, ref)

    if ref.ready:
        settle()
        return made
    fetch(ref)
    # The value arrives while the loop waits.
    ref.then(lambda _: loop.is_closed() or loop.call_soon_threadsafe(settle))
    return made


def future(ref: ObjectRef) -> concurrent.futures.Future[Any]:
    """A future of `concurrent.futures`."""
    made: concurrent.futures.Future[Any] = concurrent.futures.Future()
    made.set_running_or_notify_cancel()
    if ref.ready:
        _settle(made, ref)
        return made
    process = _core.process()
    fetch(ref)
    # What waits for it may do anything, so a thread of the process tells it.
    ref.then(lambda _: _core.start_thread(process, lambda: _settle(made, ref)))
    return made


def _settle(made: Any, ref: ObjectRef) -> None:
    failure = ref.failure
    try:
        if failure is not None:
            raise failure.exception()
        made.set_result(ref.take())
    except BaseException as error:
        error.__traceback__ = None
        made.set_exception(error)
