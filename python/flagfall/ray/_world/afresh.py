"""The state of the interpreter that a program may change, put back after it."""

from __future__ import annotations

import atexit
import importlib
import linecache
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flagfall.ray._world._inside import here, mine
from flagfall.ray._world.patches import Patches

_Call = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]


def _calls() -> list[_Call]:
    process = here()
    assert process is not None
    return mine(process, "atexit", lambda _: [])


def _register(function: Callable[..., object], /, *args: Any, **kwargs: Any) -> Callable[..., object]:
    _calls().append((function, args, kwargs))
    return function


def _unregister(function: Callable[..., object], /) -> None:
    calls = _calls()
    calls[:] = [call for call in calls if call[0] != function]


def run_atexit() -> None:
    """Calls what this process has registered for its end, the last first."""
    calls = _calls()
    while calls:
        function, args, kwargs = calls.pop()
        function(*args, **kwargs)


def install(patches: Patches) -> None:
    """Keeps what a process registers for its end, for `run_atexit`."""
    patches.either(atexit, "register", _register)
    patches.either(atexit, "unregister", _unregister)


@contextmanager
def kept(folder: str) -> Iterator[None]:
    """Puts back what a program in that folder changes in the interpreter, and forgets the modules
    that it imported from there: the next one finds all as this one did."""
    names = ("argv", "path", "excepthook", "displayhook", "stdin")
    before = {name: getattr(sys, name) for name in names}
    lists = {name: list(before[name]) for name in ("argv", "path")}
    modules, main = set(sys.modules), sys.modules.get("__main__")
    where, depth = os.getcwd(), sys.getrecursionlimit()
    root = logging.getLogger()
    handlers, level, disabled = list(root.handlers), root.level, logging.root.manager.disable
    importlib.invalidate_caches()
    linecache.checkcache()
    try:
        with warnings.catch_warnings():
            yield
    finally:
        for name, value in before.items():
            setattr(sys, name, value)
        for name, items in lists.items():
            getattr(sys, name)[:] = items
        if main is not None:
            sys.modules["__main__"] = main
        for name in [name for name in sys.modules if name not in modules]:
            if _is_in(sys.modules[name], folder):
                del sys.modules[name]
        os.chdir(where)
        sys.setrecursionlimit(depth)
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.disable(disabled)


def _is_in(module: object, folder: str) -> bool:
    """Whether a module is the program's own: not of a package that is installed beside it."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        paths = list(getattr(module, "__path__", ()))
        file = str(paths[0]) if paths else ""
    inside = os.path.relpath(os.path.realpath(file), os.path.realpath(folder)) if file else ".."
    first, *_ = parts = inside.split(os.sep)
    return first != os.pardir and not {"site-packages", "dist-packages"} & set(parts)
