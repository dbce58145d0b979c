"""Runs, and what they refuse."""

import datetime
import json
import pathlib
import pickle
import signal
import subprocess
import sys
import sysconfig
import threading
import time

import pytest

import flagfall

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")
SYSTEMS = ["taxi", "actor-tree", "parameter-server", "messages", "queue"]


def command(*words):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("seed", [0, 1, 42, 2**64 - 1])
def test_a_run_is_the_one_of_the_command(system, seed):
    printed = command("run", system, f"--seed={seed}", "--json")
    assert printed.returncode == 0, printed.stderr
    assert flagfall.run(system, seed=seed).json == json.loads(printed.stdout)


def test_the_digest_is_the_recorded_one():
    assert flagfall.run("taxi").digest == "7d7336af83d3d44680ff8ae23b5be08c"


def test_a_result_has_attributes():
    run = flagfall.run("taxi", seed=42)
    assert (run.scenario, run.seed, run.replication) == ("taxi", 42, 0)
    assert (run.virtual_time, run.events) == (15.032, 122)
    assert run.measures["commission"] == flagfall.Measure(7.25, "$")
    assert run.measures["rides"].unit is None
    assert run["messages"][0] == "Course de 3 secondes envoyée à Daniel"
    assert repr(run).startswith("<flagfall.Run of taxi: seed 42, 122 events, digest 7d73")
    assert "<th>seed</th><td>42</td>" in run._repr_html_()
    assert pickle.loads(pickle.dumps(run)) == run
    assert flagfall.run("taxi", no_digest=True).digest is None


def test_values_are_given_as_python_has_them():
    digest = flagfall.run("taxi", every="2s", durations="3,5,2").digest
    every = datetime.timedelta(seconds=2)
    assert flagfall.run("taxi", every=every, durations=[3, 5, 2]).digest == digest
    assert flagfall.run("taxi", seed=None, trace=False).digest == flagfall.run("taxi").digest
    faults = ["link a -> b loss 0.1", "link c -> d loss 0.2"]
    assert flagfall.run("taxi", fault=faults)["faults"]


VALUES = [
    float("nan"), float("inf"), -1, -0.5, 10**30, 10**5000, 1e300, "", "x", "1 lightyear", "\0",
    "\ud800", "a\nb", b"1", [], [None], [[1]], {}, object(), 1j, datetime.timedelta(seconds=-1),
    True, datetime.datetime(2020, 1, 1), pathlib.Path("/none"), lambda: 1,
]  # fmt: skip
OPTIONS = ["fleet", "seed", "replication", "every", "horizon", "cpus", "max_events", "latency"]


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_bad_values_are_refused(option, value):
    with pytest.raises(flagfall.FlagfallError) as refused:
        # What is no mistake for that option ends at a limit.
        flagfall.run("taxi", **{"max_events": 1, option: value})
    assert str(refused.value)


def test_misspelt_options_get_the_nearest_name():
    with pytest.raises(flagfall.UsageError, match="--fleet") as refused:
        flagfall.run("taxi", flet=3)
    assert refused.value.exit_code == 2
    with pytest.raises(flagfall.UsageError, match="taxi"):
        flagfall.run("taxy")
    for name in ["trace", "verbose", "json", "help", "Fleet", "a b", "-"]:
        with pytest.raises(flagfall.UsageError):
            flagfall.run("taxi", **{name: True})


def test_errors_have_the_exit_code_of_the_command():
    with pytest.raises(flagfall.RunError) as limit:
        flagfall.run("taxi", max_events=3)
    assert limit.value.exit_code == 1
    with pytest.raises(flagfall.FileError) as file:
        flagfall.run("taxi", faults="/none")
    assert file.value.exit_code == 3
    printed = command("run", "taxi", "--faults=/none")
    assert (printed.returncode, str(file.value) in printed.stderr) == (3, True)


def test_ctrl_c_ends_a_run_soon():
    for _ in range(5):
        main = threading.main_thread().ident
        pressed = []

        def press(main=main, pressed=pressed):
            pressed.append(time.monotonic())
            signal.pthread_kill(main, signal.SIGINT)

        timer = threading.Timer(0.3, press)
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            flagfall.run("queue", customers=20_000_000)
        assert time.monotonic() - pressed[0] < 0.2
        assert flagfall.run("taxi").events == 122


def test_the_command_has_its_exit_codes_and_its_pipes():
    assert command("run", "taxi", "--fleet=x").returncode == 2
    assert "7d7336af83d3d44680ff8ae23b5be08c" in command("run", "taxi").stderr
    shell = f"'{COMMAND}' run taxi --trace | head -n 1"
    piped = subprocess.run(["bash", "-o", "pipefail", "-c", shell], capture_output=True, check=False)
    assert piped.returncode == 0
    module = subprocess.run([sys.executable, "-m", "flagfall", "list"], capture_output=True, check=True)
    assert module.stdout.decode() == command("list").stdout


def test_ctrl_c_ends_the_command():
    words = [COMMAND, "run", "queue", "--customers=20000000"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(1) == -signal.SIGINT


def test_the_import_is_quick():
    code = "import time; t = time.perf_counter(); import flagfall; print(time.perf_counter() - t)"
    took = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    assert min(took) < 0.15


def test_the_readme_says_what_is_so():
    text = (pathlib.Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(code, names)
    shown = code.split('["commission"]')[1].split("# ")[1].split("\n")[0]
    assert repr(names["run"].measures["commission"]) == shown
