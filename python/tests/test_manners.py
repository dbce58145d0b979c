"""How the package behaves among others: copies, warnings, silence, threads, processes."""

import copy
import logging
import multiprocessing
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import time

import pytest

import flagfall

NOTED = {"link": "nobody->driver=1ms"}
"""Options that make a note in each run."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def files(folder):
    inside = pathlib.Path(folder).iterdir()
    return {path.name: path.read_bytes() for path in inside if path.name != ".lock"}


def days(out, **options):
    return flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=10, out=out, **options)


def with_position():
    stream = flagfall.stream(42, purpose="days")
    stream.next_u64()
    return stream


def raised(call, *words, **options):
    with pytest.raises(flagfall.FlagfallError) as error:
        call(*words, **options)
    return error.value


def tally():
    return flagfall.statistics.Tally([0.1 * number for number in range(100)])


OF_STATISTICS = {
    "BatchMeans": lambda: flagfall.statistics.batch_means([(at * at) % 7 for at in range(1_005)], 10),
    "Estimate": lambda: flagfall.statistics.interval([1, 2, 4]),
    "Paired": lambda: flagfall.statistics.paired([1, 2, 4], [2, 2, 5]),
    "StoppingRule": lambda: flagfall.statistics.StoppingRule(relative=0.05),
    "Tally": tally,
    "Truncation": lambda: flagfall.statistics.mser5([0] * 10 + [2, 3, 4] * 30),
    # Functions and types.
    **dict.fromkeys([
        "Numbers", "autocorrelation", "batch_means", "interval", "mser5", "paired", "quantile",
        "replications_needed", "share", "student_quantile", "von_neumann_ratio",
    ]),
}  # fmt: skip

VALUES = {
    "Comparison": lambda: flagfall.compare("taxi", grid={"fleet": [2, 3]}, replications=5),
    "Difference": lambda: flagfall.diff(flagfall.run("taxi", seed=1), flagfall.run("taxi", seed=2)),
    "DifferentError": lambda: flagfall.DifferentError("they differ"),
    "FileError": lambda: raised(flagfall.run, "taxi", faults="/none"),
    "FlagfallError": lambda: flagfall.FlagfallError("something"),
    "FlagfallWarning": lambda: flagfall.FlagfallWarning("a note"),
    "Fork": lambda: flagfall.fork("taxi", rides=20, at="5s", seeds=[1, 2]),
    "Measure": lambda: flagfall.run("taxi").measures["commission"],
    "Report": lambda: flagfall.report(days("report")),
    "Run": lambda: flagfall.run("taxi", rides=20),
    "RunError": lambda: raised(flagfall.sweep, "taxi", max_events=100, replications=5, out="failed"),
    "Scenario": lambda: flagfall.Scenario("taxi", fleet=3, link=["a->b=1ms", "b->a=2ms"]),
    "Shard": lambda: days("shard", shard="2/3"),
    "Stream": with_position,
    "Study": lambda: days("study"),
    "TieOutcome": lambda: flagfall.ties("taxi", rides=3).outcomes[0],
    "TieShard": lambda: flagfall.ties("taxi", rides=3, out="search", shard="1/2"),
    "Ties": lambda: flagfall.ties("taxi", rides=3),
    "Timeline": lambda: flagfall.run("taxi").timeline(),
    "Trace": lambda: flagfall.run("taxi").trace(),
    "UsageError": lambda: raised(flagfall.Study, 3),
    "Verified": lambda: flagfall.verify("taxi", threads=1),
    # Functions and a module.
    **dict.fromkeys([
        "compare", "diff", "fork", "merge", "report", "run", "shards", "statistics", "stream", "study",
        "sweep", "ties", "verify",
    ]),
}
"""An example of each public value; None where a name is none."""


def same(one, other):
    assert type(one) is type(other)
    if type(one).__repr__ is not object.__repr__:
        assert (repr(one), str(one)) == (repr(other), str(other))
    if isinstance(one, BaseException):
        told = ("exit_code", "argument", "study", "comparison")
        for name in told:
            assert getattr(one, name, None) == getattr(other, name, None)
        assert one.args == other.args
    elif isinstance(one, flagfall.Stream):
        one, other = copy.copy(one), copy.copy(other)
        assert [one.next_u64() for _ in range(9)] == [other.next_u64() for _ in range(9)]
    elif isinstance(one, flagfall.Report):
        assert one.page() == other.page()
    elif isinstance(one, flagfall.statistics.StoppingRule):
        assert str(one.estimate([1, 2, 3])) == str(other.estimate([1, 2, 3]))
    else:
        assert one == other
        assert not one != other


def test_each_public_name_is_known_here():
    assert VALUES.keys() == set(flagfall.__all__) - {"__version__"}
    assert OF_STATISTICS.keys() == set(flagfall.statistics.__all__)


@pytest.mark.parametrize("name", [
    *(name for name, make in VALUES.items() if make),
    *(f"statistics.{name}" for name, make in OF_STATISTICS.items() if make),
])  # fmt: skip
def test_values_pickle_and_copy(name):
    make = VALUES.get(name) or OF_STATISTICS[name.removeprefix("statistics.")]
    value = make()
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        same(value, pickle.loads(pickle.dumps(value, protocol)))
    for again in (copy.copy(value), copy.deepcopy(value), copy.deepcopy([value])[0]):
        same(value, again)
        same(value, pickle.loads(pickle.dumps(again)))


def test_exceptions_keep_what_they_know():
    error = pickle.loads(pickle.dumps(VALUES["RunError"]()))
    assert error.study.summary["points"][0]["failed"] > 0
    assert pickle.loads(pickle.dumps(VALUES["UsageError"]())).argument == "folder"
    changed = VALUES["FileError"]()
    changed.exit_code = 4
    assert pickle.loads(pickle.dumps(changed)).exit_code == 4


def test_a_copied_tally_goes_on_by_itself():
    one = tally()
    other = copy.copy(one)
    other.extend([0.3, 1e9, -7.7])
    one.extend([0.3, 1e9, -7.7])
    assert one == other
    other.add(1)
    assert one != other
    assert one.count + 1 == other.count
    for state in [(1, [0.0] * 6 + [0.0]), (0, [1.0] * 6), (2, [0.0, 0.0, float("nan"), 0, 1, 2]),
                  (2, [0.0, 0.0, 1.0, 0.0, 2.0, 1.0]), (1, [0.0, 0, 0, 0, 1e300, 1e300])]:  # fmt: skip
        with pytest.raises((flagfall.UsageError, ValueError)):
            flagfall.statistics._tally(*state)


def noted_file():
    path = pathlib.Path("noted.toml")
    path.write_text('model = "taxi"\nreplications = 3\n')
    return path


def one_seed_each():
    return flagfall.compare("taxi", grid={"seed": [1, 2]}, replications=3)


NOTES = {
    "run": lambda: flagfall.run("taxi", **NOTED),
    "Scenario.run": lambda: flagfall.Scenario("taxi", **NOTED).run(),
    "Scenario.from_toml": lambda: flagfall.Scenario.from_toml(noted_file().read_text()),
    "Scenario.from_file": lambda: flagfall.Scenario.from_file(noted_file()),
    "sweep": lambda: flagfall.sweep("taxi", precision="1%", of="rides", most=3, fewest=2, out="short"),
    "compare": one_seed_each,
}


@pytest.mark.parametrize("name", NOTES)
def test_warnings_are_at_the_line_of_the_caller(name):
    with pytest.warns(flagfall.FlagfallWarning) as told:
        NOTES[name]()
    assert told
    assert {warning.filename for warning in told} == {__file__}


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_warnings_of_any_command_are_at_the_line_of_the_caller(monkeypatch):
    study = days("days")
    report = flagfall.report(study)
    command = flagfall._flagfall.study_command

    def noted(*words):
        out, told, failed = command(*words)
        return out, [*told, "note: planted"], failed

    monkeypatch.setattr(flagfall._flagfall, "study_command", noted)
    for call in (
        lambda: days("days"), lambda: days("others"), one_seed_each, lambda: str(study),
        lambda: flagfall.fork("taxi", rides=20, at="5s"), lambda: flagfall.ties("taxi", rides=3),
        lambda: flagfall.report(study), lambda: flagfall.report("days", html="days.html"),
        report.page, report._repr_html_,
    ):  # fmt: skip
        with pytest.warns(flagfall.FlagfallWarning, match="planted") as told:
            call()
        assert {warning.filename for warning in told} == {__file__}


def test_what_is_told_goes_to_the_logger(caplog):
    with caplog.at_level(logging.DEBUG, logger="flagfall"):
        days("days")
        levels = {record.levelname: record.getMessage() for record in caplog.records}
        assert levels["DEBUG"].startswith("flagfall sweep taxi ")
        assert "20 replications at 2 points, 0 failed" in caplog.text
        caplog.clear()
        VALUES["RunError"]()
    warned = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "of 5 replications failed" in warned[0].getMessage()
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="flagfall"):
        days("quiet", quiet=True)
    assert not caplog.records


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_nothing_is_printed(capfd):
    for make in (*VALUES.values(), *OF_STATISTICS.values(), *NOTES.values()):
        if make is not None:
            value = make()
            repr(value), str(value), getattr(value, "_repr_html_", str)()
    raised(flagfall.run, "taxi", max_events=3)
    raised(flagfall.run, "taxi", flet=3)
    raised(flagfall.run, "parameter-server", fault="link ** -> ** loss 1")
    raised(flagfall.verify, "taxi", max_events=3)
    assert capfd.readouterr() == ("", "")


def test_nothing_is_printed_by_a_program_that_set_up_no_logging():
    code = (
        "import flagfall\n"
        "try: flagfall.sweep('taxi', max_events=100, replications=5, out='failed')\n"
        "except flagfall.RunError: pass\n"
        "flagfall.sweep('taxi', replications=5, out='right')\n"
    )
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def results(out):
    """Runs, a study, a comparison, statistics and a stream, as values that compare."""
    stream = flagfall.stream(7, purpose="threads")
    drawn = [stream.exponential(3) for _ in range(200)]
    study = days(out)
    compared = flagfall.compare("taxi", grid={"fleet": [2, 3]}, replications=5)
    return (
        [flagfall.run("taxi", seed=seed, fleet=3).digest for seed in range(20)],
        files(study.folder), compared.json, str(flagfall.statistics.interval(drawn)),
        flagfall.verify("taxi", threads=2).digest,
    )  # fmt: skip


def test_threads_at_once_come_to_what_they_come_to_in_turn():
    wanted = results("in-turn")
    found = {}
    shared = flagfall.statistics.Tally()
    stream = flagfall.stream(3)

    def work(number):
        words = [stream.next_u64() for _ in range(1_000)]
        for _ in range(1_000):
            shared.add(1)
        found[number] = (results(f"thread-{number}"), words)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    assert len(found) == 6
    assert all(result == wanted for result, _ in found.values())
    # Each word of a shared stream went to one of them.
    again = flagfall.stream(3)
    drawn = sorted(word for _, words in found.values() for word in words)
    assert drawn == sorted(again.next_u64() for _ in range(6_000))
    assert (shared.count, shared.mean, shared.variance) == (6_000, 1, 0)


def in_pool(number):
    """What a worker makes of a seed."""
    out = f"pool-{multiprocessing.current_process().pid}-{number}"
    study = flagfall.sweep("taxi", seed=number, replications=5, out=out)
    return flagfall.run("taxi", seed=number).digest, files(study.folder)["rows.csv"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_pools_of_every_kind_come_to_the_same(method):
    stop = threading.Event()

    def busy():
        number = 0
        while not stop.is_set():
            number += 1
            days(f"busy-{threading.get_ident()}-{number % 3}", seed=number % 3)
            flagfall.run("taxi", seed=number, rides=number % 50 + 1)

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        with multiprocessing.get_context(method).Pool(2) as pool:
            found = pool.map_async(in_pool, range(6)).get(timeout=120)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert found == [in_pool(number) for number in range(6)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_fork_in_the_middle_of_threads_that_work_is_whole():
    stop = threading.Event()

    def busy(number):
        round = 0
        while not stop.is_set():
            round += 1
            flagfall.sweep("taxi", seed=round, replications=3, out=f"busy-{number}-{round}")
            flagfall.compare("taxi", grid={"fleet": [2, 3]}, replications=2)
            flagfall.verify("taxi", threads=2)
            flagfall.statistics.interval(range(100))

    wanted = flagfall.sweep("taxi", replications=4, out="wanted")
    threads = [threading.Thread(target=busy, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    ended = []
    try:
        for number in range(15):
            child = os.fork()
            if child == 0:
                try:
                    signal.alarm(30)
                    study = flagfall.sweep("taxi", replications=4, out=f"child-{number}")
                    os._exit(0 if study == wanted and flagfall.run("taxi").events == 122 else 1)
                finally:
                    os._exit(2)
            ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert ended == [0] * 15
    assert files("child-0") == files("wanted")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_that_lives_on_locks_no_folder():
    options = {"customers": 20_000, "replications": 30, "out": "one"}
    thread = threading.Thread(target=flagfall.sweep, args=("queue",), kwargs=options)
    thread.start()
    while not pathlib.Path("one", "rows.log").exists():
        time.sleep(0.001)
    child = os.fork()
    if child == 0:
        # It has the files of the study open, too.
        time.sleep(60)
        os._exit(0)
    try:
        thread.join()
        # The study is finished, and can be opened to be changed.
        pathlib.Path("one", "summary.md").unlink()
        flagfall.sweep("queue", repair=True, **options)
        assert pathlib.Path("one", "summary.md").exists()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
