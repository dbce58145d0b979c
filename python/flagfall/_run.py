"""Runs of models."""

from __future__ import annotations

import datetime
import html
import json
import numbers
import os
import re
from dataclasses import dataclass
from typing import Any

from flagfall import _flagfall
from flagfall._errors import UsageError, error_of


@dataclass(frozen=True)
class Measure:
    """A number that a run came to, and its unit if it has one."""

    value: float | int | None
    """None where there is nothing to measure, such as a mean of no waits."""
    unit: str | None
    """None for counts and shares."""


@dataclass(frozen=True, repr=False)
class Run:
    """What a run came to."""

    json: dict[str, Any]
    """The object that `flagfall run --json` prints."""

    @property
    def scenario(self) -> str:
        """The name of the model."""
        return str(self.json["system"])

    @property
    def seed(self) -> int:
        """The seed of all random streams."""
        return int(self.json["seed"])

    @property
    def replication(self) -> int:
        """Which replication of the scenario it was."""
        return int(self.json["replication"])

    @property
    def digest(self) -> str | None:
        """The hash of the run; None with `no_digest=True`."""
        digest = self.json["digest"]
        return None if digest is None else str(digest)

    @property
    def events(self) -> int:
        """How many events happened."""
        return int(self.json["events"])

    @property
    def virtual_time(self) -> float:
        """The virtual time at the end, in seconds."""
        return float(self.json["virtual_time_s"])

    @property
    def measures(self) -> dict[str, Measure]:
        """The numbers that the run came to, by name."""
        units = self.json["units"]
        return {
            name: Measure(value, None if units[name] == "1" else units[name])
            for name, value in self.json["measures"].items()
        }

    def __getitem__(self, name: str) -> Any:
        """A field of the JSON object, such as `messages`."""
        return self.json[name]

    def __repr__(self) -> str:
        return (
            f"<flagfall.Run of {self.scenario}: seed {self.seed}, "
            f"{self.events} events, digest {self.digest}>"
        )

    def _repr_html_(self) -> str:
        row = "<tr><th>{}</th><td>{}</td></tr>"
        plain = {n: v for n, v in self.json.items() if not isinstance(v, (list, dict))}
        rows = (row.format(html.escape(n), html.escape(str(v))) for n, v in plain.items())
        return f"<table>{''.join(rows)}</table>"


_NAME = re.compile("[a-z][a-z0-9_]*")
# The result has the JSON object already, and prints nothing.
_OF_THE_COMMAND = ("json", "quiet", "help", "version")


def run(model: str, /, **options: Any) -> Run:
    """Makes a run of a model, such as `run("taxi", seed=42, fleet=20)`.

    The options are those of `flagfall run MODEL`, with `_` for `-`. `None` and `False` leave
    an option out, `True` gives a flag. Spans are texts such as "90s", or `timedelta`. A list
    of numbers is one value; a list of texts gives the option once for each.

    Other threads go on while it runs, and Ctrl-C ends it.

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        FileError: a file that an option names cannot be read.
        RunError: the run reached a limit, failed or got stuck.
    """
    if not isinstance(model, str) or not model or model.startswith("-"):
        raise UsageError(f"model is {model!r}: name one, such as 'taxi'; `flagfall list` has all")
    words = [model, "--json"]
    for name, value in options.items():
        words += _words(name, value)
    try:
        exit_code, text = _flagfall.run(words)
    except UnicodeEncodeError as error:
        raise UsageError(f"an option is no Unicode text: {error.reason}; leave it out") from error
    if exit_code:
        raise error_of(exit_code, text)
    return Run(json.loads(text))


def _words(name: str, value: Any) -> list[str]:
    """The words of the command that give an option."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no option: write it in small letters, with _ for -")
    if name in _OF_THE_COMMAND:
        raise UsageError(f"{name} is of the command alone: leave it out")
    option = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    if not isinstance(value, (list, tuple, range)):
        return [f"{option}={_text(name, value)}"]
    if not value:
        raise UsageError(f"{name} is an empty list: leave it out, or put something into it")
    texts = [_text(name, one) for one in value]
    if any(isinstance(one, (str, os.PathLike)) for one in value):
        return [f"{option}={text}" for text in texts]
    return [f"{option}={','.join(texts)}"]


def _text(name: str, value: Any) -> str:
    """A value as the command reads it."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.timedelta):
        # Whole microseconds: nothing is rounded.
        return f"{value // datetime.timedelta(microseconds=1)}us"
    if isinstance(value, os.PathLike):
        path = os.fspath(value)
        if isinstance(path, str):
            return path
    elif isinstance(value, numbers.Real) and not isinstance(value, bool):
        try:
            return str(int(value)) if isinstance(value, numbers.Integral) else repr(float(value))
        except (ValueError, OverflowError):
            raise UsageError(f"{name} is a number of too many digits: take a smaller one") from None
    kind = type(value).__name__
    raise UsageError(f"{name} is of type {kind}: give a number, a text, a timedelta or a list")
