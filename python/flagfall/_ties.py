"""What the order of simultaneous events decides."""

from __future__ import annotations

import html
import json
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flagfall._calls import Path, called, model_words, option_words, read_json
from flagfall._errors import RunError, error_of
from flagfall._run import Run, run_of_json
from flagfall._scenario import Scenario

_MOST_ROWS = 20


@dataclass(frozen=True)
class TieOutcome:
    """One of the results that orders of simultaneous events lead to."""

    run: Run | None
    """A run with this result; None if it fails."""
    error: str | None
    """How it fails; None if it does not."""
    orders: int
    """How many orders lead to it; a lower bound if the search is not complete."""
    share: float
    """Their share of all orders, from 0 to 1. It is not a probability: real machines do not choose
    all orders equally often."""
    ties: str
    """The choices that repeat it: `flagfall.run(..., ties=outcome.ties)`."""


class TieShard(NamedTuple):
    """A part of a search that was made. `flagfall.merge` makes the search when all were."""

    shard: str
    """Which part, as "3/16"."""
    parts: int
    """How many parts of the tree of runs it has."""
    runs: int
    """How many runs they took."""
    file: pathlib.Path
    """Where they are."""


class Ties:
    """The outcomes of a model under other orders of simultaneous events. `flagfall.ties` makes it."""

    __slots__ = ("_words", "json")

    def __init__(self, told: dict[str, Any], words: tuple[str, ...], /) -> None:
        self.json = told
        """The object that `flagfall ties --json` prints."""
        self._words = words

    @property
    def complete(self) -> bool:
        """Whether these are all outcomes. If not, the budget is used up, and there may be more."""
        return bool(self.json["complete"])

    @property
    def outcomes(self) -> list[TieOutcome]:
        """The outcomes, the largest share first."""
        return [
            TieOutcome(
                run=None if one["result"] is None else self._run(one),
                error=one.get("error"),
                orders=one["orders"],
                share=one["share"],
                ties=one["ties"],
            )
            for one in self.json["outcomes"]
        ]

    def _run(self, outcome: dict[str, Any]) -> Run:
        kept = [word for word in self._words if not word.startswith("--ties=")]
        text = json.dumps(outcome["result"], ensure_ascii=False)
        return run_of_json(text, [*kept, f"--ties={outcome['ties']}"])

    @property
    def orders(self) -> int:
        """How many orders there are; a lower bound if the search is not complete."""
        return int(self.json["orders"])

    @property
    def classes(self) -> int:
        """How many classes of equivalent orders were run. Orders are equivalent if they differ only
        in events that do not affect each other."""
        return int(self.json["classes"])

    @property
    def runs(self) -> int:
        """How many runs were made."""
        return int(self.json["runs"])

    @property
    def decisive(self) -> list[dict[str, Any]]:
        """The pairs of events whose order decides alone: `time_s`, `first` and `second` (each with
        `event` and `record`), `outcome` (its place in `outcomes`, if it is there), and `ties`, the
        choices that turn the pair round."""
        return list(self.json["decisive"])

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The outcomes by the value of the measure or the texts of the field `of`, such as the `output`
        of a Ray program, the largest share first: `value`,
        `outcomes` and `orders` (how many), `share`, and `ties`, which repeat the first of them. It
        is empty without `of`."""
        return list(self.json["of"]["groups"]) if "of" in self.json else []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ties) and self.json == other.json

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        count, all_ = len(self.json["outcomes"]), "all" if self.complete else "there may be more"
        outcomes = f"{count} outcome" if count == 1 else f"{count} outcomes"
        return f"<flagfall.Ties of {self.json['system']}: {outcomes}, {all_}, {self.runs} runs>"

    def _repr_html_(self) -> str:
        """The outcomes with the largest shares, or those of the measure `of`."""
        name = self.json["of"]["measure"] if "of" in self.json else "outcome"
        rows = self.groups or self.json["outcomes"]
        lines = [f"<tr><th>{html.escape(name)}</th><th>share of orders</th><th>ties</th></tr>"]
        for place, row in enumerate(rows[:_MOST_ROWS], 1):
            value = row["value"] if self.groups else row.get("error") or place
            shown = "undefined or failed" if value is None else str(value)
            cells = (shown, f"{row['share'] * 100:.2f} %", row["ties"])
            lines.append("<tr>" + "".join(f"<td>{html.escape(one)}</td>" for one in cells) + "</tr>")
        if len(rows) > _MOST_ROWS:
            lines.append(f"<tr><td colspan='3'>and {len(rows) - _MOST_ROWS} more</td></tr>")
        return f"<table>{''.join(lines)}</table>"


def ties(
    model: str | Scenario,
    /,
    *,
    budget: int | None = None,
    samples: int | None = None,
    of: str | None = None,
    expect_one: bool = False,
    threads: int | None = None,
    out: Path | None = None,
    shard: str | None = None,
    **options: Any,
) -> Ties | TieShard:
    """Finds what the order of simultaneous events decides, as `flagfall ties` does: it runs a model
    again and again under other orders, one run for each class of equivalent ones.

    `budget` is the most runs to go through all classes (100,000 without it), and again to turn
    round single ties. If it is not enough, shares are of `samples` random orders (1,000 without
    it). `of` groups the outcomes by a measure. With `expect_one`, more than one outcome is an
    error, or more than one value of the measure `of`. At a latency of 0 there are the most ties.

    It runs on `threads` threads, on one without it; what is found is the same. With `shard`, as
    "3/16", only that part is searched, into the folder `out`. `flagfall.merge` puts the parts
    together.

    >>> import flagfall
    >>> day = flagfall.Scenario("taxi", latency=0, durations=[2, 3, 1, 4], polls=5)
    >>> found = flagfall.ties(day, of="commission")
    >>> found.complete
    True
    >>> day.replace(ties=found.outcomes[0].ties).run() == found.outcomes[0].run
    True

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        RunError: with `expect_one`, there are several outcomes, or there may be; `ties` of the
            exception has them.
    """
    words = option_words(budget=budget, samples=samples, of=of, expect_one=expect_one, threads=threads,
        out=out, shard=shard)  # fmt: skip
    of_model = model_words(model, options)
    told, failed = called("ties", of_model, ["--json", *words])
    read = json.loads(told)
    if shard is not None:
        return TieShard(read["shard"], read["parts"], read["runs"], pathlib.Path(read["file"]))
    return found(read, failed, of_model)


def found(told: dict[str, Any], failed: tuple[int, str] | None, words: Sequence[str]) -> Ties:
    """What a search has found, if that was expected. The words are those of the model."""
    made = Ties(told, tuple(words))
    if failed is not None:
        error = error_of(*failed)
        if isinstance(error, RunError):
            error.ties = made
        raise error
    return made


def command_of(folder: Path) -> list[str]:
    """The words of the model whose search is in a folder."""
    words: list[str] = read_json(pathlib.Path(folder) / "ties.json")["command"]
    return words
