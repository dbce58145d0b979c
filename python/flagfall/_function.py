"""What a study has to know of a function: its name and its parameters."""

from __future__ import annotations

import datetime
import difflib
import functools
import inspect
import math
import numbers
import operator
import types
from collections.abc import Mapping
from typing import Any

from flagfall._errors import refused, shown
from flagfall._stream import whole_of

_MICROSECOND = datetime.timedelta(microseconds=1)
_MAIN = ("__main__", "__mp_main__", "builtins", None)


def name_of(function: Any) -> str:
    """The name as it is written in a call: with its module, unless that is the main program."""
    if not callable(function):
        raise refused("function", f"is of type {type(function).__name__}: give a function")
    owner = getattr(function, "__self__", None)
    of_object = owner is not None and not isinstance(owner, (type, types.ModuleType))
    name = getattr(function, "__qualname__", None)
    if of_object or isinstance(function, (type, functools.partial)) or not isinstance(name, str):
        kind = type(function).__name__ if not of_object else "method of an object"
        raise refused("function", f"is a {kind}: write a function with def, and give what varies as grid")
    module = getattr(function, "__module__", None)
    if isinstance(owner, type):
        # Classes share the methods that they inherit, and are others to them.
        name, module = f"{owner.__qualname__}.{function.__name__}", owner.__module__
    name = name.replace("<locals>.", "").replace("<lambda>", "lambda")
    return name if module in _MAIN else f"{module}.{name}"


def check_call(function: Any, name: str, levels: Mapping[str, Any]) -> None:
    """Checks that the function takes the levels of a point, the seed and the replication."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    kinds = inspect.Parameter
    by_name = (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)
    takes = [one.name for one in signature.parameters.values() if one.kind in by_name]
    takes_all = any(one.kind is kinds.VAR_KEYWORD for one in signature.parameters.values())
    for given in ("seed", "replication"):
        if given not in takes and not takes_all:
            why = f"takes no {given}, and so all its replications would be the same"
            raise refused("function", f"{name} {why}: add the parameter {given}")
    for given in levels:
        if given not in takes and not takes_all:
            near = difflib.get_close_matches(given, takes, 1)
            told = f"did you mean {near[0]}?" if near else f"it takes {', '.join(takes)}"
            raise refused("grid", f"has {given}, which {name} does not take: {told}")
    try:
        signature.bind(**{**levels, "seed": 0, "replication": 0})
    except TypeError as error:
        why = f"{name} needs more: {error}; give it, as {{'name': [1]}}"
        raise refused("grid", f"does not have all that {why}") from None


def factors_of(grid: Any) -> list[tuple[str, list[Any], list[str], list[str]]]:
    """Name, levels, levels as texts and levels as they are written in a call, of each factor."""
    if grid is None:
        return []
    if not isinstance(grid, Mapping):
        kind = type(grid).__name__
        raise refused("grid", f'is of type {kind}: give levels by name, as {{"servers": [1, 2]}}')
    factors = []
    for name, levels in grid.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise refused("grid", f"has the parameter {shown(name)}: write it as in the function")
        if name == "replication":
            raise refused("grid", "has replication: say with replications how many there are")
        if isinstance(levels, (str, bytes, Mapping)) or not hasattr(levels, "__iter__"):
            raise refused("grid", f"has no list of levels for {name}: give one, as [2, 4]")
        if isinstance(levels, (set, frozenset)):
            raise refused("grid", f"has a set for {name}, which has no order: give a list")
        factors.append(_factor(name, [_level(name, level) for level in levels]))
    return factors


def _factor(name: str, levels: list[Any]) -> tuple[str, list[Any], list[str], list[str]]:
    if not levels:
        raise refused("grid", f"has no level for {name}: give at least one")
    if name == "seed":
        levels = [whole_of("grid", level) for level in levels]
    texts = [level_text(name, level) for level in levels]
    for at, text in enumerate(texts):
        if text in texts[:at]:
            raise refused("grid", f"has the level {text} of {name} twice: give it once")
    return name, levels, texts, [repr(level) for level in levels]


def _level(name: str, level: Any) -> Any:
    """A level of a type that has one text. Numbers of others, as numpy's, become Python's."""
    if level is None or isinstance(level, bool):
        return level
    if isinstance(level, datetime.timedelta):
        if getattr(level, "nanoseconds", 0):
            raise refused("grid", f"has nanoseconds as level of {name}: give whole microseconds")
        return datetime.timedelta(level.days, level.seconds, level.microseconds)
    if type(level).__name__ in ("bool_", "bool"):
        return bool(level)
    if isinstance(level, str):
        if any("\ud800" <= letter <= "\udfff" for letter in level):
            raise refused("grid", f"has a level of {name} that is no Unicode text: write whole letters")
        return str(level)
    kind = type(level).__name__
    if kind not in ("datetime64", "timedelta64"):
        if isinstance(level, numbers.Integral):
            return operator.index(level)
        if isinstance(level, float) or hasattr(level, "dtype"):
            return _float(name, level)
    if type(level) in (list, tuple):
        return type(level)(_level(name, one) for one in level)
    why = "give numbers, texts, True, False, None, timedeltas or lists of them"
    raise refused("grid", f"has a level of {name} of type {kind}: {why}")


def _float(name: str, level: Any) -> float:
    try:
        number = float(level)
    except (TypeError, ValueError):
        raise refused("grid", f"has an array as level of {name}: give a list of numbers") from None
    if math.isnan(number):
        raise refused("grid", f"has NaN as level of {name}: leave it out")
    return number


def level_text(name: str, level: Any) -> str:
    """A level as it is shown."""
    if isinstance(level, datetime.timedelta):
        count, unit = level // _MICROSECOND, "us"
        for larger, of in (("ms", 1000), ("s", 1000)):
            if count % of == 0:
                count, unit = count // of, larger
        return f"{count}{unit}"
    if isinstance(level, (list, tuple)):
        return ",".join(level_text(name, one) for one in level)
    try:
        return str(level)
    except ValueError:
        raise refused("grid", f"has a level of {name} of too many digits: give a smaller one") from None
