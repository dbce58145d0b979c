"""Studies of a function: their results, files and identity."""

import datetime
import functools
import json
import math
import pathlib
import pickle
import subprocess
import sys
import sysconfig
import time

import pytest

import flagfall

import function_models as models
from function_helpers import files, folder, queues, rows  # noqa: F401

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")


def test_the_rows_are_those_of_the_calls():
    study = queues(processes=2)
    for row in rows(study):
        result = models.mm1(float(row["load"]), 42, int(row["replication"]))
        assert float(row["wait"]) == result["wait"]
        assert (row["events"], row["digest"], row["error"]) == ("0", "", "")
    measures = {one["name"]: one for one in study.summary["measures"]}
    assert measures["wait"] == {"name": "wait", "unit": "s", "kind": "number"}
    assert measures["waited"]["kind"] == "share" and measures["busy"]["kind"] == "yes-no"
    point = {one["name"]: one for one in study.summary["points"][0]["measures"]}
    waits = [float(row["wait"]) for row in rows(study) if row["point"] == "0"]
    assert point["wait"]["text"] == str(flagfall.statistics.interval(waits))
    assert point["busy"]["interval"] == "clopper-pearson"


def outer(seed, replication):
    grid = {"seed": [seed]}
    inner = flagfall.study(models.first, grid, replications=3, processes=1, out=f"inner-{replication}", quiet=True)
    return {"mean": inner.summary["points"][0]["measures"][0]["mean"]}


def test_a_study_within_a_study(capfd):
    for processes in (1, 2):
        study = flagfall.study(outer, replications=3, processes=processes, out=f"outer-{processes}", quiet=True)
        assert study.summary["points"][0]["measures"][0]["count"] == 3
    assert capfd.readouterr().out == ""
    assert files("outer-1") == files("outer-2")


def test_the_queue_is_that_of_the_closed_form():
    customers, load = 4000, 0.5
    study = flagfall.study(
        models.mm1, {"load": [load], "customers": [customers]}, replications=60, units=models.UNITS, out="q")
    wait = study.summary["points"][0]["measures"][0]
    # The mean wait of M/M/1; the first customers wait less, by far less than the interval.
    assert wait["low"] < load * load / (1 - load) < wait["high"]


def test_replications_have_common_random_numbers():
    study = flagfall.study(models.at, {"load": [1, 2]}, replications=5, out="draws", processes=2)
    draws = [row["draw"] for row in rows(study)]
    assert draws[:5] == draws[5:] and len(set(draws)) == 5
    assert float(draws[3]) == flagfall.stream(42, 3, purpose="x").unit()
    seeds = flagfall.study(models.first, {"seed": [42, 43]}, replications=2, out="seeds", processes=1)
    assert [row["draw"] for row in rows(seeds)][:2] == draws[:2]
    assert seeds.manifest["seed"] is None and "seeds 42, 43" in str(seeds)


def test_levels_keep_their_types():
    numpy = pytest.importorskip("numpy")
    levels = [1, 2.5, "a", True, None, datetime.timedelta(seconds=90), (1, 2), numpy.int64(7), numpy.float64(8)]
    study = flagfall.study(models.typed, {"what": levels}, replications=1, processes=1, out="types")
    assert [int(row["is"]) for row in rows(study)] == [1, 2, 3, 4, 5, 6, 6, 1, 2]
    texts = ["1", "2.5", "a", "True", "None", "90s", "1,2", "7", "8.0"]
    assert [point["levels"][0] for point in study.manifest["points"]] == texts
    # A text is another study than a number.
    with pytest.raises(flagfall.FileError, match="another study"):
        flagfall.study(models.typed, {"what": ["1", *levels[1:]]}, replications=1, processes=1, out="types")
    spans = [datetime.timedelta(milliseconds=count) for count in (1500, 2000)]
    spans = flagfall.study(models.typed, {"what": spans}, replications=1, processes=1, out="spans")
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.table(spans)["what"].to_pylist() == [
        datetime.timedelta(seconds=1.5), datetime.timedelta(seconds=2)]  # fmt: skip


def test_numbers_may_be_undefined():
    study = flagfall.study(models.undefined, replications=4, processes=1, out="u")
    assert [row["now and then"] for row in rows(study)] == ["1", "", "1", ""]
    counts = [one["count"] for one in study.summary["points"][0]["measures"]]
    assert counts == [0, 0, 2]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("list", "returned a value of type list: return numbers by name"),
        ("nothing", "returned no number"),
        ("infinite", "returned x as inf: return a finite number, or None"),
        ("text", "returned x as a value of type str"),
        ("complex", "returned x as a value of type complex"),
        ("bool", "returned x as True: give units={'x': 'yes/no'}"),
        ("huge", "returned x as a number that is too large"),
        ("large", "returned x as -1.1e+140, too large for a mean: return 1e140 at most"),
        ("name", "returned a number with the name 3"),
        ("column", "returned replication, which is another column already"),
    ],
)
def test_results_that_are_no_numbers_are_named(what, told):
    with pytest.raises(flagfall.RunError, match="all|2 of 2") as failed:
        flagfall.study(models.returns, {"what": [what]}, replications=2, processes=1, out="wrong")
    assert told in str(failed.value)
    assert told in rows(failed.value.study)[0]["error"]


def test_shares_and_answers_are_checked():
    for units, told in [({"is": "share"}, "from 0 to 1"), ({"is": "yes/no"}, "give True or False"),
                        ({"other": "s"}, "returned no other, which has a unit")]:  # fmt: skip
        with pytest.raises(flagfall.RunError, match=told):
            flagfall.study(models.typed, {"what": ["a"]}, replications=1, processes=1, units=units)


def test_other_names_end_the_study():
    with pytest.raises(flagfall.RunError, match="replication 3 of point 0 has the measures b"):
        flagfall.study(models.other_names, replications=9, processes=1, out="names")


def test_failed_replications_are_tried_again(tmp_path):
    def tried(**options):
        return flagfall.study(
            models.late, {"folder": [str(tmp_path)]}, replications=3, processes=2, out="late", **options)

    for _ in range(2):
        with pytest.raises(flagfall.RunError, match="3 of 3 replications failed.*not fixed yet"):
            tried()
    (tmp_path / "fixed").touch()
    with pytest.raises(flagfall.RunError, match="3 of 3 replications failed"):
        tried()
    assert tried(retry_failed=True).summary["points"][0]["failed"] == 0
    pathlib.Path("late", "rows.csv").write_text("")
    with pytest.raises(flagfall.FileError, match="with --repair"):
        tried()
    with pytest.warns(flagfall.FlagfallWarning, match="written again: rows.csv"):
        assert tried(repair=True) == flagfall.Study("late")


def test_a_precision_takes_as_many_as_one_by_one():
    def until(out, processes):
        return queues(out, replications=None, precision="20%", of="waited", fewest=5, processes=processes)

    study = until("one", 1)
    counts = [point["replications"] for point in study.summary["points"]]
    assert all(5 <= count < 200 for count in counts)
    until("other", 3)
    assert files("one") == files("other")
    with pytest.warns(flagfall.FlagfallWarning, match="the precision may not be reached"):
        queues("short", replications=None, precision="0.1%", most=5, processes=1)
    with pytest.raises(flagfall.UsageError, match="there is no measure waitt") as wrong:
        queues("none", replications=None, precision="5%", of="waitt", processes=1)
    assert wrong.value.argument == "of"
    assert not pathlib.Path("none").exists()


def test_report_page_table_and_pickle():
    study = queues()
    assert repr(study) == "<flagfall.Study of function_models.mm1: 2 points, 40 replications in queues>"
    assert flagfall.Study("queues") == study == pickle.loads(pickle.dumps(study)) == queues()
    report = flagfall.report(study, of="wait")
    assert "mm1: 2 points, 40 replications" in str(report)
    page = report.page()
    assert "flagfall.study(function_models.mm1, grid={&#39;load&#39;: [0.5, 0.9]}" in page.replace("&#x27;", "&#39;") \
        or "flagfall.study(function_models.mm1, grid={'load': [0.5, 0.9]}" in page
    assert "its replications have no timeline" in page
    with pytest.raises(flagfall.UsageError, match="no timeline"):
        flagfall.report(study, run="0:1").page()
    printed = subprocess.run([COMMAND, "report", "queues"], capture_output=True, text=True, check=True)
    assert "wait (s)" in printed.stdout
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(study)
    assert table.num_rows == 40 and table.field("wait").metadata == {b"unit": b"s"}


def test_folders_of_models_and_functions_are_kept_apart():
    queues()
    for words in (["sweep", "taxi", "--out=queues"], ["sweep", "queue", "--set=load=0.5,0.9", "--out=queues"]):
        ran = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)
        assert ran.returncode == 5
        assert "holds a study of the Python function function_models.mm1: only `flagfall.study`" in ran.stderr
    flagfall.sweep("taxi", replications=2, out="days")
    with pytest.raises(flagfall.FileError, match="a study of the model taxi: only `flagfall sweep`") as foreign:
        queues("days")
    assert foreign.value.exit_code == 5
    # Unfinished, it says how to go on.
    for name in ("rows.csv", "rows.parquet", "summary.json", "summary.md", "checksums.txt"):
        pathlib.Path("queues", name).unlink()
    ran = subprocess.run([COMMAND, "report", "queues"], capture_output=True, text=True, check=False)
    assert "continue: flagfall.study(function_models.mm1, grid=" in ran.stderr


SCRIPT = """
import flagfall


def model(size, seed, replication):
    stream = flagfall.stream(seed, replication, purpose="x")
    return {"number": size * stream.unit()}  # COMMENT

study = flagfall.study(model, {"size": [1, 2]}, replications=5, processes=2, out="script" OPTIONS)
print(repr(study))
"""


def script(text=SCRIPT, options="", **changed):
    for old, new in changed.items():
        text = text.replace(old, new)
    pathlib.Path("script.py").write_text(text.replace("OPTIONS", options))
    return subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("has_cloudpickle", [True, False])
def test_a_function_of_the_main_program_works(has_cloudpickle):
    if has_cloudpickle:
        pytest.importorskip("cloudpickle")
        # It can be a new interpreter, and that never runs the script.
        ran = script(options=", start='spawn'")
    else:
        ran = script("import sys\nsys.modules['cloudpickle'] = None\n" + SCRIPT)
    assert ran.stdout == "<flagfall.Study of model: 2 points, 10 replications in script>\n", ran.stderr
    study = flagfall.Study("script")
    assert float(rows(study)[9]["number"]) == 2 * flagfall.stream(42, 4, purpose="x").unit()


def test_changes_of_the_function_are_refused():
    ran = script()
    assert ran.stdout == "<flagfall.Study of model: 2 points, 10 replications in script>\n", ran.stderr
    assert script().returncode == 0
    changed = script(COMMENT="other")
    assert "FileError" in changed.stderr and "model was changed since" in changed.stderr
    # Lines before it do not count.
    assert script("# One more\n\n" + SCRIPT).returncode == 0
    # With a version, only the version counts.
    versions = SCRIPT.replace('"script"', '"versions"')
    assert script(versions, ", version=1").returncode == 0
    assert script(versions, ", version=1", COMMENT="other").returncode == 0
    assert "version `1` there, `2` here" in script(versions, ", version=2").stderr


def test_functions_without_source_and_without_a_name_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    names = {}
    exec("def model(seed, replication):\n    return {'x': replication}", names)
    flagfall.study(names["model"], replications=3, processes=2, out="exec")
    exec("def model(seed, replication):\n    return {'x': -replication}", names)
    with pytest.raises(flagfall.FileError, match="model was changed since"):
        flagfall.study(names["model"], replications=3, processes=2, out="exec")
    add = 3
    study = flagfall.study(lambda seed, replication: {"x": replication + add}, replications=2, processes=2)
    assert study.summary["points"][0]["measures"][0]["mean"] == 3.5
    with pytest.raises(flagfall.UsageError, match="cannot be loaded in a new interpreter"):
        flagfall.study(names["model"], replications=3, processes=2, start="spawn")


def test_a_file_that_was_changed_while_it_is_imported_is_not_taken_for_what_runs(monkeypatch):
    monkeypatch.syspath_prepend(".")
    module = pathlib.Path("edited_model.py")
    module.write_text("def model(seed, replication):\n    return {'x': 1.0}\n")
    import edited_model

    def made():
        return flagfall.study(edited_model.model, replications=2, processes=1, out="edited")

    before = made().manifest["parameters"]["source"]
    module.write_text("def model(seed, replication):\n    return {'x': 2.0}\n")
    # What runs is still the first.
    with pytest.raises(flagfall.FileError, match="edited_model.model was changed since"):
        made()
    module.write_text("def model(seed, replication):\n    return {'x': 1.0}\n")
    assert made().manifest["parameters"]["source"] == before


class Thing:
    def model(self, seed, replication):
        return {"x": 1}

    @staticmethod
    def fixed(seed, replication):
        return {"x": 1}

    def __call__(self, seed, replication):
        return {"x": 1}


def no_replication(seed):
    return {"x": 1}


def test_bad_arguments_are_named():
    def told(function=models.mm1, grid={"load": [0.5]}, **options):
        options = {"replications": 2, "processes": 1, **options}
        with pytest.raises(flagfall.UsageError) as refused:
            flagfall.study(function, grid, **options)
        assert len(str(refused.value)) > 20
        return refused.value.argument

    for function in (3, "taxi", None, functools.partial(models.mm1), Thing().model, Thing(), Thing, no_replication):
        assert told(function, None) == "function", function
    assert flagfall.study(Thing.fixed, replications=2, processes=2).manifest["model"].endswith("Thing.fixed")
    for grid in (3, [("load", 1)], {"load": 3}, {"load": "23"}, {"load": []}, {3: [1]}, {"a b": [1]},
                 {"load": [1, 1]}, {"load": [1, "1"]}, {"lod": [1]}, {"load": [math.nan]}, {"load": [object()]},
                 {"load": [1j]}, {"load": {1, 2}}, {"load": ["\ud800"]}, {"load": [[[1]]], "x": [1]}, {},
                 {"load": [1], "replication": [1]}, {"load": [1], "seed": [-1]}, {"load": [1], "seed": ["a"]},
                 {"load": range(1000), "customers": range(1000)}, {"load": [10**5000]}):  # fmt: skip
        assert told(grid=grid) == "grid", grid
    bad = {
        "replications": (0, -1, 1.5, "x", math.nan, [3], True, 2**70),
        "precision": (0, "x", -1, math.nan, True),
        "level": (0, 1, "x", math.inf),
        "processes": (0, -1, 10_000, "x", 1.5, True),
        "seed": (-1, 2**64, 1.5, "x", True),
        "start": ("forkserver", 3, ""),
        "version": (1.5, True, ""),
        "units": (3, {"wait": 3}, {3: "s"}, {"wait": ""}),
        "retry_failed": (1, "yes"),
        "repair": (0.5,),
        "quiet": (1,),
        "out": (3, "", "-x", b"x", True),
        "fewest": (1, "x"),
        "most": (1, "x"),
    }
    for name, values in bad.items():
        for value in values:
            options = {name: value}
            if name in ("fewest", "most", "precision"):
                options = {"replications": None, "precision": "5%", **options}
            assert told(**options) == name, value
    for bad in (-1, 0, 2**70, "x"):
        with pytest.raises(flagfall.UsageError, match="^processes is .*: give a whole number from 1 to 1024$"):
            flagfall.study(models.mm1, {"load": [1]}, processes=bad)
    with pytest.raises(flagfall.UsageError, match="version is empty"):
        flagfall.study(models.mm1, {"load": [1]}, version="")
    with pytest.raises(flagfall.UsageError, match="did you mean load"):
        flagfall.study(models.mm1, {"laod": [1]})


def test_manifest_and_identity():
    study = queues(processes=1)
    manifest = json.loads((study.folder / "manifest.json").read_text())
    assert manifest["function"] is True and manifest["model"] == "function_models.mm1"
    assert manifest["points"][1]["run"] == ["function_models.mm1", "load=0.9", "seed=42"]
    assert manifest["command"][:3] == ["function_models.mm1", "grid={'load': [0.5, 0.9]}", "seed=42"]
    for other in ({"seed": 43}, {"replications": 21}, {"units": {"wait": "h"}}, {"version": 2}, {"level": 0.9}):
        with pytest.raises(flagfall.FileError, match="another study"):
            queues(**other)
    named = flagfall.study(models.first, replications=2, processes=1)
    assert named.folder.name == f"function_models.first-{named.manifest['study'][:8]}"


def test_spans_of_numpy_are_no_numbers():
    numpy = pytest.importorskip("numpy")
    # Python makes a number of nanoseconds alone.
    for unit in ("s", "ns"):
        span = numpy.timedelta64(5, unit)
        with pytest.raises(flagfall.RunError, match="returned x as a value of type timedelta64: return a number"):
            flagfall.study(lambda seed, replication: {"x": span}, replications=1, processes=1, out=unit)


def test_levels_that_are_spans_of_others():
    numpy, pandas = pytest.importorskip("numpy"), pytest.importorskip("pandas")

    def kept(span, seed, replication):
        assert type(span) is datetime.timedelta
        return {"span": span.total_seconds()}

    study = flagfall.study(kept, {"span": [pandas.Timedelta("1.5s")]}, replications=2, processes=1, out="spans")
    assert study.summary["points"][0]["levels"] == {"span": "1500ms"}
    lost = (pandas.Timedelta("1500ns"), numpy.timedelta64(1, "s"), numpy.timedelta64(1, "ns"), numpy.datetime64("2020-01-01"))
    for level in lost:
        with pytest.raises(flagfall.UsageError, match="grid has .* level of span"):
            flagfall.study(kept, {"span": [level]}, replications=2, processes=1, out="none")
