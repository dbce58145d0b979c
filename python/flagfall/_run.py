"""Runs of models."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flagfall import _flagfall
from flagfall._errors import FlagfallError, UsageError
from flagfall._tables import table
from flagfall._timeline import Timeline
from flagfall._trace import Time, Trace, choice_of
from flagfall._words import no_text, words_of


@dataclass(frozen=True)
class Measure:
    """One number of the result of a run, and its unit if it has one."""

    value: float | int | None
    """None where there is nothing to measure, such as a mean of no waits."""
    unit: str | None
    """None for counts and shares."""

    def __str__(self) -> str:
        value = "undefined" if self.value is None else f"{self.value:.12g}"
        return value if self.unit is None else f"{value} {self.unit}"


class _Read:
    """The result of a run, read from its JSON object: of one that was pickled, or a part of what
    a command found."""

    __slots__ = ("_text", "_words", "digest", "events", "measures", "model", "replication", "seed",
                 "virtual_time")  # fmt: skip

    def __init__(self, text: str, words: list[str] | None) -> None:
        read = json.loads(text)
        self._text = text
        self._words = words
        self.model: str = read["system"]
        self.seed: int = read["seed"]
        self.replication: int = read["replication"]
        self.digest: str | None = read["digest"]
        self.events: int = read["events"]
        self.virtual_time: float = float(read["virtual_time_s"])
        units = read["units"]
        self.measures = [(name, one, units[name]) for name, one in read["measures"].items()]

    def json(self) -> str:
        return self._text

    def words(self) -> list[str]:
        if self._words is None:
            raise FlagfallError(
                "a branch of a fork is no run that can be made alone: give the changes to a run, "
                "or use the trunk"
            )
        return self._words

    def timeline(self) -> str:
        again = f"flagfall.run({self.model!r}, seed={self.seed}, ...)"
        raise UsageError(f"a run that was pickled has no timeline: make it again, by {again}")


class Run:
    """The result of a run. `flagfall.run` makes it.

    >>> import flagfall
    >>> run = flagfall.run("taxi", seed=42)
    >>> run.digest
    '7d7336af83d3d44680ff8ae23b5be08c'
    >>> run.measures["commission"]
    Measure(value=7.25, unit='$')
    >>> run.messages[0]
    'Course de 3 secondes envoyée à Daniel'
    """

    __slots__ = ("_fields", "_outcome")
    _fields: dict[str, Any]

    def __init__(self, outcome: _flagfall.Outcome | _Read, /) -> None:
        self._outcome = outcome

    @property
    def json(self) -> dict[str, Any]:
        """The object that `flagfall run --json` prints.

        Of a run of less than 16,384 events it is written when it is first asked for.
        """
        try:
            return self._fields
        except AttributeError:
            self._fields = json.loads(self._json())
            return self._fields

    def _json(self) -> str:
        return self._outcome.json()

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._outcome.model

    @property
    def seed(self) -> int:
        """The seed of all random streams."""
        return self._outcome.seed

    @property
    def replication(self) -> int:
        """Which replication of the scenario it was."""
        return self._outcome.replication

    @property
    def digest(self) -> str | None:
        """The hash of the run, 32 hexadecimal digits; None with `no_digest=True`."""
        return self._outcome.digest

    @property
    def events(self) -> int:
        """How many events happened."""
        return self._outcome.events

    @property
    def virtual_time(self) -> float:
        """The virtual time at the end, in seconds."""
        return self._outcome.virtual_time

    @property
    def measures(self) -> dict[str, Measure]:
        """The numbers of the result, by name, in the order of a study's columns."""
        return {
            name: Measure(_whole(value), None if unit == "1" else unit)
            for name, value, unit in self._outcome.measures
        }

    @property
    def messages(self) -> list[str]:
        """The messages to the model's driver, line by line. It is empty if the model sends
        none, and with `summary=True`, which leaves lists out."""
        messages = self.json.get("messages", [])
        if isinstance(messages, list):
            return [str(message) for message in messages]
        return []

    def trace(
        self,
        *,
        actor: str | Sequence[str] | None = None,
        kind: str | Sequence[str] | None = None,
        from_: Time | None = None,
        to: Time | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> Trace:
        """Its records as a table; the options choose some, as those of `flagfall trace` do.

        `actor` is a path, in which a star stands for part of a name, and ** for any names;
        `kind` is such as "handled" or "died". Several of them are lists. `from_` and `to` are
        virtual times, both included. `first` and `last` are numbers of records.

        Reading it makes the run again, to its end. If that comes to another digest, the reader
        gets an error.

        >>> import flagfall
        >>> flagfall.run("taxi", seed=42).trace(actor="**/taxi[*]", to="5s")
        <flagfall.Trace of taxi: seed 42, replication 0, actor=**/taxi[*], to=5s>

        Raises:
            UsageError: there is no such kind, or a time or a number is wrong.
            FlagfallError: the run is a branch of a fork, which cannot be made alone.
        """
        outcome = self._outcome
        of = (tuple(outcome.words()), self.seed, self.replication)
        chosen = choice_of(actor, kind, from_, to, first, last)
        return Trace(of, (self.digest, self.events), chosen)

    def timeline(self) -> Timeline:
        """The run over virtual time, to be drawn: `run.timeline().plot()`. The run is made again
        for it, up to its 20,000th record.

        >>> import flagfall
        >>> flagfall.run("taxi", seed=42).timeline()
        <flagfall.Timeline of taxi: 8 actors, 122 records, 15.032 s>

        Raises:
            UsageError: the run was pickled, and cannot be made again.
        """
        return Timeline(self.model, self._outcome.timeline())

    def __getitem__(self, name: str) -> Any:
        """A field of the JSON object, such as `rides`."""
        return self.json[name]

    # Its fields have names and no places.
    __iter__ = None

    def __contains__(self, name: object) -> bool:
        return name in self.json

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return False
        return self._json() == other._json() or self.json == other.json

    def __hash__(self) -> int:
        return hash((self.model, self.seed, self.replication, self.digest))

    def __reduce__(self) -> tuple[Any, ...]:
        words = self._outcome._words if isinstance(self._outcome, _Read) else self._outcome.words()
        return run_of_json, (self._json(), words)

    def __repr__(self) -> str:
        return (
            f"<flagfall.Run of {self.model}: seed {self.seed}, "
            f"{self.events} events, digest {self.digest}>"
        )

    def _repr_html_(self) -> str:
        """The table that a notebook shows."""
        caption = [
            f"{self.model}: seed {self.seed}, replication {self.replication}, {self.events} events",
            f"virtual time {self.virtual_time:.12g} s, digest {self.digest or 'off'}",
        ]
        rows = [_cells(name, measure) for name, measure in self.measures.items()]
        return table(caption, ("measure", "value", "unit"), rows, (False, True, False))


def _cells(name: str, measure: Measure) -> tuple[str, str, str]:
    return name, str(rounded(Measure(measure.value, None))), measure.unit or ""


def rounded(measure: Measure) -> Measure:
    """A measure as tables show it: whole numbers as they are, others with six digits."""
    if isinstance(measure.value, float):
        return Measure(_whole(float(f"{measure.value:.6g}")), measure.unit)
    return measure


def run_of_json(text: str, words: list[str] | None = None) -> Run:
    """The run whose JSON object this is; the words make it again, if it can be made alone."""
    return Run(_Read(text, words))


def _whole(value: float | None) -> float | int | None:
    """Whole numbers as such, as in the JSON object: it has 10, and not 10.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    return value


_PREPARED: dict[tuple[Any, ...], _flagfall.Prepared] = {}
"""Scenarios that were read before: reading takes longer than a short run. They are found by
their words, or by the model and its options."""
_MOST_PREPARED = 64

_new = object.__new__
"""Makes a run without its `__init__`, whose call takes a tenth of what there is beside the run."""

_PLAIN = frozenset({bool, datetime.timedelta, float, int, str, type(None)})
"""Types whose values say all that is read of them."""


def prepared(words: tuple[str, ...], key: tuple[Any, ...] | None = None) -> _flagfall.Prepared:
    """The scenario of those words; it is found by `key`, too, from then on."""
    made = _PREPARED.get(words)
    if made is None:
        try:
            made = _flagfall.Prepared(list(words))
        except UnicodeEncodeError as error:
            raise no_text(words, error) from None
    # Files may change.
    if not made.reads_files:
        if len(_PREPARED) >= _MOST_PREPARED:
            _PREPARED.clear()
        _PREPARED[words] = made
        if key is not None:
            _PREPARED[key] = made
    return made


def is_plain(number: object) -> bool:
    """Whether a seed or a replication needs no reader of options; None is not given."""
    return number is None or type(number) is int and 0 <= number < 1 << 64


def run(model: str, /, **options: Any) -> Run:
    """Makes a run of a model, such as `run("taxi", seed=42, fleet=20)`.

    The options are those of `flagfall run MODEL`, with `_` for `-`: `flagfall run taxi --help`
    lists them. `None` and `False` leave an option out, `True` gives a flag. Spans are texts such as
    "90s", or `timedelta`. Lists are values with commas between them, or the option once for each
    item.

    Other threads go on while it runs, and Ctrl-C ends it. What the command prints as a note
    is a `FlagfallWarning`.

    >>> import flagfall
    >>> flagfall.run("taxi", seed=42).virtual_time
    15.032
    >>> flagfall.run("taxi", flet=20)
    Traceback (most recent call last):
    flagfall.UsageError: taxi has no option flet: did you mean fleet?

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        FileError: a file that an option names cannot be read.
        RunError: the run reached a limit, failed or got stuck.
    """
    seed, replication = options.pop("seed", None), options.pop("replication", None)
    # For anything but a plain number of 64 bits, the reader of options has the error.
    if not is_plain(seed):
        options["seed"], seed = seed, None
    if not is_plain(replication):
        options["replication"], replication = replication, None
    key: tuple[Any, ...] | None = (model,)
    if options:
        # 1 and True are equal, and are not the same value of an option.
        values = options.values()
        kinds = [*map(type, values)]
        key = (model, *options, *values, *kinds) if _PLAIN.issuperset(kinds) else None
    ready = None if key is None or type(model) is not str else _PREPARED.get(key)
    if ready is None:
        ready = prepared(words_of(model, options), key)
    made = _new(Run)
    made._outcome = ready.run(seed, replication)
    return made
