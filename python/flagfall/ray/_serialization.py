"""Why something cannot be pickled, in the words of Ray."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from flagfall._flagfall import Stored


class FailureTuple:
    """Something that cannot be pickled: the object, its name, and what holds it."""

    def __init__(self, obj: Any, path: tuple[str, ...], parent: Any) -> None:
        self.obj = obj
        self.path = path
        self.parent = parent

    @property
    def name(self) -> str:
        """The last of the names that lead to it."""
        return self.path[-1] if self.path else "unknown"

    def __repr__(self) -> str:
        path = " -> ".join(self.path)
        return f"FailTuple({self.name} [path={path}, obj={self.obj}, parent={self.parent}])"


def refused_by_pickle(head: str, value: object, why: BaseException) -> TypeError:
    """The error for a value that cannot be sent: it names what in it is at fault."""
    _, found = inspect_serializability(value)
    lines = [f"{head}:", "=" * 80, f"Checking Serializability of {value}", "=" * 80]
    lines.append(f"!!! FAIL serialization: {why}")
    lines += [f"{one} was found to be non-serializable." for one in sorted(map(repr, found))]
    lines.append("Remove it, or make it inside of the task or method that uses it.")
    return TypeError("\n".join(lines))


def inspect_serializability(
    base_obj: Any, name: str | None = None, depth: int = 3, print_file: Any = None
) -> tuple[bool, set[FailureTuple]]:
    """Whether something can be pickled, and what in it cannot.

    It looks into the globals of functions and the attributes of objects, `depth` steps deep.
    """
    found: set[FailureTuple] = set()
    fine = _look(base_obj, (name,) if name else (), None, depth, found)
    if print_file is not None:
        for one in sorted(map(repr, found)):
            print(f"{one} was found to be non-serializable.", file=print_file)
    return fine, found


def _look(
    obj: Any, path: tuple[str, ...], parent: Any, depth: int, found: set[FailureTuple]
) -> bool:
    """Adds what is at fault. Returns whether nothing is."""
    try:
        Stored(obj)
        return True
    except Exception:
        # Any error of a pickle means the same here.
        pass
    before = len(found)
    if depth > 0:
        for name, part in _parts(obj):
            if not _look(part, (*path, name), obj, depth - 1, found):
                break
    if len(found) == before:
        found.add(FailureTuple(obj, path, parent))
    return False


def _parts(obj: Any) -> Iterable[tuple[str, Any]]:
    if inspect.isfunction(obj):
        closure = inspect.getclosurevars(obj)
        return [*closure.globals.items(), *closure.nonlocals.items()]
    if isinstance(obj, (list, tuple, set, frozenset)):
        return [(f"[{place}]", part) for place, part in enumerate(obj)]
    if isinstance(obj, dict):
        return [(f"[{key!r}]", part) for key, part in obj.items()]
    return list(getattr(obj, "__dict__", {}).items())
