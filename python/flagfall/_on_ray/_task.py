"""What a task does on its node: it runs a shard in a folder of its own and returns the file.

This module is sent to the nodes as it is here. So it needs nothing of the package before it has
looked whether the package is there, and of the same version.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import pathlib
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import IO, NamedTuple, Optional


_NO_FILE = 3
"""The exit code of a command that cannot read, write or lock a file."""
_BETWEEN_LOOKS = 4.0
"""Seconds between two looks whether the rows of a task are still wanted."""
_PATIENCE = 10.0
"""How many seconds a shard in a shared folder may be that of a task which is ending."""


class Order(NamedTuple):
    """What all tasks of a round have in common."""

    version: str
    """That of the package, without a command."""
    words: list[str]
    """The words of the study, after `sweep`."""
    files: dict[str, bytes]
    """What has to be in the folder of the study: its manifest, and the plan of the round. With them
    there, the command refuses to run another study, or the same one of another version."""
    inputs: dict[str, bytes]
    """Files that the words name, by their paths from where the study was begun."""
    command: Optional[str]
    """The command of an own model, found by its path; None for the package's own."""
    program: Optional[tuple[str, bytes]]
    """The hash and the bytes of the command, if it travels."""
    function: Optional[bytes]
    """A function of Python that is the model."""
    shared: Optional[tuple[str, str]]
    """The study's folder, and a file in it that only this study has, if all nodes share it."""
    wanted: Optional[str] = None
    """A name that the cluster knows as long as rows are wanted. With None, Ray ends the tasks."""


class Answer(NamedTuple):
    """What a task says."""

    node: str
    seconds: float
    rows: int
    name: str
    """The name of the shard's file."""
    data: Optional[bytes]
    """The file, unless the folder is shared."""
    code: int
    """The exit code; then `text` says what is wrong."""
    text: str


def run_shard(order: Order, part: str) -> Answer:
    """Runs a part, and returns its rows or what went wrong: no exception has to travel."""
    with _while_wanted(order.wanted):
        return _answer(order, part)


@contextlib.contextmanager
def _while_wanted(name: str | None) -> Iterator[None]:
    """Ends this worker if nobody wants its rows any more. Most tasks are over before the first look."""
    over = threading.Event()

    def look() -> None:
        known = importlib.import_module("ray.experimental.internal_kv")
        while not over.wait(_BETWEEN_LOOKS):
            try:
                is_wanted = known._internal_kv_exists(name)
            except Exception:
                # The head of the cluster does not answer. It may be back soon.
                continue
            if not is_wanted:
                os._exit(1)

    thread = threading.Thread(target=look, daemon=True)
    if name is not None:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if name is not None:
            # The next task of the worker may be somebody else's.
            thread.join()


def _answer(order: Order, part: str) -> Answer:
    node = platform.node()
    folder = None
    try:
        if unfit := _unfit(order):
            return Answer(node, 0.0, 0, "", None, 3, unfit)
        # What was imported first is no cost of the rows.
        begun = time.monotonic()
        folder, alive = _scratch()
        _write(folder / "here", order.inputs)
        if order.shared is None:
            out = folder / "study"
            _write(out, order.files)
        else:
            out = pathlib.Path(order.shared[0])
            if not (out / order.shared[1]).exists():
                text = f"{out} is another folder there: leave --shared out, and files travel through Ray"
                return Answer(node, 0.0, 0, "", None, 3, text)
        until = begun + _PATIENCE
        code, told = _run(order, [f"--out={out}", f"--shard={part}"], folder / "here")
        while code == _NO_FILE and order.shared is not None and time.monotonic() < until:
            # The task of a command that was killed may still have the shard. Ray ends it soon.
            time.sleep(0.2)
            begun = time.monotonic()
            code, told = _run(order, [f"--out={out}", f"--shard={part}"], folder / "here")
        if code:
            return Answer(node, 0.0, 0, "", None, code, told.replace(str(out), "the study"))
        import json

        shard = json.loads(told)
        path = pathlib.Path(shard["file"])
        sent = path.read_bytes() if order.shared is None else None
        seconds = time.monotonic() - begun
        return Answer(node, seconds, shard["rows"], path.name, sent, 0, "")
    except OSError as error:
        return Answer(node, 0.0, 0, "", None, 3, str(error))
    except Exception as error:
        return Answer(node, 0.0, 0, "", None, 1, f"{type(error).__name__}: {error}")
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
            alive.close()


def _scratch() -> tuple[pathlib.Path, IO[bytes]]:
    """A new folder for a task, and a file in it that is locked as long as the task lives. Folders of
    workers that were killed are removed: they would fill the disk of the node."""
    for other in pathlib.Path(tempfile.gettempdir()).glob("flagfall-task-*/alive"):
        try:
            with open(other, "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(other.parent, ignore_errors=True)
        except OSError:
            # Its task lives, it is of another user, or it is gone.
            pass
    while True:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="flagfall-task-"))
        alive = open(folder / "alive", "wb")
        fcntl.flock(alive, fcntl.LOCK_EX)
        if (folder / "alive").exists():
            return folder, alive
        # Another task has taken it for one that is left.
        alive.close()


def _write(folder: pathlib.Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _unfit(order: Order) -> str | None:
    """Why this node cannot run a study of the package."""
    if order.command is not None:
        return None
    try:
        import flagfall
    except ImportError as error:
        return f"the package cannot be imported there ({error}): install flagfall {order.version}"
    if flagfall.__version__ != order.version:
        return f"it has flagfall {flagfall.__version__}, and not {order.version}: install the same version"
    return None


def _run(order: Order, shard: list[str], here: pathlib.Path) -> tuple[int, str]:
    """What the command prints, or its exit code and what is wrong. `here` is where its words find
    their files. A function has none, and its process outlives the folder: it stays where it is."""
    if order.function is not None:
        return _function(order.function, shard)
    words = ["sweep", *order.words, *shard, "--threads=1", "--json"]
    if order.command is None:
        if order.words[0] != "ray":
            return _called(words, here)
        # Programs for Ray see another Ray than this process does.
        argv = [sys.executable, "-m", "flagfall"]
    elif order.program is not None:
        argv = [_copied(order.command, *order.program)]
    else:
        argv = [order.command]
    try:
        ended = subprocess.run([*argv, *words, "--quiet"], capture_output=True, stdin=subprocess.DEVNULL,
                               cwd=here, preexec_fn=_end_with_parent)  # fmt: skip
    except FileNotFoundError:
        return 3, f"there is no command {argv[0]} there: install it, or give its path here and it travels"
    out, told = (text.decode("utf-8", "replace") for text in (ended.stdout, ended.stderr))
    if ended.returncode < 0:
        return 1, f"{argv[0]} was ended by the signal {-ended.returncode}"
    return ended.returncode, out if ended.returncode == 0 else told.strip().removeprefix("error: ")


def _called(words: list[str], here: pathlib.Path) -> tuple[int, str]:
    """The package's own command, without a process of its own: starting one takes a tenth of what
    a task is to take."""
    # A worker has one task at a time, and is back before the folder is removed.
    back = os.open(".", os.O_RDONLY)
    os.chdir(here)
    try:
        return _told(words)
    finally:
        os.chdir(back)
        os.close(back)


def _told(words: list[str]) -> tuple[int, str]:
    from flagfall._calls import called
    from flagfall._errors import FlagfallError

    try:
        out, failed = called(words[0], words[1:2], words[2:])
    except FlagfallError as error:
        return error.exit_code, str(error)
    return failed or (0, out)


def _function(function: bytes, shard: list[str]) -> tuple[int, str]:
    from flagfall._errors import FlagfallError
    from flagfall._on_ray._functions import run_there

    try:
        out, failed = run_there(function, shard)
    except FlagfallError as error:
        return error.exit_code, str(error)
    return failed or (0, out)


def _copied(command: str, digest: str, data: bytes) -> str:
    """The path of a command that travelled: each node keeps one copy of it."""
    user = os.getuid()
    folder = pathlib.Path(tempfile.gettempdir()) / f"flagfall-{user}-{digest[:16]}"
    path = folder / pathlib.Path(command).name
    folder.mkdir(mode=0o700, exist_ok=True)
    # Anybody can make a folder of that name there, or a link to one.
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o022:
        raise PermissionError(f"{folder} is not this user's own, or others may write there: remove it")
    if not path.exists():
        fresh = folder / f"{path.name}.{os.getpid()}"
        fresh.write_bytes(data)
        fresh.chmod(0o700)
        # Others may run it already: it is put there at once.
        fresh.replace(path)
    return str(path)


def _end_with_parent() -> None:
    """Lets a command end with the worker that runs it, also if that is killed."""
    if sys.platform == "linux":
        import ctypes

        die_with_parent, killed = 1, 9
        ctypes.CDLL(None).prctl(die_with_parent, killed)

