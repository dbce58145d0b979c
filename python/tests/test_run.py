"""Runs: their results, and how they end."""

import datetime
import json
import math
import multiprocessing
import os
import pathlib
import pickle
import random
import signal
import subprocess
import sys
import sysconfig
import threading
import time
import warnings

import pytest

import flagfall
from flagfall import _flagfall

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")
SYSTEMS = ["taxi", "actor-tree", "parameter-server", "messages", "queue"]


def command(*words):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("seed", [0, 1, 42, 2**64 - 1])
def test_a_run_is_the_one_of_the_command(system, seed):
    printed = command("run", system, f"--seed={seed}", "--json")
    assert printed.returncode == 0, printed.stderr
    run = flagfall.run(system, seed=seed)
    assert run.json == json.loads(printed.stdout)
    check_attributes(run)


def check_attributes(run):
    """That what is asked for alone is what the JSON object has."""
    json = run.json
    assert (run.model, run.seed, run.replication) == (
        json["system"], json["seed"], json["replication"])  # fmt: skip
    assert (run.digest, run.events) == (json["digest"], json["events"])
    assert run.virtual_time == json["virtual_time_s"]
    values = {name: measure.value for name, measure in run.measures.items()}
    assert values == json["measures"]
    assert [type(one) for one in values.values()] == [type(one) for one in json["measures"].values()]
    units = {name: measure.unit or "1" for name, measure in run.measures.items()}
    assert units == json["units"]


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
@pytest.mark.parametrize("options", [
    {"ties": "shuffle"}, {"replication": 7}, {"replication": 7, "ties": "shuffle"},
    {"horizon": "5s"}, {"latency": "exponential:2ms"}, {"no_digest": True}, {"summary": True},
    {"fault": "link a -> b loss 0.1"}, {"digest": "all"}, {"lang": "en"},
])  # fmt: skip
def test_seed_and_replication_given_apart_are_as_on_the_command_line(options):
    # The scenario is read once and run under several seeds.
    words = []
    for name, value in options.items():
        words.append(f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}"))
    for seed in (3, 4, 3):
        printed = command("run", "taxi", f"--seed={seed}", "--json", *words)
        assert flagfall.run("taxi", seed=seed, **options).json == json.loads(printed.stdout)


def test_the_digest_is_the_recorded_one():
    assert flagfall.run("taxi").digest == "7d7336af83d3d44680ff8ae23b5be08c"


def test_a_result_has_attributes():
    run = flagfall.run("taxi", seed=42)
    assert (run.model, run.seed, run.replication) == ("taxi", 42, 0)
    assert (run.virtual_time, run.events) == (15.032, 122)
    assert run.measures["commission"] == flagfall.Measure(7.25, "$")
    assert run.measures["rides"].unit is None
    assert str(run.measures["commission"]) == "7.25 $"
    assert run.messages[0] == run["messages"][0] == "Course de 3 secondes envoyée à Daniel"
    assert repr(run).startswith("<flagfall.Run of taxi: seed 42, 122 events, digest 7d73")
    shown = run._repr_html_()
    assert "taxi: seed 42, replication 0, 122 events<br>virtual time 15.032 s, digest 7d73" in shown
    cell = '<td style="padding: 0.2em 0.6em; white-space: nowrap; text-align: '
    right, left = (cell + side for side in ("right", "left"))
    assert f'{left}">commission</td>{right}">7.25</td>{left}">$</td>' in shown
    # All digits are in `measures`; a table has six.
    share = run.measures["utilization"].value
    assert len(str(share)) > 10
    assert f'{right}">{share:.6g}</td>' in shown
    assert flagfall.run("taxi", no_digest=True).digest is None
    assert flagfall.run("taxi", summary=True).messages == []
    assert flagfall.run("queue", customers=1).messages == []


def test_fields_of_a_result_have_names():
    run = flagfall.run("taxi", seed=42)
    assert "rides" in run
    assert "fares" not in run
    with pytest.raises(TypeError, match="not iterable"):
        iter(run)


def test_results_pickle_and_compare():
    run = flagfall.run("taxi", seed=42)
    again = pickle.loads(pickle.dumps(run))
    assert again == run
    assert hash(again) == hash(run)
    assert (repr(again), again._repr_html_()) == (repr(run), run._repr_html_())
    check_attributes(again)
    assert pickle.loads(pickle.dumps(again)) == run
    assert run != flagfall.run("taxi", seed=43)
    assert run != "taxi"


def test_values_are_given_as_python_has_them():
    digest = flagfall.run("taxi", every="2s", durations="3,5,2").digest
    every = datetime.timedelta(seconds=2)
    assert flagfall.run("taxi", every=every, durations=[3, 5, 2]).digest == digest
    assert flagfall.run("taxi", every=every, durations=["3", "5", "2"]).digest == digest
    assert flagfall.run("taxi", seed=None, no_digest=False).digest == flagfall.run("taxi").digest
    faults = ["link driver -> ** loss 0.1", "crash driver/dispatcher at 5s"]
    assert flagfall.run("taxi", fault=faults, horizon="3s")["faults"].count("\n") >= 1


def test_a_number_is_not_a_flag_that_was_given_before():
    assert flagfall.run("taxi", fleet=1).measures["rides"].value == 10
    with pytest.raises(flagfall.UsageError):
        flagfall.run("taxi", fleet=True)


def test_notes_are_warnings():
    with pytest.warns(flagfall.FlagfallWarning, match="no actor was ever named nobody") as told:
        flagfall.run("taxi", link="nobody->driver=1ms")
        flagfall.Scenario("taxi", link="nobody->driver=1ms").run()
    assert [one.filename for one in told] == [__file__, __file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(flagfall.FlagfallWarning, match="no actor was ever named nobody"):
            flagfall.run("taxi", link="nobody->driver=1ms")


def test_files_are_read_anew(tmp_path):
    path = tmp_path / "durations"
    path.write_text("3\n")
    day = flagfall.Scenario("taxi", durations_file=path)
    assert day.run()["durations"] == flagfall.run("taxi", durations_file=path)["durations"] == [3]
    path.write_text("4\n5\n")
    assert flagfall.run("taxi", durations_file=path)["durations"] == [4, 5]
    assert day.run()["durations"] == [4, 5]


def test_long_runs_have_their_lists():
    run = flagfall.run("taxi", rides=5_000, fleet=10)
    assert run.events > 2**14
    assert len(run["rides"]) == 5_000
    check_attributes(run)


def test_errors_have_the_exit_code_of_the_command():
    with pytest.raises(flagfall.RunError) as limit:
        flagfall.run("taxi", max_events=3)
    assert limit.value.exit_code == 1
    with pytest.raises(flagfall.FileError) as file:
        flagfall.run("taxi", faults="/none")
    assert file.value.exit_code == 3
    assert isinstance(file.value, OSError)
    printed = command("run", "taxi", "--faults=/none")
    assert (printed.returncode, str(file.value) in printed.stderr) == (3, True)
    with pytest.raises(flagfall.RunError, match="wait"):
        flagfall.run("parameter-server", fault="link ** -> ** loss 1")
    for error in (limit.value, file.value):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_other_threads_go_on():
    counted = 0
    over = threading.Event()

    def run():
        flagfall.run("queue", customers=300_000)
        over.set()

    thread = threading.Thread(target=run)
    thread.start()
    while not over.is_set():
        counted += 1
        time.sleep(0.001)
    thread.join()
    assert counted > 3


def test_threads_at_once_come_to_the_same():
    found = {}

    def run(number):
        found[number] = [flagfall.run("taxi", seed=seed).digest for seed in range(50)]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({tuple(digests) for digests in found.values()}) == 1


def press_after(seconds, pressed):
    main = threading.main_thread().ident

    def press():
        pressed.append(time.monotonic())
        signal.pthread_kill(main, signal.SIGINT)

    timer = threading.Timer(seconds, press)
    timer.start()
    return timer


def test_ctrl_c_ends_a_run_soon():
    for _ in range(5):
        pressed = []
        press_after(0.3, pressed)
        with pytest.raises(KeyboardInterrupt):
            flagfall.run("queue", customers=20_000_000)
        assert time.monotonic() - pressed[0] < 0.2
        assert flagfall.run("taxi").events == 122


def test_ctrl_c_ends_the_writing_of_a_long_result():
    day = flagfall.Scenario("taxi", rides=200_000, fleet=10, every="100ms")
    start = time.monotonic()
    day.run()
    took = time.monotonic() - start
    worst = 0
    for part in range(1, 10):
        pressed = []
        with pytest.raises(KeyboardInterrupt):
            press_after(took * part / 10, pressed)
            # On a machine that others use, this one may be quicker.
            for _ in range(10):
                day.run()
        worst = max(worst, time.monotonic() - pressed[0])
    print(f"Ctrl-C ended it after {worst:.3f} s at most")
    # A fifth of a second on a quiet machine.
    assert worst < 0.5


def test_ctrl_c_ends_a_comparison_soon():
    took = []
    for _ in range(5):
        pressed = []
        press_after(0.3, pressed)
        with pytest.raises(KeyboardInterrupt):
            flagfall.verify("queue", customers=20_000_000, threads=2)
        took.append(time.monotonic() - pressed[0])
        # One of them, as other programs may hold the machine for a moment.
        if took[-1] < 0.2:
            return
    raise AssertionError(took)


def test_ctrl_c_at_any_moment_leaves_a_usable_interpreter():
    draw = random.Random(17)
    for _ in range(200):
        timer = None
        with pytest.raises(KeyboardInterrupt):
            timer = press_after(draw.uniform(0, 0.01), [])
            while True:
                flagfall.run("taxi", seed=draw.getrandbits(64), fleet=draw.randrange(1, 9))
        if timer is not None:
            timer.join()
    assert flagfall.run("taxi").events == 122


def test_the_command_has_its_exit_codes_and_its_pipes(tmp_path):
    assert command("run", "taxi", "--fleet=x").returncode == 2
    assert "7d7336af83d3d44680ff8ae23b5be08c" in command("run", "taxi").stderr
    shell = f"'{COMMAND}' run taxi --trace | head -n 1"
    bash = ["bash", "-o", "pipefail", "-c", shell]
    assert subprocess.run(bash, capture_output=True, check=False).returncode == 0
    words = [sys.executable, "-m", "flagfall", "list"]
    module = subprocess.run(words, capture_output=True, check=True, cwd=tmp_path)
    assert module.stdout.decode() == command("list").stdout


def test_ctrl_c_ends_the_command():
    words = [COMMAND, "run", "queue", "--customers=20000000"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(1) == -signal.SIGINT


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_forks_go_on():
    stop = threading.Event()

    def busy():
        seed = 0
        while not stop.is_set():
            seed += 1
            flagfall.run("taxi", seed=seed, rides=seed % 70)

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                os._exit(flagfall.run("taxi", rides=99).measures["rides"].value)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 99
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_processes_that_are_spawned_run_models():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(flagfall.run, ("taxi",), {"seed": 3}) == flagfall.run("taxi", seed=3)


def test_the_import_is_quick(tmp_path):
    # An import waits for nothing: the time of the processor is all of it, and none of others.
    code = "import time; t = time.process_time(); import flagfall; print(time.process_time() - t)"
    words = [sys.executable, "-c", code]
    took = [float(subprocess.check_output(words, cwd=tmp_path)) for _ in range(5)]
    assert min(took) < 0.15


def test_memory_stays_flat():
    resource = pytest.importorskip("resource")

    def make():
        for seed in range(5_000):
            flagfall.run("taxi", seed=seed, fleet=seed % 100 + 1)

    make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    make()
    make()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4_096


def seconds(work):
    start = time.thread_time()
    work()
    return time.thread_time() - start


def test_a_run_costs_about_what_the_library_takes():
    # In time of the CPU, to which others add nothing who take turns. But they empty its caches: so in
    # short pieces, of which some are left alone, and for longer where the machine is busy.
    def calls():
        for _ in range(20):
            flagfall.run("taxi", seed=42)

    call = library = math.inf
    for pair in range(20_000):
        call = min(call, seconds(calls) / 20)
        library = min(library, seconds(lambda: _flagfall.library_day(20)) / 20)
        if pair >= 600 and call < 1.35 * library:
            break
    print(f"a call takes {call * 1e6:.1f} µs, {call / library:.2f} times the library's {library * 1e6:.1f}")
    assert call < 1.35 * library


def test_spans_of_pandas_keep_their_nanoseconds():
    pandas = pytest.importorskip("pandas")
    for count in (1, 999, 1500, 1_000_000_001, 2_000_000_000):
        span = pandas.Timedelta(count, unit="ns")
        assert flagfall.run("taxi", every=span) == flagfall.run("taxi", every=f"{count}ns")
        assert flagfall.stream(1).exponential(span) == flagfall.stream(1).exponential(f"{count}ns")


def test_spans_of_numpy_are_refused_by_name():
    numpy = pytest.importorskip("numpy")
    for unit in ("s", "ns"):
        for name in ("fleet", "every"):
            with pytest.raises(flagfall.UsageError, match=f"{name} is of type timedelta64"):
                flagfall.run("taxi", **{name: numpy.timedelta64(3, unit)})


def test_a_scenario_says_how_it_is_run():
    with pytest.raises(flagfall.UsageError, match=r"call its run\(\)"):
        flagfall.run(flagfall.Scenario("taxi"))
    with pytest.raises(flagfall.UsageError, match="give a run, a scenario, or the path"):
        flagfall.diff(flagfall.run("taxi"), 3)
