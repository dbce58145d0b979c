"""What goes wrong, with the texts and exit codes of the command."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagfall._fork import Fork
    from flagfall._results import Comparison, Study
    from flagfall._ties import Ties

_OPTION = re.compile(r"--([a-z][a-z0-9-]*)|has no option ([a-z0-9_]+)")


class FlagfallError(Exception):
    """Something that flagfall refuses, or that ended a run. Its text says what to do."""

    exit_code: int = 1
    """What the command would have ended with."""


class RunError(FlagfallError):
    """A run ended with an error: a limit, a panic in a handler, or somebody waits for what cannot come."""

    study: Study | None = None
    """The study, if some of its replications failed."""
    comparison: Comparison | None = None
    """The comparison, if some of its replications failed."""
    ties: Ties | None = None
    """What a search for ties found, if one outcome was expected."""
    fork: Fork | None = None
    """The branches, if some of them got stuck."""


class DifferentError(RunError):
    """Runs that should be equal are not; the text shows where they begin to differ."""


class UsageError(FlagfallError, ValueError):
    """An option is unknown, or has a value that it cannot have."""

    exit_code = 2

    @property
    def argument(self) -> str | None:
        """The keyword that it is about, if it is about one."""
        given = getattr(self, "_argument", None)
        if given is None and (found := _OPTION.search(str(self))):
            given = (found[1] or found[2]).replace("-", "_")
        return given


class FileError(FlagfallError, OSError):
    """A file cannot be read or written, or has a mistake in it. The exit code is 4 if files of a
    study were changed after it was finished, 5 if a folder is of another study, and 6 if shards of it
    are missing."""

    exit_code = 3


class FlagfallWarning(UserWarning):
    """What to know before you trust the numbers: what the command prints as a note."""


def shown(value: object) -> str:
    """A value in the text of an error. Not all values have a text."""
    try:
        text = repr(value)
    except Exception:
        return f"of type {type(value).__name__}"
    return text if len(text) <= 80 else text[:79] + "…"


def misspelt(error: UsageError, keywords: Iterable[str]) -> UsageError:
    """The error of an option that no model has, or that of a keyword of a function if its name is
    nearer."""
    name, told = error.argument, str(error)
    if name is None or "has no option" not in told:
        return error
    # Nobody needs it before something is wrong.
    import difflib

    of_model = re.findall(r"did you mean ([a-z0-9_]+)\?", told)
    near = difflib.get_close_matches(name, [*of_model, *keywords], 1, 0.7)
    if not near or near[0] in of_model:
        return error
    return refused(name, f"is no option: did you mean {near[0]}?")


def warn(note: str) -> None:
    """Gives a note of the command as a warning, at the line that called the package."""
    level, frame = 2, sys._getframe(1)
    while _is_ours(frame.f_globals.get("__name__")) and frame.f_back is not None:
        level, frame = level + 1, frame.f_back
    # This function is level 1, and its caller is level 2.
    warnings.warn(note, FlagfallWarning, stacklevel=level)


def _is_ours(module: object) -> bool:
    return isinstance(module, str) and (module == "flagfall" or module.startswith("flagfall."))


def error_of(exit_code: int, text: str) -> FlagfallError:
    """The exception for an exit code of the command, with that text."""
    kinds: dict[int, type[FlagfallError]] = {2: UsageError, **dict.fromkeys((3, 4, 5, 6), FileError)}
    error = kinds.get(exit_code, RunError)(text)
    error.exit_code = exit_code
    return error


def refused(argument: str, why: str) -> UsageError:
    """The error of a keyword with a wrong value. `why` comes after the name of the keyword."""
    error = UsageError(f"{argument} {why}")
    error._argument = argument  # type: ignore[attr-defined]
    return error
