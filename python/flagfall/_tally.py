"""Numbers that come in, their tally and the estimate of their mean: parts of `statistics`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, Union, runtime_checkable

from flagfall import _flagfall
from flagfall._errors import refused
from flagfall._stream import number_of

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from flagfall._flagfall import _Told


@runtime_checkable
class Array(Protocol):
    """A column of pandas, polars or pyarrow."""

    def __array__(self) -> Any: ...


Numbers = Union["Buffer", Iterable[float], Array]
"""An array, a column of a table, a list or any iterable of numbers."""


@dataclass(frozen=True)
class Estimate:
    """An estimate of a mean and its confidence interval. It prints as in all tables."""

    mean: float
    level: float
    """The confidence level, such as 0.95."""
    count: int
    """How many numbers there were."""
    half_width: float | None
    """The distance of the farther end from the mean; None if there is no interval."""
    low: float | None
    high: float | None
    kind: Literal["Student", "Clopper-Pearson"] | None
    """Whose interval it is. There is none for a single number, and for equal ones: they say
    nothing about how far the next one is."""
    _text: str = field(repr=False, compare=False)

    def covers(self, value: float) -> bool:
        """Whether the value lies in the interval, ends included; False without an interval."""
        number = number_of("value", value)
        return self.low is not None and self.high is not None and self.low <= number <= self.high

    def __str__(self) -> str:
        return self._text


class Tally:
    """Numbers that come one by one or in parts: count, mean, variance, ends. It takes the
    same memory however many there are.

    >>> from flagfall.statistics import Tally, interval
    >>> waits = Tally([1.53, 1.66, 1.24])
    >>> waits.add(2.34)
    >>> waits.count, waits.minimum
    (4, 1.24)
    >>> print(interval(waits))
    1.69 ± 0.74

    Raises:
        UsageError: something is no number, infinite, or above 1e140 in magnitude.
    """

    __slots__ = ("_summary",)

    def __init__(self, values: Numbers = (), /) -> None:
        self._summary = _flagfall.Summary()
        self.extend(values)

    def add(self, value: float) -> None:
        """Adds a number."""
        self._summary.add(number_of("value", value))

    def extend(self, values: Numbers) -> None:
        """Adds numbers, in their order; none of them if one cannot be used."""
        self._summary.extend(values)

    def merge(self, other: Tally) -> None:
        """Adds the numbers of another tally, as if they had come after these. Merge the parts of
        several threads in the order of their numbers: then the result is the same each time."""
        if not isinstance(other, Tally):
            raise refused("other", f"is of type {type(other).__name__}: give a Tally")
        self._summary.merge(other._summary)

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return self._summary.figures()[0]

    @property
    def mean(self) -> float | None:
        """Their mean; None without any."""
        return self._summary.figures()[1]

    @property
    def variance(self) -> float | None:
        """Their unbiased variance; None for fewer than two, and for different ones within 1e-140."""
        return self._summary.figures()[2]

    @property
    def standard_deviation(self) -> float | None:
        """The square root of the variance."""
        return self._summary.figures()[3]

    @property
    def minimum(self) -> float | None:
        """The smallest; None without any."""
        return self._summary.figures()[4]

    @property
    def maximum(self) -> float | None:
        """The largest; None without any."""
        return self._summary.figures()[5]

    def __copy__(self) -> Tally:
        return _tally(*self._summary.state())

    def __deepcopy__(self, memo: object) -> Tally:
        return _tally(*self._summary.state())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self._summary.state() == other._summary.state()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _tally, self._summary.state()

    def __repr__(self) -> str:
        return f"<flagfall.statistics.Tally of {self.count}: mean {self.mean}>"


def estimate_of(told: _Told) -> Estimate:
    return Estimate(*told)


def level_of(value: Any) -> float:
    level = number_of("level", value)
    if not 0 < level < 1:
        raise refused("level", f"is {level}: give a number above 0 and below 1, such as 0.95")
    return level


def _tally(count: int, numbers: Sequence[float]) -> Tally:
    made = Tally()
    made._summary = _flagfall.Summary.of_state(count, numbers)
    return made


def plain(values: Any) -> Any:
    """What the engine takes for a mean."""
    return values._summary if isinstance(values, Tally) else values


def untallied(name: str, values: Any) -> Any:
    if isinstance(values, Tally):
        raise refused(name, "is a Tally, which does not keep the numbers: give them all")
    return values


for _public in (Estimate, Tally):
    # Messages and pickles name what users name.
    _public.__module__ = "flagfall.statistics"
del _public
