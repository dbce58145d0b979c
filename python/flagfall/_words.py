"""Keywords as the words of the command."""

from __future__ import annotations

import datetime
import keyword
import numbers
import operator
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flagfall._errors import UsageError, refused, shown
from flagfall._options import REPEATED, SEPARATED

_NAME = re.compile("[a-z][a-z0-9_]*")
_MICROSECOND = datetime.timedelta(microseconds=1)


def words_of(model: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """The words that name a model and give those options."""
    if hasattr(model, "to_toml"):
        raise refused("model", "is a scenario already: call its run() or its replace()")
    if hasattr(model, "__call__"):
        raise refused("model", "is a function: flagfall.study makes a study of one")
    if not isinstance(model, str) or not model or model.startswith("-"):
        raise refused("model", f"is {shown(model)}: name one, such as 'taxi'; `flagfall list` has all")
    words = [str(model)]
    for name, value in options.items():
        words += _words(name, value)
    return tuple(words)


def _words(name: str, value: Any) -> list[str]:
    """The words that give an option."""
    if not _NAME.fullmatch(name):
        raise refused(name, "is not an option: write it in small letters, with _ for -")
    option = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    if not isinstance(value, (list, tuple, range)):
        return [f"{option}={text_of(name, value)}"]
    if not value:
        raise refused(name, "is an empty list: leave it out, or put something into it")
    texts = items_of(name, value)
    if name in REPEATED:
        return [f"{option}={text}" for text in texts]
    return [f"{option}={','.join(texts)}"]


def items_of(name: str, values: Sequence[Any]) -> list[str]:
    """The items of a list as texts. Where commas separate them, none has one: it would be two."""
    texts = [text_of(name, one) for one in values]
    if name in SEPARATED or (name not in REPEATED and len(texts) > 1):
        found = next((text for text in texts if "," in text), None)
        if found is not None:
            raise refused(name, f"has {shown(found)}, and commas separate them: give each of its own")
    return texts


def text_of(name: str, value: Any) -> str:
    """A value as the command reads it."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime.timedelta):
        # Nothing is rounded. Those of pandas have nanoseconds.
        whole, rest = value // _MICROSECOND, getattr(value, "nanoseconds", 0)
        return f"{whole * 1000 + rest}ns" if rest else f"{whole}us"
    if isinstance(value, os.PathLike):
        path = os.fspath(value)
        if isinstance(path, str):
            return path
    elif isinstance(value, numbers.Real) and not isinstance(value, bool):
        try:
            # The spans of numpy are whole numbers, too, which have no index.
            if isinstance(value, numbers.Integral):
                return str(operator.index(value))
            return repr(float(value))
        except (ValueError, OverflowError):
            raise refused(name, "is a number of too many digits: give a smaller one") from None
        except TypeError:
            pass
    told = f"is of type {type(value).__name__}: give a number, a text, a timedelta or a list"
    if isinstance(value, Mapping):
        told += "; options that vary are the grid of sweep and compare"
    raise refused(name, told)


def no_text(words: Sequence[str], error: UnicodeEncodeError) -> UsageError:
    """The error of words of which one is no Unicode text."""
    found = next((word for word in words if not is_text(word)), "")
    name = found[2:].partition("=")[0].replace("-", "_") if found.startswith("--") else "model"
    if keyword.iskeyword(name):
        name += "_"
    return refused(name, f"is not Unicode text: {error.reason}; write it without half characters")


def options_in(words: tuple[str, ...]) -> dict[str, Any]:
    """The keywords that give those words, without the model in front."""
    options: dict[str, Any] = {}
    for word in words[1:]:
        name, given, value = word[2:].partition("=")
        name = name.replace("-", "_")
        if not given:
            options[name] = True
        elif name in REPEATED:
            options.setdefault(name, []).append(value)
        else:
            options[name] = value
    for name in SEPARATED & options.keys():
        # An item of a list has no comma.
        if any("," in value for value in options[name]):
            options[name] = ",".join(options[name])
    return options


def is_text(word: str) -> bool:
    """Whether it is Unicode text: half of a letter is not."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
