"""Where two runs begin to differ."""

from __future__ import annotations

import html
import json
import os
import pathlib
from typing import Any, Literal, Union

from flagfall._calls import Path, called, option_words, path_text
from flagfall._errors import FileError, RunError, error_of, refused, shown
from flagfall._run import Run
from flagfall._scenario import Scenario

Compared = Union[Run, Scenario, Path]
"""A run, a scenario, or the path of a trace file."""

_ENDS = {"a": "one", "b": "other"}


class Difference:
    """Where two runs begin to differ, or that they are equal. `flagfall.diff` makes it."""

    __slots__ = ("json",)

    def __init__(self, told: dict[str, Any], /) -> None:
        self.json = told
        """The object that `flagfall diff --json` prints."""

    @property
    def equal(self) -> bool:
        """Whether all records and the digests are equal. It is False, too, if one of them is
        incomplete and nothing differs before its end: `notes` say so."""
        return bool(self.json["equal"])

    @property
    def records_equal(self) -> int:
        """How many records are equal, from the first one on."""
        return int(self.json["records_equal"])

    @property
    def differs_in(self) -> list[str]:
        """What of the first different record differs, such as "message"; the most important first.
        It is empty if no record differs."""
        return list(self.json["differs_in"])

    @property
    def one(self) -> dict[str, Any] | None:
        """The side of the first run; None if no record differs. `record` is its first different
        record (None if the run has ended there), `causes` are the messages that led to it, the
        latest first, and `state` is that of its receiver before, if it is known."""
        return self.json.get("a")

    @property
    def other(self) -> dict[str, Any] | None:
        """The side of the second run."""
        return self.json.get("b")

    @property
    def ingredients(self) -> dict[str, tuple[str, str]]:
        """What was run differently, such as `{"seed": ("42", "43")}`."""
        return {one["name"]: (one["a"], one["b"]) for one in self.json["ingredients"]}

    @property
    def notes(self) -> list[str]:
        """What to know before you trust the result."""
        return list(self.json["notes"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Difference) and self.json == other.json

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        count = f"{self.records_equal} record" + "s" * (self.records_equal != 1)
        if self.equal:
            return f"equal: {count}"
        if self.one is None:
            return "\n".join([f"no difference in {count}, but they may not be equal", *self.notes])
        lines = [f"the {name} differs: {a}, {b}" for name, (a, b) in self.ingredients.items()]
        lines.append(f"{count} equal; the next one differs in: {', '.join(self.differs_in)}")
        for side in _ENDS:
            lines.append(f"{_ENDS[side]}: {_line(self.json[side]['record'])}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        told = "equal" if self.equal else "different"
        return f"<flagfall.Difference: {told} after {self.records_equal} equal records>"

    def _repr_html_(self) -> str:
        """The first different records side by side, for notebooks."""
        if self.equal or self.one is None:
            return f"<p>{html.escape(str(self))}</p>"
        sides = [self.json[side]["record"] or {} for side in _ENDS]
        rows = ["<tr><th></th><th>one</th><th>other</th></tr>"]
        for name in ("event", "time_ns", "kind", "receiver", "sender", "message"):
            texts = [html.escape(str(side.get(name, "ended"))) for side in sides]
            mark = "<b>{}</b>" if texts[0] != texts[1] else "{}"
            cells = "".join(f"<td>{mark.format(text)}</td>" for text in texts)
            rows.append(f"<tr><th style='text-align: left'>{name}</th>{cells}</tr>")
        equal = f"<caption>{self.records_equal} records are equal</caption>"
        return f"<table>{equal}{''.join(rows)}</table>"


def _line(record: dict[str, Any] | None) -> str:
    if record is None:
        return "has ended"
    sender = f" from {record['sender']}" if record["sender"] else ""
    said = f": {record['message']}" if record["message"] is not None else ""
    where = f"event {record['event']} at {record['time_ns'] / 1e9:.9g} s"
    return f"{where}, {record['receiver']} {record['kind']}{sender}{said}"


def diff(
    one: Compared,
    other: Compared,
    /,
    *,
    chain: int | None = None,
    states: Literal["auto", "always", "never"] | None = None,
) -> Difference:
    """Finds the first record in which two runs differ, as `flagfall diff` does. Each of them is a
    run, a scenario, or a trace file that `flagfall run ... --record` wrote.

    A run or a scenario is run again and recorded in a temporary file, which takes some 20 bytes a
    record, and is removed. `chain` is how many of the messages that led to the difference are told
    (10 without it). For the states of the receivers both are run again up to there: "auto" does
    that up to event 5,000,000.

    >>> import flagfall
    >>> found = flagfall.diff(flagfall.run("taxi", seed=42), flagfall.run("taxi", seed=43))
    >>> print(found)
    the seed differs: 42, 43
    7 records equal; the next one differs in: message, contents, draws
    one: event 8 at 0.366 s, driver/dispatcher handled from driver/simulation: AssignRide { duration: 3s }
    other: event 8 at 0.366 s, driver/dispatcher handled from driver/simulation: AssignRide { duration: 2s }
    >>> flagfall.diff(flagfall.Scenario("taxi"), flagfall.run("taxi")).equal
    True

    Raises:
        UsageError: an option has a value that it cannot have.
        FileError: a trace file cannot be read, or is damaged.
        RunError: a run failed, or comes to another result than before.
    """
    # It takes longer to import than half of the package.
    import tempfile

    own = option_words(chain=chain, states=states)
    with tempfile.TemporaryDirectory(prefix="flagfall-") as folder:
        paths = [
            _recorded(name, side, pathlib.Path(folder, f"{name}.trace"))
            for name, side in (("one", one), ("other", other))
        ]
        told, failed = called("diff", (), [*paths, "--json", *own])
    if not told and failed is not None:
        raise error_of(*failed)
    found: dict[str, Any] = json.loads(told)
    for side, name in _ENDS.items():
        if side in found and not isinstance({"one": one, "other": other}[name], (str, pathlib.PurePath)):
            # The file is gone.
            found[side]["name"] = name
    return Difference(found)


def _recorded(name: str, side: Any, path: pathlib.Path) -> str:
    """The path of the trace of that side."""
    if isinstance(side, Run):
        of = (f"--seed={side.seed}", f"--replication={side.replication}")
        given = tuple(side._outcome.words())
        kept = tuple(word for word in given if not word.startswith(("--seed=", "--replication=")))
        words = (*kept, *of)
    elif isinstance(side, Scenario):
        words = side._words
    elif not isinstance(side, (str, os.PathLike)):
        raise refused(name, f"is {shown(side)}: give a run, a scenario, or the path of a trace file")
    else:
        text = path_text(name, side)
        if not os.path.exists(text):
            raise FileError(
                f"cannot read {text}: there is no such file; as {name}, give a run, a scenario, or the "
                "path of a trace file"
            )
        return text
    told, failed = called("run", words, ["--json", "--quiet", f"--record={path}"])
    if failed is not None:
        raise error_of(*failed)
    if isinstance(side, Run) and json.loads(told)["digest"] != side.digest:
        raise RunError(
            f"{name} was run again with another result: a file that it reads was changed, or the "
            "model is not deterministic; flagfall.verify shows where its runs begin to differ"
        )
    if not path.exists():
        raise FileError(f"the trace of {name} was not written")
    return str(path)
