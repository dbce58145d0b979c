"""Studies on a cluster, without Ray: pieces, sizes of tasks, and a cluster that loses what it is
told to lose. `test_on_ray.py` has the same on Ray itself."""

import math
import os
import pathlib
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
import types

import pytest

import flagfall
from flagfall import _command_on, _on_ray
from flagfall._on_ray import Command, _cluster, _study, _task, run_on
from flagfall._on_ray._pace import TARGET, Pace
from flagfall._on_ray._pieces import MOST, Part, Pieces, missing
from flagfall._progress import Progress
from flagfall._replication import Calls

WORDS = ["taxi", "--rides=10", "--set=fleet=4,5,6", "--replications=60"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def covered(parts, turns):
    count = [0] * turns
    for part in parts:
        for turn in range(part.number - 1, turns, part.of):
            count[turn] += 1
    return count


def test_what_is_missing_is_all_the_rest_and_once():
    rng = random.Random(1)
    for _ in range(300):
        ofs = rng.choices([1, 2, 4, 8, 16, 3, 6, 5, 12], k=rng.randint(0, 5))
        done = [Part(of, rng.randint(1, of)) for of in ofs]
        found = missing(done)
        turns = math.lcm(*(part.of for part in [*done, *found]))
        there, rest = covered(done, turns), covered(found, turns)
        assert all(bool(a) != bool(b) and b <= 1 for a, b in zip(there, rest)), (done, found)
    # The smallest pieces that there are count, too.
    deep = Part(1 << 19, 262_145)
    assert not any(part.meets(deep) for part in missing([deep])) and len(missing([deep])) == 19
    # Divisions that have nothing in common do not become a million pieces.
    assert missing([Part(999_983, 1), Part(2, 1)]) == [Part(2, 2)]


class Connected:
    """A Ray that may lose its connection."""

    def __init__(self):
        self.calls = 0
        self.is_connected = True

    def is_initialized(self):
        return self.is_connected

    def lost(self, error):
        self.calls += 1
        self.is_connected = False
        raise error


def test_what_is_raised_without_a_connection_says_so():
    # Ray's client lets this through now and then.
    failed = type("_InactiveRpcError", (Exception,), {"__module__": "grpc._channel", "details": lambda _: "reset"})
    ray = Connected()
    with pytest.raises(ConnectionError, match="^reset$"), _cluster._asking(ray):
        raise failed
    with pytest.raises(ValueError, match="x"), _cluster._asking(ray):
        raise ValueError("x")
    with pytest.raises(ConnectionError, match="^not connected$"), _cluster._asking(ray):
        ray.lost(RuntimeError("not connected"))
    # A further call would start a cluster on this machine.
    with pytest.raises(ConnectionError, match="no longer connected"), _cluster._asking(ray):
        ray.lost(AssertionError("it is called"))
    assert ray.calls == 1


def test_a_thread_of_ray_that_fails_prints_no_traceback(monkeypatch):
    seen = []
    monkeypatch.setattr(threading, "excepthook", seen.append)

    def fail():
        raise ConnectionError("reset")

    of_ray = types.FunctionType(fail.__code__, {"__name__": "ray.util.client", "ConnectionError": ConnectionError})
    for work, told in [(of_ray, 0), (fail, 1)]:
        with _command_on._threads_of_ray():
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        assert len(seen) == told


def test_pieces_are_as_large_as_was_asked():
    pieces = Pieces(missing([Part(4, 2)]), 4000)
    taken = []
    while pieces:
        taken.append(pieces.take(300))
    assert all(150 < 4000 / part.of <= 300 for part in taken)
    turns = max(part.of for part in taken)
    assert covered([*taken, Part(4, 2)], turns) == [1] * turns
    # There is an end to it.
    assert Pieces([Part(1, 1)], 10).take(1e-9).of <= MOST


def test_tasks_grow_until_they_take_as_long_as_they_should():
    for fixed, each in [(0.2, 1e-5), (0.01, 0.003), (0.0, 0.5), (0.1, 3600.0)]:
        pace, rows = Pace(), 0
        assert pace.rows(10**7) == 1 and not pace.is_known
        for _ in range(8):
            rows = pace.rows(10**7)
            pace.took(math.ceil(rows), fixed + each * math.ceil(rows))
        took = fixed + each * rows
        assert took >= TARGET / 2 or rows >= 10**7
        # More only if a row takes longer, or if there would be too many files.
        assert took <= 1.2 * TARGET or rows <= max(1, 10**7 / 8192)


def test_a_row_that_takes_long_does_not_keep_others_from_beginning():
    pace = Pace()
    pace.waited(1.0)
    assert not pace.is_known
    pace.waited(3.0)
    assert pace.is_known and pace.rows(1000) == 1


class Here:
    """A cluster that runs each task at once, in this process. Some tasks are lost, before or after
    they ran."""

    nodes = (2, 3)

    def __init__(self, lose=lambda part: False):
        self.lose, self.ran, self.most, self.asked = lose, [], 0, {}

    def __call__(self, where, interrupts):
        return self

    def put(self, order):
        return order

    def submit(self, order, part):
        task = object()
        self.asked[task] = (order, part)
        return task

    def wait(self, tasks, seconds):
        self.most = max(self.most, len(tasks))
        return tasks[-1:]

    def answer(self, task):
        order, part = self.asked[task]
        if self.lose(part):
            raise _cluster.Lost("its node died")
        answer = _task.run_shard(order, part)
        self.ran.append(part)
        return answer

    def size(self):
        return self.nodes

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True


def run(monkeypatch, cluster, words=WORDS, out="there", *, shared=False, command=None):
    monkeypatch.setattr(_study, "Cluster", cluster)
    program = Command([*words, f"--out={out}"], command, ["--quiet"])
    with Progress("replications", show=False) as progress:
        run_on(program, "ray", progress, shared=shared)
    return program.code


def files(folder):
    names = ("rows.csv", "rows.parquet", "summary.json", "manifest.json", "checksums.txt")
    return {name: (pathlib.Path(folder) / name).read_bytes() for name in names}


@pytest.fixture
def whole():
    flagfall.sweep("taxi", rides=10, grid={"fleet": [4, 5, 6]}, replications=60, out="whole", quiet=True)
    return files("whole")


def test_the_files_are_those_of_one_machine(monkeypatch, whole):
    rng = random.Random(2)
    cluster = Here(lambda part: rng.random() < 0.3)
    assert run(monkeypatch, cluster) == 0
    assert files("there") == whole
    assert len(cluster.ran) == len(set(cluster.ran)) > 3 and cluster.most <= 5 and cluster.closed
    # Nothing is left there but what a study has.
    kept = {path.suffix for path in pathlib.Path("there/shards").iterdir()}
    assert kept == {".shard", ".lock"}


def test_what_was_stored_is_not_run_again(monkeypatch, whole):
    class Killed(Exception):
        pass

    first = Here()

    def lose(part):
        if len(first.ran) == 6:
            raise Killed
        return False

    first.lose = lose
    with pytest.raises(Killed):
        run(monkeypatch, first)
    stored = {path: path.stat().st_mtime_ns for path in pathlib.Path("there/shards").glob("*.shard")}
    assert len(stored) == 6
    second = Here()
    assert run(monkeypatch, second) == 0
    assert files("there") == whole
    done = [Part.read(part) for part in first.ran]
    assert not any(Part.read(part).meets(other) for part in second.ran for other in done)
    assert stored == {path: path.stat().st_mtime_ns for path in stored}


def test_shards_of_any_division_count(monkeypatch, whole):
    for shard in ("2/3", "1/6"):
        Command([*WORDS, "--out=there"], None, []).shard(shard)
    cluster = Here()
    assert run(monkeypatch, cluster) == 0
    assert files("there") == whole
    assert not any(Part.read(part).meets(Part(3, 2)) for part in cluster.ran)


def test_a_precision_takes_rounds(monkeypatch):
    options = {"precision": "5%", "of": "refused_share", "fewest": 20}
    grid = {"fleet": [4, 5]}
    flagfall.sweep("taxi", rides=10, grid=grid, out="whole", quiet=True, **options)
    words = ["taxi", "--rides=10", "--set=fleet=4,5", "--precision=5%", "--of=refused_share", "--fewest=20"]
    assert run(monkeypatch, Here(), words) == 0
    assert files("there") == files("whole")
    assert list(pathlib.Path("there/shards").glob("*.plan"))


def test_a_shared_folder_is_written_by_the_nodes(monkeypatch, whole):
    assert run(monkeypatch, Here(), shared=True) == 0
    assert files("there") == whole


def test_a_shared_shard_waits_for_the_task_of_a_killed_command(monkeypatch, whole):
    holding = []

    class Held(Here):
        def answer(self, task):
            if not holding:
                order, part = self.asked[task]
                number, of = part.split("/")
                prefix = pathlib.Path(Command([*WORDS, "--out=there"], None, []).shard("1/7")["file"]).name
                os.unlink(f"there/shards/{prefix}")
                name = prefix.partition(".")[0] + f".{number}-of-{of}.running"
                code = f"import fcntl, time; file = open('there/shards/{name}', 'a'); fcntl.flock(file, 2); " \
                    "print(flush=True); time.sleep(2)"  # fmt: skip
                holding.append(subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE))
                holding[0].stdout.readline()
                self.began = time.monotonic()
                answer = super().answer(task)
                self.took = time.monotonic() - self.began
                return answer
            return super().answer(task)

    cluster = Held()
    assert run(monkeypatch, cluster, shared=True) == 0
    assert files("there") == whole and cluster.took > 1
    holding[0].communicate()


def test_a_folder_that_is_not_shared_is_told(monkeypatch, whole):
    run_shard = _task.run_shard

    def elsewhere(order, part):
        # The same path on another machine, where others have a study of their own.
        os.makedirs("other/shards", exist_ok=True)
        return run_shard(order._replace(shared=(os.path.abspath("other"), order.shared[1])), part)

    with monkeypatch.context() as patched:
        patched.setattr(_task, "run_shard", elsewhere)
        with pytest.raises(flagfall.FileError, match="is another folder there: leave --shared out") as raised:
            run(monkeypatch, Here(), shared=True)
    assert raised.value.exit_code == 3
    assert run(monkeypatch, Here()) == 0
    assert files("there") == whole


@pytest.mark.parametrize(
    "change, code, told",
    [
        ({"version": "9.9.9"}, 3, "it has flagfall .*, and not 9.9.9: install the same version"),
        ({"words": [*WORDS, "--seed=7"]}, 5, "holds another study: seed"),
        ({"words": [*WORDS, "--max-events=9"]}, 5, "holds another study|other limits|max-events"),
    ],
)
def test_another_version_or_study_on_a_node_is_refused(monkeypatch, change, code, told):
    run_shard = _task.run_shard
    monkeypatch.setattr(_task, "run_shard", lambda order, part: run_shard(order._replace(**change), part))
    with pytest.raises(flagfall.FlagfallError, match=f"shard .* failed on node .*({told})") as raised:
        run(monkeypatch, Here())
    assert raised.value.exit_code == code
    assert not list(pathlib.Path("there/shards").glob("*.shard"))


def test_no_room_on_a_node_is_told(monkeypatch, tmp_path):
    # Nothing can be made in a file.
    (tmp_path / "full").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "full"))
    with pytest.raises(flagfall.FileError, match="failed on node .*full"):
        run(monkeypatch, Here())


def test_a_shard_that_always_ends_its_worker_is_told(monkeypatch):
    with pytest.raises(flagfall.RunError, match=r"shard 1/\d+ lost its worker 9 times: its node died"):
        run(monkeypatch, Here(lambda part: part.startswith("1/")))


def test_failed_replications_are_rows(monkeypatch):
    words = [*WORDS, "--max-events=100"]
    command = Command([*words, "--out=whole"], None, [])
    command.shard("1/1")
    command.merge(pathlib.Path("whole"))
    assert command.code == 1
    assert run(monkeypatch, Here(), words) == 1
    assert files("there") == files("whole")


def test_a_command_of_ones_own_travels(monkeypatch, tmp_path, whole):
    real = pathlib.Path(flagfall.__file__).parent
    script = tmp_path / "model"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={real.parent} exec {sys.executable} -m flagfall "$@"\n')
    script.chmod(0o755)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(monkeypatch, Here(), command=str(script)) == 0
    assert files("there") == whole
    assert not list(tmp_path.glob("flagfall-task-*"))
    copies = list(tmp_path.glob("flagfall-*/model"))
    assert [copy.read_bytes() for copy in copies] == [script.read_bytes()]


def test_a_copy_of_a_command_is_this_users_alone(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    copy = pathlib.Path(_task._copied("./model", "0123456789abcdef", b"#!/bin/sh"))
    assert copy.read_bytes() == b"#!/bin/sh" and copy.parent.stat().st_mode & 0o777 == 0o700
    # It is looked at each time, and not only when the copy is made.
    copy.parent.chmod(0o777)
    with pytest.raises(PermissionError, match="others may write there: remove it"):
        _task._copied("./model", "0123456789abcdef", b"#!/bin/sh")
    copy.parent.rename(tmp_path / "elsewhere")
    copy.parent.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").chmod(0o700)
    with pytest.raises(PermissionError, match="is not this user's own"):
        _task._copied("./model", "0123456789abcdef", b"#!/bin/sh")


@pytest.mark.parametrize(
    "script, code, told",
    [
        ("exit 0", 2, "model is no command of a flagfall model: it ended with exit code 0, and printed ''"),
        ("echo '[1]'", 2, "no command of a flagfall model: .* printed '.1.'"),
        ("echo '{}'", 2, "no command of a flagfall model"),
        ("echo 'no such thing' >&2; exit 2", 2, "ended with exit code 2, and printed 'no such thing'"),
        ("echo 'error: no option --rides' >&2; exit 2", 2, "^no option --rides$"),
        ("kill -9 $$", 1, "model was ended by the signal 9"),
        ("kill -2 $$", 1, "model was ended by the signal 2"),
    ],
)
def test_a_wrong_command_is_told(monkeypatch, tmp_path, script, code, told):
    model = tmp_path / "model"
    model.write_text(f"#!/bin/sh\n{script}\n")
    model.chmod(0o755)
    with pytest.raises(flagfall.FlagfallError, match=told) as raised:
        run(monkeypatch, Here(), command=str(model))
    assert raised.value.exit_code == code


def on(*words):
    """The command itself, with a cluster that is not there."""
    argv = [sys.executable, "-m", "flagfall", "sweep", *words]
    return subprocess.run(argv, capture_output=True, text=True)


def test_commands_that_are_not_there_are_told():
    for command, told in [("./gone", "cannot be read: No such file"), (".//", "cannot be read: Is a directory"),
                          ("no-such-command", "if it is in this folder, write ./ before it")]:  # fmt: skip
        ended = on(*WORDS, "--on", "ray", f"--command={command}")
        assert ended.returncode == 2 and told in ended.stderr, ended.stderr


def test_help_is_shown_of_a_study_on_a_cluster():
    for words in (["--help"], ["taxi", "--help"], ["taxi", "-h"]):
        ended = on(*words, "--on", "ray")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "--replications" in ended.stdout and ended.stdout.count("--on <WHERE>") == 1
    assert not os.listdir()


def test_a_second_interrupt_is_told_as_the_first(monkeypatch, capfd):
    class Interrupting(Here):
        def answer(self, task):
            if len(self.ran) == 4:
                raise KeyboardInterrupt
            return super().answer(task)

        def __exit__(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr(_study, "Cluster", Interrupting())
    words = ["sweep", *WORDS, "--out=there", "--on=ray"]
    assert _command_on.run_on_cluster(words) == 130
    kept = sum(read["rows"] for read in Command([*WORDS, "--out=there"], None, []).shards(
        pathlib.Path("there"))["done"])  # fmt: skip
    told = capfd.readouterr().err
    assert f"interrupted: {kept} new rows kept in there\ncontinue: flagfall {' '.join(words)}\n" in told
    # Wherever it comes, nothing is said that may be false.
    monkeypatch.setattr(_on_ray, "run_on", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    assert _command_on.run_on_cluster(words) == 130
    assert "interrupted: what came is kept\ncontinue: flagfall sweep" in capfd.readouterr().err


def test_a_cluster_that_is_gone_is_an_error_and_not_the_end(monkeypatch, whole):
    class Gone(Here):
        def size(self):
            if len(self.ran) == 4:
                raise ConnectionError("the client is disconnected")
            return super().size()

    monkeypatch.setattr("flagfall._on_ray._driver._LOOK", 0.0)
    cluster = Gone()
    with pytest.raises(flagfall.RunError, match="ray is gone .the client is disc.*the same command goes on"):
        run(monkeypatch, cluster)
    assert cluster.closed and len(list(pathlib.Path("there/shards").glob("*.shard"))) == 4
    assert run(monkeypatch, Here()) == 0
    assert files("there") == whole


def test_what_a_killed_command_left_is_removed(monkeypatch, whole):
    Command([*WORDS, "--out=there"], None, []).shard("1/7")
    for name in ("0.1-of-2.shard.fresh-99", "0123.probe"):
        (pathlib.Path("there/shards") / name).touch()
    assert run(monkeypatch, Here()) == 0
    kept = {path.suffix for path in pathlib.Path("there/shards").iterdir()}
    assert kept == {".shard", ".lock"} and files("there") == whole


def test_an_address_is_not_ignored_by_a_program_that_is_connected():
    class Connected:
        gcs_address = "10.0.0.7:6379"

        def get_runtime_context(self):
            return self

    _cluster._check_same(Connected(), "10.0.0.7:6379")
    with pytest.raises(flagfall.UsageError, match="on is 10.0.0.8:1, but .* connected to 10.0.0.7:6379 already"):
        _cluster._check_same(Connected(), "10.0.0.8:1")
    with pytest.raises(flagfall.UsageError, match="is connected to a cluster already: give on='ray'"):
        _cluster._check_same(object(), "ray://10.0.0.8:1")


def test_files_that_the_study_names_travel(monkeypatch, tmp_path):
    (tmp_path / "of").mkdir()
    (tmp_path / "of/times.txt").write_text("0.5\n1.5\n0.25\n")
    words = ["taxi", "--durations-file=of/times.txt", "--replications=9"]
    command = Command([*words, "--out=whole"], None, ["--quiet"])
    command.shard("1/1")
    assert command.merge(pathlib.Path("whole"))
    run_shard = _task.run_shard

    def elsewhere(order, part):
        # A worker is begun in a folder of its own.
        with monkeypatch.context() as patched:
            patched.chdir("/")
            return run_shard(order, part)

    monkeypatch.setattr(_task, "run_shard", elsewhere)
    assert run(monkeypatch, Here(), words) == 0
    assert files("there") == files("whole")


def folder_is_there(seed, replication):
    return {"there": float(bool(os.getcwd()))}


def test_a_function_is_never_in_a_folder_that_is_gone(monkeypatch):
    monkeypatch.setattr(_study, "Cluster", Here())
    before = os.getcwd()
    study = flagfall.study(folder_is_there, replications=60, out="there", on="ray", quiet=True)
    assert len(list(pathlib.Path("there/shards").glob("*.shard"))) > 3
    measure = study.summary["points"][0]["measures"][0]
    assert (measure["mean"], measure["count"], os.getcwd()) == (1.0, 60, before)


def test_what_a_killed_worker_left_is_removed(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed = "import os; from flagfall._on_ray import _task; kept = _task._scratch(); os._exit(9)"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", killed], env=environment)
    (left,) = tmp_path.glob("flagfall-task-*")
    folder, alive = _task._scratch()
    assert not left.exists() and folder.exists()
    # One whose task lives stays.
    other, its = _task._scratch()
    assert folder.exists() and other.exists()
    alive.close()
    its.close()


def test_a_command_that_no_node_has_is_told(monkeypatch, tmp_path):
    order = _task.Order("", WORDS, {}, {}, "no-such-command", None, None, None)
    answer = _task.run_shard(order, "1/2")
    assert answer.code == 3 and "there is no command no-such-command there" in answer.text


def test_a_function_that_is_not_there_is_told():
    asked = ("gone.walk", 42, [], {"source": "0"}, [])
    payload = b"cgone\nwalk\n."
    order = pickle.dumps((asked, [], payload, {}, []))
    answer = _task.run_shard(_task.Order(flagfall.__version__, [], {}, {}, None, None, order, None), "1/2")
    assert answer.code == 2
    assert "cannot be loaded there (ModuleNotFoundError: No module named 'gone')" in answer.text


def other(seed, replication):
    return {"seed": seed}


def test_a_function_of_another_source_is_refused():
    calls = Calls(other, "other", [], 42, {})
    order = pickle.dumps((("other", 42, [], {"source": "0"}, []), [], pickle.dumps(calls), {}, []))
    answer = _task.run_shard(_task.Order(flagfall.__version__, [], {}, {}, None, None, order, None), "1/2")
    assert answer.code == 2 and f"other has another source in {__file__} there" in answer.text


def test_a_study_is_run_by_one_process(monkeypatch):
    class Nested(Here):
        def answer(self, task):
            with pytest.raises(flagfall.FileError, match="is run on a cluster by another process"):
                run(monkeypatch, Here())
            return super().answer(task)

    assert run(monkeypatch, Nested()) == 0


@pytest.mark.parametrize(
    "given, argument",
    [
        ({"on": 3}, "on"),
        ({"on": ""}, "on"),
        ({"on": "ray", "threads": 2}, "threads"),
        ({"on": "ray", "repair": True}, "repair"),
        ({"on": "ray", "shared": 1}, "shared"),
        ({"shared": True}, "shared"),
    ],
)
def test_what_makes_no_sense_is_refused(given, argument):
    with pytest.raises(flagfall.UsageError) as raised:
        flagfall.sweep("taxi", **given)
    assert raised.value.argument == argument
    assert not os.listdir()


def test_the_listing_says_how_many_rows_there_will_be():
    command = Command([*WORDS, "--out=there"], None, [])
    command.shard("1/2")
    assert command.shards(pathlib.Path("there"))["planned"] == 180
