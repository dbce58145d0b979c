"""Parts of studies from Python: run apart, listed and put together."""

import pathlib
import pickle
import subprocess
import sys

import pytest

import flagfall

import function_models as models
from function_helpers import folder  # noqa: F401

GRID = {"load": [0.5, 0.8], "customers": [50]}


def files(folder):
    names = ("rows.csv", "rows.parquet", "summary.json", "manifest.json", "checksums.txt")
    return {name: (pathlib.Path(folder) / name).read_bytes() for name in names}


def queue(out, **options):
    options = {"replications": 30, "units": models.UNITS, "quiet": True, **options}
    return flagfall.study(models.mm1, GRID, out=out, **options)


@pytest.mark.parametrize("processes", [1, 2])
def test_shards_of_a_function_are_the_study_of_one_machine(processes):
    queue("whole", processes=1)
    shards = [queue("parts", processes=processes, shard=f"{part}/4") for part in (3, 1, 4)]
    assert [shard.shard for shard in shards] == ["3/4", "1/4", "4/4"]
    assert all(shard.file.is_file() and shard.failed == 0 for shard in shards)
    with pytest.raises(flagfall.FileError, match="2/4 missing") as missing:
        flagfall.merge("parts")
    assert missing.value.exit_code == 6
    listed = flagfall.shards("parts")
    assert listed["missing"] == ["2/4"] and listed["planned"] == 60 and not listed["complete"]
    shards.append(queue("parts", processes=processes, shard="2/4"))
    assert sum(shard.rows for shard in shards) == 60
    study = flagfall.merge("parts")
    assert files("parts") == files("whole") and study == flagfall.Study("whole")
    assert flagfall.shards("parts")["complete"]
    # Once it is finished, a shard has nothing to do.
    assert queue("parts", shard="2/4") == flagfall.Shard("2/4", 0, 0, pathlib.Path("parts"))


def test_shards_of_a_model_are_those_of_the_command():
    options = {"rides": 10, "grid": {"fleet": [2, 4]}, "replications": 20, "quiet": True}
    flagfall.sweep("taxi", **options, out="whole")
    shard = flagfall.sweep("taxi", **options, out="parts", shard="1/2")
    assert (shard.shard, shard.rows) == ("1/2", 20) and pickle.loads(pickle.dumps(shard)) == shard
    words = ["sweep", "taxi", "--rides=10", "--set=fleet=2,4", "--replications=20", "--out=parts", "--shard=2/2"]
    subprocess.run([sys.executable, "-m", "flagfall", *words], check=True, capture_output=True)
    flagfall.merge("parts", quiet=True)
    assert files("parts") == files("whole")


def test_a_precision_takes_rounds():
    options = {"precision": "20%", "of": "wait", "fewest": 5, "replications": None, "processes": 1}
    queue("whole", **options)
    rounds = 0
    while True:
        for part in ("1/2", "2/2"):
            queue("parts", **options, shard=part)
        rounds += 1
        try:
            flagfall.merge("parts", quiet=True)
        except flagfall.FileError as error:
            assert error.exit_code == 6
            continue
        break
    assert rounds > 1 and files("parts") == files("whole")


def test_failed_replications_are_rows_of_their_shard():
    options = {"replications": 6, "processes": 1, "quiet": True}
    shards = [flagfall.study(fails, out="parts", shard=part, **options) for part in ("1/2", "2/2")]
    assert sorted(shard.failed for shard in shards) == [0, 1]
    with pytest.raises(flagfall.RunError, match="1 of 6 replications failed") as failed:
        flagfall.merge("parts")
    assert failed.value.study.summary["points"][0]["failed"] == 1


def fails(seed, replication):
    if replication == 2:
        raise ValueError("two")
    return {"number": replication}


def test_shards_of_a_comparison_are_the_comparison():
    options = {"grid": {"fleet": [4, 5]}, "of": "refused_share", "rides": 50, "replications": 20}
    whole = flagfall.compare("taxi", **options)
    shards = [flagfall.compare("taxi", **options, out="parts", shard=part) for part in ("2/2", "1/2")]
    assert [(shard.shard, shard.rows) for shard in shards] == [("2/2", 10), ("1/2", 10)]
    assert flagfall.merge("parts") == whole
    # What is there is not run again, and is read as the study that it is.
    assert flagfall.compare("taxi", **options, out="parts") == whole
    assert flagfall.compare("taxi", **options, out="parts", shard="1/2").rows == 0
    assert "20 replications" in repr(flagfall.Study("parts"))


def test_failed_replications_of_a_comparison_are_told_by_merge():
    options = {"grid": {"fleet": [4, 5]}, "rides": 50, "replications": 6, "max_events": 500}
    with pytest.raises(flagfall.RunError) as whole:
        flagfall.compare("taxi", **options)
    for part in ("1/2", "2/2"):
        flagfall.compare("taxi", **options, out="parts", shard=part)
    with pytest.raises(flagfall.RunError) as merged:
        flagfall.merge("parts")
    assert merged.value.comparison == whole.value.comparison


def test_shards_of_a_search_are_the_search():
    day = {"latency": 0, "durations": [2, 3, 1, 4], "polls": 5}
    whole = flagfall.ties("taxi", **day, of="commission")
    assert flagfall.ties("taxi", **day, of="commission", threads=2) == whole
    shards = [flagfall.ties("taxi", **day, of="commission", out="parts", shard=part) for part in ("2/2", "1/2")]
    assert [shard.shard for shard in shards] == ["2/2", "1/2"]
    assert all(shard.file.is_file() and shard.runs >= shard.parts for shard in shards)
    assert pickle.loads(pickle.dumps(shards[0])) == shards[0]
    found = flagfall.merge("parts")
    assert found == whole
    assert [one.run for one in found.outcomes] == [one.run for one in whole.outcomes]
    assert found.outcomes[0].run.trace() is not None
    with pytest.raises(flagfall.UsageError):
        flagfall.ties("taxi", **day, shard="1/2")
    flagfall.ties("taxi", **day, expect_one=True, out="one", shard="1/1")
    with pytest.raises(flagfall.RunError) as several:
        flagfall.merge("one")
    assert several.value.ties.outcomes


def test_what_makes_no_sense_is_refused():
    for shard in ("3", "0/2", "3/2", "a/b", ""):
        with pytest.raises(flagfall.UsageError) as wrong:
            queue("parts", shard=shard)
        assert wrong.value.argument == "shard", shard
    for options in ({"shard": True}, {"shard": "1/2", "on": "ray"}):
        with pytest.raises(flagfall.UsageError) as wrong:
            queue("parts", **options)
        assert wrong.value.argument == "shard"
        with pytest.raises(flagfall.UsageError) as wrong:
            flagfall.sweep("taxi", out="parts", **options)
        assert wrong.value.argument == "shard"
    for call in (flagfall.merge, flagfall.shards):
        with pytest.raises(flagfall.FileError):
            call("nowhere")
        with pytest.raises(flagfall.UsageError):
            call("")
    assert not pathlib.Path("parts").exists()
