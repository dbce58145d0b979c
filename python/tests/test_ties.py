"""What the order of events decides, and several futures of one run."""

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
DURATIONS = [2, 3, 1, 4, 4, 2, 1, 1, 1, 4]
DAY = flagfall.Scenario("taxi", latency=0, durations=DURATIONS)


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


def test_ties_are_those_of_the_command():
    words = ["taxi", "--latency=0", f"--durations={','.join(map(str, DURATIONS))}"]
    printed = command("ties", *words, "--of=commission", "--json")
    found = flagfall.ties(DAY, of="commission")
    assert found.json == json.loads(printed.stdout)
    assert (found.complete, found.classes, len(found.outcomes)) == (True, 1920, 1920)
    assert found.orders == 732031635897188352
    assert [group["value"] for group in found.groups] == [5.75, 5.5]
    assert abs(sum(one.share for one in found.outcomes) - 1) < 1e-9
    assert repr(found) == "<flagfall.Ties of taxi: 1920 outcomes, all, 1929 runs>"
    assert "<td>5.5</td><td>0.10 %</td>" in found._repr_html_()
    assert found.decisive[0]["first"]["event"] > 0
    assert pickle.loads(pickle.dumps(found)) == found


def test_choices_repeat_an_outcome():
    found = flagfall.ties("taxi", latency=0, durations=DURATIONS, seed=7)
    for one in (found.outcomes[0], found.outcomes[-1]):
        again = flagfall.run("taxi", latency=0, durations=DURATIONS, seed=7, ties=one.ties)
        assert again == one.run
        assert again.digest == one.run.digest
        assert one.error is None
    rare = next(group for group in flagfall.ties(DAY, of="commission").groups if group["value"] == 5.5)
    assert DAY.replace(ties=rare["ties"]).run().measures["commission"].value == 5.5


def test_an_outcome_has_records():
    pyarrow = pytest.importorskip("pyarrow")
    outcome = flagfall.ties("taxi", latency=0, durations=[2, 3, 1], polls=5).outcomes[-1]
    again = flagfall.run("taxi", latency=0, durations=[2, 3, 1], polls=5, ties=outcome.ties)
    assert pyarrow.table(outcome.run.trace()) == pyarrow.table(again.trace())


def test_several_outcomes_are_an_error_where_one_is_expected():
    with pytest.raises(flagfall.RunError, match="the order of simultaneous events decides") as several:
        flagfall.ties(DAY, expect_one=True)
    assert len(several.value.ties.outcomes) == 1920
    assert flagfall.ties(DAY, expect_one=True, of="rides").groups[0]["value"] == 10
    cut = flagfall.ties(DAY, budget=10, samples=20)
    assert not cut.complete
    assert "there may be more" in repr(cut)


def test_outcomes_that_fail_have_their_error():
    found = flagfall.ties("taxi", latency=0, durations=DURATIONS, max_events=50, budget=100, samples=10)
    assert {one.run for one in found.outcomes} == {None}
    assert "limit" in found.outcomes[0].error or "events" in found.outcomes[0].error


def test_bad_arguments_of_ties_are_named():
    assert told(flagfall.ties, "taxi", flet=3) == "flet"
    assert told(flagfall.ties, "taxi", ties="shuffle") == "ties"
    assert told(flagfall.ties, "taxi", of="x", latency=0, rides=2, budget=5, samples=5) == "of"
    for name, values in {"budget": (-1, "x", 1.5, True), "samples": (-1, "x"), "expect_one": (1, "x")}.items():
        for value in values:
            assert told(flagfall.ties, "taxi", **{name: value}) == name, value
    assert "did you mean taxi?" in str(pytest.raises(flagfall.UsageError, flagfall.ties, "taxy").value)


def test_a_fork_is_that_of_the_command():
    words = ["--at=5s", "--seeds=1,2,3", "--set=latency=5ms", "--set=max-events=900", "--json"]
    printed = command("fork", *words, "taxi", "--rides=20")
    changes = {"latency": "5ms", "max_events": 900}
    made = flagfall.fork("taxi", at="5s", seeds=[1, 2, 3], changes=changes, rides=20)
    assert made.json == json.loads(printed.stdout)
    assert (made.at, made.origin, len(made.branches)) == (5.0, "copy", 3)
    assert [run.seed for run in made.branches] == [1, 2, 3]
    assert made.branches[0].measures["rides"].value == 20
    assert repr(made) == f"<flagfall.Fork: 3 branches from 5.0 s, event {made.event}>"
    assert "<th>branch 3</th>" in made._repr_html_()
    assert f"<td>{made.branches[0].measures['utilization'].value:.6g}</td>" in made._repr_html_()
    assert pickle.loads(pickle.dumps(made)) == made
    branch = pickle.loads(pickle.dumps(made.branches[0]))
    assert branch == made.branches[0]
    with pytest.raises(flagfall.FlagfallError, match="a branch of a fork"):
        branch.trace()


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_a_branch_that_changes_nothing_is_the_run():
    run = flagfall.run("taxi", seed=42)
    branch = flagfall.fork("taxi", at="5s", branches=1, seed=42).branches[0]
    assert branch == run
    with pytest.warns(flagfall.FlagfallWarning, match="branches 1, 2 are one run") as told:
        assert flagfall.fork(flagfall.Scenario("taxi"), at="5s").branches == [run, run]
    assert told[0].filename == __file__


def test_a_fork_of_a_snapshot():
    assert command("run", "taxi", "--snapshot=day.snap", "--snapshot-at=5s").returncode == 0
    made = flagfall.fork(from_="day.snap", seeds=[7, 8], lang="en", summary=True)
    assert made.json == flagfall.fork("taxi", at="5s", seeds=[7, 8], lang="en", summary=True).json
    assert flagfall.fork(from_=pathlib.Path("day.snap"), at="6s", seeds=[7]).at == 6.0
    with pytest.raises(flagfall.FileError, match="none.snap"):
        flagfall.fork(from_="none.snap")


def test_bad_arguments_of_fork_are_named():
    fork = flagfall.fork
    assert told(fork) == "model"
    assert told(fork, "taxi") == "at"
    assert told(fork, "taxi", at="5s", from_="day.snap") == "from_"
    assert told(fork, "taxi", at="5s", flet=3) == "flet"
    assert told(fork, "taxi", at="1000h") == "at"
    assert told(fork, from_=3) == "from_"
    assert told(fork, from_="day.snap", fleet=3) == "fleet"
    assert told(fork, from_="day.snap", summary=3) == "summary"
    bad = {
        "at": ("x", "-1s", 3.5, True, object()),
        "branches": (0, -1, "x", 2**40, True),
        "seeds": (3, "12", [], ["x"], [-1], [1.5], [1, 1], [2**64], [True]),
        "changes": (3, [1], {"fleet": 3}, {"latency": "x"}, {3: 4}, {"a b": 1}, {"seed": 3},
                    {"latency": object()}),
    }  # fmt: skip
    for name, values in bad.items():
        for value in values:
            assert told(fork, "taxi", **{"at": "5s", name: value}) == name, value


def pressed_after(seconds, call, *words, **options):
    """How long a call went on after Ctrl-C."""
    def press():
        time.sleep(seconds)
        at.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    at = []
    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        call(*words, **options)
        thread.join()
    ended = time.monotonic()
    thread.join()
    return ended - at[0]


def test_ctrl_c_ends_a_search_and_a_fork():
    day = flagfall.Scenario("actor-tree", latency=0)
    assert pressed_after(0.3, flagfall.ties, day) < 2
    customers = flagfall.Scenario("queue", customers=20_000_000, no_digest=True)
    # In a branch, and in what the branches have in common.
    assert pressed_after(0.3, flagfall.fork, customers, at="1s") < 2
    assert pressed_after(0.3, flagfall.fork, customers, at="10000h") < 2
    assert pressed_after(0.3, flagfall.diff, customers, customers) < 2
    assert flagfall.run("taxi").events == 122
