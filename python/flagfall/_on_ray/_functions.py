"""Studies of a function of Python on a cluster."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import os
import pickle
import sys
from collections.abc import Sequence
from typing import Any

from flagfall import _flagfall
from flagfall._calls import heard
from flagfall._errors import refused
from flagfall._identity import identity_of
from flagfall._on_ray._programs import Library, object_of
from flagfall._replication import Calls
from flagfall._workers import Workers, payload_of

Asked = tuple[str, int, list[tuple[str, list[str], list[str]]], dict[str, str], list[str]]
"""What the library has to know of a function."""


class Function(Library):
    """A function, called from Python."""

    def __init__(self, asked: Asked, calls: Calls, own: Sequence[str], of_study: Sequence[str]) -> None:
        super().__init__((), own, ())
        self._asked, self._calls = asked, calls
        payload = payload_of(calls) or _by_ray(calls)
        if payload is None:
            raise refused("function", "cannot be sent to another machine: put it into a module")
        path = [os.path.abspath(one) for one in sys.path if isinstance(one, str)]
        self.function = pickle.dumps((asked, list(of_study), payload, dict(calls.units), path))

    def shard(self, part: str) -> dict[str, Any]:
        own = [*self._own, f"--shard={part}"]

        def run() -> Any:
            make = (self._calls.answer, _nothing)
            return _flagfall.function_study(self._asked, own, make, dict(self._calls.units), 1, None)

        return object_of(heard(run, "study", own)[0])


def run_there(function: bytes, own: Sequence[str]) -> tuple[str, tuple[int, str] | None]:
    """Runs a shard in a task: what is told, and how it failed."""
    asked, of_study, payload, units, path = pickle.loads(function)
    workers = _workers(function, asked, payload, path)
    words = [*of_study, *own]
    make = (workers.answer, workers.stop)
    return heard(lambda: _flagfall.function_study(asked, words, make, units, 1, None), "study", words)


_KEPT: dict[str, Workers] = {}
"""The process that makes the calls: the end of it is a failed row, and no lost task. It is started
once, and not for each task."""


def _workers(function: bytes, asked: Asked, payload: bytes, path: Sequence[str]) -> Workers:
    digest = hashlib.sha256(function).hexdigest()
    if digest not in _KEPT:
        for other in _KEPT.values():
            other.close()
        _KEPT.clear()
        # Where the modules of the program are, if this node shares the files.
        sys.path += [one for one in path if one not in sys.path]
        try:
            calls = pickle.loads(payload)
        except Exception as error:
            why = f"cannot be loaded there ({type(error).__name__}: {error})"
            raise refused("function", f"{why}: install what it needs on each node") from None
        _check_source(asked[0], calls.function, asked[3].get("source"))
        _KEPT[digest] = Workers(calls, payload, 1)
    return _KEPT[digest]


def _check_source(name: str, function: Any, source: str | None) -> None:
    """Checks that a function which is imported here is the one that was asked for."""
    found: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        found = getattr(found, part, None)
    if source is None or found is None or inspect.unwrap(found) is not inspect.unwrap(function):
        return
    if identity_of(function, None)["source"] != source:
        why = f"{name} has another source in {sys.modules[function.__module__].__file__} there"
        raise refused("function", f"{why}: install the same, or give a version")


def _by_ray(calls: Calls) -> bytes | None:
    try:
        payload: bytes = importlib.import_module("ray.cloudpickle").dumps(calls)
    except Exception:
        return None
    return payload


def _nothing() -> None:
    """There are no workers to stop."""
