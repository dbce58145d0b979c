"""The environment variables of each virtual process: children inherit them, nobody else sees a
change."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any

from flagfall.ray import _core
from flagfall.ray._world._inside import here
from flagfall.ray._world.patches import Patches

_NAME = "environ"
_real: dict[Any, Any] = {}
"""The variables of the interpreter, as `os.environ` keeps them."""


def _of(process: _core.Process) -> dict[Any, Any]:
    """The variables of a process. A table is never changed once another process may have it."""
    found: dict[Any, Any] | None = process.local.get(_NAME)
    if found is None:
        # Whoever makes it, a process is started by the cluster, with the variables of that.
        cluster, creator = process.run.cluster, process.creator
        if creator is not None and cluster is not None and cluster is not process:
            creator = cluster
        found = process.local[_NAME] = _given() if creator is None else _of(creator)
    return found


def _given() -> dict[Any, Any]:
    """The variables of the interpreter, without the one that must not decide anything."""
    hidden = os.fsencode("PYTHONHASHSEED") if os.name == "posix" else "PYTHONHASHSEED"
    return {name: value for name, value in _real.items() if name != hidden}


def inherit(process: _core.Process, variables: Mapping[str, str] | None = None) -> None:
    """Gives a new process what its creator has now, and those variables. Without a call of it, a
    process inherits when it first asks."""
    table = _of(process)
    if variables:
        encoded = {os.fsencode(name): os.fsencode(value) for name, value in variables.items()}
        process.local[_NAME] = {**table, **encoded}


class _Environment(os._Environ):  # type: ignore[type-arg]
    """Takes the place of the class of `os.environ`, so that whoever holds that object has it."""

    @property
    def _data(self) -> dict[Any, Any]:
        process = here()
        return _real if process is None else _of(process)

    def __setitem__(self, key: Any, value: Any) -> None:
        process = here()
        if process is None:
            super().__setitem__(key, value)
            return
        encoded = {self.encodekey(key): self.encodevalue(value)}
        process.local[_NAME] = {**_of(process), **encoded}

    def __delitem__(self, key: Any) -> None:
        process = here()
        if process is None:
            super().__delitem__(key)
            return
        encoded, table = self.encodekey(key), dict(_of(process))
        if encoded not in table:
            raise KeyError(key) from None
        del table[encoded]
        process.local[_NAME] = table


def install(patches: Patches) -> None:
    """Gives each process variables of its own."""
    global _real
    _real = vars(os.environ)["_data"]
    for one in (os.environ, getattr(os, "environb", None)):
        if one is not None:
            patches.later(functools.partial(setattr, one, "__class__", type(one)))
            one.__class__ = _Environment
