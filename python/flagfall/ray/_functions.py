"""Functions on their way to workers: sent once, and kept by each worker that has run them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from flagfall._flagfall import Stored
from flagfall.ray import _core
from flagfall.ray._process import Process
from flagfall.ray._serialization import refused_by_pickle


class Exported:
    """A remote function as it was when it was first called. Later changes of its globals are not
    seen by those who run it."""

    def __init__(self, stored: Stored, max_calls: int, cluster: object) -> None:
        self.stored = stored
        #: After so many calls, a worker ends; zero: never.
        self.max_calls = max_calls
        #: Another cluster gets the function anew.
        self.cluster = cluster

    def _travels(self) -> Exported:
        return self

    def arrives(self) -> Exported:
        """The same for all processes."""
        return self


def export(function: Callable[..., Any], max_calls: int) -> Exported:
    """A snapshot of a function for the workers of the cluster.

    Raises:
        TypeError: it uses something that cannot be pickled.
    """
    try:
        stored = Stored(function)
    except TypeError as error:
        head = f"Could not serialize the function {described(function)}"
        raise refused_by_pickle(head, function, error) from error
    return Exported(stored, max_calls, _core.process().run.cluster)


class Loaded:
    """The functions that a worker has, each with globals of its own, and how often they ran."""

    def __init__(self, _: Process) -> None:
        self._functions: dict[Exported, Callable[..., Any]] = {}
        self._calls: dict[Exported, int] = {}

    def take(self, exported: Exported) -> Callable[..., Any]:
        """The function: what a call of it left behind, the next one finds."""
        found = self._functions.get(exported)
        if found is None:
            found = self._functions[exported] = exported.stored.take()
        return found

    def is_worn_out(self, exported: Exported) -> bool:
        """Counts a call. Returns whether it was the last that its worker may run."""
        self._calls[exported] = self._calls.get(exported, 0) + 1
        return self._calls[exported] == exported.max_calls


def described(target: Any, method: str = "") -> str:
    """A function, class or method as Ray names it in messages: with the file of the program in the
    place of `__main__`."""
    module = target.__module__
    if module == "__main__":
        try:
            module = inspect.getmodulename(inspect.getfile(target)) or module
        except (TypeError, OSError):
            # A class has no file of its own: the program's has.
            import sys

            module = inspect.getmodulename(getattr(sys.modules[module], "__file__", "")) or module
    return ".".join(part for part in (module, target.__qualname__, method) if part)
