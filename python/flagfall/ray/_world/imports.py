"""`import ray` is `flagfall.ray` for the time of a run."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

from flagfall.ray._supported import missing
from flagfall.ray._world.patches import Patches

OURS = "flagfall.ray"


def _is_ray(name: str) -> bool:
    return name == "ray" or name.startswith("ray.")


def _module(name: str) -> ModuleType:
    """The module that stands for that one of Ray."""
    if any(part.startswith("_") for part in name.split(".")):
        raise missing(name)
    target = OURS + name[len("ray") :]
    try:
        return importlib.import_module(target)
    except ModuleNotFoundError as error:
        # A module of its own that is missing is another mistake.
        if error.name is None or not f"{target}.".startswith(f"{error.name}."):
            raise
    raise missing(name)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not _is_ray(fullname):
            return None
        return importlib.machinery.ModuleSpec(fullname, _Loader(_module(fullname)))


class _Loader(importlib.abc.Loader):
    """Gives a module that is there already."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        # The import has just given it the other name.
        module.__spec__ = self._spec
        # Its parts are imported already: as in Ray, a later import of one changes no name of the
        # package, where `placement_group` is the function.
        for name, part in list(sys.modules.items()):
            rest = name.removeprefix(module.__name__ + ".")
            if rest != name and not any(one.startswith("_") for one in rest.split(".")):
                sys.modules.setdefault("ray" + name[len(OURS) :], part)


def install(patches: Patches) -> None:
    """Puts `flagfall.ray` in the place of Ray, also of one that was imported before."""
    finder = _Finder()
    before = {name: module for name, module in sys.modules.items() if _is_ray(name)}

    def back() -> None:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _is_ray(name)]:
            del sys.modules[name]
        sys.modules.update(before)

    for name in before:
        del sys.modules[name]
    patches.later(back)
    sys.meta_path.insert(0, finder)
