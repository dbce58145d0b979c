"""Runs the pieces of a study on a cluster: some more than it has CPUs at a time."""

from __future__ import annotations

import os
import pathlib
import time
from typing import Any

from flagfall._errors import FlagfallError, error_of
from flagfall._on_ray._cluster import Cluster, Lost
from flagfall._on_ray._interrupts import Interrupts
from flagfall._on_ray._pace import PROBES, Pace
from flagfall._on_ray._pieces import Part, Pieces
from flagfall._on_ray._task import Answer, Order
from flagfall._progress import Progress

_MOST_LOST = 8
"""A shard that loses its worker more often is told: perhaps it is the reason."""
_LOOK = 1.0
"""Seconds between two looks at the nodes."""
_PATIENCE = 10.0
"""How many seconds a shared folder has to show a file that another node has written."""

FRESH = "fresh-"
"""What follows the name of a file that is being written; then comes who writes it."""


class Driver:
    """The tasks of a study, and what they cost."""

    def __init__(
        self, cluster: Cluster, folder: pathlib.Path, progress: Progress, interrupts: Interrupts
    ) -> None:
        self._cluster = cluster
        self._interrupts = interrupts
        self._folder = folder
        self._progress = progress
        self._before = self._planned = 0
        self._pace = Pace()
        self._running: dict[Any, tuple[Part, float]] = {}
        self._lost: dict[Part, int] = {}
        self._nodes, self._cpus = cluster.size()
        self._looked = time.monotonic()
        self.rows = 0
        """How many rows came."""

    def expect(self, planned: int, there: int) -> None:
        """Another round is to have so many rows, of which so many are there."""
        self._planned += planned
        self._before += there

    def run(self, order: Order, pieces: Pieces, total: int) -> None:
        """Runs all pieces, and stores the file of each as it comes.

        Raises:
            FlagfallError: a shard failed, with its exit code. All others that came are stored.
        """
        known = self._cluster.put(order)
        while pieces or self._running:
            self._interrupts.look()
            while pieces and len(self._running) < self._most():
                part = pieces.take(self._size(pieces, total))
                self._running[self._cluster.submit(known, str(part))] = (part, time.monotonic())
            failed: FlagfallError | None = None
            for task in self._cluster.wait(list(self._running), 0.2):
                part, _ = self._running.pop(task)
                try:
                    self._take(part, self._cluster.answer(task))
                except Lost as lost:
                    self._again(pieces, part, lost)
                except FlagfallError as error:
                    # What the others returned is stored first.
                    failed = failed or error
            if failed is not None:
                raise failed
            self._look()

    def _size(self, pieces: Pieces, total: int) -> float:
        """How many rows the next task has at most: fewer near the end, so that no node has much to
        do when the others have nothing."""
        rows = self._pace.rows(total)
        return min(rows, max(rows / 2, pieces.rows / (2 * max(self._cpus, 1)), 1.0))

    def _most(self) -> int:
        """So many tasks are given to the cluster at a time. Some wait there, so that no CPU has to
        wait for this process. What they return is in memory, and so they are few."""
        if not self._pace.is_known:
            return min(PROBES, max(self._cpus, 1))
        return self._cpus + max(2, self._cpus // 4)

    def _take(self, part: Part, answer: Answer) -> None:
        if answer.code:
            text = f"shard {part} failed on node {answer.node}: {answer.text}"
            raise error_of(answer.code, text)
        path = self._folder / "shards" / answer.name
        if answer.data is not None:
            store(path, answer.data)
        else:
            self._await(path, answer.node)
        self._pace.took(answer.rows, answer.seconds)
        self.rows += answer.rows
        self._tell(f"{_counted(self._nodes, 'node')}, {_counted(self._cpus, 'CPU')}")

    def _await(self, path: pathlib.Path, node: str) -> None:
        until = time.monotonic() + _PATIENCE
        while not path.exists():
            self._interrupts.look()
            if time.monotonic() > until:
                text = f"{path} was written on node {node} and is not here: leave --shared out"
                raise error_of(3, text)
            time.sleep(0.1)

    def _tell(self, where: str) -> None:
        self._progress.tell(self._before + self.rows, self._planned, where)

    def _again(self, pieces: Pieces, part: Part, lost: Lost) -> None:
        self._lost[part] = times = self._lost.get(part, 0) + 1
        if times > _MOST_LOST:
            raise error_of(1, f"shard {part} lost its worker {times} times: {lost}")
        pieces.give_back(part)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        self._nodes, self._cpus = self._cluster.size()
        if not self._pace.is_known and self._running:
            self._pace.waited(now - min(since for _, since in self._running.values()))
        if not self._cpus:
            self._tell("no CPU in the cluster: waiting for one")


def store(path: pathlib.Path, data: bytes) -> None:
    """Puts a file in its place, at once and for good."""
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f"{path.name}.{FRESH}{os.getpid()}")
    try:
        with open(fresh, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise error_of(3, f"cannot write {path}: {error.strerror or error}") from None


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
