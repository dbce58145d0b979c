"""The few calls of Ray that a study needs."""

from __future__ import annotations

import importlib
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from flagfall._errors import FileError, RunError, UsageError
from flagfall._on_ray import _task
from flagfall._on_ray._task import Answer, Order

_PATIENCE = 6.0
"""How many seconds a cluster has to answer. With Ray's own import, an error takes less than 10."""


class Lost(Exception):
    """The worker or the node of a task is gone, or what it returned."""


class Cluster:
    """A Ray cluster that this process is connected to.

    Raises:
        UsageError: Ray is not installed, or that is no address.
        FileError: no cluster answers there.
    """

    def __init__(self, where: str) -> None:
        self._ray = ray = _ray()
        self.where = where
        # A program that uses Ray itself keeps its connection.
        self._is_ours = not ray.is_initialized()
        if self._is_ours:
            address = os.environ.get("RAY_ADDRESS") if where == "ray" else where
            if address not in (None, "auto", "local"):
                _check(address)
            _connect(ray, address)
        ray.cloudpickle.register_pickle_by_value(_task)
        # Which tasks are run again, the driver decides. It knows which rows are stored.
        self._run = ray.remote(num_cpus=1, max_retries=0)(_task.run_shard)

    def put(self, order: Order) -> Any:
        """Makes an order known to all nodes."""
        return self._ray.put(order)

    def submit(self, order: Any, part: str) -> Any:
        """Has a shard run somewhere."""
        return self._run.remote(order, part)

    def wait(self, tasks: Sequence[Any], seconds: float) -> Sequence[Any]:
        """Those of the tasks that are over, after so many seconds at most."""
        ready: Sequence[Any]
        ready, _ = self._ray.wait(tasks, num_returns=len(tasks), timeout=0)
        if not ready:
            ready, _ = self._ray.wait(tasks, num_returns=1, timeout=seconds)
        return ready

    def answer(self, task: Any) -> Answer:
        """What a task returned.

        Raises:
            RunError: it could not even begin.
            Lost: it returned nothing, because its worker or node is gone.
        """
        try:
            answer: Answer = self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            why = str(error).strip().splitlines()[-1]
            raise RunError(f"a task of Ray failed ({why}): see the log of the cluster") from None
        except self._ray.exceptions.RayError as error:
            raise Lost(str(error).strip().splitlines()[0]) from None
        return answer

    def size(self) -> tuple[int, int]:
        """How many nodes and how many CPUs there are now."""
        alive = [node for node in self._ray.nodes() if node["Alive"]]
        return len(alive), int(sum(node["Resources"].get("CPU", 0) for node in alive))

    def close(self, tasks: Sequence[Any]) -> None:
        """Ends those tasks, and the connection if nobody else uses it."""
        for task in tasks:
            try:
                self._ray.cancel(task, force=True)
            except Exception:
                # It is over, or the cluster is gone.
                pass
        if self._is_ours:
            self._ray.shutdown()


def _ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise UsageError(f"--on needs Ray ({error}): install it with `pip install ray`") from None


def _check(address: str) -> None:
    """Fails at once where nobody listens. Ray itself would wait for half a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"--on {address} is no address: write ray, HOST:PORT or ray://HOST:PORT")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE / 3).close()
    except (OSError, OverflowError) as error:
        raise FileError(f"no Ray cluster at {address} ({error}): {_REMEDY}") from None
    if address.startswith("ray://"):
        return
    asked = [sys.executable, "-m", "ray.scripts.scripts", "health-check", "--address", address]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise FileError(f"what listens at {address} does not answer as a Ray cluster: {_REMEDY}") from None
    if told.returncode:
        why = (told.stderr.strip() or told.stdout.strip() or "it is not healthy").splitlines()[-1]
        raise FileError(f"no Ray cluster at {address} ({why}): {_REMEDY}")


_REMEDY = "start one with `ray start --head`, or look at its address with `ray status`"


def _connect(ray: Any, address: str | None) -> None:
    failed: list[BaseException] = []

    def connect() -> None:
        try:
            # Tasks print nothing, and a cluster has its own log.
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        except BaseException as error:
            failed.append(error)

    if address is not None and address.startswith("ray://"):
        # It would try for half a minute if something else listens there.
        thread = threading.Thread(target=connect, daemon=True)
        thread.start()
        thread.join(_PATIENCE)
        if thread.is_alive():
            raise FileError(f"what listens at {address} does not answer as a Ray cluster: {_REMEDY}")
    else:
        connect()
    if failed and not isinstance(failed[0], Exception):
        raise failed[0]
    if failed:
        why = (str(failed[0]).strip() or repr(failed[0])).splitlines()[0]
        raise FileError(f"no Ray cluster at {address or 'this machine'} ({why}): {_REMEDY}")
