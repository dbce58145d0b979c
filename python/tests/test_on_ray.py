"""Studies on a Ray cluster of three nodes on this machine. Needs Ray itself."""

import importlib.util
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time

import pytest

import flagfall

# The folder `ray` beside this file looks like a package without Ray, and must not be imported.
found = importlib.util.find_spec("ray")
if found is None or found.origin is None:
    pytest.skip("Ray is not installed", allow_module_level=True)
cluster_utils = importlib.import_module("ray.cluster_utils")

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")
NODE = {"num_cpus": 1, "object_store_memory": 80 << 20}
# Some seconds of one core: long enough for something to happen meanwhile.
STUDY = ["taxi", "--rides=10", "--set=fleet=4,5,6,7", "--replications=15000"]
GRID = {"fleet": [4, 5]}


@pytest.fixture(scope="module")
def cluster():
    made = cluster_utils.Cluster(
        initialize_head=True, head_node_args={**NODE, "include_dashboard": False}
    )
    for _ in range(2):
        made.add_node(**NODE)
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "study"
    subprocess.run([COMMAND, "sweep", *STUDY, "--out", str(folder)], check=True, capture_output=True)
    return files(folder)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def files(folder):
    names = ("rows.csv", "rows.parquet", "summary.json", "manifest.json", "checksums.txt")
    return {name: (pathlib.Path(folder) / name).read_bytes() for name in names}


def begin(where, *more):
    words = [COMMAND, "sweep", *STUDY, "--out=there", "--on", where, *more]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process):
    out, told = process.communicate(timeout=240)
    return process.returncode, out, told


def stored():
    return {path: path.stat().st_mtime_ns for path in pathlib.Path("there/shards").glob("*.shard")}


def until_stored(process, count):
    until = time.monotonic() + 120
    while len(stored()) < count:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.05)


def workers():
    """The workers of this process's cluster that run a shard."""
    parents, names = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                names[int(entry.name)] = (entry / "cmdline").read_bytes()
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])

    def is_ours(pid):
        while pid not in (0, None, os.getpid()):
            pid = parents.get(pid)
        return pid == os.getpid()

    return [pid for pid, name in names.items() if name.startswith(b"ray::run_shard") and is_ours(pid)]


def test_the_command_makes_the_files_of_one_machine(cluster, whole):
    code, out, told = ended(begin(cluster.address))
    assert (code, files("there")) == (0, whole), told
    assert out.startswith("taxi: 4 points, 60000 replications")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells which workers there are")
def test_killed_workers_nodes_and_drivers_cost_nothing_but_time(cluster, whole):
    rng = random.Random(3)
    before, killed = {}, 0
    for count in (2, 6, 12):
        process = begin(cluster.address)
        until_stored(process, count)
        for _ in range(3):
            if found := workers():
                try:
                    os.kill(rng.choice(found), signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    pass
            time.sleep(rng.uniform(0, 0.5))
        if count == 6:
            cluster.remove_node(cluster.add_node(**NODE), allow_graceful=False)
        process.kill()
        process.communicate()
        now = stored()
        # Nothing that was stored was run again.
        assert before.items() <= now.items()
        before = now
    process = begin(cluster.address)
    code, _, told = ended(process)
    assert (code, files("there")) == (0, whole), told
    assert before.items() <= stored().items() and killed


def test_a_node_that_goes_takes_nothing_along(cluster, whole):
    node = cluster.add_node(**NODE)
    process = begin(cluster.address)
    until_stored(process, 8)
    cluster.remove_node(node, allow_graceful=False)
    code, _, told = ended(process)
    assert (code, files("there")) == (0, whole), told


def test_ctrl_c_keeps_all_and_says_how_to_go_on(cluster, whole):
    process = begin(cluster.address)
    until_stored(process, 4)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    code, _, told = ended(process)
    assert code == 130 and time.monotonic() - began < 10
    assert "kept in there" in told and f"continue: flagfall sweep {' '.join(STUDY)}" in told
    before = stored()
    assert len(before) >= 4
    code, _, told = ended(begin(cluster.address))
    assert (code, files("there")) == (0, whole), told
    assert before.items() <= stored().items()


@pytest.mark.parametrize("more", [["--shared"], ["--command", COMMAND]])
def test_a_shared_folder_and_a_command_that_travels(cluster, whole, more):
    code, _, told = ended(begin(cluster.address, *more))
    assert (code, files("there")) == (0, whole), told


def test_from_python(cluster):
    options = {"rides": 10, "grid": GRID, "replications": 300, "quiet": True}
    flagfall.sweep("taxi", **options, out="whole")
    study = flagfall.sweep("taxi", **options, out="there", on=cluster.address)
    assert files("there") == files("whole") and len(study.summary["points"]) == 2
    with pytest.raises(flagfall.UsageError) as raised:
        flagfall.sweep("taxi", ridez=10, on=cluster.address)
    assert raised.value.argument == "ridez"
    with pytest.raises(flagfall.RunError) as failed:
        flagfall.sweep("taxi", **options, max_events=60, out="failed", on=cluster.address)
    assert failed.value.study.summary["points"][0]["failed"]


def test_a_precision_from_python(cluster):
    options = {"rides": 10, "grid": GRID, "precision": "3%", "of": "refused_share", "quiet": True}
    flagfall.sweep("taxi", **options, out="whole")
    flagfall.sweep("taxi", **options, out="there", on=cluster.address)
    assert files("there") == files("whole")


def walk(steps, seed, replication):
    if (steps, replication) == (10, 7):
        os._exit(3)
    if replication == 9:
        raise ValueError("nine")
    stream = flagfall.stream(seed, replication, purpose="steps")
    return {"end": sum(1 if stream.chance(0.5) else -1 for _ in range(steps))}


def test_a_function_runs_as_on_one_machine(cluster):
    for out, where in [("whole", {"processes": 2}), ("there", {"on": cluster.address})]:
        with pytest.raises(flagfall.RunError) as failed:
            flagfall.study(walk, {"steps": [10, 20]}, replications=200, out=out, quiet=True, **where)
        assert failed.value.study.folder.name == out
    assert files("there") == files("whole")


def test_another_version_is_refused(cluster, monkeypatch):
    monkeypatch.setattr("flagfall._on_ray._study.__version__", "9.9.9")
    with pytest.raises(flagfall.FileError, match=r"failed on node .*, and not 9\.9\.9"):
        flagfall.sweep("taxi", rides=5, out="there", on=cluster.address)
    assert not stored()


def refused(where):
    began = time.monotonic()
    code, _, told = ended(begin(where))
    assert time.monotonic() - began < 12
    return code, told


def test_where_nothing_is_the_error_comes_soon():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        # It accepts, and never answers.
        for where in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
            code, told = refused(where)
            wanted = "does not answer as a Ray cluster: start one with"
            if where.startswith("ray://") and importlib.util.find_spec("grpc") is None:
                wanted = "ray[client]"
            assert code == 3 and wanted in told
    code, told = refused(f"127.0.0.1:{port}")
    assert code == 3 and told.startswith(f"error: no Ray cluster at 127.0.0.1:{port} (")
    code, told = refused("somewhere")
    assert code == 2 and "write ray, HOST:PORT or ray://HOST:PORT" in told
    assert threading.active_count() < 50
