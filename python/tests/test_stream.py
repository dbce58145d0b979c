"""Streams: the golden values of the engine, and numpy's draws from them."""

import array
import collections
import contextlib
import copy
import datetime
import json
import pathlib
import pickle
import struct
import threading

import pytest

import flagfall
from flagfall import _flagfall



def golden():
    path = pathlib.Path(__file__).parents[2] / "fixtures" / "random.json"
    if not path.exists():
        pytest.skip("only in a clone")
    return json.loads(path.read_text(encoding="utf-8"))["vectors"]


def named(vector):
    """The stream of the run itself with that name."""
    return flagfall.stream(
        vector["seed"], vector["replication"], purpose=vector["purpose"],
        incarnation=vector["incarnation"],
    )  # fmt: skip


def drawn(open):
    words, small, ranges, units = open(), open(), open(), open()
    exponentials, spans, chances, chosen = open(), open(), open(), open()
    shuffled = list(range(10))
    open().shuffle(shuffled)
    return {
        "next_u64": [str(words.next_u64()) for _ in range(8)],
        "below_7": [small.below(7) for _ in range(8)],
        "range_1_to_5": [ranges.range(1, 5) for _ in range(16)],
        "unit_bits": [
            str(struct.unpack("<Q", struct.pack("<d", units.unit()))[0]) for _ in range(4)
        ],
        "exponential_mean_1s_ns": [round(exponentials.exponential(1) * 1e9) for _ in range(8)],
        "span_1ms_to_3ms_ns": [round(spans.span("1ms", "3ms") * 1e9) for _ in range(8)],
        "chance_0.3": [chances.chance(0.3) for _ in range(16)],
        "choose_0_to_9": [chosen.choose(range(10)) for _ in range(8)],
        "shuffle_0_to_9": shuffled,
    }


def test_a_stream_says_whose_it_is_and_how_far():
    stream = flagfall.stream(42, 7, "a/b[1]", "gaps", incarnation=3)
    assert repr(stream) == "<flagfall.Stream of seed 42, replication 7: 0 words drawn>"
    stream.next_u64()
    assert repr(stream) == "<flagfall.Stream of seed 42, replication 7: 1 word drawn>"
    stream.unit(), stream.next_u64()
    assert repr(copy.copy(stream)) == "<flagfall.Stream of seed 42, replication 7: 3 words drawn>"
    assert f"seed {2**64 - 1}, replication 0:" in repr(flagfall.stream(2**64 - 1))


def test_streams_draw_the_golden_values():
    vectors = [vector for vector in golden() if vector["actor"] == 0]
    assert len(vectors) >= 2
    for vector in vectors:
        found = drawn(lambda: named(vector))
        assert found == {name: vector[name] for name in found}
        # Nothing that is golden is left out.
        name = {"seed", "replication", "actor", "incarnation", "purpose"}
        assert found.keys() | name == vector.keys()


def test_every_part_of_the_name_matters():
    base = {"seed": 1, "replication": 2, "path": "a/b[3]", "purpose": "p", "incarnation": 4}
    others = [{"seed": 2}, {"replication": 3}, {"path": "a/b[4]"}, {"path": ""}, {"path": "b[3]"},
              {"purpose": "q"}, {"incarnation": 5}]  # fmt: skip
    first = {flagfall.stream(**{**base, **other}).next_u64() for other in [{}, *others]}
    assert len(first) == 1 + len(others)
    assert flagfall.stream(42, 1, "a", "b").unit() == flagfall.stream(42, 1, "a", "b").unit()
    assert flagfall.stream(2**64 - 1, 2**64 - 1).below(1) == 0


def test_a_stream_goes_on_after_it_was_copied_or_pickled():
    stream = flagfall.stream(42, purpose="x")
    for _ in range(77):
        stream.unit()
    made = [copy.copy(stream), copy.deepcopy(stream), pickle.loads(pickle.dumps(stream))]
    want = [stream.next_u64() for _ in range(50)]
    for other in made:
        assert [other.next_u64() for _ in range(50)] == want


def test_spans_are_given_as_python_has_them():
    def first(mean):
        return flagfall.stream(42).exponential(mean)

    assert first(90) == first("90s") == first(90.0) == first(datetime.timedelta(seconds=90))
    assert first(1e-5) == first("10us")
    assert first(0) == 0
    stream = flagfall.stream(1)
    assert stream.span(2, 2) == 2.0


def test_bad_arguments_are_named():
    def told(call, *words, **options):
        with pytest.raises(flagfall.UsageError) as refused:
            call(*words, **options)
        return refused.value.argument, str(refused.value)

    stream = flagfall.stream(42)
    for name in ("seed", "replication", "incarnation"):
        for bad in (-1, 2**64, 1.5, "1", None, True, [1], float("nan")):
            given = {"seed": 1, name: bad}
            assert told(flagfall.stream, **given)[0] == name
    assert told(flagfall.stream, 1, incarnation=2**32)[0] == "incarnation"
    for bad in ("a//b", "/", "/a", "a/", 3, None, b"a", "\ud800"):
        assert told(flagfall.stream, 1, path=bad)[0] == "path"
    for bad in (3, None, b"a", "\ud800"):
        assert told(flagfall.stream, 1, purpose=bad)[0] == "purpose"
    assert told(stream.below, 0)[1] == "bound is 0: no whole number is below it; give 1 or more"
    assert told(stream.below, -1)[0] == told(stream.below, 0.5)[0] == "bound"
    assert told(stream.range, 3, 2)[0] == told(stream.range, 0, 2**64)[0] == "high"
    assert told(stream.range, "1", 2)[0] == "low"
    for bad in (-0.1, 1.1, float("nan"), "0.5", None, 1j):
        assert told(stream.chance, bad)[0] == "probability"
    for bad in (-1, float("nan"), float("inf"), "x", "5", None, [], True, 1e30):
        assert told(stream.exponential, bad)[0] == "mean"
        assert told(stream.span, bad, 1)[0] == "low"
    for bad in (-1, -0.5, 1e30, datetime.timedelta(seconds=-1)):
        text = told(stream.exponential, bad)[1]
        assert text == f"mean is {bad!r}: give a span of 0 to 584 years, such as 90s or 0.5"
    assert told(stream.span, 2, "1s")[0] == "high"
    for bad in (1e-10, 4e-10, -1e-10):
        # Rounded to a nanosecond, it would be 0, and so would be all draws.
        assert told(stream.exponential, bad)[1] == f"mean is {bad!r}, less than a nanosecond: give 1e-9 or more, or 0"
    assert stream.exponential(0) == stream.exponential(-0.0) == 0
    with contextlib.suppress(ImportError):
        import numpy

        for unit in ("s", "ns"):
            assert told(stream.exponential, numpy.timedelta64(5, unit))[0] == "mean"
    assert told(stream.choose, [])[0] == told(stream.choose, 3)[0] == "items"
    assert told(stream.shuffle, (1, 2))[0] == told(stream.shuffle, iter([]))[0] == "items"
    with pytest.raises(TypeError):
        _flagfall.Drawn()


def test_a_length_that_is_not_true_is_not_believed():
    class Longer(list):
        def __len__(self):
            return length

    length = 1000
    items, same = Longer(range(20)), list(range(20))
    flagfall.stream(1).shuffle(items)
    flagfall.stream(1).shuffle(same)
    length = 0
    assert items[:] == same
    length = 2**62
    with pytest.raises(MemoryError):
        flagfall.stream(1).shuffle(items)


def test_arrays_and_series_keep_their_items():
    numpy = pytest.importorskip("numpy")
    expected = [[place, -place] for place in range(50)]
    rows = numpy.array(expected)
    records = numpy.array([tuple(row) for row in expected], dtype=[("a", int), ("b", int)])
    for items in (expected, rows, records):
        flagfall.stream(1).shuffle(items)
    assert rows.tolist() == [list(row) for row in records.tolist()] == expected
    assert sorted(-row[1] for row in expected) == list(range(50))
    rows.flags.writeable = False
    with pytest.raises(flagfall.UsageError, match="items cannot be changed"):
        flagfall.stream(1).shuffle(rows)


def test_everything_that_can_be_changed_is_shuffled_alike():
    expected = list(range(50))
    flagfall.stream(1).shuffle(expected)
    for make in (lambda items: array.array("q", items), collections.deque, bytearray):
        items = make(range(50))
        flagfall.stream(1).shuffle(items)
        assert list(items) == expected


def test_items_of_pandas_are_taken_by_place():
    pandas = pytest.importorskip("pandas")
    values = list(range(20))
    for labels in (values[::-1], values, [f"row {value}" for value in values]):
        items, column = [*values], pandas.Series(values, index=labels)
        one, other = flagfall.stream(1), flagfall.stream(1)
        assert [one.choose(items) for _ in items] == [other.choose(column) for _ in items]
        one.shuffle(items), other.shuffle(column)
        assert column.tolist() == items and column.index.tolist() == labels
    frame = pandas.DataFrame({"a": [1, 2], "b": [3, 4]})
    with pytest.raises(flagfall.UsageError, match="items is a table"):
        flagfall.stream(1).shuffle(frame)


def test_threads_share_a_stream():
    stream, drawn = flagfall.stream(42), []

    def draw():
        drawn.extend([stream.next_u64() for _ in range(2_000)])

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = flagfall.stream(42)
    assert sorted(drawn) == sorted(alone.next_u64() for _ in range(8_000))


def test_numpy_draws_from_it():
    numpy = pytest.importorskip("numpy")
    stream = flagfall.stream(42, purpose="durations")
    source = stream.bit_generator()
    assert isinstance(source, numpy.random.BitGenerator)
    words = [flagfall.stream(42, purpose="durations").next_u64() for _ in range(1)]
    alone = flagfall.stream(42, purpose="durations")
    words = [alone.next_u64() for _ in range(1_000)]
    assert source.random_raw(1_000).tolist() == words
    # The stream itself has not moved.
    assert stream.next_u64() == words[0]
    # From there on, numpy's numbers in [0, 1) are those of the stream.
    generator = numpy.random.Generator(stream.bit_generator())
    assert generator.random(1_000).tolist() == [stream.unit() for _ in range(1_000)]
    assert -1 < generator.normal(size=10_000).mean() * 10 < 1
    low = numpy.random.Generator(flagfall.stream(7).bit_generator())
    drawn = low.integers(0, 2**32, size=4, dtype=numpy.uint32).tolist()
    both = [flagfall.stream(7).next_u64() for _ in range(1)][0]
    assert drawn[:2] == [both % 2**32, both >> 32]


def test_a_bit_generator_is_saved_as_numpy_does():
    numpy = pytest.importorskip("numpy")
    generator = numpy.random.default_rng(flagfall.stream(42).bit_generator())
    generator.random(33)
    again = pickle.loads(pickle.dumps(generator))
    state = generator.bit_generator.state
    want = generator.random(100).tolist()
    assert again.random(100).tolist() == want
    generator.bit_generator.state = state
    assert generator.random(100).tolist() == want
    assert copy.deepcopy(generator).random(5).tolist() == generator.random(5).tolist()
    for bad in (None, {}, {"bit_generator": "PCG64"}, {"bit_generator": "flagfall", "state": "["}):
        with pytest.raises(flagfall.UsageError, match="^state is of no stream"):
            generator.bit_generator.state = bad
    with pytest.raises(TypeError, match="open others"):
        generator.spawn(2)
    # It would be the same for all streams.
    for name in ("seed_seq", "_seed_seq"):
        with pytest.raises(TypeError, match="open others"):
            getattr(generator.bit_generator, name)
    with pytest.raises(ValueError):
        _flagfall.Bits(_flagfall.Drawn(1, 0, "", "", 0)).fill(object())
    # The source outlives its bit generator.
    left = numpy.random.Generator(flagfall.stream(1).bit_generator())
    assert 0 <= left.random() < 1
