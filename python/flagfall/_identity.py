"""Whether a function is still the one that a study was begun with."""

from __future__ import annotations

import ast
import dataclasses
import datetime
import dis
import enum
import functools
import hashlib
import inspect
import sys
import textwrap
import types
from collections.abc import Iterator
from typing import Any

from flagfall._errors import refused
from flagfall._words import text_of

_PLAIN = (type(None), bool, int, float, complex, str, bytes, datetime.timedelta)


def identity_of(function: Any, version: Any) -> dict[str, str]:
    """What tells one function from another one of the same name: the version that the user
    gives, or else a hash of the source and of the values that are bound to it."""
    if version is not None:
        if isinstance(version, bool) or not isinstance(version, (str, int)):
            raise refused("version", f"is of type {type(version).__name__}: give a text or a whole number")
        if version == "":
            raise refused("version", "is empty: give a text or a whole number")
        return {"version": text_of("version", version)}
    if not isinstance(getattr(inspect.unwrap(function), "__code__", None), types.CodeType):
        why = "must be given for a function without Python code, whose changes cannot be seen"
        raise refused("version", f"{why}: give one, as '1'")
    told = _told(function, ())
    return {"source": hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:16]}


def _told(function: Any, within: tuple[int, ...]) -> str:
    """A function as a text: its source, and the values of its defaults and of the variables of the
    functions around it. Functions that a factory or a decorator makes differ in nothing else."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        # Such as a cache around it.
        return _told(function.__wrapped__, within)
    source = _source(function, code)
    # The file was changed since, or there is none.
    parts = [f"{sys.version_info[:2]} {_compiled(code)}" if source is None else source]
    function = getattr(function, "__func__", function)
    within = (*within, id(function))
    for values in (function.__defaults__, function.__kwdefaults__):
        if values:
            parts.append(_value(values, within))
    # What the function itself assigns is a state, as a counter is.
    states = {one.argval for one in dis.get_instructions(code) if one.opname == "STORE_DEREF"}
    for name, cell in zip(code.co_freevars, function.__closure__ or ()):
        if name in states:
            continue
        try:
            value = cell.cell_contents
        except ValueError:
            # It has no value yet.
            continue
        parts.append(f"{name} {_value(value, within)}")
    return "\n".join(parts)


def _value(value: Any, within: tuple[int, ...]) -> str:
    """A value as a text that is the same in each process. Of objects whose state is not known, it
    is the type alone."""
    kind = type(value)
    if kind in _PLAIN:
        return repr(value)
    named = f"{kind.__module__}.{kind.__qualname__}"
    if id(value) in within:
        return named
    within = (*within, id(value))
    if isinstance(value, enum.Enum):
        return f"{named}.{value.name}"
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, (list, tuple)):
        return f"{named}({', '.join(_value(one, within) for one in value)})"
    if isinstance(value, (set, frozenset)):
        return f"{named}({', '.join(sorted(_value(one, within) for one in value))})"
    if isinstance(value, dict):
        items = (f"{_value(key, within)}: {_value(one, within)}" for key, one in value.items())
        return f"{named}({', '.join(items)})"
    if dataclasses.is_dataclass(value):
        fields = ((one.name, getattr(value, one.name, None)) for one in dataclasses.fields(value))
        return f"{named}({', '.join(f'{name}={_value(one, within)}' for name, one in fields)})"
    if isinstance(value, functools.partial):
        return f"{named}{_value((value.func, value.args, value.keywords), within)}"
    if isinstance(value, types.MethodType):
        return f"{_value(value.__self__, within)}.{_told(value, within)}"
    if isinstance(inspect.unwrap(value) if callable(value) else value, types.FunctionType):
        return _told(value, within)
    return named + _numbers(value)


def _numbers(value: Any) -> str:
    """The contents of an array or a number of numpy."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, (numpy.ndarray, numpy.generic)) or value.dtype.hasobject:
        return ""
    parts = [numpy.asarray(value)]
    if isinstance(value, numpy.ma.MaskedArray):
        parts.append(numpy.ma.getmaskarray(value))
    return f"({value.dtype.str} {value.shape} {[hashlib.sha256(part.tobytes()).hexdigest() for part in parts]})"


def _source(function: Any, code: types.CodeType) -> str | None:
    """The source text, if it is that of the code which runs."""
    try:
        lines, first = inspect.findsource(function)
        whole = "".join(lines)
        compiled = compile(whole, code.co_filename, "exec", dont_inherit=True)
        text = _lambda(whole, code) if code.co_name == "<lambda>" else _block(lines[first:])
    except (OSError, TypeError, SyntaxError, ValueError, IndexError):
        return None
    same = (one for one in _inside(compiled) if one.co_firstlineno == code.co_firstlineno)
    return text if any(_compiled(one) == _compiled(code) for one in same) else None


def _block(lines: list[str]) -> str:
    return textwrap.dedent("".join(inspect.getblock(lines)))


def _lambda(whole: str, code: types.CodeType) -> str:
    """The text of a lambda. A line can have several, of which only the code tells this one."""
    nodes = (node for node in ast.walk(ast.parse(whole)) if isinstance(node, ast.Lambda))
    found = [ast.get_source_segment(whole, node) for node in nodes if node.lineno == code.co_firstlineno]
    text = "\n".join(one or "" for one in found)
    return text if len(found) == 1 else f"{text}\n{sys.version_info[:2]} {_compiled(code)}"


def _inside(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _inside(constant)


def _compiled(code: types.CodeType) -> str:
    """All of a code that decides what it does, in the same order in each process."""
    constants = [_constant(constant) for constant in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return f"{code.co_name} {code.co_flags} {code.co_code.hex()} {names} {constants}"


def _constant(constant: Any) -> str:
    if isinstance(constant, types.CodeType):
        return _compiled(constant)
    if isinstance(constant, frozenset):
        return f"frozenset({sorted(map(repr, constant))})"
    return repr(constant)
