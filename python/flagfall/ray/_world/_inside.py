"""Whose code runs: a virtual process, or the world outside."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flagfall.ray import _core

T = TypeVar("T")

_current = _core.current
_paused = False


def here() -> _core.Process | None:
    """The virtual process whose code runs; None outside, where the real functions work."""
    return None if _paused else _current()


def pause(paused: bool) -> bool:
    """Says whether code runs between two pieces of a simulation: Jupyter's own, for one. Returns
    what was so before."""
    global _paused
    before, _paused = _paused, paused
    return before


def mine(process: _core.Process, name: str, make: Callable[[_core.Process], T]) -> T:
    """What that process has of its own under that name; made when it is first asked for."""
    local = process.local
    try:
        found: T = local[name]
    except KeyError:
        found = local[name] = make(process)
    return found


def either(real: Callable[..., Any], virtual: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is the virtual one in simulated code, and the real one outside."""

    @functools.wraps(real)
    def chosen(*args: Any, **kwargs: Any) -> Any:
        if here() is None:
            return real(*args, **kwargs)
        return virtual(*args, **kwargs)

    return chosen
