"""Ctrl-C during a study on a cluster, without Ray: the calls of it are interrupted by none.
`test_on_ray.py` has the same on Ray itself."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from test_on_ray_parts import WORDS, Here, files, folder, run, whole  # noqa: F401

from flagfall import _command_on
from flagfall._on_ray import _interrupts, _study


@pytest.mark.parametrize("call", ["put", "submit", "wait", "answer", "size", "__exit__"])
@pytest.mark.parametrize("error", [None, ConnectionError, ValueError])
def test_no_call_of_ray_is_interrupted(monkeypatch, capfd, whole, call, error):
    class Pressed(Here):
        def at(self, name, *given):
            raised = None
            if name == call and (len(self.ran) >= 3 or name in ("put", "__exit__")):
                try:
                    signal.raise_signal(signal.SIGINT)
                except KeyboardInterrupt as interrupt:
                    raised = interrupt
                interrupted.append(raised)
                if error is not None:
                    raise error("as Ctrl-C was pressed")
            return getattr(Here, name)(self, *given)

        put = lambda self, *given: self.at("put", *given)
        submit = lambda self, *given: self.at("submit", *given)
        wait = lambda self, *given: self.at("wait", *given)
        answer = lambda self, *given: self.at("answer", *given)
        size = lambda self, *given: self.at("size", *given)
        __exit__ = lambda self, *given: self.at("__exit__", *given)

    interrupted = []
    monkeypatch.setattr("flagfall._on_ray._driver._LOOK", 0.0)
    monkeypatch.setattr(_study, "Cluster", Pressed())
    words = ["sweep", *WORDS, "--out=there", "--on=ray"]
    before = signal.getsignal(signal.SIGINT)
    assert _command_on.run_on_cluster(words) == 130
    assert interrupted == [None] and signal.getsignal(signal.SIGINT) is before
    told = capfd.readouterr().err
    assert "kept in there\ncontinue: flagfall sweep" in told and "error" not in told
    assert run(monkeypatch, Here()) == 0
    assert files("there") == whole


def test_the_second_interrupt_ends_at_once():
    told = "import os, signal, sys\nfrom flagfall import _command_on\nfrom flagfall._on_ray import _study\n"
    told += "def hang(*_):\n    for _ in range(2): signal.raise_signal(signal.SIGINT)\n    os._exit(7)\n"
    told += "_study.Cluster = hang\nsys.exit(_command_on.run_on_cluster(sys.argv[1:]))"
    words = ["sweep", *WORDS, "--out=there", "--on=ray"]
    ended = subprocess.run([sys.executable, "-c", told, *words], capture_output=True, text=True)
    assert ended.returncode == 130, ended.stderr
    assert "interrupted: what came is kept\ncontinue: flagfall sweep" in ended.stderr


def test_a_command_that_the_interrupt_ended_is_no_error(monkeypatch):
    # A busy machine may send what comes a little later much later.
    monkeypatch.setattr(_interrupts, "_LOOK", 2.0)
    for code in ("kill -INT $$", "exit 130"):
        # As a terminal does it: to both of them, and here a little later.
        with pytest.raises(KeyboardInterrupt):
            _interrupts.ended(["sh", "-c", f"(sleep 0.05; kill -INT {os.getpid()}) >/dev/null 2>&1 & {code}"])
    press = threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    press.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        _interrupts.ended(["sleep", "60"])
    assert time.monotonic() - began < 10
    with pytest.raises(subprocess.TimeoutExpired):
        _interrupts.ended(["sleep", "60"], seconds=0.3)


def test_an_interrupt_that_is_not_wanted_ends_nothing(monkeypatch, whole):
    heard = []
    monkeypatch.setattr("flagfall._on_ray._driver._LOOK", 0.0)

    class Pressed(Here):
        def size(self):
            signal.raise_signal(signal.SIGINT)
            return super().size()

    before = signal.signal(signal.SIGINT, lambda *_: heard.append("pressed"))
    try:
        assert run(monkeypatch, Pressed()) == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard and files("there") == whole


def test_a_task_that_nobody_wants_any_more_ends(tmp_path):
    # The names that a cluster knows are files here.
    kept = "import os\ndef _internal_kv_exists(name):\n    return os.path.exists(name)\n"
    package = tmp_path / "path/ray/experimental"
    package.mkdir(parents=True)
    for path in (package.parent / "__init__.py", package / "__init__.py"):
        path.touch()
    (package / "internal_kv.py").write_text(kept)
    told = "import sys, time\nfrom flagfall._on_ray import _task\n_task._BETWEEN_LOOKS = 0.05\n"
    told += "with _task._while_wanted(sys.argv[1]):\n    time.sleep(float(sys.argv[2]))\ntime.sleep(0.5)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "path")}
    (tmp_path / "wanted").touch()
    for name, seconds, code in [("wanted", 0.5, 0), ("wanted", 60, 1), ("never", 60, 1)]:
        words = [sys.executable, "-c", told, str(tmp_path / name), str(seconds)]
        with subprocess.Popen(words, env=environment) as task:
            if seconds == 60:
                time.sleep(0.5)
                (tmp_path / "wanted").unlink(missing_ok=True)
            assert task.wait(30) == code
