"""Scenarios: a model with its options, as a value."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flagfall import _flagfall
from flagfall._errors import FileError, UsageError, misspelt, refused, shown, warn
from flagfall._given import Given
from flagfall._progress import Progress
from flagfall._run import Run, is_plain, prepared
from flagfall._trace import Time, Trace, choice_of
from flagfall._words import options_in, words_of


class Scenario(Given):
    """A model and its options: what a scenario file says. It never changes.

    >>> import flagfall
    >>> day = flagfall.Scenario("taxi", fleet=3)
    >>> day.run(seed=42) == flagfall.run("taxi", fleet=3, seed=42)
    True
    >>> flagfall.Scenario.from_toml(day.to_toml()).run().digest == day.run().digest
    True

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        FileError: a file that an option names cannot be read. It is read anew in each run.
    """

    __slots__ = ()

    @classmethod
    def from_toml(cls, text: str, /) -> Scenario:
        """The scenario of a text as scenario files have it. Paths in it are as they stand.

        Raises:
            FileError: what is wrong with it, with line and column. A study with a grid has
                many scenarios, and is refused.
        """
        if not isinstance(text, str):
            kind = type(text).__name__
            raise refused("text", f"is of type {kind}: give a text; from_file reads a file")
        return cls._of(text, None)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], /) -> Scenario:
        """The scenario of a scenario file. Paths in it count from its folder.

        Raises:
            FileError: the file cannot be read, or what is wrong with it, with line and column.
        """
        try:
            text = pathlib.Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise FileError(f"cannot read {os.fspath(path)}: {error}") from None
        except TypeError:
            raise refused("path", f"is of type {type(path).__name__}: give a path") from None
        return cls._of(text, os.fspath(path))

    @classmethod
    def _of(cls, text: str, path: str | None) -> Scenario:
        try:
            words, note = _flagfall.words(text, path)
        except UnicodeEncodeError as error:
            raise refused("text", f"is not Unicode text: {error.reason}; save it as UTF-8") from None
        if note is not None:
            warn(note)
        return _of_words(tuple(words))

    def to_toml(self) -> str:
        """The scenario file that says the same: what decides what happens, with seed and
        replication. What files said stands in it. What is only shown or hashed is left out.
        """
        return prepared(self._words).toml()

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._words[0]

    @property
    def options(self) -> dict[str, Any]:
        """The options that were given, as texts; a flag is True."""
        return options_in(self._words)

    def replace(self, **options: Any) -> Scenario:
        """The scenario with those options instead of its own; None takes one out.

        >>> import flagfall
        >>> flagfall.Scenario("taxi", fleet=3, rides=5).replace(fleet=2, rides=None)
        Scenario('taxi', fleet='2')

        Raises:
            UsageError: an option is unknown, or has a value that it cannot have.
        """
        return _of_words(words_of(self.model, {**self.options, **options}))

    def run(self, *, seed: int | None = None, replication: int | None = None) -> Run:
        """Makes a run of it, with another seed or replication if given; as `flagfall.run`.

        Raises:
            UsageError: the seed or the replication is not a whole number of 64 bits.
            RunError: the run reached a limit, failed or got stuck.
        """
        words = self._words
        if not (is_plain(seed) and is_plain(replication)):
            # The reader of options has the text of the error.
            given = {"seed": seed, "replication": replication}
            given = {name: value for name, value in given.items() if value is not None}
            words, seed, replication = self.replace(**given)._words, None, None
        return Run(prepared(words).run(seed, replication))

    def trace(
        self,
        *,
        seed: int | None = None,
        replication: int | None = None,
        actor: str | Sequence[str] | None = None,
        kind: str | Sequence[str] | None = None,
        from_: Time | None = None,
        to: Time | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> Trace:
        """The records of its run as a table, with another seed or replication if given; the
        other options choose records, as those of `Run.trace` do.

        The run is made while the table is read. It is left after the last record that can be
        wanted: `to` and `first` also show what happened before a run fails.

        >>> import flagfall
        >>> flagfall.Scenario("taxi", fleet=3).trace(first=100)
        <flagfall.Trace of taxi: first=100>

        Raises:
            UsageError: there is no such kind, or a number or a time is wrong.
        """
        for name, number in (("seed", seed), ("replication", replication)):
            if not is_plain(number):
                raise refused(name, f"is {shown(number)}: give a whole number of 64 bits")
        chosen = choice_of(actor, kind, from_, to, first, last)
        return Trace((self._words, seed, replication), None, chosen)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self._words == other._words

    def __hash__(self) -> int:
        return hash(self._words)

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_words, (self._words,)

    def __repr__(self) -> str:
        options = (f", {name}={value!r}" for name, value in self.options.items())
        return f"Scenario({self.model!r}{''.join(options)})"


def _of_words(words: tuple[str, ...]) -> Scenario:
    prepared(words)
    made = Scenario.__new__(Scenario)
    made._words = words
    return made


@dataclass(frozen=True)
class Verified:
    """What runs that were compared have in common."""

    runs: int
    """How many ran one after another."""
    side_by_side: int
    """How many ran at once, after those."""
    records: int
    """How many records each run has; all were compared."""
    digest: str | None
    """The digest of each; None with `no_digest=True`."""


def verify(
    model: str | Scenario,
    /,
    *,
    runs: int = 2,
    threads: int | None = None,
    progress: bool | None = None,
    **options: Any,
) -> Verified:
    """Makes `runs` runs one after another and then `threads` side by side, and compares them
    record by record, as `flagfall verify` does. Without `threads`, there is one per CPU. `progress`
    says whether to show how far it is; without it, in a terminal and in a notebook.

    >>> import flagfall
    >>> flagfall.verify("taxi", seed=42, threads=2).records
    122

    Raises:
        DifferentError: two runs are different; the text shows where they begin to differ.
        UsageError: an option is unknown, or has a value that it cannot have.
        RunError: all runs failed in the same way.
    """
    if isinstance(model, Scenario):
        words = words_of(model.model, {**model.options, **options})
    else:
        words = words_of(model, options)
    for name, value, least, most in (("runs", runs, 1, 2**32 - 1), ("threads", threads, 0, 1024)):
        if value is None and name == "threads":
            continue
        if type(value) is not int or not least <= value <= most:
            wanted = f"give a whole number from {least} to {most}"
            raise refused(name, f"is {shown(value)}: {wanted}")
    try:
        prepared(words)
    except UsageError as error:
        raise misspelt(error, ("runs", "threads", "progress")) from None
    with Progress("runs", show=progress) as told:
        tell = told.tell if told.is_shown else None
        side_by_side, records, digest = _flagfall.verify(list(words), runs, threads, tell)
    return Verified(runs, side_by_side, records, digest)

