"""Imports of installed modules: what they draw is no draw of the program.

A module is imported once for an interpreter, in the first run that needs it. If it drew from the
streams of the process that imports it, as numpy does for a seed, the next run would differ.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

from flagfall.ray._world import randomness
from flagfall.ray._world._inside import here
from flagfall.ray._world.patches import Loader, Patches


class _Finder(importlib.abc.MetaPathFinder):
    """Finds installed modules, and gives their import streams of its own."""

    def __init__(self) -> None:
        self._is_inside = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        # What a module imports in turn has the streams of that import already.
        if self._is_inside or here() is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None or not _is_installed(spec.origin):
            return None
        spec.loader = Loader(spec.loader, around=lambda: self._apart(fullname))
        return spec

    @contextmanager
    def _apart(self, name: str) -> Iterator[None]:
        process, self._is_inside = here(), True
        try:
            if process is None:
                yield
                return
            with randomness.apart(process, f"import of {name}"):
                yield
        finally:
            self._is_inside = False


def _is_installed(origin: str | None) -> bool:
    if origin is None:
        return False
    if "site-packages" in origin or "dist-packages" in origin:
        return True
    return origin.startswith((sys.prefix, sys.base_prefix))


def install(patches: Patches) -> None:
    """Keeps the draws of imports apart from those of the program."""
    finder = _Finder()
    places = [place for place, one in enumerate(sys.meta_path) if one is importlib.machinery.PathFinder]
    # Right before the finder of files: whoever patches a module as it is imported comes first.
    sys.meta_path.insert(places[0] if places else len(sys.meta_path), finder)
    patches.later(lambda: sys.meta_path.remove(finder))
