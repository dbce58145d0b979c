"""The records of a run, as a table that is made while it is read."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Union

from flagfall import _flagfall
from flagfall._errors import UsageError, refused, shown
from flagfall._words import no_text, text_of

Time = Union[str, datetime.timedelta]
"""A virtual time such as "2.5s"."""


class Trace:
    """The records of a run: what happened in each event. `Run.trace` and `Scenario.trace` make it.

    It is a table for everything that reads Arrow: `polars.DataFrame(trace)`,
    `pyarrow.table(trace)`, `pandas.DataFrame.from_arrow(trace)`. The columns are those of
    `flagfall trace --json`:

    | column | is |
    |---|---|
    | `event` | the number of the event in the run, from 1 |
    | `time` | the virtual time, a duration in nanoseconds |
    | `kind` | what happened, such as "handled" or "died: killed" |
    | `receiver`, `sender` | paths of actors; a message from outside has the sender "" |
    | `cause` | the event in which it was sent or scheduled; 0 from outside |
    | `message` | its text, at most 1,024 bytes of it; null if there is none |
    | `contents` | a hash of the whole message, 16 hexadecimal digits |
    | `draws` | how many random words actors drew since the record before |

    Each reading makes the run again, and takes about as long as the run and the writing of its
    records. No more than some portions of 65,536 records or 16 MB are in memory at once, if the
    reader takes them one by one, as `pyarrow.RecordBatchReader.from_stream(trace)` does; with
    `last=`, these last records are in memory, too.
    """

    __slots__ = ("_choice", "_end", "_of")

    def __init__(
        self,
        of: tuple[tuple[str, ...], int | None, int | None],
        end: tuple[str | None, int] | None,
        choice: list[str],
        /,
    ) -> None:
        self._of = of
        self._end = end
        self._choice = choice

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """One row for each record, as the capsule of an Arrow stream.

        The reader gets an error, and no table, if the run fails, or if it is another run than
        the one that it was made of.
        """
        words, seed, replication = self._of
        return _flagfall.records(list(words), self._choice, seed, replication, self._end)

    def __eq__(self, other: object) -> bool:
        mine = (self._of, self._end, self._choice)
        return isinstance(other, Trace) and mine == (other._of, other._end, other._choice)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return Trace, (self._of, self._end, self._choice)

    def __repr__(self) -> str:
        words, seed, replication = self._of
        named = [("seed", seed), ("replication", replication)]
        said = [f"{name} {number}" for name, number in named if number is not None]
        said += [word.removeprefix("--") for word in self._choice]
        told = f": {', '.join(said)}" if said else ""
        return f"<flagfall.Trace of {words[0]}{told}>"


def choice_of(
    actor: str | Sequence[str] | None,
    kind: str | Sequence[str] | None,
    from_: Time | None,
    to: Time | None,
    first: int | None,
    last: int | None,
) -> list[str]:
    """The words of the options that choose records, which are checked."""
    words = []
    for name, several in (("actor", actor), ("kind", kind)):
        listed = several if isinstance(several, (list, tuple)) else [several]
        if not listed:
            raise refused(name, "is an empty list: leave it out, or put something into it")
        for one in [] if several is None else listed:
            if not isinstance(one, str):
                raise refused(name, f"has {shown(one)}: give a text, or a list of texts")
            words.append(f"--{name}={one}")
    for name, time in (("from_", from_), ("to", to)):
        if time is not None:
            words.append(f"--{name.rstrip('_')}={text_of(name, time)}")
    if first is not None and last is not None:
        raise refused("last", "is given beside first: give one of them")
    for name, count in (("first", first), ("last", last)):
        if count is None:
            continue
        if type(count) is not int or not 0 <= count < 1 << 64:
            raise refused(name, f"is {shown(count)}: give a whole number, 0 or more")
        words.append(f"--{name}={count}")
    try:
        _flagfall.check_choice(words)
    except UsageError as error:
        if error.argument == "from":
            error._argument = "from_"  # type: ignore[attr-defined]
        raise
    except UnicodeEncodeError as error:
        raise no_text(words, error) from None
    return words
