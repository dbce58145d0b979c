"""Futures for references: what `await ref` and `ref.future()` wait for."""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import Any

from flagfall._flagfall import ObjectRef
from flagfall.ray import _core
from flagfall.ray._objects import fetch, get


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
    """A future that gets the value of a reference, or the exception that `get` raises."""
    made: concurrent.futures.Future[Any] = concurrent.futures.Future()
    process = _core.process()

    def ready(_: ObjectRef) -> None:
        # Whoever waits for the future is told under its lock, which only a thread can take.
        _core.start_thread(process, lambda: _settle(made, ref))

    fetch(ref)
    ref.then(ready)
    return made


def _settle(made: Any, ref: ObjectRef) -> None:
    try:
        value = get(ref)
    except Exception as error:
        made.set_exception(error)
    else:
        made.set_result(value)
