"""Folders in simulated code: their entries come in the order of their names, not in that of the
disk."""

from __future__ import annotations

import glob
import inspect
import os
import pathlib
from collections.abc import Callable
from types import TracebackType
from typing import Any

from flagfall.ray._world._inside import here
from flagfall.ray._world.patches import Patches


class _Entries:
    """What `os.scandir` returns, in order."""

    def __init__(self, entries: list[Any]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> _Entries:
        return self

    def __next__(self) -> Any:
        return next(self._entries)

    def __enter__(self) -> _Entries:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Ends it."""
        self._entries = iter(())


def _listdir(real: Callable[..., Any]) -> Callable[..., Any]:
    def listdir(path: Any = None) -> Any:
        names = real(path)
        return names if here() is None else sorted(names)

    return listdir


def _scandir(real: Callable[..., Any]) -> Callable[..., Any]:
    def scandir(path: Any = None) -> Any:
        entries = real(path)
        if here() is None:
            return entries
        with entries:
            return _Entries(sorted(entries, key=lambda entry: entry.name))

    return scandir


def install(patches: Patches) -> None:
    """Gives the entries of folders one order."""
    patches.wrap(os, "listdir", _listdir)
    patches.wrap(os, "scandir", _scandir)
    # Those have kept the functions as they were: of Python 3.10, and of 3.13.
    for module, name in ((pathlib, "_NormalAccessor"), (glob, "_StringGlobber")):
        kind = getattr(module, name, None)
        for one in ("listdir", "scandir"):
            if inspect.isbuiltin(getattr(kind, one, None)):
                patches.replace(kind, one, staticmethod(getattr(os, one)))
