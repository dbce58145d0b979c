"""Statistics of anyone's numbers, by the engine: the same bits on every machine.

Numbers are an array, a column of a table, a list or any iterable. Arrays of 64-bit floats, as
numpy makes them, are read where they are, without a copy; nobody should write to them meanwhile.
Other threads go on while the engine works.

| to | see |
|---|---|
| get an interval of a mean | `interval` over replications, `batch_means` of one long run |
| get an interval of a share | `share` of yes and no, `interval(..., shares=True)` of many shares |
| compare two variants under common random numbers | `paired` |
| get quantiles | `quantile` |
| cut off the warm-up | `mser5` |
| stop at a wanted precision | `StoppingRule`, `replications_needed` |
| collect numbers that come one by one | `Tally` |
| see whether numbers are correlated | `autocorrelation`, `von_neumann_ratio` |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from flagfall import _flagfall
from flagfall._errors import refused
from flagfall._stream import number_of, whole_of
from flagfall._tally import Estimate, Numbers, Tally, _tally, estimate_of, level_of, plain, untallied

if TYPE_CHECKING:
    from flagfall._flagfall import _Told

_T = TypeVar("_T")


__all__ = [
    "BatchMeans",
    "Estimate",
    "Numbers",
    "Paired",
    "StoppingRule",
    "Tally",
    "Truncation",
    "autocorrelation",
    "batch_means",
    "interval",
    "mser5",
    "paired",
    "quantile",
    "replications_needed",
    "share",
    "student_quantile",
    "von_neumann_ratio",
]


def interval(values: Numbers | Tally, *, level: float = 0.95, shares: bool = False) -> Estimate:
    """The mean of independent numbers, such as those of replications, with Student's interval.

    With `shares=True`, all are shares from 0 to 1; if all are 0 or all are 1, the interval is
    that of Clopper and Pearson. Numbers of one run are not independent: see `batch_means`.

    >>> from flagfall.statistics import interval
    >>> days = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60]
    >>> print(interval(days, level=0.90))
    2.03 ± 0.32
    >>> print(interval([0.0] * 100, shares=True))
    0 (0 to 0.036)

    Raises:
        UsageError: there are no numbers, or some cannot be used; the level is out of range.
    """
    if type(shares) is not bool:
        raise refused("shares", f"is of type {type(shares).__name__}: give True or False")
    return estimate_of(_flagfall.estimate(plain(values), level_of(level), shares))


def share(yes: int, of: int, *, level: float = 0.95) -> Estimate:
    """The share of yes among so many answers, with the interval of Clopper and Pearson, which
    covers the true share at least as often as its level says.

    >>> from flagfall.statistics import share
    >>> print(share(3, 100))
    0.030 (0.006 to 0.085)

    Raises:
        UsageError: there are no answers, or more yes than answers; the level is out of range.
    """
    counts = (whole_of("yes", yes), whole_of("of", of))
    return estimate_of(_flagfall.estimate_yes_no(*counts, level_of(level)))


@dataclass(frozen=True)
class Paired:
    """Two variants, compared replication by replication."""

    difference: Estimate
    """The first minus the second. If it does not cover 0, they differ."""
    variance_ratio: float | None
    """The variance of the difference, divided by that of independent variants: at 0.25,
    independent seeds would need four times as many replications."""
    correlation: float | None
    """Of the two, from -1 to 1; None if one of them does not vary."""


def paired(one: Numbers, other: Numbers, *, level: float = 0.95) -> Paired:
    """Compares two variants under common random numbers: number i of both is of replication i.

    >>> from flagfall.statistics import paired
    >>> one = [126.97, 124.31, 126.68, 122.66, 127.23]
    >>> other = [118.21, 120.22, 122.45, 122.68, 119.40]
    >>> print(paired(one, other, level=0.90).difference)
    5.0 ± 3.3

    Raises:
        UsageError: there are not as many of both, or some numbers cannot be used.
    """
    told = _flagfall.paired(untallied("one", one), untallied("other", other),
                           level_of(level))  # fmt: skip
    return Paired(estimate_of(told[0]), told[1], told[2])


@dataclass(frozen=True)
class BatchMeans:
    """A long series, cut into batches whose means are nearly independent."""

    estimate: Estimate
    """The mean of the series, with its interval."""
    means: tuple[float, ...]
    length: int
    """How many numbers make a batch."""
    left_out: int
    """How many numbers at the start are in no batch."""
    p_value: float | None
    """Of the test that the means are independent: small if the batches are too short. None
    for fewer than three batches, and if all means are equal."""


def batch_means(
    series: Numbers,
    batches: int | None = None,
    *,
    significance: float = 0.1,
    level: float = 0.95,
) -> BatchMeans:
    """The mean of one long run with an interval. Cut off the warm-up before: see `mser5`.

    Without `batches`, there are 30, 20 or 10: the most whose means show no correlation, by a
    test of that significance.

    >>> from flagfall.statistics import batch_means
    >>> found = batch_means([(at * at) % 7 for at in range(1_005)], 10)
    >>> found.length, found.left_out, found.estimate.covers(2)
    (100, 5, True)

    Raises:
        UsageError: the series is too short, its means are correlated even in 10 batches, or
            some numbers cannot be used.
    """
    wanted = None if batches is None else whole_of("batches", batches, 32)
    given = (number_of("significance", significance), level_of(level))
    told = _flagfall.batch_means(untallied("series", series), wanted, *given)
    return BatchMeans(estimate_of(told[4]), tuple(told[0]), told[1], told[2], told[3])


@dataclass(frozen=True)
class Truncation:
    """Where the warm-up of a series ends."""

    observations: int
    """How many to cut off."""
    statistic: float
    """The statistic of MSER there, which is smallest."""

    def rest(self, series: Sequence[_T]) -> Sequence[_T]:
        """What is left of the series; a slice of a numpy array is no copy."""
        try:
            return series[self.observations :]
        except (TypeError, KeyError, IndexError):
            kind = type(series).__name__
            raise refused("series", f"is of type {kind}, which has no slices: give a list or an array") from None


def mser5(series: Numbers) -> Truncation:
    """Where the start of a series biases its mean least, by MSER-5.

    >>> from flagfall.statistics import mser5
    >>> waits = [0] * 10 + [2, 3, 4] * 30
    >>> cut = mser5(waits)
    >>> cut.observations, len(cut.rest(waits))
    (10, 90)

    Raises:
        UsageError: there are fewer than 50 numbers, some cannot be used, or more than half
            would have to go: the run was too short.
    """
    return Truncation(*_flagfall.truncation(untallied("series", series)))


@overload
def quantile(values: Numbers, probability: float) -> float: ...
@overload
def quantile(values: Numbers, probability: Sequence[float]) -> list[float]: ...
def quantile(values: Numbers, probability: float | Sequence[float]) -> float | list[float]:
    """The exact quantile of that probability, or those of several; by definition 7 of Hyndman
    and Fan, as in numpy and R.

    >>> from flagfall.statistics import quantile
    >>> quantile([4, 1, 3, 2], 0.5)
    2.5
    >>> quantile([4, 1, 3, 2], [0, 0.25, 1])
    [1.0, 1.75, 4.0]

    Raises:
        UsageError: there are no numbers, or some cannot be used; a probability is not in [0, 1].
    """
    values = untallied("values", values)
    if isinstance(probability, (Mapping, Set)):
        raise refused("probability", f"is of type {type(probability).__name__}, which has no order: give a list")
    try:
        # An array without dimensions is a number, and has an __iter__ that says so.
        several: Any = None if isinstance(probability, (str, bytes)) else iter(probability)  # type: ignore[arg-type]
    except TypeError:
        several = None
    if several is None:
        return _flagfall.quantiles(values, [number_of("probability", probability)])[0]
    return _flagfall.quantiles(values, [number_of("probability", one) for one in several])


class StoppingRule:
    """Decides after each replication whether there are enough: the sequential procedure of Law
    and Kelton. Give `relative`, the largest error as a share of the mean, or `absolute`, the
    largest half-width.

    It never stops before `fewest` replications, and after equal ones not before 300: they may
    hide something rare. With `shares=True`, the numbers are shares, as for `interval`.

    >>> from flagfall.statistics import StoppingRule, Tally
    >>> rule = StoppingRule(relative=0.05)
    >>> waits = Tally()
    >>> while not rule.stops(waits):
    ...     waits.add(9 + waits.count % 3)
    >>> waits.count, str(rule.estimate(waits))
    (15, '10.00 ± 0.47')

    Raises:
        UsageError: not one of the two precisions is given, or something is out of range.
    """

    __slots__ = ("_fewest", "_level", "_wanted")

    def __init__(
        self,
        *,
        relative: float | None = None,
        absolute: float | None = None,
        level: float = 0.95,
        fewest: int = 10,
        shares: bool = False,
    ) -> None:
        if type(shares) is not bool:
            raise refused("shares", f"is of type {type(shares).__name__}: give True or False")
        self._wanted = (*_precision(relative, absolute), shares)
        self._level = level_of(level)
        self._fewest = whole_of("fewest", fewest)
        if self._fewest < 2:
            raise refused("fewest", f"is {self._fewest}: give 2 or more")
        # What is out of range is told of now.
        self._told(())

    def _told(self, values: Any) -> tuple[bool, _Told | None, int | None]:
        return _flagfall.stop(plain(values), self._wanted, self._level, self._fewest)

    def stops(self, values: Numbers | Tally) -> bool:
        """Whether those numbers are enough."""
        return self._told(values)[0]

    def estimate(self, values: Numbers | Tally) -> Estimate | None:
        """The estimate of their mean; None without any number."""
        told = self._told(values)[1]
        return None if told is None else estimate_of(told)

    def expected(self, values: Numbers | Tally) -> int | None:
        """How many numbers the rule will want in all, as far as these can tell; None if they
        cannot, or if no number is enough."""
        return self._told(values)[2]

    def __reduce__(self) -> tuple[Any, ...]:
        return _rule, (self._wanted, self._level, self._fewest)


def replications_needed(
    values: Numbers | Tally,
    *,
    relative: float | None = None,
    absolute: float | None = None,
    level: float = 0.95,
) -> int:
    """How many replications in all give that precision, estimated from these. After equal ones
    it is at least 300, as for `StoppingRule`: they may hide something rare.

    >>> from flagfall.statistics import replications_needed
    >>> days = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60]
    >>> replications_needed(days, absolute=0.25, level=0.90)
    16

    Raises:
        UsageError: there are fewer than two numbers, some cannot be used, something is out of
            range, or no number of replications is enough.
    """
    wanted = _precision(relative, absolute)
    return _flagfall.needed(plain(values), wanted, level_of(level))


def autocorrelation(series: Numbers, lag: int = 1) -> float:
    """The autocorrelation of a series: 1 at lag 0.

    >>> from flagfall.statistics import autocorrelation
    >>> autocorrelation([1, 3, 1, 3])
    -0.75

    Raises:
        UsageError: the lag is not below the length, all numbers are equal, or some cannot be used.
    """
    return _flagfall.autocorrelation_of(untallied("series", series), whole_of("lag", lag, 32))


def von_neumann_ratio(series: Numbers) -> float:
    """Von Neumann's ratio: about 2 if the numbers are independent, lower if neighbours are
    alike.

    >>> from flagfall.statistics import von_neumann_ratio
    >>> von_neumann_ratio([1, 1, 3, 3])
    1.0

    Raises:
        UsageError: there are fewer than two numbers, all are equal, or some cannot be used.
    """
    return _flagfall.ratio_of(untallied("series", series))


def student_quantile(degrees: int, probability: float) -> float:
    """The quantile of Student's distribution with so many degrees of freedom.

    >>> from flagfall.statistics import student_quantile
    >>> round(student_quantile(9, 0.95), 3)
    1.833

    Raises:
        UsageError: the degrees are 0, or the probability is not between 0 and 1.
    """
    return _flagfall.student(whole_of("degrees", degrees), number_of("probability", probability))


def _rule(wanted: tuple[float, bool, bool], level: float, fewest: int) -> StoppingRule:
    name = "relative" if wanted[1] else "absolute"
    given: Any = {name: wanted[0]}
    return StoppingRule(level=level, fewest=fewest, shares=wanted[2], **given)


def _precision(relative: Any, absolute: Any) -> tuple[float, bool]:
    """A precision, and whether it is relative."""
    if (relative is None) == (absolute is None):
        raise refused("relative", "and absolute: give one of the two, such as relative=0.05")
    if absolute is None:
        value = number_of("relative", relative)
        if not 0 < value < 1:
            raise refused("relative", f"is {value}: give a share above 0 and below 1, such as 0.05")
        return value, True
    value = number_of("absolute", absolute)
    if not 0 < value < float("inf"):
        raise refused("absolute", f"is {value}: give a half-width above 0")
    return value, False
