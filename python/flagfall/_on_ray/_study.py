"""A study on a cluster, from its command line to its files."""

from __future__ import annotations

import contextlib
import fcntl
import json
import pathlib
import re
import uuid
from collections.abc import Callable, Iterator

from flagfall._errors import error_of
from flagfall._flagfall import __version__
from flagfall._on_ray._cluster import Cluster, reason
from flagfall._on_ray._driver import FRESH, Driver
from flagfall._on_ray._interrupts import Interrupts
from flagfall._on_ray._pieces import MOST, Part, Pieces, missing
from flagfall._on_ray._programs import Program
from flagfall._on_ray._task import Order
from flagfall._progress import Progress

_FIRST = Part(MOST, 777_777)
"""A millionth of the study is run here, which is nothing of most studies: so the command line is
checked, and the folder made, before any other machine is asked."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C ended it: how many rows came, and where they are."""

    def __init__(self, rows: int, folder: pathlib.Path) -> None:
        super().__init__(rows, folder)
        self.rows, self.folder = rows, folder


def run_on(
    program: Program, where: str, progress: Progress, *, shared: bool, again: Callable[[], object] | None = None
) -> pathlib.Path:
    """Runs what is missing of a study on a cluster, puts it together, and returns its folder.
    `again` is what a second Ctrl-C does.

    Raises:
        FlagfallError: the command line is wrong, no cluster answers, or a shard failed; what came is
            stored, and the same call goes on.
        Interrupted: Ctrl-C ended it.
    """
    with Interrupts(again) as interrupts:
        with interrupts.free():
            begun = program.shard(str(_FIRST))
            file = pathlib.Path(begun["file"])
            if file.suffix != ".shard":
                program.merge(file)
                return file
        file.unlink(missing_ok=True)
        folder = file.parent.parent
        with _alone(folder):
            _run(program, where, progress, folder, interrupts, shared=shared)
        return folder


def _run(
    program: Program, where: str, progress: Progress, folder: pathlib.Path, interrupts: Interrupts, *, shared: bool
) -> None:
    """Runs all that is missing on the cluster."""
    rows = 0
    try:
        try:
            with Cluster(where, interrupts) as cluster:
                driver = Driver(cluster, folder, progress, interrupts)
                try:
                    _rounds(program, driver, folder, interrupts, shared=shared)
                finally:
                    rows = driver.rows
        finally:
            # It counts for more than what failed at the same time.
            interrupts.look()
    except KeyboardInterrupt:
        raise Interrupted(rows, folder) from None
    except ConnectionError as error:
        if isinstance(error, BrokenPipeError):
            # Nobody reads what is printed here.
            raise
        kept = f"what came is kept in {folder}, and the same command goes on"
        raise error_of(1, f"the cluster at {where} is gone ({reason(error)}): {kept}") from None


def _rounds(
    program: Program, driver: Driver, folder: pathlib.Path, interrupts: Interrupts, *, shared: bool
) -> None:
    """Runs one round after another, until the study can be put together."""
    last = 0
    while True:
        with interrupts.free():
            listed = program.shards(folder)
        this = listed["round"]
        done = [one for one in listed["done"] if one["round"] == this]
        parts = missing(Part.read(one["shard"]) for one in done)
        if this == last and not parts:
            raise error_of(1, f"{folder} cannot be put together: see `flagfall merge {folder}`")
        pieces = Pieces(parts, listed["planned"])
        if this > last:
            driver.expect(listed["planned"], round(listed["planned"] - pieces.rows))
        with _probe(folder, shared) as probe:
            driver.run(_order(program, folder, probe), pieces, listed["planned"])
        with interrupts.free():
            if program.merge(folder):
                return
        last = this


def _order(program: Program, folder: pathlib.Path, probe: str | None) -> Order:
    manifest = folder / "manifest.json"
    files = {"manifest.json": manifest.read_bytes()}
    for plan in (folder / "shards").glob("*.plan"):
        files[f"shards/{plan.name}"] = plan.read_bytes()
    words = json.loads(files["manifest.json"])["command"]
    shared = None if probe is None else (str(folder.resolve()), probe)
    inputs = _inputs(words)
    return Order(__version__, words, files, inputs, program.command, program.sent, program.function, shared)


def _inputs(words: list[str]) -> dict[str, bytes]:
    """The files that words name, such as fault plans and programs: by a relative path. One with an
    absolute path has to be there on each node."""
    found = {}
    for text in (text for word in words if word.startswith("--") for text in re.split("[=,;]", word)[1:]):
        path = pathlib.PurePath(text)
        if text and not path.is_absolute() and ".." not in path.parts and pathlib.Path(text).is_file():
            found[text] = pathlib.Path(text).read_bytes()
    return found


@contextlib.contextmanager
def _probe(folder: pathlib.Path, shared: bool) -> Iterator[str | None]:
    """The name of a file that is in this folder only, by which nodes know that they share it."""
    if not shared:
        yield None
        return
    probe = folder / "shards" / f"{uuid.uuid4().hex}.probe"
    probe.touch()
    try:
        yield f"shards/{probe.name}"
    finally:
        probe.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: pathlib.Path) -> Iterator[None]:
    """Refuses to run a study that another process runs on a cluster: all would be run twice."""
    with open(folder / "shards" / "cluster.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"{folder} is run on a cluster by another process: wait for it, or end it"
            raise error_of(3, text) from None
        except OSError:
            # The file system has no locks. So others may use what seems to be left.
            pass
        else:
            _clean(folder / "shards")
        yield


def _clean(shards: pathlib.Path) -> None:
    """Removes what commands that were killed have left, other than rows."""
    for pattern in ("*.probe", f"*.shard.{FRESH}*"):
        for left in shards.glob(pattern):
            left.unlink(missing_ok=True)
