"""The worker processes of a study: started when they are needed, replaced when they die."""

from __future__ import annotations

import importlib
import io
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import types
import warnings
from typing import Any, Protocol

from flagfall._errors import RunError, refused
from flagfall._replication import Calls
from flagfall._worker import READY, REQUEST, flush, serve

_STARTING = threading.Lock()
"""Held while a worker is started, so that each knows the files of all others."""
_OURS: set[int] = set()
"""This process's ends of all pipes to workers."""


def _forget() -> None:
    """Closes these ends in a copy of this process, whoever makes it: otherwise workers would not
    notice that this process has ended."""
    global _STARTING
    _STARTING = threading.Lock()
    for file in _OURS:
        os.close(file)
    _OURS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

_ALIVE = 500
"""How many milliseconds pass between two questions whether a silent worker is alive."""
_PATIENCE = 2.0
"""How many seconds an idle worker has to end by itself."""


class _Process(Protocol):
    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self) -> int: ...


class _Copy:
    """A copy of this process, as `subprocess.Popen` has others."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._lock = threading.Lock()
        self._status: int | None = None

    def poll(self) -> int | None:
        return self._waited(os.WNOHANG)

    def kill(self) -> None:
        with self._lock:
            if self._status is None:
                try:
                    os.kill(self._pid, signal.SIGKILL)
                except ProcessLookupError:
                    # Somebody else waited for it.
                    pass

    def wait(self) -> int:
        while (status := self._waited(os.WNOHANG)) is None:
            time.sleep(0.001)
        return status

    def _waited(self, options: int) -> int | None:
        with self._lock:
            if self._status is None:
                try:
                    pid, status = os.waitpid(self._pid, options)
                except ChildProcessError:
                    # Somebody else waited for it.
                    self._status = 0
                else:
                    self._status = os.waitstatus_to_exitcode(status) if pid else None
            return self._status


class _Died(Exception):
    """A worker ended in the middle of a replication."""


class _Worker:
    """A worker process and the pipes to it."""

    def __init__(self, process: _Process, requests: int, answers: int) -> None:
        self._process = process
        self._requests, self._answers = requests, answers
        self._poll = select.poll()
        self._poll.register(answers, select.POLLIN)

    def ask(self, point: int, replication: int) -> bytes:
        os.write(self._requests, REQUEST.pack(point, replication))
        return self.heard()

    def heard(self) -> bytes:
        """The next answer."""
        message = b""
        while len(message) < 4:
            message += self._more()
        size = 4 + int(struct.unpack_from("<I", message)[0])
        while len(message) < size:
            message += self._more()
        return message[4:]

    def _more(self) -> bytes:
        # A process that the worker started may have its end of the pipe: so look at the worker.
        while not self._poll.poll(_ALIVE):
            if self._process.poll() is not None and not self._poll.poll(0):
                raise _Died
        part = os.read(self._answers, 1 << 16)
        if not part:
            raise _Died
        return part

    def send(self, payload: bytes) -> None:
        rest = memoryview(len(payload).to_bytes(8, "little") + payload)
        while rest:
            rest = rest[os.write(self._requests, rest) :]

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()

    def told(self) -> str:
        """How it ended."""
        self._process.kill()
        status = self._process.wait()
        if status >= 0:
            return f"ended with exit code {status}"
        try:
            return f"was killed by the signal {signal.Signals(-status).name}"
        except ValueError:
            return f"was killed by the signal {-status}"

    def hang_up(self) -> None:
        """Lets it end, once it is idle."""
        with _STARTING:
            for file in (self._requests, self._answers):
                if file in _OURS:
                    _OURS.discard(file)
                    os.close(file)

    def end(self, until: float) -> None:
        """Waits until it has ended."""
        while self._process.poll() is None:
            if time.monotonic() > until:
                self._process.kill()
            time.sleep(0.002)


class Workers:
    """Up to so many worker processes, which make the calls of a function.

    Without a `payload`, a worker is a copy of this process.
    """

    def __init__(self, calls: Calls, payload: bytes | None, processes: int) -> None:
        self._calls = calls
        self._payload = payload
        self._all: list[_Worker] = []
        self._idle: list[_Worker] = []
        self._stopped = False
        self._failure: BaseException | None = None
        # A copy is made of what is here now. Later there are more threads and files.
        self._files = set(_open_files())
        try:
            while payload is None and len(self._idle) < processes:
                self._idle.append(self._started())
        except BaseException:
            self.stop()
            self.close()
            raise

    def answer(self, point: int, replication: int) -> bytes:
        """Makes a replication in a worker that has nothing to do. Each thread calls this."""
        try:
            while True:
                worker = self._free()
                if not worker.is_alive:
                    self._drop(worker)
                    continue
                try:
                    answer = worker.ask(point, replication)
                except BrokenPipeError:
                    self._drop(worker)
                except (_Died, OSError):
                    self._check_going()
                    text = f"the worker process {worker.told()} in the middle of this replication"
                    self._drop(worker)
                    return b"E" + text.encode()
                else:
                    self._idle.append(worker)
                    return answer
        except BaseException as error:
            # The study ends. Nobody waits for the others.
            self._failure = self._failure or error
            self.stop()
            raise

    def _free(self) -> _Worker:
        try:
            return self._idle.pop()
        except IndexError:
            return self._started()

    def stop(self) -> None:
        """Ends all workers at once, whatever they do."""
        self._stopped = True
        for worker in list(self._all):
            worker.kill()

    def close(self) -> None:
        """Ends the workers, which have nothing to do any more."""
        for worker in self._all:
            worker.hang_up()
        until = time.monotonic() + _PATIENCE
        for worker in self._all:
            worker.end(until)
        self._all.clear()

    def _check_going(self) -> None:
        if self._stopped:
            raise self._failure or RunError("the study was stopped")

    def _drop(self, worker: _Worker) -> None:
        worker.hang_up()
        worker.told()
        self._all.remove(worker)

    def _started(self) -> _Worker:
        """A new worker that has the function."""
        with _STARTING:
            self._check_going()
            worker = self._begun()
            self._all.append(worker)
            if self._stopped:
                worker.kill()
        try:
            if self._payload is not None:
                worker.send(self._payload)
            told = worker.heard()
        except (_Died, OSError):
            self._check_going()
            why = f"a worker process {worker.told()} before it was ready"
            raise RunError(f"{why}: call again to go on, with start='fork' or processes=1 if need be") from None
        if told != READY:
            text = told.decode("utf-8", "replace")
            why = f"cannot be loaded in a worker process ({text}): give start='fork' or processes=1"
            raise refused("function", why)
        return worker

    def _begun(self) -> _Worker:
        """A new process, and the pipes to it."""
        files: list[int] = []
        try:
            files += _pipe()
            files += _pipe()
            theirs, requests, answers, their_answers = files
            _OURS.update((requests, answers))
            process: _Process
            if self._payload is None:
                process = self._copied(theirs, their_answers)
            else:
                process = _fresh(theirs, their_answers)
        except BaseException as error:
            for file in files:
                _OURS.discard(file)
                os.close(file)
            if isinstance(error, OSError):
                why = f"a worker process cannot be started ({error})"
                raise RunError(f"{why}: call again to go on, with processes=1 if need be") from None
            raise
        os.close(theirs)
        os.close(their_answers)
        return _Worker(process, requests, answers)

    def _copied(self, requests: int, answers: int) -> _Copy:
        """A copy of this process, whose other threads are not in it."""
        for stream in (sys.stdout, sys.stderr):
            flush(stream)
        with warnings.catch_warnings():
            # That copies of a process with threads may hang: the user was told of it.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            return _Copy(pid)
        status = 1
        try:
            self._be_worker(requests, answers)
            status = 0
        finally:
            os._exit(status)

    def _be_worker(self, requests: int, answers: int) -> None:
        # The lock of the study's folder is among them: it would outlive the study's process.
        nothing = os.open(os.devnull, os.O_RDWR)
        for file in set(_open_files()) - self._files - {requests, answers, nothing}:
            try:
                os.dup2(nothing, file, inheritable=False)
            except OSError:
                pass
        os.dup2(nothing, 0)
        signal.set_wakeup_fd(-1)
        serve(self._calls, requests, answers)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are not taken for standard files, if those are closed."""
    ends = os.pipe()
    if min(ends) > 2:
        return ends
    # Nobody else needs it, and not all systems have it.
    import fcntl

    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def _open_files() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return []


def _fresh(requests: int, answers: int) -> subprocess.Popen[bytes]:
    """A new interpreter, which never runs the user's script."""
    if not sys.executable:
        raise refused("processes", "needs the path of Python in sys.executable: give 1")
    path = [one or os.getcwd() for one in sys.path if isinstance(one, str)]
    code = f"import sys; sys.path[:] = {path!r}; from flagfall._worker import main; main({requests}, {answers})"
    # Sets and dictionaries of texts have the same order in all workers.
    seed = os.environ.get("PYTHONHASHSEED", "")
    environment = {**os.environ, "PYTHONHASHSEED": seed if seed.isdigit() else "0"}
    flags: list[str] = getattr(subprocess, "_args_from_interpreter_flags", list)()
    return subprocess.Popen(
        [sys.executable, *flags, "-c", code],
        stdin=subprocess.DEVNULL, pass_fds=(requests, answers), env=environment,
    )  # fmt: skip


class _ByName(pickle.Pickler):
    """Pickles what a new interpreter can import by its name."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, (type, types.FunctionType)) and value.__module__ in ("__main__", "__mp_main__"):
            raise pickle.PicklingError("it is of the main program")
        return NotImplemented


def payload_of(calls: Calls) -> bytes | None:
    """The calls as a new interpreter can load them, if it can."""
    written = io.BytesIO()
    try:
        _ByName(written, protocol=4).dump(calls)
        return written.getvalue()
    except Exception:
        pass
    try:
        # Nobody needs it otherwise.
        cloudpickle = importlib.import_module("cloudpickle")
    except ImportError:
        return None
    try:
        payload: bytes = cloudpickle.dumps(calls, protocol=4)
    except Exception:
        return None
    return payload
