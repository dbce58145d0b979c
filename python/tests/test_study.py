"""Studies, comparisons and reports: those of the command, in its folders."""

import copy
import datetime
import json
import logging
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


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def command(*words):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)


def files(folder):
    inside = pathlib.Path(folder).iterdir()
    return {path.name: path.read_bytes() for path in inside if path.name != ".lock"}


def days(out="days", **options):
    return flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out=out, **options)


@pytest.mark.parametrize("system", ["taxi", "actor-tree", "parameter-server", "messages", "queue"])
@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_a_study_has_the_bytes_of_the_command(system):
    printed = command("sweep", system, "--set=seed=1,2,3", "--replications=5", "--out=one", "--json")
    study = flagfall.sweep(system, grid={"seed": range(1, 4)}, replications=5, out="other")
    assert study.summary == json.loads(printed.stdout)
    assert files("one") == files("other")
    assert {"rows.csv", "rows.parquet", "summary.json"} < files("one").keys()


def test_either_goes_on_with_the_other():
    words = ["--rides=50", "--set=fleet=2,4", "--replications=20"]
    command("sweep", "taxi", *words, "--out=whole")
    whole = files("whole")
    for first, second in [("python", "command"), ("command", "python")]:
        out = f"{first}-first"
        for by in (first, second):
            if by == "python":
                days(out, rides=50)
            else:
                assert command("sweep", "taxi", *words, f"--out={out}").returncode == 0
            if by == first:
                # As it was in the middle: some rows, and nothing after them.
                for name in files(out).keys() - {"manifest.json"}:
                    pathlib.Path(out, name).unlink()
        assert files(out) == whole


def test_a_study_is_opened_and_known():
    study = days()
    assert repr(study) == "<flagfall.Study of taxi: 2 points, 40 replications in days>"
    assert flagfall.Study("days") == study == pickle.loads(pickle.dumps(study))
    assert flagfall.Study(pathlib.Path("days")).manifest["seed"] == 42
    assert copy.deepcopy(study) == study
    assert "refused_share" in str(study)
    assert 'text-align: right">2</td>' in study._repr_html_()
    assert days() == study
    assert flagfall.sweep("taxi", replications=3).folder.name.startswith("taxi-")
    scenario = flagfall.Scenario("taxi", fleet=3)
    assert flagfall.sweep(scenario, replications=3, out="a").manifest["parameters"] == {"fleet": "3"}
    with pytest.raises(flagfall.FileError, match="another study") as foreign:
        days("a")
    assert foreign.value.exit_code == 5
    pathlib.Path("days", "rows.csv").write_text("")
    with pytest.raises(flagfall.FileError, match="were changed") as changed:
        flagfall.Study("days")
    assert changed.value.exit_code == 4


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_options_are_written_one_way_in_the_files():
    words = ["--seed=7", "--rides=5", "--link=a->b=1ms", "--link=b->a=2ms", "--no-digest",
             "--max-events=20", "--set=fleet=2,4", "--replications=3"]  # fmt: skip
    apart = [part for word in words for part in word.split("=", 1)]
    assert command("sweep", "taxi", *words, "--out=one").returncode == 1
    assert command("sweep", "taxi", *apart, "--out", "other").returncode == 1
    with pytest.raises(flagfall.RunError):
        flagfall.sweep("taxi", seed=7, rides=5, link=["a->b=1ms", "b->a=2ms"], no_digest=True,
                       max_events=20, grid={"fleet": [2, 4]}, replications=3, out="third")  # fmt: skip
    # Rows of failed replications have words, too.
    assert "--rides=5" in files("one")["rows.csv"].decode()
    assert files("one") == files("other") == files("third")
    manifest = json.loads(files("one")["manifest.json"])
    assert manifest["command"] == [
        "taxi", *words[:-2], "--set=fleet=2,4", "--replications=3", "--level=0.95"]  # fmt: skip
    assert manifest["points"][0]["run"] == ["run", "taxi", *words[:-2], "--fleet=2"]


def old_words(folder):
    """Writes the manifest as it was before options were written one way."""
    path = pathlib.Path(folder, "manifest.json")
    manifest = json.loads(path.read_text())

    def apart(words):
        return [part for word in words for part in (word.split("=", 1) if "--rides" in word else [word])]

    manifest["command"] = apart(manifest["command"])
    for point in manifest["points"]:
        point["run"] = apart(point["run"])
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return manifest


def test_a_study_with_the_old_words_is_gone_on_with():
    rows = {"rides": 50, "grid": {"fleet": [2, 4]}, "replications": 20}
    # A folder in the way of the last file leaves the log.
    blocked = pathlib.Path("old", "summary.json.partial")
    blocked.mkdir(parents=True)
    study = flagfall.sweep("taxi", out="new", **rows)
    pathlib.Path("old", "manifest.json").write_bytes(files("new")["manifest.json"])
    with pytest.raises(flagfall.FileError):
        flagfall.sweep("taxi", out="old", **rows)
    blocked.rmdir()
    assert pathlib.Path("old", "rows.log").exists()
    assert "--rides" in old_words("old")["command"]
    assert flagfall.sweep("taxi", out="old", **rows) == study
    assert files("old") == files("new")


def test_means_are_those_of_the_summary():
    study = flagfall.sweep("taxi", grid={"fleet": [2, 4], "every": ["1s", "2s"]}, replications=5)
    for place, measure in enumerate(study.summary["measures"]):
        means = study.means(measure["name"])
        assert [one.pop("levels") for one in means] == [one["levels"] for one in study.summary["points"]]
        assert means == [one["measures"][place] for one in study.summary["points"]]
    for wrong in ("refusd", "", None, 2):
        with pytest.raises(flagfall.UsageError, match="there are rides, refused") as caught:
            study.means(wrong)
        assert caught.value.argument == "measure"


def test_rows_are_a_table():
    pyarrow = pytest.importorskip("pyarrow")
    study = flagfall.sweep("taxi", grid={"fleet": [2, 4], "every": ["1s", "2500ms"]}, replications=5)
    table = pyarrow.table(study)
    assert table.num_rows == 20
    assert table.field("commission").metadata == {b"unit": b"$"}
    assert set(table["every"].to_pylist()) == {
        datetime.timedelta(seconds=1), datetime.timedelta(seconds=2.5)}  # fmt: skip
    parquet = pytest.importorskip("pyarrow.parquet")
    stored = parquet.read_table(study.folder / "rows.parquet")
    same = [name for name in stored.column_names if name != "every"]
    assert table.select(same).equals(stored.select(same))
    # Twice, and after the study is gone.
    assert pyarrow.table(study) == table
    row = table.to_pylist()[7]
    run = flagfall.run("taxi", fleet=2, every="2500ms", replication=row["replication"])
    assert run.digest == row["digest"]
    assert run.measures["commission"].value == row["commission"]


def test_a_comparison_is_that_of_the_command():
    printed = command("compare", "taxi", "--rides=50", "--set=fleet=4,5", "--of=refused_share", "--json")
    found = flagfall.compare("taxi", rides=50, grid={"fleet": [4, 5]}, of=["refused_share"])
    assert found.json == json.loads(printed.stdout)
    assert (found.scenarios, found.replications) == (["fleet=4", "fleet=5"], 100)
    pair = found.differences("refused_share")[0]
    assert (pair["first"], pair["second"], pair["established"]) == ("fleet=4", "fleet=5", True)
    assert str(found).startswith("refused_share  fleet=4 - fleet=5  0.0")
    shown = found._repr_html_()
    assert 'text-align: left">differ</td>' in shown
    assert 'text-align: right">0.0992 ± 0.0055</td>' in shown
    assert "100 replications of each scenario, under common random numbers" in shown
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(flagfall.UsageError, match="measure is 'x': there are refused_share"):
        found.differences("x")


def test_questions_are_answered_as_by_the_command():
    words = ("--rides=50", "--set=fleet=3,5", "--replications=50")
    asked = ("--goal=refused_share < 0.2", "--goal=ride_time<10min", "--best=min", "--of=refused_share")
    printed = command("sweep", "taxi", *words, *asked, "--out=asked", "--json")
    options = {"rides": 50, "grid": {"fleet": [3, 5]}, "replications": 50}
    study = flagfall.sweep("taxi", **options, goal=["refused_share < 0.2", "ride_time<10min"], best="min",
                           of="refused_share", out="asked")  # fmt: skip
    told = json.loads(printed.stdout)
    assert (study.answer, study.goals, study.best) == (told["answer"], told["goals"], told["best"])
    assert [point["answer"] for point in study.goals[0]["points"]] == ["no", "yes"]
    assert study.best["ranking"][0]["point"] == 1
    # The study is the same without questions.
    plain = flagfall.sweep("taxi", **options, out="asked")
    assert plain == study
    assert (plain.answer, plain.goals, plain.best) == (None, [], None)
    assert flagfall.report(plain, goal="refused_share < 0.2").text.startswith("refused_share < 0.2 holds at fleet 5")
    chosen = flagfall.sweep("taxi", rides=30, grid={"fleet": [3, 5]}, of="commission", best="max", indifference=1.0,
                            out="chosen")  # fmt: skip
    assert chosen.best["chosen"] == 1
    compared = flagfall.compare("taxi", rides=30, grid={"fleet": [3, 5]}, of="commission", best="max",
                                indifference=1.0, chance=0.9, first=10)  # fmt: skip
    assert compared.json["best"]["chosen"] == 1
    assert compared.replications == 10
    with pytest.raises(flagfall.UsageError, match="there is no measure x"):
        flagfall.sweep("taxi", **options, goal="x < 3", out="other")
    with pytest.raises(flagfall.UsageError, match="is not in the unit of refused_share"):
        flagfall.sweep("taxi", **options, goal="refused_share < 3min", out="other")
    with pytest.raises(flagfall.UsageError, match="is asked of the finished study"):
        flagfall.sweep("taxi", **options, goal="refused < 3", on="ray")


def test_what_is_asked_beside_a_cluster_can_be_asked_as_the_error_says():
    options = {"rides": 60, "grid": {"fleet": [3, 5]}, "replications": 40}
    with pytest.raises(flagfall.UsageError) as refused:
        flagfall.sweep("taxi", **options, best="min", of="refused_share", on="ray")
    assert "flagfall.report(study, best=..., of=...)" in str(refused.value)
    study = flagfall.sweep("taxi", **options, out="asked")
    report = flagfall.report(study, best="min", of="refused_share")
    assert report.text.startswith("fleet 5 has the lowest refused_share")
    del options["replications"]
    for name, value in {"indifference": 0.1, "chance": 0.9, "first": 10, "procedure": "kn"}.items():
        asked = {"best": "min", "of": "refused_share", name: value}
        with pytest.raises(flagfall.UsageError, match=f"{name} is of a choice, whose rounds are made on one machine"):
            flagfall.sweep("taxi", **options, **asked, on="ray")
        if name != "procedure":
            with pytest.raises(flagfall.UsageError, match=f"{name} is of a choice"):
                flagfall.study(count, **asked, on="ray")


def count(seed, replication):
    return {"replication": replication}


def test_a_report_is_that_of_the_command():
    study = days()
    printed = command("report", "days", "--of=refused_share", "--html=page.html")
    report = flagfall.report(study, of="refused_share", html="mine.html")
    assert report.text == str(report) == printed.stdout
    page = pathlib.Path("page.html").read_text(encoding="utf-8")
    assert pathlib.Path("mine.html").read_text(encoding="utf-8") == page == report.page()
    assert "<iframe srcdoc=" in report._repr_html_()
    assert flagfall.report("days", run="1:3").page() != page


def test_notes_are_warnings_and_the_rest_is_logged(caplog, capfd):
    with caplog.at_level(logging.INFO, logger="flagfall"):
        days()
    assert "40 replications at 2 points" in caplog.text
    with pytest.warns(flagfall.FlagfallWarning, match="the precision may not be reached"):
        flagfall.sweep("taxi", precision="0.1%", most=20, of="commission", out="short")
    # Nothing is printed.
    assert capfd.readouterr() == ("", "")


def test_replications_that_fail():
    with pytest.raises(flagfall.RunError, match="of 10 replications failed") as failed:
        flagfall.sweep("taxi", max_events=100, replications=10, grid={"fleet": [2]}, out="limited")
    study = failed.value.study
    assert study.summary["points"][0]["failed"] > 0
    assert study == flagfall.Study("limited")


def test_ctrl_c_keeps_rows_and_leaves_a_usable_interpreter():
    def pressed(after):
        time.sleep(after)
        at.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    options = {"customers": 5_000, "grid": {"load": [0.5, 0.9]}, "replications": 500}
    ended = 0
    for after in (0.05, 0.2, 0.4):
        at = []
        thread = threading.Thread(target=pressed, args=(after,))
        thread.start()
        try:
            flagfall.sweep("queue", out="one", **options)
            thread.join()
        except KeyboardInterrupt:
            ended += 1
            assert time.monotonic() - at[0] < 2
        thread.join()
    assert ended
    study = flagfall.sweep("queue", out="one", **options)
    assert study == flagfall.sweep("queue", out="other", **options)
    assert files("one") == files("other")


def test_other_threads_go_on():
    threads = [threading.Thread(target=days, args=(f"out{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files("out0") == files("out3")


def test_bad_arguments_are_named():
    def told(call, *words, **options):
        with pytest.raises(flagfall.UsageError) as refused:
            call(*words, **options)
        assert str(refused.value)
        return refused.value.argument

    sweep, compare = flagfall.sweep, flagfall.compare
    for grid in ({"flet": [2]}, 3, [("fleet", 2)], {"fleet": 3}, {"fleet": "23"}, {"fleet": []},
                 {3: [1]}, {"a b": [1]}, {"fleet": [1, 1]}, {"fleet": ["1;2"]}, {"no_digest": [True]},
                 {"fleet": [""]}, {"replication": [1]}):  # fmt: skip
        assert told(sweep, "taxi", grid=grid) == "grid"
        assert told(compare, "taxi", grid=grid) == "grid"
    assert told(sweep, "taxi", grid={"fleet": ["x"]}) == "fleet"
    assert told(sweep, "taxi", flet=2) == told(compare, "taxi", grid={"seed": [1, 2]}, flet=2) == "flet"
    assert told(sweep, 3) == "model"
    assert "did you mean taxi?" in str(pytest.raises(flagfall.UsageError, sweep, "taxy").value)
    bad = {
        "replications": (0, -1, 1.5, "x", float("nan"), [3], True, 2**70),
        "precision": (0, "x", -1, float("nan"), True),
        "level": (0, 1, "x", float("inf")),
        "threads": (0, -1, 10_000, "x"),
        "retry_failed": (1, "yes"),
        "repair": (0.5,),
        "quiet": (1,),
        "out": (3, "", "-x", b"x", True),
        "fewest": (1, "x"),
        "most": (1, "x"),
        "json": (True,),
    }
    for name, values in bad.items():
        for value in values:
            assert told(sweep, "taxi", **{name: value}) == name, value
    assert told(sweep, "taxi", precision="1%", of="x") == "of"
    assert told(sweep, "taxi", fewest=5) in ("fewest", "precision")
    assert told(compare, "taxi", grid={"fleet": [2]}) == told(compare, "taxi", grid=None) == "grid"
    # The text of the command is not the rest of a sentence.
    for grid in (None, {}, {"fleet": [2, 2]}):
        text = str(pytest.raises(flagfall.UsageError, compare, "taxi", grid=grid).value)
        assert text.startswith("grid is wrong: "), text
    assert told(compare, "taxi", grid={"fleet": [2, 3]}, against_first=1) == "against_first"
    assert told(compare, "taxi", grid={"fleet": [2, 3]}, precision="1%") in ("precision", "of")
    assert told(flagfall.Study, 3) == told(flagfall.Study, "") == "folder"
    study = days()
    assert told(flagfall.report, 3) == "study"
    assert "did you mean" in str(pytest.raises(flagfall.UsageError, flagfall.report, study, of="refusd").value)
    assert told(flagfall.report, study, html=3) == "html"
    for missing in (flagfall.Study, flagfall.report):
        with pytest.raises(flagfall.FileError, match="nowhere"):
            missing("nowhere")
