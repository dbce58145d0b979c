"""Statistics: those of the engine, on arrays where they are and on anything else."""

import array
import datetime
import decimal
import fractions
import itertools
import pathlib
import pickle
import statistics as plain
import threading
import time

import pytest

import flagfall
from flagfall import statistics

DAYS = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60]


def told(call, *words, **options):
    """The argument that a call is refused for, and the text."""
    with pytest.raises(flagfall.UsageError) as refused:
        call(*words, **options)
    return refused.value.argument, str(refused.value)


def test_published_examples():
    # Law and Kelton, sections 9.4.1 and 10.2.1.
    bank = statistics.interval(DAYS, level=0.90)
    assert str(bank) == "2.03 ± 0.32"
    assert (bank.count, bank.level, bank.kind) == (10, 0.90, "Student")
    assert bank.covers(2.0)
    assert not bank.covers(2.5)
    assert bank.high - bank.mean == pytest.approx(bank.half_width)
    one, other = [126.97, 124.31, 126.68, 122.66, 127.23], [118.21, 120.22, 122.45, 122.68, 119.40]
    paired = statistics.paired(one, other, level=0.90)
    assert f"{paired.difference.low:.2f} {paired.difference.high:.2f}" == "1.65 8.31"
    assert paired.variance_ratio > 1
    assert paired.correlation < 0
    assert statistics.replications_needed(DAYS, absolute=0.25, level=0.90) == 16
    assert statistics.replications_needed(DAYS, relative=0.10, level=0.90) == 27
    # R, qt(0.975, 9).
    assert statistics.student_quantile(9, 0.975) == pytest.approx(2.262157162798205, rel=1e-12)


def test_what_tables_say_of_equal_numbers_and_shares():
    equal = statistics.interval([10] * 100)
    assert str(equal) == "10 (all 100 equal)"
    assert (equal.half_width, equal.low, equal.high, equal.kind) == (None, None, None, None)
    assert not equal.covers(10)
    assert str(statistics.interval([10])) == "10 (one value, no interval)"
    assert str(statistics.share(0, 100)) == "0 (0 to 0.036)"
    assert statistics.share(3, 100).kind == "Clopper-Pearson"
    assert statistics.interval([0.0] * 100, shares=True) == statistics.share(0, 100)
    assert statistics.interval([True, False] * 50, shares=True).mean == 0.5
    assert pickle.loads(pickle.dumps(equal)) == equal


def test_one_long_run():
    series = [(at * at) % 7 for at in range(1_005)]
    found = statistics.batch_means(series, 10)
    assert (len(found.means), found.length, found.left_out) == (10, 100, 5)
    assert found.estimate.covers(2)
    stream = flagfall.stream(42)
    noise = [stream.unit() for _ in range(3_000)]
    chosen = statistics.batch_means(noise)
    assert len(chosen.means) in (10, 20, 30)
    assert chosen.p_value >= 0.1
    cut = statistics.mser5([0.0] * 10 + [2.0, 3.0, 4.0] * 30)
    assert cut.observations == 10
    assert cut.rest(list(range(12))) == [10, 11]
    assert statistics.autocorrelation([1, 3, 1, 3], 2) == 0.5
    assert statistics.von_neumann_ratio([1, 3, 1, 3]) == 3.0
    assert told(statistics.batch_means, range(1_000))[1].endswith("run longer")
    assert told(statistics.mser5, range(100))[1].endswith("run longer")


def test_quantiles_are_those_of_python():
    stream = flagfall.stream(1)
    values = [stream.unit() for _ in range(999)]
    found = statistics.quantile(values, [0.25, 0.5, 0.75])
    assert found == pytest.approx(plain.quantiles(values, n=4, method="inclusive"))
    assert statistics.quantile(values, 0.5) == plain.median(values)
    assert statistics.quantile(values, []) == []
    numpy = pytest.importorskip("numpy")
    assert statistics.quantile([1, 2], numpy.array(0.5)) == 1.5
    assert told(statistics.quantile, [1, 2], numpy.array([[0.5]]))[0] == "probability"


def test_a_rule_stops_as_the_engine_does():
    rule = statistics.StoppingRule(relative=0.05)
    waits = statistics.Tally()
    assert (rule.stops(waits), rule.estimate(waits), rule.expected(waits)) == (False, None, None)
    while not rule.stops(waits):
        waits.add(9 + waits.count % 3)
    assert waits.count == 15
    assert rule.stops([9.0, 10.0, 11.0] * 5)
    assert rule.expected([9.0, 10.0, 11.0] * 4) > 12
    assert not rule.stops([5.0] * 299)
    assert rule.stops([5.0] * 300)
    assert rule.expected([5.0] * 3) == statistics.replications_needed([5.0] * 3, relative=0.05) == 300
    never = statistics.StoppingRule(absolute=0.05, shares=True)
    assert not never.stops([0.0] * 20)
    assert never.stops([0.0] * 80)
    assert pickle.loads(pickle.dumps(never)).stops([0.0] * 80)


def test_a_tally_is_that_of_its_parts():
    whole, first, second = statistics.Tally(DAYS), statistics.Tally(DAYS[:4]), statistics.Tally()
    second.extend(DAYS[4:])
    first.merge(second)
    assert first.variance == pytest.approx(whole.variance, rel=1e-14)
    assert (first.count, first.minimum, first.maximum) == (10, 1.24, 2.86)
    assert whole.standard_deviation == pytest.approx(plain.stdev(DAYS))
    # 2 of NIST's datasets: what a sum of squares loses.
    nist = statistics.Tally([10_000_001.0, 10_000_003.0, 10_000_002.0])
    assert (nist.mean, nist.standard_deviation) == (10_000_002.0, 1.0)
    # None of a part with a bad number is taken.
    assert told(whole.extend, [1.0, float("nan")])[0] == "values"
    assert whole.count == 10
    empty = statistics.Tally()
    assert (empty.count, empty.mean, empty.variance, empty.minimum) == (0, None, None, None)


def test_anything_with_numbers_is_read():
    want = statistics.interval([1.0, 2.0, 4.0])
    alike = [
        (1, 2, 4), iter([1, 2, 4]), (one for one in [1, 2, 4]), array.array("d", [1, 2, 4]),
        array.array("f", [1, 2, 4]), array.array("q", [1, 2, 4]), array.array("B", [1, 2, 4]),
        memoryview(array.array("d", [1, 9, 2, 9, 4, 9]))[::2],
        memoryview(array.array("d", [4, 2, 1]))[::-1], memoryview(b"\1\2\4"),
        [decimal.Decimal(1), fractions.Fraction(2), 4], {1: "a", 2: "b", 4: "c"}.keys(),
        statistics.Tally([1, 2, 4]),
    ]  # fmt: skip
    for values in alike:
        assert statistics.interval(values) == want
    assert statistics.interval(range(1, 4)).mean == 2


def test_arrays_of_numpy():
    numpy = pytest.importorskip("numpy")
    want = statistics.interval([1.0, 2.0, 4.0])
    for kind in ["f8", "f4", "f2", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">f8", ">i4", "g",
                 object]:  # fmt: skip
        assert statistics.interval(numpy.array([1, 2, 4], dtype=kind)) == want
    table = numpy.array([[1.0, 7.0], [2.0, 7.0], [4.0, 7.0]])
    assert statistics.interval(table[:, 0]) == want
    assert statistics.interval(numpy.array([4.0, 2.0, 1.0])[::-1]) == want
    shifted = numpy.frombuffer(b"\0" + numpy.array([1.0, 2.0, 4.0]).tobytes(), "u1")[1:].view("f8")
    assert statistics.interval(shifted) == want
    frozen = numpy.array([1.0, 2.0, 4.0])
    frozen.flags.writeable = False
    assert statistics.interval(frozen) == want
    assert statistics.interval(numpy.array([True, False]), shares=True).mean == 0.5
    assert told(statistics.interval, table)[1].endswith("give one, such as values.ravel()")
    assert told(statistics.interval, numpy.array(1.0))[0] == "values"
    assert told(statistics.interval, numpy.array([]))[0] == "values"
    masked = numpy.ma.masked_array([1.0, 2.0, 1e9], [False, False, True])
    assert "values.compressed()" in told(statistics.interval, masked)[1]
    assert statistics.interval(masked.compressed()).mean == 1.5
    for other in ("m8[s]", "M8[s]", "c16", "U1"):
        assert told(statistics.interval, numpy.array([1, 2, 4]).astype(other))[0] == "values"
    assert statistics.quantile(numpy.array([1.0, 2.0]), numpy.array([0.5])) == [1.5]
    # Their buffers tell a dimension, but no length.
    for scalar in (numpy.datetime64("2020-01-01"), numpy.timedelta64(5, "s"), numpy.timedelta64("NaT", "s")):
        assert told(statistics.interval, scalar)[0] == "values"
    for scalar in (numpy.datetime64(5, "ns"), numpy.timedelta64(5, "ns"), numpy.timedelta64(5, "s")):
        assert told(statistics.Tally().add, scalar)[0] == "value"
        assert told(statistics.interval(DAYS).covers, scalar)[0] == "value"
    # The array can be changed in size again: nobody holds it.
    left = array.array("d", [1, 2, 4])
    statistics.interval(left)
    left.append(8)


def test_columns_of_tables():
    want = statistics.interval([1.0, 2.0, 4.0])
    for name, make in [("pandas", "Series"), ("polars", "Series"), ("pyarrow", "array")]:
        try:
            module = __import__(name)
        except ImportError:
            continue
        column = getattr(module, make)
        assert statistics.interval(column([1.0, 2.0, 4.0])) == want
        assert statistics.interval(column([1, 2, 4])) == want
        assert told(statistics.interval, column([1, None, 4]))[0] == "values"
        span = datetime.timedelta(seconds=1)
        assert told(statistics.interval, column([span, span]))[0] == "values"


def test_large_arrays_are_not_copied():
    numpy = pytest.importorskip("numpy")
    resource = pytest.importorskip("resource")
    values = numpy.arange(20_000_000, dtype="f8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert statistics.interval(values).mean == 9_999_999.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_other_threads_go_on():
    numpy = pytest.importorskip("numpy")
    values = numpy.ones(20_000_000)
    over = threading.Event()

    def work():
        statistics.Tally(values)
        over.set()

    thread = threading.Thread(target=work)
    thread.start()
    longest, last = 0.0, time.monotonic()
    while not over.is_set():
        now = time.monotonic()
        longest, last = max(longest, now - last), now
        time.sleep(0.001)
    thread.join()
    assert longest < 0.5


def test_bad_arguments_are_named():
    interval = statistics.interval
    for bad in (3, None, "123", b"123", bytearray(b"1"), {1, 2}, {1: 2}, object(), int):
        assert told(interval, bad)[0] == "values"
    assert told(interval, [])[1].startswith("values cannot be used: too few observations: 0")
    assert told(interval, [1, "2"])[1] == "values has a str at place 1: give numbers alone"
    assert told(interval, [1, None])[0] == "values"
    assert told(interval, [1j])[0] == told(interval, [10**400])[0] == "values"
    assert "such as seconds" in told(interval, [datetime.timedelta(seconds=1)])[1]
    for bad in (float("nan"), float("inf"), 1e141):
        assert told(interval, [1.0, bad])[1].startswith("values cannot be used: the observation")
    for bad in (0, 1, -1, 2, float("nan"), "0.95", None):
        assert told(interval, DAYS, level=bad)[0] == "level"
        assert told(statistics.share, 1, 2, level=bad)[0] == "level"
    assert told(interval, [0.5, 1.5], shares=True)[1].startswith("values has the share 1.5")
    assert told(interval, DAYS, shares=1)[0] == "shares"
    assert told(statistics.share, 3, 2)[0] == "yes"
    assert told(statistics.share, 0, 0)[0] == told(statistics.share, 0, -1)[0] == "of"
    assert told(statistics.paired, [1, 2], [1])[0] == "other"
    assert told(statistics.paired, ["1"], [1])[0] == "one"
    assert told(statistics.paired, statistics.Tally(DAYS), DAYS)[0] == "one"
    for bad in (0, 1, -1, 1.5, "3", True):
        assert told(statistics.batch_means, DAYS, bad)[0] == "batches"
    assert told(statistics.batch_means, DAYS, 11)[0] == "series"
    assert told(statistics.batch_means, DAYS, significance=2)[0] == "significance"
    assert told(statistics.batch_means, DAYS, 5, level=2)[0] == "level"
    assert told(statistics.batch_means, statistics.Tally(DAYS))[0] == "series"
    assert told(statistics.mser5, DAYS)[0] == "series"
    for bad in (3, None, {1: 2}, {1}, iter([1])):
        assert told(statistics.mser5([1] * 60).rest, bad)[0] == "series"
    for bad in ("2", None, [1], 1j):
        assert told(interval(DAYS).covers, bad)[0] == "value"
    for bad in (-0.1, 1.1, float("nan"), "0.5", None, [0.5, 2], {0.1, 0.9}, {0.1: 0.9}):
        assert told(statistics.quantile, DAYS, bad)[0] == "probability"
    assert told(statistics.quantile, [], 0.5)[0] == "values"
    assert told(statistics.StoppingRule)[0] == "relative"
    assert told(statistics.StoppingRule, relative=0.1, absolute=1)[0] == "relative"
    for bad in (0, 1, -1, float("nan"), "1%"):
        assert told(statistics.StoppingRule, relative=bad)[0] == "relative"
    assert told(statistics.StoppingRule, absolute=0)[0] == "absolute"
    assert told(statistics.StoppingRule, absolute=1, fewest=1)[0] == "fewest"
    assert told(statistics.StoppingRule, absolute=1, level=1)[0] == "level"
    assert told(statistics.replications_needed, [0.0, 1.0, -1.0], relative=0.1)[1].endswith("a larger value")
    assert told(statistics.replications_needed, [1], absolute=1)[0] == "values"
    assert told(statistics.autocorrelation, DAYS, 10)[0] == "series"
    assert told(statistics.autocorrelation, DAYS, -1)[0] == "lag"
    assert told(statistics.von_neumann_ratio, [1, 1])[0] == "series"
    assert told(statistics.student_quantile, 3, 1)[0] == "probability"
    assert told(statistics.student_quantile, -3, 0.9)[0] == "degrees"
    assert told(statistics.Tally().add, "1")[0] == told(statistics.Tally().add, float("nan"))[0]
    assert told(statistics.Tally().merge, [1])[0] == "other"


def test_numbers_too_close_for_squares_are_refused():
    close = [5e-324, 5e-324, 5e-324, 1.5e-323, 1.5e-323, 1.5e-323] * 10
    of_series = [statistics.batch_means, statistics.mser5, statistics.autocorrelation,
                 statistics.von_neumann_ratio]  # fmt: skip
    for call in [statistics.interval, *of_series]:
        name, text = told(call, close)
        assert name == ("series" if call in of_series else "values")
        assert "differ, but only by" in text
        assert text.endswith("by 1e-140 or more")
    assert told(statistics.replications_needed, close, absolute=1)[0] == "values"
    assert told(statistics.StoppingRule(absolute=1).stops, close)[0] == "values"
    assert told(statistics.paired, close, [0] * 60)[1].endswith("by 1e-140 or more")
    assert statistics.Tally(close).variance is None
    assert str(statistics.interval([0, 2e-140])) == "1.000e-140 ± 1.271e-139"


def test_what_an_iterable_raises_passes_through():
    def fails():
        yield 1.0
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        statistics.interval(fails())
    assert statistics.interval(itertools.islice(itertools.count(), 3)).mean == 1


def test_nist_certified_values():
    path = pathlib.Path(__file__).parents[2] / "fixtures" / "nist" / "lottery.txt"
    if not path.exists():
        pytest.skip("only in a clone")
    values = [float(line) for line in path.read_text(encoding="utf-8").split()]
    tally = statistics.Tally(values)
    assert tally.mean == pytest.approx(518.958715596330, rel=1e-14)
    assert tally.standard_deviation == pytest.approx(291.699727470969, rel=1e-14)
    assert statistics.autocorrelation(values) == pytest.approx(-0.120948622967393, rel=1e-12)
