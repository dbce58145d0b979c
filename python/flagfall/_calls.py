"""Calls of whole commands, with keywords as their words."""

from __future__ import annotations

import json
import logging
import os
import pathlib
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Union

from flagfall import _flagfall
from flagfall._errors import UsageError, misspelt, refused, shown, warn
from flagfall._progress import Progress
from flagfall._scenario import Scenario
from flagfall._words import is_text, items_of, no_text, text_of, words_of

_LOG = logging.getLogger("flagfall")
# Without it, warnings would go to standard error of a program that set up no logging.
_LOG.addHandler(logging.NullHandler())
Path = Union[str, "os.PathLike[str]"]


def called(
    name: str,
    model: Sequence[str],
    own: Sequence[str],
    *,
    progress: Progress | None = None,
    keywords: Iterable[str] = (),
) -> tuple[str, tuple[int, str] | None]:
    """What a command prints, and how it failed nevertheless. `keywords` are those of the function
    that calls it."""
    _LOG.debug("%s", _Words([name, *model, *own]))
    tell = progress.tell if progress is not None and progress.is_shown else None
    words = [*model, *own]
    return heard(
        lambda: _flagfall.study_command(name, list(model), list(own), tell), name, words, keywords
    )


def heard(
    call: Callable[[], tuple[str, list[str], tuple[int, str] | None]],
    name: str,
    words: Sequence[str],
    keywords: Iterable[str] = (),
) -> tuple[str, tuple[int, str] | None]:
    """The results of a call of the library, and how it failed nevertheless. Its notes are
    warnings, and its other lines are logged. `words` are what it was given."""
    try:
        out, told, failed = call()
    except UsageError as error:
        raise _named(misspelt(error, keywords), name) from None
    except UnicodeEncodeError as error:
        raise no_text(words, error) from None
    for line in told:
        if line.startswith("note: "):
            warn(line.removeprefix("note: "))
        else:
            _LOG.info("%s", line)
    if failed is not None:
        _LOG.warning("%s", failed[1])
    return out, failed


def _named(error: UsageError, command: str) -> UsageError:
    """The error with the keyword instead of the option, where they have different names."""
    if error.argument == "set":
        keyword = "changes" if command == "fork" else "grid"
        told = str(error)
        # Some texts begin with the name of what they are about.
        why = told.removeprefix("--set ") if told.startswith("--set ") else f"is wrong: {told.removeprefix('--set: ')}"
        return refused(keyword, why)
    return error


def model_words(model: str | Scenario, options: dict[str, Any]) -> tuple[str, ...]:
    """The words of a model with those options."""
    if isinstance(model, Scenario):
        return words_of(model.model, {**model.options, **options})
    return words_of(model, options)


def grid_words(grid: Any) -> list[str]:
    """The words of a grid."""
    if grid is None:
        return []
    if not isinstance(grid, Mapping):
        kind = type(grid).__name__
        raise refused("grid", f'is of type {kind}: give levels by name, as {{"fleet": [2, 4]}}')
    words = []
    for name, levels in grid.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise refused("grid", f"has the option {shown(name)}: write it in letters, with _ for -")
        if isinstance(levels, (str, bytes)) or not hasattr(levels, "__iter__"):
            raise refused("grid", f"has no list of levels for {name}: give one, as [2, 4]")
        texts = [_level_of(name, level) for level in levels]
        if not texts:
            raise refused("grid", f"has no level for {name}: give at least one")
        if any(";" in text for text in texts):
            raise refused("grid", f"has a level of {name} with a semicolon: leave it out")
        commas = any("," in text for text in texts)
        listed = ";".join(texts) + ";" if commas and len(texts) == 1 else ""
        listed = listed or (";" if commas else ",").join(texts)
        words.append(f"--set={name.replace('_', '-')}={listed}")
    return words


def _level_of(name: str, level: Any) -> str:
    if isinstance(level, (list, tuple)):
        return ",".join(items_of(name, level))
    if isinstance(level, bool):
        raise refused("grid", f"has a flag as level of {name}: only options with a value can vary")
    return text_of(name, level)


_FLAGS = {"against_first", "even_if_changed", "expect_one", "quiet", "repair", "retry_failed"}


def option_words(**options: Any) -> list[str]:
    """The words of options of a command."""
    words = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if name in _FLAGS:
            if type(value) is not bool:
                raise refused(name, f"is of type {type(value).__name__}: give True or False")
            words += [option] if value else []
        elif value is None:
            continue
        elif isinstance(value, bool):
            raise refused(name, "is of type bool: give a value, or leave it out")
        elif name in ("out", "html"):
            words.append(f"{option}={path_text(name, value)}")
        elif name in ("goal", "of") and isinstance(value, (list, tuple)):
            words += [f"{option}={text_of(name, one)}" for one in value]
        else:
            words.append(f"{option}={text_of(name, value)}")
    return words


def path_text(name: str, path: Any) -> str:
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text or text.startswith("-") or not is_text(text):
        raise refused(name, f"is {shown(path)}: give the path of a file or folder")
    return text


def read_json(path: pathlib.Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


class _Words:
    """Words as a command line: put together only if somebody reads it."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def __str__(self) -> str:
        return shlex.join(["flagfall", *self._words])
