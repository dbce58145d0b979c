"""What may not reach a run: each is made to repeat, or `flagfall verify ray` finds and names it."""

import os
import shutil
import signal
import subprocess
import sys

import pytest
from command import Programs

import flagfall

HEAD = """\
import gc, os, pathlib, random, secrets, sys, tempfile, threading, time, uuid
import ray

class Thing:
    def __init__(self, number=0):
        self.number = number

@ray.remote
class Log:
    def __init__(self):
        self.lines = []
    def add(self, line):
        self.lines.append(line)
        return len(self.lines)

log = Log.remote()
def tell(line):
    return ray.get(log.add.remote(line))
"""

#: What repeats, in any process and under any hash seed.
REPEATS = {
    "uuid": "tell(str(uuid.uuid4())); tell(str(uuid.uuid1()))",
    "secrets": "tell(secrets.token_hex()); tell(os.urandom(4))",
    "random": "tell(random.Random().random()); random.seed(); tell(random.random())",
    "names of temporary files": (
        "tell(tempfile.mkdtemp()); tell(tempfile.mkstemp()[1])\n"
        "with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:\n"
        "    tell([file.name, folder, tempfile.mktemp()])"
    ),
    "numbers of processes": "tell([os.getpid(), os.getppid()])",
    "variables": "tell(sorted(os.environ.items()))",
    "clocks": (
        "tell([time.time(), time.monotonic(), time.perf_counter_ns(), time.process_time(),\n"
        "      time.thread_time(), time.ctime(), time.time_ns()])"
    ),
    "threads": (
        "threads = [threading.Thread(target=tell, args=(number,)) for number in range(5)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "tell([threading.get_ident(), threading.current_thread().name])"
    ),
    "folders": (
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    for number in (5, 3, 8, 1, 9):\n"
        "        open(os.path.join(folder, str(number)), 'w').close()\n"
        "    tell(os.listdir(folder)); tell([one.name for one in os.scandir(folder)])\n"
        "    tell([files for _, _, files in os.walk(folder)])\n"
        "    tell([one.name for one in pathlib.Path(folder).iterdir()])\n"
        "    tell([one.name for one in pathlib.Path(folder).glob('*')])"
    ),
    "a collector that goes on": "gc.disable(); gc.enable(); tell(gc.isenabled())",
    "garbage": (
        "for number in range(40):\n"
        "    thing = Thing(); thing.me, thing.log = thing, Log.remote(); del thing\n"
        "    tell([[one] for one in range(100)])"
    ),
    "a set that is sorted": "tell(sorted({'anna', 'bert', 'cora', 'dora'}))",
    "hashes of numbers": "tell([hash(7), hash(0.5), list({3, 1, 2})])",
}

#: What does not, the line that is named, and what else is.
LEAKS = {
    "a set of texts": (
        "for name in {'anna', 'bert', 'cora', 'dora', 'emil'}:\n    tell(name)",
        "for name in {'anna'", "the order of a set",
    ),
    "a hash": ("tell(hash('anna'))", "tell(hash('anna'))", "a hash"),
    "an address": ("tell(id(Thing()))", "tell(id(Thing()))", "an address"),
    "a set of objects": (
        "things = {Thing(number) for number in range(20)}\ntell([one.number for one in things])",
        "things = {Thing(number)", "an address",
    ),
    "a repr": ("tell(repr(Thing()))", "object at 0x", "an address"),
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "program.py"
        path.write_text(HEAD + text + "\n", encoding="utf-8")
        return str(path)

    return write


def command(*words, seed="0"):
    ran = Programs(None).command(*words, PYTHONHASHSEED=seed)
    return ran.code, ran.out + ran.err


@pytest.mark.parametrize("name", REPEATS)
def test_it_repeats(written, name):
    path = written(REPEATS[name])
    first = flagfall.run("ray", program=path, seed=3)
    # The next run finds another state of the interpreter.
    junk = [[number] for number in range(20_000)]
    assert flagfall.run("ray", program=path, seed=3).digest == first.digest
    del junk
    code, told = command("run", "ray", "--json", "--seed=3", f"--program={path}", seed="77")
    assert code == 0 and f'"digest":"{first.digest}"' in told, told


@pytest.mark.parametrize("name", LEAKS)
def test_verify_names_it(written, name):
    text, *named = LEAKS[name]
    path = written(text)
    code, told = command("verify", "ray", "--program", path)
    assert code == 1, told
    assert "records are equal; the next one differs" in told
    for one in named:
        assert one in told, told


def test_verify_of_what_repeats(written):
    code, told = command("verify", "ray", "--program", written(REPEATS["uuid"]))
    assert code == 0 and "all equal" in told, told


def test_temporary_files_are_removed_at_the_end(written):
    path = written("print(tempfile.mkdtemp()); print(tempfile.mkstemp()[1])")
    code, told = command("ray", "--quiet", path)
    assert code == 0
    assert len(told.split()) == 2 and not any(map(os.path.exists, told.split()))


def test_a_temporary_name_that_is_taken_is_an_error(written):
    """Another name would be another result."""
    path = written("folder = tempfile.mkdtemp(); print(folder)")
    _, folder = command("ray", "--quiet", path)
    os.mkdir(folder.strip())
    try:
        code, told = command("ray", "--quiet", path)
    finally:
        shutil.rmtree(folder.strip())
    assert code == 1 and "FileExistsError" in told and "remove it, or give dir=" in told
    assert command("ray", "--quiet", path) == (0, folder)


def test_files_in_a_folder_of_the_program_may_stay(written, tmp_path):
    path = written("import sys; print(tempfile.mkdtemp(dir=sys.argv[1]))")
    first, second = (command("ray", "--quiet", path, str(tmp_path)) for _ in range(2))
    assert first[0] == second[0] == 0 and first != second


def test_ctrl_c_leaves_no_temporary_files(written):
    path = written("print(tempfile.mkdtemp(), flush=True)\nwhile True: pass")
    words = [sys.executable, "-m", "flagfall", "ray", "--quiet", str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as ran:
        folder = ran.stdout.readline().strip()
        assert os.path.isdir(folder)
        ran.send_signal(signal.SIGINT)
        assert ran.wait(timeout=60) == -signal.SIGINT
    assert not os.path.exists(folder)
