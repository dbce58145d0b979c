"""Randomness of simulated code: each virtual process has its own streams, seeded by the run."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flagfall import Stream
from flagfall.ray import _core
from flagfall.ray._errors import NotSupported
from flagfall.ray._world import clock
from flagfall.ray._world._inside import either, here, mine
from flagfall.ray._world.patches import Patches

_NODE = 0x02_00_00_00_00_01
"""The address of the network card, with the mark of those that nobody made."""
_GREGORIAN = 0x01B2_1DD2_1381_4000
"""Steps of 100 ns from 1582 to 1970: UUIDs count from there."""

_OWN = ("entropy", "random", "numpy", "tempfile")
"""What a process has of its own."""


def _words(process: _core.Process, purpose: str, count: int) -> list[int]:
    stream = _core.stream(process.path, purpose)
    return [stream.next_u64() for _ in range(count)]


def _python(process: _core.Process) -> random.Random:
    """What `random` draws from in that process. It is Python's own, so a seed that the program
    sets gives the values that it gives everywhere."""
    seed = 0
    for word in _words(process, "python.random", 4):
        seed = seed << 64 | word
    return random.Random(seed)


def _entropy(process: _core.Process) -> Stream:
    return _core.stream(process.path, "os.urandom")


@contextmanager
def apart(process: _core.Process, name: str) -> Iterator[None]:
    """Gives a process other streams for a while, which begin anew each time."""
    local = process.local
    before = {key: local.pop(key) for key in _OWN if key in local}
    local["entropy"] = _core.stream(process.path, f"os.urandom: {name}")
    try:
        yield
    finally:
        for key in _OWN:
            local.pop(key, None)
        local.update(before)


def _urandom(size: int, /) -> bytes:
    """What the operating system would give."""
    process = here()
    assert process is not None
    if size < 0:
        raise ValueError("negative argument not allowed")
    stream = mine(process, "entropy", _entropy)
    words = [stream.next_u64().to_bytes(8, "little") for _ in range((size + 7) // 8)]
    return b"".join(words)[:size]


def _drawn(name: str, real: Any, own: Callable[[], Any]) -> Callable[..., Any]:
    return either(real, lambda *args, **kwargs: getattr(own(), name)(*args, **kwargs))


def _own_python() -> random.Random:
    process = here()
    assert process is not None
    return mine(process, "random", _python)


def _install_python(patches: Patches) -> None:
    shared = vars(random)["_inst"]
    for name, value in list(vars(random).items()):
        if getattr(value, "__self__", None) is shared:
            patches.replace(random, name, _drawn(name, value, _own_python))
    real_seed = random.Random.seed

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        if a is None and here() is not None:
            a = int.from_bytes(_urandom(32), "little")
        real_seed(self, a, version)

    patches.replace(random.Random, "seed", seed)
    # What SystemRandom, secrets and the seeds of numpy draw from.
    urandom = either(os.urandom, _urandom)
    patches.replace(random, "_urandom", urandom)
    patches.replace(os, "urandom", urandom)
    patches.either(os, "getrandom", lambda size, flags=0: _urandom(size))


def _uuid1(node: int | None = None, clock_seq: int | None = None) -> uuid.UUID:
    process = here()
    assert process is not None
    last = process.local.get("uuid1", 0)
    stamp = max((clock.EPOCH + clock.reading()) // 100 + _GREGORIAN, last + 1)
    process.local["uuid1"] = stamp
    if clock_seq is None:
        clock_seq = int.from_bytes(_urandom(2), "little") & 0x3FFF
    low, middle, high = stamp & 0xFFFF_FFFF, stamp >> 32 & 0xFFFF, stamp >> 48 & 0x0FFF
    fields = (low, middle, high, clock_seq >> 8 & 0x3F, clock_seq & 0xFF, _NODE if node is None else node)
    return uuid.UUID(fields=fields, version=1)


def _names(process: _core.Process) -> Any:
    """Names of temporary files, for one process."""
    made = _Names()
    words = _words(process, "tempfile", 4)
    made._rng = random.Random(sum(word << 64 * place for place, word in enumerate(words)))
    made._rng_pid = os.getpid()
    return made


class _Names(tempfile._RandomNameSequence):  # type: ignore[name-defined,misc]
    """Names for temporary files, and those of the last call."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def __next__(self) -> str:
        self.asked.append(super().__next__())
        return self.asked[-1]


def _own_names() -> Any:
    process = here()
    assert process is not None
    return mine(process, "tempfile", _names)


def _is_taken(path: str) -> FileExistsError:
    return FileExistsError(
        f"{path} was left by a run that was interrupted, or belongs to one with the same seed that "
        "runs now: remove it, or give dir= to put temporary files elsewhere"
    )


#: The temporary files of the run, as far as they are in the folder for them.
_temporary: list[str] = []


def remove_temporary() -> None:
    """Removes what the program has left in temporary files."""
    while _temporary:
        path = _temporary.pop()
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.lexists(path):
            os.unlink(path)


def _install_tempfile(patches: Patches) -> None:
    patches.either(tempfile, "_get_candidate_names", _own_names)

    def keeps(real: Callable[..., Any]) -> Callable[..., Any]:
        def make(*args: Any, **kwargs: Any) -> Any:
            if here() is None:
                return real(*args, **kwargs)
            names = _own_names()
            names.asked.clear()
            found = real(*args, **kwargs)
            path = found[1] if isinstance(found, tuple) else found
            if os.path.dirname(path) == tempfile.gettempdir():
                _temporary.append(path)
                if len(names.asked) > 1:
                    # With another name, results would depend on what lies in the folder.
                    if isinstance(found, tuple):
                        os.close(found[0])
                    first, last = names.asked[0], names.asked[-1]
                    raise _is_taken(first.join(path.rsplit(last, 1)))
            return found

        return make

    for name in ("_mkstemp_inner", "mkdtemp", "mktemp"):
        patches.wrap(tempfile, name, keeps)
    # What is left would take its name from the next run with this seed.
    patches.later(remove_temporary)


def _install_uuid(patches: Patches) -> None:
    patches.either(uuid, "uuid1", _uuid1)
    patches.either(uuid, "getnode", lambda: _NODE)
    for name in ("_last_timestamp_v6", "_last_timestamp_v7"):
        # Otherwise the last run would shift the numbers of this one.
        if hasattr(uuid, name):
            patches.replace(uuid, name, None)


def _patch_numpy(patches: Patches, module: Any) -> None:
    """Gives each process a `RandomState` of its own behind the functions of `numpy.random`."""
    # Not by `import numpy`: that may be in the middle of its own import.
    mtrand = module.mtrand
    shared = mtrand._rand

    def state(process: _core.Process) -> Any:
        words = _words(process, "numpy.random", 4)
        halves = [word >> shift & 0xFFFF_FFFF for word in words for shift in (0, 32)]
        return module.RandomState(halves)

    def own() -> Any:
        process = here()
        return shared if process is None else mine(process, "numpy", state)

    # The state of the process that asks: scipy and others take it out of the module.
    asks = {"__getattribute__": lambda _, name: getattr(own(), name)}
    Own = type("Own", (module.RandomState,), asks)

    names = {name: name for name, value in vars(module).items()
             if getattr(value, "__self__", None) is shared}  # fmt: skip
    names.update(seed="seed", ranf="random_sample", sample="random_sample")
    for name, method in names.items():
        virtual = _drawn(method, getattr(module, name), own)
        for owner in (module, mtrand):
            if hasattr(owner, name):
                patches.replace(owner, name, virtual)
    for name in ("get_bit_generator", "set_bit_generator"):
        for owner in (module, mtrand):
            patches.either(owner, name, _refused(name))
    patches.replace(mtrand, "_rand", Own(0))


def _refused(name: str) -> Callable[..., Any]:
    def refused(*args: Any) -> Any:
        raise NotSupported(
            f"numpy.random.{name} is not supported: each virtual process has a generator of its "
            "own. Use numpy.random.Generator with a bit generator"
        )

    return refused


def install(patches: Patches) -> None:
    """Makes all randomness of simulated code repeat with the seed of the run."""
    _install_python(patches)
    _install_uuid(patches)
    _install_tempfile(patches)
    patches.when_imported("numpy.random", lambda module: _patch_numpy(patches, module))
