"""The package, the command and the library in Rust come to the same: every digest, every byte.

`fixtures/hundred-seeds.txt` is of the library alone: `cli/tests/golden/` makes it.
"""

import os
import pathlib
import signal
import subprocess
import sysconfig
import time

import pytest

import flagfall

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")
RECORDED = pathlib.Path(__file__).parent.parent.parent / "fixtures" / "hundred-seeds.txt"
SYSTEMS = ["taxi", "actor-tree", "parameter-server", "messages", "queue"]
SEEDS = 100


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def recorded(system):
    """What the library came to: digests by seed, and the checksum of the CSV of all."""
    lines = [line.split() for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    of_system = {what: value for name, what, value in lines if name == system}
    checksum = of_system.pop("rows.csv")
    assert list(of_system) == [str(seed) for seed in range(SEEDS)]
    return list(of_system.values()), checksum


def files(folder):
    inside = pathlib.Path(folder).iterdir()
    return {path.name: path.read_bytes() for path in inside if path.name != ".lock"}


def swept(system, words, out):
    words = [COMMAND, "sweep", system, *words, f"--out={out}", "--quiet"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def digests_in(folder):
    """The digests in rows.csv: the column before the last two."""
    lines = pathlib.Path(folder, "rows.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith(",digest,error,replay")
    return [line.split(",")[-3] for line in lines[1:]]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_digests_and_folders_are_those_of_the_library_and_of_the_command(system):
    library, checksum = recorded(system)
    assert [flagfall.run(system, seed=seed).digest for seed in range(SEEDS)] == library
    listed = ",".join(str(seed) for seed in range(SEEDS))
    flagfall.sweep(system, grid={"seed": range(SEEDS)}, replications=1, out="package")
    swept(system, [f"--set=seed={listed}", "--replications=1"], "command")
    assert digests_in("package") == library
    assert files("package") == files("command")
    assert {"rows.csv", "rows.parquet", "summary.json", "checksums.txt"} < files("package").keys()
    # The library alone wrote the same bytes.
    assert f"{checksum}  rows.csv\n".encode() in files("package")["checksums.txt"]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_either_goes_on_where_the_other_stopped(system):
    replications = 20
    words = ["--set=seed=1,2", f"--replications={replications}"]

    def by_package(out):
        flagfall.sweep(system, grid={"seed": [1, 2]}, replications=replications, out=out)

    def by_command(out):
        swept(system, words, out)

    by_command("whole")
    whole = files("whole")
    log = log_of(whole, system, replications)
    for begins, goes_on in [(by_package, by_command), (by_command, by_package)]:
        out = f"{begins.__name__}_begins"
        begins(out)
        assert files(out) == whole
        # As if it was killed in the middle of a row.
        for name in whole.keys() - {"manifest.json"}:
            pathlib.Path(out, name).unlink()
        pathlib.Path(out, "rows.log").write_bytes(log[: 2 * len(log) // 3])
        goes_on(out)
        assert files(out) == whole


def log_of(whole, system, replications):
    """The log that the study had before it was finished: something stands where a file goes."""
    out = pathlib.Path("log")
    pathlib.Path(out, "summary.json.partial").mkdir(parents=True)
    pathlib.Path(out, "manifest.json").write_bytes(whole["manifest.json"])
    with pytest.raises(flagfall.FileError, match="summary.json"):
        flagfall.sweep(system, grid={"seed": [1, 2]}, replications=replications, out=out)
    log = pathlib.Path(out, "rows.log").read_bytes()
    assert log.count(b" row ") == 2 * replications
    return log


@pytest.mark.skipif(os.name != "posix", reason="a process is killed by a signal")
def test_either_goes_on_with_what_was_killed():
    words = ["--customers=2000", "--set=load=0.5,0.9", "--replications=400"]
    options = {"customers": 2000, "grid": {"load": [0.5, 0.9]}, "replications": 400}
    swept("queue", words, "whole")
    package = "import flagfall; flagfall.sweep('queue', out='by-package', **%r)" % options
    python = pathlib.Path(sysconfig.get_path("scripts")) / "python"
    for first, out in [
        ([str(python), "-c", package], "by-package"),
        ([COMMAND, "sweep", "queue", *words, "--out=by-command", "--quiet"], "by-command"),
    ]:
        log = pathlib.Path(out, "rows.log")
        process = subprocess.Popen(first, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + 60
        while not (log.exists() and log.stat().st_size > 20_000):
            assert process.poll() is None, "it was over too early"
            assert time.monotonic() < limit
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        rows = log.read_bytes().count(b" row ")
        assert 0 < rows < 800
        if out == "by-package":
            swept("queue", words, out)
        else:
            flagfall.sweep("queue", out=out, **options)
        assert files(out) == files("whole")
