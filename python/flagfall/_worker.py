"""What a worker process of a study does: it answers one request after another."""

from __future__ import annotations

import os
import pickle
import select
import signal
import struct
import sys
import threading
from typing import TextIO

from flagfall._replication import Calls, failed

REQUEST = struct.Struct("<QQ")
"""A point and a replication."""

READY = b"R"
"""The first answer, if the function could be loaded. Otherwise it is a text."""


def main(requests: int, answers: int) -> None:
    """Loads the function that comes first, and answers requests until nobody asks any more. The
    numbers are those of the two files that lead to the study."""
    try:
        size = int.from_bytes(_read(requests, 8), "little")
        calls: Calls = pickle.loads(_read(requests, size))
    except Exception as error:
        write(answers, f"{type(error).__name__}: {error}".encode("utf-8", "backslashreplace"))
        return
    serve(calls, requests, answers)


def serve(calls: Calls, requests: int, answers: int) -> None:
    """Answers requests until nobody asks any more."""
    # Ctrl-C goes to all processes of a terminal. The study ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    busy = [False]
    threading.Thread(target=_watch, args=(requests, busy), daemon=True).start()
    write(answers, READY)
    while len(asked := os.read(requests, REQUEST.size)) == REQUEST.size:
        busy[0] = True
        try:
            answer = calls.answer(*REQUEST.unpack(asked))
        except BaseException as error:
            # Such as what asyncio and interrupts raise: here, nobody else is waiting for it.
            trace = error.__traceback__
            answer = failed(error.with_traceback(trace and trace.tb_next))
        # What it printed must not be lost with this process.
        flush(sys.stdout)
        busy[0] = False
        try:
            write(answers, answer)
        except BrokenPipeError:
            return


def flush(stream: TextIO | None) -> None:
    """Writes what was printed, if there is anybody to read it: what is printed is no result. A
    stream may be closed, or an object of the user that can do little more than write."""
    try:
        if stream is not None:
            stream.flush()
    except Exception:
        pass


def _watch(requests: int, busy: list[bool]) -> None:
    """Ends this process when the study's process is gone and a call would go on for nobody."""
    watched = select.poll()
    # That the other end is closed is always told.
    watched.register(requests, 0)
    watched.poll()
    if busy[0]:
        os._exit(1)


def write(file: int, message: bytes) -> None:
    """Writes a message and its length before it."""
    rest = memoryview(struct.pack("<I", len(message)) + message)
    while rest:
        rest = rest[os.write(file, rest) :]


def _read(file: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(file, min(size, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
