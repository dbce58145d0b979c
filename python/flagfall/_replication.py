"""Replications of a function: its calls, and what comes back as bytes."""

from __future__ import annotations

import json
import math
import numbers
import os
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

Function = Callable[..., Mapping[str, Any]]

COLUMNS = frozenset({"point", "replication", "events", "digest", "error", "replay"})
"""The columns that the rows of every study have: no measure has such a name."""

KINDS = ("share", "yes/no")
"""What stands in place of a unit for numbers that are no amounts."""

ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]+")
_MOST_TEXT = 2000
_LARGEST = 1e140
_FAILED = b"E"
_VALUES = b"V"


class _Wrong(Exception):
    """What a function returned is not what a study needs."""


class Calls:
    """The calls of a function at the points of a grid."""

    def __init__(
        self,
        function: Function,
        name: str,
        factors: Sequence[tuple[str, Sequence[Any]]],
        seed: int,
        units: Mapping[str, str],
    ) -> None:
        self.function = function
        self.name = name
        self.factors = factors
        self.seed = seed
        self.units = units
        self._point = -1
        self._arguments: dict[str, Any] = {}
        self._names: tuple[Any, ...] | None = None
        self._head = b""
        self._numbers = struct.Struct("")

    def __reduce__(self) -> tuple[Any, ...]:
        return Calls, (self.function, self.name, self.factors, self.seed, self.units)

    def answer(self, point: int, replication: int) -> bytes:
        """Makes a replication. Its numbers, or the text of its error, as Rust reads them."""
        try:
            if point != self._point:
                self._arguments, self._point = self._at(point), point
            arguments = {name: _own(level) for name, level in self._arguments.items()}
            return self._encoded(self.function(**arguments, replication=replication))
        except _Wrong as wrong:
            return _FAILED + _bytes(f"{self.name} {wrong}")
        except (Exception, SystemExit) as error:
            return failed(error)

    def _at(self, point: int) -> dict[str, Any]:
        """The arguments at a point. The last factor varies fastest."""
        arguments: dict[str, Any] = {}
        for name, levels in reversed(self.factors):
            point, level = divmod(point, len(levels))
            arguments[name] = levels[level]
        arguments.setdefault("seed", self.seed)
        return arguments

    def _encoded(self, result: Any) -> bytes:
        if not isinstance(result, Mapping):
            kind = type(result).__name__
            raise _Wrong(f"returned a value of type {kind}: return numbers by name, as {{'wait': 1.5}}")
        names = tuple(result)
        if names != self._names:
            self._check(names)
            head = json.dumps(names).encode()
            self._head = _VALUES + struct.pack("<I", len(head)) + head
            self._numbers = struct.Struct(f"<{len(names)}d")
            self._names = names
        values = [self._number(name, value) for name, value in result.items()]
        return self._head + self._numbers.pack(*values)

    def _check(self, names: tuple[Any, ...]) -> None:
        """Refuses names that are no columns of a study."""
        if not names:
            raise _Wrong("returned no number: return at least one, by name")
        factors = [name for name, _ in self.factors]
        for name in names:
            if not isinstance(name, str) or not name or not name.isprintable():
                raise _Wrong(f"returned a number with the name {name!r:.80}: use a text as name")
            # A parameter that is called like a number has `set_` before its name.
            is_set = name.startswith("set_") and name[4:] in factors and name[4:] in names
            if name in COLUMNS or is_set:
                raise _Wrong(f"returned {name}, which is another column already: rename it")
        for name in self.units:
            if name not in names:
                known = ", ".join(names)
                raise _Wrong(f"returned no {name}, which has a unit; it returned {known:.200}")

    def _number(self, name: str, value: Any) -> float:
        """The number of a measure. NaN stands for one that is undefined."""
        kind = self.units.get(name)
        if type(value) is float and kind not in KINDS and -_LARGEST <= value <= _LARGEST:
            return value
        if value is None:
            return math.nan
        is_answer = isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")
        if is_answer and kind != "yes/no":
            raise _Wrong(f"returned {name} as {value}: give units={{'{name}': 'yes/no'}}, or a number")
        # Spans of numpy say that they are numbers, in whatever unit.
        if not is_answer and (not isinstance(value, numbers.Real) or type(value).__name__ == "timedelta64"):
            raise _Wrong(f"returned {name} as a value of type {type(value).__name__}: return a number")
        try:
            number = float(value)
        except OverflowError:
            raise _Wrong(f"returned {name} as a number that is too large for a float") from None
        if math.isinf(number):
            raise _Wrong(f"returned {name} as {number}: return a finite number, or None")
        if abs(number) > _LARGEST:
            raise _Wrong(f"returned {name} as {number}, too large for a mean: return 1e140 at most")
        if kind == "share" and not (0 <= number <= 1 or math.isnan(number)):
            raise _Wrong(f"returned {name} as {number}: a share is from 0 to 1")
        if kind == "yes/no" and not (number in (0, 1) or math.isnan(number)):
            raise _Wrong(f"returned {name} as {number}: give True or False")
        return number


def _own(level: Any) -> Any:
    """A level that a call may change."""
    return list(level) if type(level) is list else level


def failed(error: BaseException) -> bytes:
    """The answer for a replication that raised that exception."""
    return _FAILED + _bytes(_told(error))


def _told(error: BaseException) -> str:
    """Type, text and place of an exception, without what is different in each process."""
    try:
        text = str(error)
    except Exception:
        text = "an exception without a text"
    kind = type(error).__name__
    text = f"{kind}: {text[:_MOST_TEXT]}" if text else kind
    return ADDRESS.sub("at 0x...", text) + _place(error.__traceback__)


def _place(trace: TracebackType | None) -> str:
    """Where an exception was raised: lines count from the beginning of each function, so that
    they stay the same when something before it changes."""
    frames = []
    # The first is `answer`.
    trace = trace.tb_next if trace is not None else None
    while trace is not None:
        frames.append((trace.tb_frame.f_code, trace.tb_lineno))
        trace = trace.tb_next
    if not frames:
        return ""
    code, line = frames[-1]
    place = f" (line {line - code.co_firstlineno + 1} of {code.co_name}"
    if len(frames) > 1:
        called, at = frames[0]
        if called.co_filename != code.co_filename:
            place += f" in {os.path.basename(code.co_filename)}"
        place += f", called from line {at - called.co_firstlineno + 1} of {called.co_name}"
    return place + ")"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
