"""The few calls of Ray that a study needs."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from flagfall._errors import FileError, RunError, UsageError, refused
from flagfall._on_ray import _task
from flagfall._on_ray._interrupts import Interrupts, ended
from flagfall._on_ray._task import Answer, Order

_PATIENCE = 15.0
"""How many seconds a cluster has to say that it is well. What does not speak as Ray does is told
much sooner."""
_PORT_PATIENCE = 2.0
"""How many seconds a port has to answer at all."""
# What a client of HTTP/2 says first, as gRPC speaks it, and an empty frame of its settings.
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
_SETTINGS = 4


class Lost(Exception):
    """The worker or the node of a task is gone, or what it returned."""


@contextlib.contextmanager
def _asking(ray: Any) -> Iterator[None]:
    """Makes a connection error of whatever comes because the cluster is gone.

    Ray raises one itself for most calls. But one that is made after the connection was lost would
    start a cluster on this machine, and some let through what gRPC raises.
    """
    if not ray.is_initialized():
        raise ConnectionError("Ray is no longer connected")
    try:
        yield
    except Exception as error:
        # Ray may be installed without gRPC.
        is_of_grpc = any(of.__module__.partition(".")[0] == "grpc" for of in type(error).__mro__)
        if isinstance(error, ConnectionError) or not (is_of_grpc or not ray.is_initialized()):
            raise
        details = getattr(error, "details", None)
        raise ConnectionError(str(details() if callable(details) else error)) from error


class Cluster:
    """A Ray cluster that this process is connected to.

    Raises:
        UsageError: Ray is not installed, that is no address, or this program has another cluster.
        FileError: no cluster answers there.
    """

    def __init__(self, where: str, interrupts: Interrupts) -> None:
        self._ray = ray = _ray()
        interrupts.look()
        # A program that uses Ray itself keeps its connection.
        self._is_ours = not ray.is_initialized()
        if self._is_ours:
            address = (os.environ.get("RAY_ADDRESS") or None) if where == "ray" else where
            if address not in (None, "auto", "local"):
                with interrupts.free():
                    _check(address)
            _connect(ray, address)
        elif where != "ray":
            _check_same(ray, where)
        self._wanted = None if self._is_ours else f"flagfall-{uuid.uuid4().hex}"
        if self._wanted is not None:
            with _asking(ray):
                _kept()._internal_kv_put(self._wanted, b"")
        ray.cloudpickle.register_pickle_by_value(_task)
        # Which tasks are run again, the driver decides. It knows which rows are stored.
        self._run = ray.remote(num_cpus=1, max_retries=0)(_task.run_shard)

    def put(self, order: Order) -> Any:
        """Makes an order known to all nodes."""
        with _asking(self._ray):
            return self._ray.put(order._replace(wanted=self._wanted))

    def submit(self, order: Any, part: str) -> Any:
        """Has a shard run somewhere."""
        with _asking(self._ray):
            return self._run.remote(order, part)

    def wait(self, tasks: Sequence[Any], seconds: float) -> Sequence[Any]:
        """Those of the tasks that are over, after so many seconds at most."""
        with _asking(self._ray):
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
            with _asking(self._ray):
                answer: Answer = self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            why = str(error).strip().splitlines()[-1]
            raise RunError(f"a task of Ray failed ({why}): see the log of the cluster") from None
        except self._ray.exceptions.RayError as error:
            raise Lost(str(error).strip().splitlines()[0]) from None
        return answer

    def size(self) -> tuple[int, int]:
        """How many nodes and how many CPUs there are now."""
        with _asking(self._ray):
            nodes = self._ray.nodes()
        alive = [node for node in nodes if node["Alive"]]
        return len(alive), int(sum(node["Resources"].get("CPU", 0) for node in alive))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the connection, and with it what runs. If somebody else uses it, what runs long is
        told to end.

        No task is cancelled: Ray ends this process if one returns at that moment ("Tried to complete
        task that was not pending").
        """
        if self._wanted is None:
            self._ray.shutdown()
            return
        # If the cluster is gone, its tasks are as well.
        with contextlib.suppress(Exception), _asking(self._ray):
            _kept()._internal_kv_del(self._wanted)


def _ray() -> Any:
    # A call that finds no connection would start a cluster here, and wait for it for minutes.
    name = "RAY_ENABLE_AUTO_CONNECT"
    given = os.environ.get(name)
    os.environ[name] = "0"
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise UsageError(f"--on needs Ray ({error}): install it with `pip install ray`") from None
    finally:
        # Ray reads it once. What is started later is to have what the user gave.
        if given is None:
            del os.environ[name]
        else:
            os.environ[name] = given


def _kept() -> Any:
    """The names that a cluster knows: the only thing of Ray that all its processes can look at, and
    that needs no process itself."""
    return importlib.import_module("ray.experimental.internal_kv")


def _check(address: str) -> None:
    """Fails soon where no cluster answers. Ray itself would wait for half a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"--on {address} is no address: write ray, HOST:PORT or ray://HOST:PORT")
    try:
        first = _first_frame(host.strip("[]"), int(port))
    except TimeoutError:
        first = b""
    except (OSError, OverflowError) as error:
        raise FileError(f"no Ray cluster at {address} ({error}): {_REMEDY}") from None
    if first is not None and first[3:4] != bytes([_SETTINGS]):
        raise FileError(f"what listens at {address} does not answer as a Ray cluster: {_REMEDY}")
    if address.startswith("ray://"):
        return
    asked = [sys.executable, "-m", "ray.scripts.scripts", "health-check", "--address", address]
    try:
        run = ended(asked, seconds=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise FileError(f"what listens at {address} does not answer as a Ray cluster: {_REMEDY}") from None
    if run.returncode:
        told = (run.stderr.strip() or run.stdout.strip()).decode("utf-8", "replace")
        raise _none_at(address, (told or "it is not healthy").splitlines()[-1])


def _first_frame(host: str, port: int) -> bytes | None:
    """How a server of gRPC, which all of Ray's are, begins to answer; None if it speaks TLS."""
    with socket.create_connection((host, port), timeout=_PORT_PATIENCE) as connection:
        if os.environ.get("RAY_USE_TLS", "").lower() in ("1", "true"):
            return None
        connection.sendall(_HELLO)
        return connection.recv(9)


_REMEDY = "start one with `ray start --head`, or look at its address with `ray status`"
_TOKEN = "set RAY_AUTH_MODE=token, and have the token of the cluster here"


def _none_at(address: str, why: str) -> FileError:
    """The error of a cluster that does not let this process in."""
    if "authentication" in why.lower():
        return FileError(f"the Ray cluster at {address} asks for a token: {_TOKEN}")
    # A client is not told that the token is the reason.
    token = f"; if it asks for a token, {_TOKEN}" if address.startswith("ray://") else ""
    return FileError(f"no Ray cluster at {address} ({why}): {_REMEDY}{token}")


def _connect(ray: Any, address: str | None) -> None:
    # Tasks print nothing, and a cluster has its own log.
    options = {"address": address, "log_to_driver": False, "logging_level": logging.ERROR}
    try:
        try:
            ray.init(**options)
        except ConnectionAbortedError:
            # The server of clients starts a process for each. In one that has itself just started,
            # the first may end at once.
            ray.init(**options)
    except Exception as error:
        raise _none_at(address or "this machine", reason(error)) from None
    except BaseException:
        # Ctrl-C was pressed twice: no connection is left that is half made.
        ray.shutdown()
        raise


def reason(error: BaseException) -> str:
    """The text of an error of Ray, as one line."""
    lines = str(error).split("\n") if str(error).strip() else [repr(error)]
    if any(line.startswith("Traceback") for line in lines):
        # That of a server is in it.
        lines = [line for line in lines if line.strip()][-1:]
    return " ".join(" ".join(lines).split())


def _check_same(ray: Any, where: str) -> None:
    """Refuses an address if this program is connected to another cluster."""
    try:
        connected = str(ray.get_runtime_context().gcs_address)
    except Exception:
        # A client does not know where its server is.
        connected = "a cluster"
    if where != connected:
        why = f"is {where}, but this program is connected to {connected} already"
        raise refused("on", f"{why}: give on='ray' for that one, or call ray.shutdown() before")
