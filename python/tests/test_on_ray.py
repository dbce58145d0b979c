"""Studies on a Ray cluster of three nodes on this machine. Needs Ray itself."""

import contextlib
import http.server
import importlib.util
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time

import pytest

import flagfall

# The folder `ray` beside this file looks like a package without Ray, and must not be imported.
found = importlib.util.find_spec("ray")
if found is None or found.origin is None:
    pytest.skip("Ray is not installed", allow_module_level=True)
# Whether this machine has a token for Ray makes no difference here.
os.environ["RAY_AUTH_MODE"] = "disabled"
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


def begin(where, *more, **environment):
    words = [COMMAND, "sweep", *STUDY, "--out=there", "--on", where, *more]
    environment = {**os.environ, **environment}
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def ended(process):
    out, told = process.communicate(timeout=240)
    return process.returncode, out, told


def stored():
    """The shards that came, and when. The first one is only a try of the command line."""
    found = {}
    for path in pathlib.Path("there/shards").glob("*.shard"):
        if not path.name.endswith("-of-1000000.shard"):
            found[path] = path.stat().st_mtime_ns
    return found


def until_stored(process, count):
    until = time.monotonic() + 120
    while len(stored()) < count:
        assert process.poll() is None and time.monotonic() < until, ended(process)
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


def until_no_workers():
    until = time.monotonic() + 20
    while workers():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_command_makes_the_files_of_one_machine(cluster, whole):
    code, out, told = ended(begin(cluster.address))
    assert code == 0, told
    assert files("there") == whole, told
    assert out.startswith("taxi: 4 points, 60000 replications")


MOMENTS = int(os.environ.get("FLAGFALL_MOMENTS", "1"))
"""At how many random moments each thing is killed."""


def kill_workers(rng, process, count):
    """Kills so many, unless the study is over before. Returns how many it were."""
    killed = 0
    while killed < count and process.poll() is None:
        if found := workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(found), signal.SIGKILL)
                killed += 1
        time.sleep(0.02)
    return killed


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells which workers there are")
@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("what", ["worker", "node", "command"])
def test_what_is_killed_costs_nothing_but_time(cluster, whole, what, moment):
    rng = random.Random(f"{what} {moment}")
    node = cluster.add_node(**NODE) if what == "node" else None
    process = begin(cluster.address)
    until_stored(process, rng.randint(1, 12))
    time.sleep(rng.uniform(0, 0.3))
    if what == "worker":
        assert kill_workers(rng, process, rng.randint(1, 3))
    elif what == "node":
        cluster.remove_node(node, allow_graceful=False)
    else:
        process.kill()
        process.communicate()
    before = stored()
    if what == "command":
        process = begin(cluster.address)
    code, _, told = ended(process)
    assert code == 0, told
    assert files("there") == whole, told
    # Nothing that was stored was run again.
    assert before and before.items() <= stored().items()


def interrupt(process, *, kept):
    """Presses Ctrl-C, and checks what is told of it. Returns what is stored."""
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    code, _, told = ended(process)
    assert code == 130, (code, told)
    assert time.monotonic() - began < 10, told
    assert f"continue: flagfall sweep {' '.join(STUDY)}" in told and "Traceback" not in told, told
    assert kept in told, told
    return stored()


def goes_on(where, whole, before):
    code, _, told = ended(begin(where))
    assert code == 0, told
    assert files("there") == whole, told
    assert before.items() <= stored().items()


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_ctrl_c_keeps_all_and_says_how_to_go_on(cluster, whole, moment):
    process = begin(cluster.address)
    rng = random.Random(moment)
    # The first tasks are small, and often one of them returns at the moment when all are to end.
    count = rng.randint(1, 12) if moment else 4
    until_stored(process, count)
    time.sleep(rng.uniform(0, 0.05))
    before = interrupt(process, kept="kept in there")
    assert len(before) >= count
    if moment % 8 == 0:
        goes_on(cluster.address, whole, before)


@pytest.mark.parametrize("moment", range(3 * MOMENTS))
def test_ctrl_c_at_any_moment_has_the_same_code(cluster, whole, moment):
    process = begin(cluster.address)
    # From the first shard here to the last file: connecting alone takes more than a second.
    rng = random.Random(f"any {moment}")
    until = time.monotonic() + 60
    while not pathlib.Path("there").exists():
        assert process.poll() is None and time.monotonic() < until, ended(process)
        time.sleep(0.01)
    time.sleep(rng.uniform(0, (1.5, 4.0, 14.0)[moment % 3]))
    if process.poll() is not None:
        code, _, told = ended(process)
        assert code == 0, told
        assert files("there") == whole, told
        return
    before = interrupt(process, kept="kept")
    if moment % 8 == 0:
        goes_on(cluster.address, whole, before)


@pytest.mark.parametrize("more", [["--shared"], ["--command", COMMAND]])
def test_a_shared_folder_and_a_command_that_travels(cluster, whole, more):
    code, _, told = ended(begin(cluster.address, *more))
    assert code == 0, told
    assert files("there") == whole, told


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
    assert time.monotonic() - began < 10
    return code, told


def sleep(seed, replication):
    time.sleep(60)
    return {"slept": 60}


LONG = """
import sys, flagfall, ray
import test_on_ray
if sys.argv[2] == "connected":
    ray.init(sys.argv[1], logging_level="ERROR", log_to_driver=False)
try:
    flagfall.study(test_on_ray.sleep, replications=9, out="there", on=sys.argv[1], quiet=True)
except KeyboardInterrupt:
    print("interrupted", sys.argv[2] != "connected" or ray.get(ray.put(7)) == 7, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells which workers there are")
@pytest.mark.parametrize("who", ["alone", "connected"])
def test_long_tasks_end_with_their_study(cluster, who):
    words = [sys.executable, "-c", LONG, cluster.address, who]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path])}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        while not workers():
            assert process.poll() is None
            time.sleep(0.1)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted True\n"
        # The program itself goes on.
        until_no_workers()
        process.stdin.close()


def test_where_nothing_is_the_error_comes_soon():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        # It accepts, and never answers.
        for where in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
            code, told = refused(where)
            assert code == 3 and "does not answer as a Ray cluster: start one with" in told
    for where in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
        code, told = refused(where)
        assert code == 3 and told.startswith(f"error: no Ray cluster at {where} (")
    code, told = refused("somewhere")
    assert code == 2 and "write ray, HOST:PORT or ray://HOST:PORT" in told


def test_another_server_is_no_cluster():
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for scheme in ("", "ray://"):
            code, told = refused(f"{scheme}127.0.0.1:{server.server_port}")
            assert code == 3 and "does not answer as a Ray cluster: start one with" in told
        server.shutdown()


def free_port(low, high):
    for port in range(low, high):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")


class Head:
    """The head of a cluster as `ray start` makes it, in a folder of its own. It can be killed."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {}
        # Ray gives the ports from 10002 on to its workers.
        self.port, self.client = free_port(7001, 8000), free_port(8001, 9000)
        self.address = f"127.0.0.1:{self.port}"

    def start(self):
        words = [
            sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--num-cpus=2", f"--port={self.port}",
            f"--ray-client-server-port={self.client}", "--include-dashboard=false",
            "--node-ip-address=127.0.0.1", f"--object-store-memory={80 << 20}", f"--temp-dir={self.folder}",
        ]  # fmt: skip
        subprocess.run(words, check=True, capture_output=True, env={**os.environ, **self.environment})

    def kill(self):
        """Kills all of it: the head's own processes, and its workers."""
        for _ in range(20):
            for pid in (found := self.processes()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if not found:
                return
            time.sleep(0.1)

    def processes(self):
        """All that have a file of its folder open, or its name in their words. A worker has both."""
        name = str(self.folder)
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit() or entry.name == str(os.getpid()):
                continue
            try:
                is_ours = name.encode() in (entry / "cmdline").read_bytes() or any(
                    os.readlink(file).startswith(name) for file in (entry / "fd").iterdir()
                )
                is_ours = is_ours and (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            except OSError:
                continue
            # A command that is connected is none of its processes.
            if is_ours and b"--on" not in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        return found


@pytest.fixture
def head():
    if not sys.platform.startswith("linux"):
        pytest.skip("/proc tells which processes there are")
    # Names of sockets must be short.
    with tempfile.TemporaryDirectory(prefix="r", ignore_cleanup_errors=True) as folder:
        made = Head(pathlib.Path(folder))
        try:
            yield made
        finally:
            made.kill()


@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_a_head_that_is_killed_and_started_again_costs_only_time(head, whole, scheme, moment):
    if scheme and importlib.util.find_spec("grpc") is None:
        pytest.skip("there is no client of Ray")
    head.start()
    where = f"ray://127.0.0.1:{head.client}" if scheme else head.address
    rng = random.Random(moment)
    # Otherwise Ray would wait for the head for a minute.
    patience = {"RAY_gcs_rpc_server_reconnect_timeout_s": "4", "RAY_CLIENT_RECONNECT_GRACE_PERIOD": "3"}
    process = begin(where, **patience)
    until_stored(process, rng.randint(1, 16))
    time.sleep(rng.uniform(0, 0.3))
    head.kill()
    code, _, told = ended(process)
    if code == 0:
        # It was over before.
        assert files("there") == whole
        return
    # Ray ends a command that is a node of the cluster; a client is told.
    if scheme:
        assert code == 1 and "is gone (" in told and "the same command goes on" in told
        assert "Traceback" not in told
    before = stored()
    assert before
    head.start()
    code, _, told = ended(begin(where))
    assert code == 0, told
    assert files("there") == whole, told
    assert before.items() <= stored().items()


def test_a_client_runs_a_study(head, whole):
    if importlib.util.find_spec("grpc") is None:
        pytest.skip("there is no client of Ray")
    head.start()
    code, _, told = ended(begin(f"ray://127.0.0.1:{head.client}"))
    assert code == 0, told
    assert files("there") == whole, told


def test_ctrl_c_ends_a_client_and_its_tasks(head):
    if importlib.util.find_spec("grpc") is None:
        pytest.skip("there is no client of Ray")
    head.start()
    process = begin(f"ray://127.0.0.1:{head.client}")
    until_stored(process, 4)
    assert len(interrupt(process, kept="kept in there")) >= 4
    until = time.monotonic() + 20
    while any(b"ray::run_shard" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() for pid in head.processes()):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_cluster_that_asks_for_a_token_says_so(head):
    head.environment.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="0123456789abcdef0123456789abcdef")
    head.start()
    code, told = refused(head.address)
    assert code == 3 and "asks for a token: set RAY_AUTH_MODE=token" in told


def test_a_program_that_is_connected_keeps_its_cluster(cluster):
    ray = importlib.import_module("ray")
    ray.init(cluster.address, logging_level="ERROR", log_to_driver=False)
    try:
        options = {"rides": 10, "replications": 20, "quiet": True}
        flagfall.sweep("taxi", **options, out="there", on="ray")
        flagfall.sweep("taxi", **options, out="same", on=ray.get_runtime_context().gcs_address)
        with pytest.raises(flagfall.UsageError, match="call ray.shutdown"):
            flagfall.sweep("taxi", **options, out="other", on="127.0.0.1:1")
        assert ray.is_initialized()
    finally:
        ray.shutdown()
