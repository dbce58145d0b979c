"""Names that are replaced for the time of a run, and put back."""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any

from flagfall.ray._world._inside import either, pause

_MISSING = object()


class Patches:
    """What was replaced. `restore` puts it back, the last first."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []
        self._finder = _Finder()
        self.replaced: dict[int, tuple[Any, Any]] = {}
        """Each function that was replaced, by its address, with what stands for it now."""

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Replaces an attribute. One that was only inherited is removed again later."""
        before = vars(owner).get(name, _MISSING)
        if before is _MISSING:
            self._undo.append(lambda: delattr(owner, name))
        else:
            self._undo.append(lambda: setattr(owner, name, before))
            if isinstance(owner, ModuleType) and callable(before):
                self.replaced[id(before)] = (before, value)
        setattr(owner, name, value)

    def wrap(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replaces an attribute by what `make` makes of it, if there is one."""
        before = getattr(owner, name, _MISSING)
        if before is not _MISSING:
            self.replace(owner, name, make(before))

    def either(self, owner: Any, name: str, virtual: Callable[..., Any]) -> None:
        """Replaces a function by one that is `virtual` in simulated code."""
        self.wrap(owner, name, lambda real: either(real, virtual))

    def later(self, undo: Callable[[], object]) -> None:
        """Something else to do when all is put back."""
        self._undo.append(undo)

    def when_imported(self, name: str, patch: Callable[[ModuleType], object]) -> None:
        """Patches a module now, or as soon as somebody imports it: nobody waits for the import
        of what a program does not use."""
        module = sys.modules.get(name)
        if module is not None:
            patch(module)
            return
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)
            self.later(lambda: sys.meta_path.remove(self._finder))
        self._finder.wanted[name] = patch

    def catch_up(self, namespace: dict[str, Any]) -> None:
        """Replaces what was imported by name before the patch, as in `from time import sleep`."""
        for name, value in list(namespace.items()):
            found = self.replaced.get(id(value))
            if found is not None and found[0] is value:
                namespace[name] = found[1]
                self._undo.append(functools.partial(namespace.__setitem__, name, value))

    def restore(self) -> None:
        """Puts everything back."""
        while self._undo:
            self._undo.pop()()
        self.replaced.clear()
        self._finder.wanted.clear()


class _Finder(importlib.abc.MetaPathFinder):
    """Calls a function right after the import of a module."""

    def __init__(self) -> None:
        self.wanted: dict[str, Callable[[ModuleType], object]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        patch = self.wanted.pop(fullname, None)
        if patch is None:
            return None
        # Not in `wanted` any more, so the others are asked now.
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        spec.loader = Loader(spec.loader, patch)
        return spec


class Loader(importlib.abc.Loader):
    """A loader that does something around the import, or after it."""

    def __init__(
        self,
        loader: Any,
        after: Callable[[ModuleType], object] = lambda module: None,
        around: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._loader, self._after, self._around = loader, after, around

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        with self._around():
            made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        # What asks a module for its loader is to find the real one.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        with self._around():
            self._loader.exec_module(module)
        # As when it was imported before the run: a patch takes no draws of the process.
        before = pause(True)
        try:
            self._after(module)
        finally:
            pause(before)
