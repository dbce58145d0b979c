"""Records as tables, and where runs begin to differ."""

import datetime
import json
import os
import pathlib
import pickle
import signal
import subprocess
import sysconfig
import threading
import time

import pytest

import flagfall

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")
SYSTEMS = ["taxi", "actor-tree", "parameter-server", "messages", "queue"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def command(*words):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)


def told(call, *words, **options):
    with pytest.raises(flagfall.UsageError) as refused:
        call(*words, **options)
    assert str(refused.value)
    return refused.value.argument


def lines(*words):
    """The records that `flagfall trace --json` prints, with the names of the columns."""
    records = [json.loads(line) for line in command("trace", "run.trace", "--json", *words).stdout.splitlines()]
    for record in records:
        record["time"] = datetime.timedelta(microseconds=record.pop("time_ns") / 1000)
        record["draws"] = record.get("draws", {}).get("count", 0)
        record.setdefault("contents", None)
    return records


def rows(trace):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(trace)
    columns = table.column_names
    plain = table.set_column(1, "time", table["time"].cast("int64")).to_pylist()
    for row in plain:
        row["time"] = datetime.timedelta(microseconds=row["time"] / 1000)
    assert columns == [
        "event", "time", "kind", "receiver", "sender", "cause", "message", "contents", "draws",
    ]  # fmt: skip
    return plain


@pytest.mark.parametrize("system", SYSTEMS)
def test_records_are_those_of_a_trace_file(system):
    command("run", system, "--seed=3", "--record=run.trace", "--quiet")
    run = flagfall.run(system, seed=3)
    assert rows(run.trace()) == lines()
    assert rows(pickle.loads(pickle.dumps(run)).trace()) == lines()
    scenario = flagfall.Scenario(system)
    assert rows(scenario.trace(seed=3)) == lines()


@pytest.mark.parametrize("options", [
    {"actor": "**/taxi[*]"}, {"actor": ["driver", "driver/simulation"]}, {"kind": "died"},
    {"kind": ["queued", "taken"]}, {"from_": "3s", "to": "5s"}, {"to": "365ms"}, {"first": 7},
    {"last": 7}, {"first": 0}, {"last": 0}, {"last": 10_000}, {"from_": "100h"},
    {"kind": "handled", "actor": "driver", "from_": "1s", "last": 3},
    {"kind": "handled", "actor": "driver", "to": "5s", "first": 3},
])  # fmt: skip
def test_options_choose_records(options):
    command("run", "taxi", "--record=run.trace", "--quiet")
    words = []
    for name, value in options.items():
        several = value if isinstance(value, list) else [value]
        words += [f"--{name.rstrip('_')}={one}" for one in several]
    assert rows(flagfall.run("taxi").trace(**options)) == lines(*words)
    assert rows(flagfall.Scenario("taxi").trace(**options)) == lines(*words)


def test_spans_are_durations_and_counts_have_a_unit():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(flagfall.run("taxi").trace())
    assert table.field("time").type == pyarrow.duration("ns")
    assert table.field("event").metadata == {b"unit": b"1"}
    start = datetime.timedelta(seconds=5)
    assert rows(flagfall.run("taxi").trace(from_=start)) == rows(flagfall.run("taxi").trace(from_="5s"))


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_tables_of_others(name):
    frame = pytest.importorskip(name).DataFrame
    if name == "pandas" and not hasattr(frame, "from_arrow"):
        pytest.skip("pandas before 3.0 reads no Arrow stream by itself")
    trace = flagfall.run("taxi").trace()
    frame = frame.from_arrow(trace) if name == "pandas" else frame(trace)
    assert frame.shape == (122, 9)


def test_a_trace_is_a_value():
    trace = flagfall.run("taxi", fleet=3).trace(kind="died", last=2)
    assert repr(trace) == "<flagfall.Trace of taxi: seed 42, replication 0, kind=died, last=2>"
    assert pickle.loads(pickle.dumps(trace)) == trace
    assert trace != flagfall.run("taxi", fleet=4).trace(kind="died", last=2)


def test_another_run_is_an_error():
    pyarrow = pytest.importorskip("pyarrow")
    path = pathlib.Path("durations")
    path.write_text("3\n")
    run = flagfall.run("taxi", durations_file=path)
    assert len(rows(run.trace())) == len(rows(run.trace(to="100h")))
    path.write_text("4\n")
    for choice in ({}, {"first": 1}):
        with pytest.raises(Exception, match="made again with another result"):
            pyarrow.table(run.trace(**choice))
    with pytest.raises(flagfall.RunError, match="one was run again with another result"):
        flagfall.diff(run, run)
    # A scenario is what its files say now.
    assert "4" in rows(flagfall.Scenario("taxi", durations_file=path).trace(kind="handled"))[5]["message"]


def test_a_run_that_fails_shows_what_was_before():
    pyarrow = pytest.importorskip("pyarrow")
    limited = flagfall.Scenario("taxi", max_events=50)
    with pytest.raises(Exception, match="50"):
        pyarrow.table(limited.trace())
    assert rows(limited.trace(first=40)) == rows(flagfall.run("taxi").trace(first=40))


def test_a_long_run_is_read_in_portions():
    pyarrow = pytest.importorskip("pyarrow")
    run = flagfall.run("queue", customers=200_000)
    reader = pyarrow.RecordBatchReader.from_stream(run.trace())
    sizes = [batch.num_rows for batch in reader]
    assert max(sizes) == 65_536
    assert sum(sizes) == pyarrow.table(flagfall.Scenario("queue", customers=200_000).trace()).num_rows
    # One that is not read to its end stops its run.
    before = threading.active_count()
    # Readers have threads of their own, which stay.
    most = len(os.listdir("/proc/self/task")) + 10
    for _ in range(20):
        reader = pyarrow.RecordBatchReader.from_stream(flagfall.Scenario("queue", customers=20_000_000).trace())
        assert reader.read_next_batch().num_rows == 65_536
        del reader
    for _ in range(100):
        flagfall.Scenario("queue", customers=20_000_000).trace().__arrow_c_stream__()
    assert threading.active_count() == before
    # A busy machine takes its time to end them.
    deadline = time.monotonic() + 60
    while len(os.listdir("/proc/self/task")) > most and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(os.listdir("/proc/self/task")) <= most


def test_ctrl_c_ends_reading():
    pyarrow = pytest.importorskip("pyarrow")

    def press():
        time.sleep(0.3)
        at.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    def read():
        thread.start()
        try:
            pyarrow.table(trace)
        except Exception as error:
            # The reader's own; Python raises the KeyboardInterrupt after it.
            assert "interrupted" in str(error)
        time.sleep(5)

    at = []
    thread = threading.Thread(target=press)
    trace = flagfall.Scenario("queue", customers=20_000_000).trace(kind="died: crashed")
    with pytest.raises(KeyboardInterrupt):
        read()
    assert time.monotonic() - at[0] < 2
    thread.join()
    assert len(rows(flagfall.run("taxi").trace())) == 122


def test_bad_choices_are_named():
    run = flagfall.run("taxi")
    bad = {
        # An empty list chooses nothing, and would show all.
        "actor": (3, [3], b"x", "\ud800", [], ()),
        "kind": (3, "x", "", ["died", "x"], []),
        "from_": ("x", -1, object(), datetime.timedelta(seconds=-1)),
        "to": ("x", -1, object(), True),
        "first": (-1, "x", 1.5, True, 2**64),
        "last": (-1, "x", 1.5, True, 2**64),
    }
    for name, values in bad.items():
        for value in values:
            assert told(run.trace, **{name: value}) == name, value
            assert told(flagfall.Scenario("taxi").trace, **{name: value}) == name, value
    assert told(run.trace, first=1, last=1) == "last"
    assert told(flagfall.Scenario("taxi").trace, seed=-1) == "seed"


def test_a_difference_is_that_of_the_command():
    for seed in (42, 43):
        command("run", "taxi", f"--seed={seed}", f"--record={seed}.trace", "--quiet")
    printed = json.loads(command("diff", "42.trace", "43.trace", "--json").stdout)
    assert flagfall.diff("42.trace", pathlib.Path("43.trace")).json == printed
    found = flagfall.diff(flagfall.run("taxi", seed=42), flagfall.Scenario("taxi", seed=43))
    printed["a"]["name"], printed["b"]["name"] = "one", "other"
    assert found.json == printed
    assert (found.equal, found.records_equal) == (False, 7)
    assert found.differs_in == ["message", "contents", "draws"]
    assert found.ingredients == {"seed": ("42", "43")}
    assert found.one["record"]["event"] == found.other["record"]["event"] == 8
    assert found.one["state"]
    assert repr(found) == "<flagfall.Difference: different after 7 equal records>"
    assert "<b>AssignRide { duration: 3s }</b>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert flagfall.diff("42.trace", flagfall.run("taxi", seed=43), states="never", chain=1).one["causes"][1:] == []


def test_equal_runs_are_equal():
    run = flagfall.run("taxi", seed=42)
    found = flagfall.diff(run, flagfall.Scenario("taxi"))
    assert (found.equal, found.records_equal, found.one, found.differs_in) == (True, 122, None, [])
    assert str(found) == "equal: 122 records"
    assert "equal" in found._repr_html_()
    # One that is longer.
    longer = flagfall.diff(run, flagfall.run("taxi", polls=16))
    assert not longer.equal


def test_a_trace_that_cannot_be_written_ends_no_interpreter():
    resource = pytest.importorskip("resource")
    day = flagfall.Scenario("queue", customers=100_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(flagfall.FileError, match="cannot write"):
            flagfall.diff(day, day)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert flagfall.diff(day, day).equal


def test_bad_arguments_of_diff_are_named():
    run = flagfall.run("taxi")
    assert told(flagfall.diff, 3, run) == "one"
    assert told(flagfall.diff, run, b"x") == "other"
    assert told(flagfall.diff, run, run, chain=-1) == "chain"
    assert told(flagfall.diff, run, run, states="x") == "states"
    with pytest.raises(flagfall.FileError, match="nothing.trace"):
        flagfall.diff(run, "nothing.trace")
    pathlib.Path("text").write_text("x")
    with pytest.raises(flagfall.FileError, match="text"):
        flagfall.diff("text", run)
    with pytest.raises(flagfall.RunError, match="50"):
        flagfall.diff(run, flagfall.Scenario("taxi", max_events=50))
