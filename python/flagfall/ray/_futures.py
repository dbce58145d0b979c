"""Futures of `concurrent.futures` for references."""

from __future__ import annotations

import concurrent.futures
from typing import Any

from flagfall._flagfall import ObjectRef
from flagfall.ray import _core
from flagfall.ray._objects import fetch, get


def future(ref: ObjectRef) -> concurrent.futures.Future[Any]:
    """A future that gets the value of a reference, or the exception that `get` raises."""
    made: concurrent.futures.Future[Any] = concurrent.futures.Future()
    process = _core.process()

    def fill() -> None:
        try:
            value = get(ref)
        except Exception as error:
            made.set_exception(error)
        else:
            made.set_result(value)

    def ready(_: ObjectRef) -> None:
        # Whoever waits for the future is told under its lock, which only a thread can take.
        _core.start_thread(process, fill)

    fetch(ref)
    ref.then(ready)
    return made
