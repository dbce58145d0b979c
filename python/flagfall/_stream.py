"""Random streams: those of the engine."""

from __future__ import annotations

import datetime
import json
import operator
from collections.abc import Mapping, MutableSequence, Sequence, Set
from typing import TYPE_CHECKING, Any, TypeVar, Union

from flagfall import _flagfall
from flagfall._errors import refused, shown
from flagfall._words import is_text, text_of

if TYPE_CHECKING:
    from flagfall._bits import BitGenerator

Item = TypeVar("Item")
Span = Union[str, float, datetime.timedelta]
"""A number of seconds, a text such as "90s", or a timedelta."""


class Stream:
    """An independent random sequence, named by its purpose. `flagfall.stream` opens it.

    Each draw takes one 64-bit word, seldom more, and gives on every machine and in every
    version what the engine draws from the stream of that name.

    >>> import flagfall
    >>> stream = flagfall.stream(42, purpose="durations")
    >>> [stream.range(1, 5) for _ in range(8)]
    [4, 5, 1, 4, 2, 5, 3, 5]
    >>> stream.exponential(60)
    247.908647297
    """

    __slots__ = ("_drawn",)

    def __init__(self, drawn: _flagfall.Drawn, /) -> None:
        self._drawn = drawn

    def mirrored(self) -> Stream:
        """The mirror image of the stream at its position: each word is the complement of the one
        that the stream would draw. So draws by inversion use 1 - u for u.

        >>> import flagfall
        >>> stream = flagfall.stream(42, purpose="durations")
        >>> mirrored = stream.mirrored()
        >>> stream.span("0s", "60s") + mirrored.span("0s", "60s")
        60.0
        """
        return Stream(self._drawn.mirrored())

    def next_u64(self) -> int:
        """The next 64-bit word."""
        return self._drawn.next_u64()

    def below(self, bound: int) -> int:
        """A whole number below `bound`, each equally likely.

        Raises:
            UsageError: the bound is no whole number from 1 to 2**64 - 1.
        """
        return self._drawn.below(whole_of("bound", bound))

    def range(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, each equally likely.

        Raises:
            UsageError: the range is empty, or an end is no whole number from 0 to 2**64 - 1.
        """
        return self._drawn.range(whole_of("low", low), whole_of("high", high))

    def unit(self) -> float:
        """A number that is at least 0 and below 1, in steps of 2**-53."""
        return self._drawn.unit()

    def chance(self, probability: float) -> bool:
        """True with that probability.

        Raises:
            UsageError: the probability is no number from 0 to 1.
        """
        return self._drawn.chance(number_of("probability", probability))

    def exponential(self, mean: Span) -> float:
        """An exponentially distributed span with that mean, in seconds, a whole number of
        nanoseconds of the engine.

        Raises:
            UsageError: the mean is no span.
        """
        return self._drawn.exponential(_span("mean", mean))

    def span(self, low: Span, high: Span) -> float:
        """A span from `low` to `high`, in seconds, each whole number of nanoseconds equally
        likely.

        Raises:
            UsageError: the range is empty, or an end is no span.
        """
        return self._drawn.span(_span("low", low), _span("high", high))

    def choose(self, items: Sequence[Item]) -> Item:
        """One of the items, each equally likely.

        Raises:
            UsageError: there are no items.
        """
        count = _count("items", items)
        if count == 0:
            raise refused("items", "is empty: give at least one item")
        # A series of pandas has labels, which are not places.
        chosen: Item = getattr(items, "iloc", items)[self._drawn.below(count)]
        return chosen

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Puts the items into a random order, each order equally likely, where they are; those of
        an array along its first axis.

        Raises:
            UsageError: the items are in no sequence that can be changed.
        """
        _count("items", items)
        if not hasattr(items, "__setitem__"):
            raise refused("items", "cannot be changed: give a list")
        if hasattr(items, "columns"):
            raise refused("items", "is a table: shuffle a list of its places, and take those rows")
        try:
            if hasattr(items, "ndim") and not hasattr(items, "iloc"):
                # A copy. The rows of an array are views, which would change with it.
                items[:] = items[self._drawn.order(len(items))]  # type: ignore[call-overload]
            else:
                # As many as there are, whatever a class says of its length.
                before = list(items)
                _assign(items, [before[place] for place in self._drawn.order(len(before))])
        except (TypeError, ValueError):
            raise refused("items", "cannot be changed: give a list") from None

    def bit_generator(self) -> BitGenerator:
        """A `numpy.random.BitGenerator` that begins where this stream is, and goes on by itself.

        `numpy.random.Generator(stream.bit_generator())` has all distributions of numpy. What
        they make of the words is numpy's, and may change with its version.

        Raises:
            ImportError: there is no numpy.
        """
        # It needs numpy, which nobody else here does.
        from flagfall._bits import BitGenerator

        return BitGenerator(self._drawn)

    def __repr__(self) -> str:
        key, _, halves = json.loads(self._drawn.state())
        # Path and purpose are only there as a hash.
        seed, replication = (int.from_bytes(bytes(key[at : at + 8]), "little") for at in (0, 8))
        drawn = f"{halves // 2} {'word' if halves // 2 == 1 else 'words'} drawn"
        return f"<flagfall.Stream of seed {seed}, replication {replication}: {drawn}>"

    def __copy__(self) -> Stream:
        return _of_state(self._drawn.state())

    def __deepcopy__(self, memo: object) -> Stream:
        return _of_state(self._drawn.state())

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_state, (self._drawn.state(),)


def stream(
    seed: int,
    replication: int = 0,
    path: str = "",
    purpose: str = "",
    *,
    incarnation: int = 0,
) -> Stream:
    """Opens the random stream of that name at its beginning.

    It is the stream that the actor of that path gets for that purpose in a run with that seed
    and replication; the empty path is the run itself. `incarnation` is how many actors of that
    path lived before. Equal names give equal streams; all other streams are independent.

    >>> import flagfall
    >>> arrivals = flagfall.stream(42, purpose="arrivals")
    >>> services = flagfall.stream(42, purpose="services")
    >>> flagfall.stream(42, purpose="arrivals").unit() == arrivals.unit()
    True
    >>> arrivals.unit() == services.unit()
    False

    Raises:
        UsageError: a number is not whole or out of range, or the path is none.
    """
    for name, text in (("path", path), ("purpose", purpose)):
        if not isinstance(text, str):
            raise refused(name, f"is of type {type(text).__name__}: give a text")
        if not is_text(text):
            raise refused(name, "is no Unicode text: write it in whole letters")
    if path and "" in path.split("/"):
        raise refused("path", f"is {shown(path)}: write names with one / between them, as a/b[7]")
    whole = (whole_of("seed", seed), whole_of("replication", replication))
    lives = whole_of("incarnation", incarnation, 32)
    return Stream(_flagfall.Drawn(*whole, path, purpose, lives))


def _of_state(state: str) -> Stream:
    return Stream(_flagfall.Drawn.of_state(state))


def whole_of(name: str, value: Any, bits: int = 64) -> int:
    """A whole number of that many bits."""
    try:
        number = operator.index(value)
    except (TypeError, ValueError):
        number = None
    if number is None or isinstance(value, bool):
        kind = type(value).__name__
        raise refused(name, f"is of type {kind}: give a whole number from 0 to 2**{bits} - 1")
    if not 0 <= number < 1 << bits:
        raise refused(name, f"is out of range: give a whole number from 0 to 2**{bits} - 1")
    return int(number)


def number_of(name: str, value: Any) -> float:
    kind = type(value).__name__
    # numpy would take the only number of an array, of a complex number its part, with a warning, and
    # of a time the count of its units, if these are nanoseconds.
    others = ("complex", "timedelta64", "datetime64")
    if isinstance(value, (str, bytes)) or getattr(value, "ndim", None) or kind.startswith(others):
        raise refused(name, f"is of type {kind}: give a number")
    try:
        return float(value)
    except OverflowError:
        raise refused(name, "is a number of too many digits: give a smaller one") from None
    except (TypeError, ValueError):
        raise refused(name, f"is of type {kind}: give a number") from None


def _span(name: str, value: Any) -> str:
    if isinstance(value, bool):
        raise refused(name, 'is of type bool: give a span, such as "90s" or a number of seconds')
    text = text_of(name, value)
    if not is_text(text):
        raise refused(name, "is no Unicode text: give a span, such as 90s or 0.5")
    if isinstance(value, str):
        return text
    try:
        if isinstance(value, datetime.timedelta):
            is_one = value >= datetime.timedelta()
        else:
            # To the nearest nanosecond: the parser takes no part of one.
            nanos = round(value * 1_000_000_000)
            is_one, text = 0 <= nanos < 1 << 64, f"{nanos}ns"
    except (TypeError, ValueError, OverflowError):
        is_one = False
    if not is_one:
        raise refused(name, f"is {shown(value)}: give a span of 0 to 584 years, such as 90s or 0.5")
    if text == "0ns" and value != 0:
        # It was rounded. All draws would be 0.
        raise refused(name, f"is {shown(value)}, less than a nanosecond: give 1e-9 or more, or 0")
    return text


def _assign(items: MutableSequence[Any], to: list[Any]) -> None:
    try:
        items[:] = to
    except TypeError:
        # An array.array wants one of its kind, and a deque has no slices.
        if not isinstance(items, MutableSequence):
            raise
        for place, item in enumerate(to):
            items[place] = item


def _count(name: str, items: Any) -> int:
    if isinstance(items, (Mapping, Set)):
        raise refused(name, f"is of type {type(items).__name__}, which has no order: give a list")
    try:
        return len(items)
    except TypeError:
        raise refused(name, f"is of type {type(items).__name__}: give a list") from None
