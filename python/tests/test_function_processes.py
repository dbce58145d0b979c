"""Studies of a function over processes: equal bytes, deaths, Ctrl-C, going on."""

import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

import flagfall

import function_models as models
from function_helpers import HERE, files, folder, queues, rows  # noqa: F401


def test_all_numbers_and_kinds_of_processes_give_the_same_bytes():
    queues("one", processes=1)
    whole = files("one")
    assert {"manifest.json", "rows.csv", "rows.parquet", "summary.json", "checksums.txt"} <= whole.keys()
    for processes, start in [(2, "spawn"), (5, "spawn"), (2, "fork"), (3, "fork"), (None, None)]:
        queues("other", processes=processes, start=start)
        assert files("other") == whole, (processes, start)
        for path in pathlib.Path("other").iterdir():
            path.unlink()


@pytest.mark.parametrize(
    ("how", "processes", "told"),
    [
        ("raise", 1, "ValueError: no luck with <object object at 0x...> (line 3 of ends, called from line 3 of fails)"),
        ("raise", 2, "ValueError: no luck with <object object at 0x...> (line 3 of ends, called from line 3 of fails)"),
        ("exit", 2, "the worker process ended with exit code 3 in the middle of this replication"),
        ("kill", 2, "the worker process was killed by the signal SIGKILL in the middle of this replication"),
        ("sys.exit", 1, "SystemExit: 5 (line 9 of ends, called from line 3 of fails)"),
        ("sys.exit", 2, "SystemExit: 5 (line 9 of ends, called from line 3 of fails)"),
        ("interrupt", 2, "KeyboardInterrupt (line 11 of ends, called from line 3 of fails)"),
        ("cancel", 2, "CancelledError: too late (line 13 of ends, called from line 3 of fails)"),
    ],
)
def test_a_replication_that_fails_is_a_row(how, processes, told):
    for start in ["spawn", "fork"][: processes]:
        out = f"failed-{start}"
        with pytest.raises(flagfall.RunError, match="5 of 20 replications failed") as failed:
            flagfall.study(models.fails, {"how": [how]}, replications=20, processes=processes, start=start, out=out)
        study = failed.value.study
        assert study.summary["points"][0]["failed"] == 5
        row = rows(study)[5]
        assert row["error"] == told
        assert row["replay"] == f"function_models.fails(how='{how}', seed=42, replication=5)"
        assert row["number"] == "" and rows(study)[6]["number"] == "6"
    if processes == 2:
        assert files("failed-spawn") == files("failed-fork")


def test_a_worker_with_a_child_of_its_own_that_dies_is_noticed():
    begun = time.monotonic()
    with pytest.raises(flagfall.RunError, match="1 of 4 replications failed.*exit code 3"):
        flagfall.study(models.has_children, replications=4, processes=2, out="children")
    assert time.monotonic() - begun < 20


def test_a_function_that_runs_models():
    study = flagfall.study(models.runs, {"fleet": [2, 4]}, replications=3, processes=2, out="nested")
    forked = flagfall.study(models.runs, {"fleet": [2, 4]}, replications=3, processes=2, start="fork", out="forked")
    assert files("nested") == files("forked")
    day = flagfall.run("taxi", fleet=4, replication=2)
    assert float(rows(study)[5]["refused"]) == day.measures["refused"].value


CLOSED = """
import os, sys
sys.path.insert(0, {here!r})
import flagfall, function_models as models
for file in {closed}:
    os.close(file)
{before}
study = flagfall.study({model}, replications=4, processes=2, start={start!r}, out={out!r})
assert not study.summary["points"][0]["failed"]
"""


@pytest.mark.parametrize("start", ["spawn", "fork"])
@pytest.mark.parametrize("closed", [(1,), (0, 1, 2)])
def test_workers_without_standard_files(start, closed):
    # The program is started without them, or loses them, or has closed or none of Python's.
    of_program = {"preexec_fn": lambda: [os.close(file) for file in closed]}
    ways = [("prints", (), "", of_program), ("prints", closed, "", {})]
    if closed == (1,):
        ways.append(("prints", (), "sys.stdout = sys.stderr = None", {}))
        # What prints fails there, as it does without workers.
        ways.append(("without_marker", (), "sys.stdout.close()", {}))
        writer = "type('Writer', (), {'write': len})()"
        ways.append(("without_marker", (), f"sys.stdout = sys.stderr = {writer}", {}))
    for number, (model, now, before, given) in enumerate(ways):
        text = CLOSED.format(here=HERE, closed=now, before=before, model=f"models.{model}", start=start,
            out=f"way-{number}")  # fmt: skip
        program = subprocess.run([sys.executable, "-c", text], stdin=subprocess.DEVNULL, timeout=60,
            stdout=subprocess.DEVNULL, **given)  # fmt: skip
        made = [row["number"] for row in rows(flagfall.Study(f"way-{number}"))]
        assert made == ["0", "1", "2", "3"], (now, before)
        assert program.returncode in (0, 120)


@pytest.mark.parametrize("failing", ["executable", "fork"])
def test_a_worker_that_cannot_be_started_is_an_error_and_keeps_no_file(failing, monkeypatch):
    def no_fork():
        raise BlockingIOError("there are too many processes")

    start = {"executable": "spawn", "fork": "fork"}[failing]
    before = len(os.listdir("/dev/fd"))
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        broken.setattr(os, "fork", no_fork)
        for _ in range(3):
            with pytest.raises(flagfall.RunError, match="a worker process cannot be started .*processes=1"):
                flagfall.study(models.without_marker, replications=2, processes=2, start=start, out="later")
    assert len(os.listdir("/dev/fd")) == before
    assert len(rows(flagfall.study(models.without_marker, replications=2, processes=2, start=start, out="later"))) == 2


PROGRAM = """
import sys
sys.path.insert(0, {here!r})
import flagfall, function_models as models
processes, start, out = int(sys.argv[1]), sys.argv[2] or None, sys.argv[3]
print("begun", flush=True)
study = flagfall.study(models.sleeps, {{"seconds": [0.002, 0.003]}}, replications=60,
    processes=processes, start=start, out=out, quiet=True)
"""


def begun(processes, start, out):
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(here=HERE), str(processes), start, out],
        stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert program.stdout.readline() == "begun\n"
    return program


def workers_of(out):
    """The processes that have anything to do with that folder, by their command lines."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if out.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.skipif(not pathlib.Path("/proc/self/cmdline").exists(), reason="only Linux tells of others")
def test_a_study_that_is_killed_goes_on_with_the_same_bytes():
    assert begun(1, "", "whole").wait() == 0
    chance = random.Random(17)
    kills = int(os.environ.get("FLAGFALL_KILLS", "6"))
    # How long it takes here: the first kill comes before the end.
    took = {}
    for start in ("spawn", "fork"):
        begins = time.monotonic()
        assert begun(2, start, f"timed-{start}").wait() == 0
        took[start] = time.monotonic() - begins
    count = 0
    for number in range(kills):
        start = ["spawn", "fork"][number % 2]
        out = f"killed-{number}"
        longest = took[start] / 2
        while True:
            program = begun(2, start, out)
            # On a busy machine, the workers alone may take longer than that.
            longest *= 1.3
            try:
                assert program.wait(chance.uniform(0.0, longest)) == 0
                break
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
                count += 1
            finally:
                program.stdout.close()
        assert files(out) == files("whole"), out
        # Copies of it have its command line: none has outlived it.
        until = time.monotonic() + 30
        while workers_of(out) and time.monotonic() < until:
            time.sleep(0.01)
        assert not workers_of(out)
    # Where the machine was busier at first than later, many studies end before they are killed.
    assert count


@pytest.mark.parametrize(("processes", "start"), [(1, None), (2, "spawn"), (2, "fork")])
def test_ctrl_c_ends_the_study_and_its_workers_at_once(processes, start):
    def pressed():
        time.sleep(0.8)
        at.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    at = []
    thread = threading.Thread(target=pressed)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            flagfall.study(models.spins, replications=4, processes=processes, start=start, out="spins")
        assert time.monotonic() - at[0] < 1
    finally:
        thread.join()


def test_ctrl_c_keeps_rows_and_the_same_call_goes_on():
    options = {"grid": {"seconds": [0.005, 0.01]}, "replications": 100}
    ended = 0
    for number, after in enumerate((0.35, 0.45, 0.55, 0.65)):
        thread = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
        thread.start()
        try:
            flagfall.study(models.sleeps, out="one", processes=1 + number % 2, **options)
            thread.join()
        except KeyboardInterrupt:
            ended += 1
            assert number or len(files("one")["rows.log"].splitlines()) > 10
        thread.join()
    assert ended
    study = flagfall.study(models.sleeps, out="one", processes=2, **options)
    assert study.summary["points"][0]["failed"] == 0
    flagfall.study(models.sleeps, out="other", processes=2, **options)
    assert files("one") == files("other")


def test_several_studies_at_once():
    def one(number):
        queues(f"out{number}", processes=2, start=["spawn", "fork"][number % 2])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(files(f"out{number}") == files("out0") for number in range(4))


def test_a_worker_that_cannot_load_the_function_ends_the_study(monkeypatch, tmp_path):
    module = tmp_path / "gone_model.py"
    module.write_text("def model(seed, replication):\n    return {'x': 1.0}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import gone_model

    module.write_text("raise ImportError('gone')\n")
    with pytest.raises(flagfall.UsageError, match="cannot be loaded in a worker process.*gone") as refused:
        flagfall.study(gone_model.model, replications=3, processes=2, version=1, out="gone")
    assert refused.value.argument == "function"
    flagfall.study(gone_model.model, replications=3, processes=2, version=1, out="gone", start="fork")


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_in_processes_of_multiprocessing(method):
    assert models.in_process(method, "inside") == 0
    flagfall.study(models.mm1, {"load": [0.5]}, replications=10, units=models.UNITS, out="outside", processes=1)
    assert files("inside") == files("outside")
