"""What simulated code may not do, and locks and environments, which it may."""

import asyncio
import builtins
import concurrent.futures
import multiprocessing
import os
import queue
import select
import signal
import socket
import subprocess
import threading
import time

import pytest
from world import process, simulated, thread

from flagfall.ray._errors import NotSupported

REFUSED = {
    "concurrent.futures.ProcessPoolExecutor": lambda: concurrent.futures.ProcessPoolExecutor(1),
    "multiprocessing.Process.start": lambda: multiprocessing.Process(target=print).start(),
    "multiprocessing.Pool": lambda: multiprocessing.Pool(1),
    "subprocess.Popen": lambda: subprocess.run(["true"]),
    "os.system": lambda: os.system("true"),
    "os.fork": lambda: os.fork(),
    "os.posix_spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "socket.socket.connect": lambda: socket.socket().connect(("127.0.0.1", 9)),
    "socket.socket.listen": lambda: socket.socket().listen(),
    "socket.create_connection": lambda: socket.create_connection(("127.0.0.1", 9)),
    "select.select": lambda: select.select([], [], [], 0),
    "signal.alarm": lambda: signal.alarm(1),
    "input": lambda: builtins.input(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_name(name):
    with pytest.raises(NotSupported, match=f"^{name} is not supported in simulated code: .*[.] [URG]"):
        simulated(REFUSED[name])


def test_outside_it_works_as_before():
    def real():
        began = threading.Thread(target=lambda: None)
        began.start()
        began.join()
        assert subprocess.run(["true"], check=False).returncode == 0
        assert select.select([], [], [], 0) == ([], [], [])

    from flagfall.ray import _world

    with _world.entered():
        real()
    real()


def test_files_are_harmless(tmp_path):
    (tmp_path / "a").write_text("b", encoding="utf-8")
    assert simulated((tmp_path / "a").read_text)[0] == "b"


def test_signals_have_no_effect_and_the_host_no_name():
    before = signal.getsignal(signal.SIGTERM)

    def main():
        assert signal.signal(signal.SIGTERM, print) is before
        assert signal.getsignal(signal.SIGTERM) is print
        return socket.gethostname(), socket.gethostbyname(socket.gethostname())

    assert simulated(main)[0] == ("flagfall", "127.0.0.1")
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("kind", ["Lock", "RLock", "Condition", "Semaphore"])
def test_locks_wait_in_virtual_time(kind):
    def main():
        lock, order = getattr(threading, kind)(), []

        def body(name):
            with lock:
                time.sleep(2)
                order.append((name, time.monotonic()))

        for end in [thread(lambda name=name: body(name)) for name in "abc"]:
            end()
        return order

    assert simulated(main) == ([("a", 1002), ("b", 1004), ("c", 1006)], 6)


def test_waiting_with_a_timeout():
    def main():
        lock, event, things = threading.Lock(), threading.Event(), queue.Queue()
        lock.acquire()
        assert not lock.acquire(timeout=1.5) and not lock.acquire(blocking=False)
        assert not event.wait(2)
        with pytest.raises(queue.Empty):
            things.get(timeout=3)
        assert time.monotonic() == 1006.5
        end = thread(lambda: (time.sleep(1), event.set(), things.put(7), lock.release()))
        assert event.wait(5) and things.get(timeout=5) == 7 and lock.acquire(timeout=5)
        end()
        with pytest.raises(ValueError):
            lock.acquire(False, 1)
        lock.release()
        with pytest.raises(RuntimeError):
            lock.release()
        return time.monotonic()

    assert simulated(main)[0] == 1007.5


def test_a_queue_between_threads():
    def main():
        for made in (queue.Queue(2), queue.SimpleQueue(), queue.PriorityQueue()):
            end = thread(lambda made=made: [made.put(number) for number in range(5)])
            assert [made.get() for _ in range(5)] == list(range(5))
            end()
        barrier = threading.Barrier(2)
        end = thread(lambda: (time.sleep(3), barrier.wait()))
        barrier.wait()
        end()
        return time.monotonic()

    assert simulated(main)[0] == 1003


def test_the_lock_of_a_condition_is_given_back_whole():
    def main():
        condition = threading.Condition()
        with condition, condition:
            end = thread(lambda: (condition.acquire(), condition.notify(), condition.release()))
            assert condition.wait(10)
        end()
        return time.monotonic()

    assert simulated(main)[0] == 1000


def test_each_process_has_its_own_environment():
    before = dict(os.environ)

    def child():
        found = os.environ["GIVEN"], os.getenv("LATER"), "HOME" in os.environ
        os.environ["GIVEN"] = "child's"
        del os.environ["HOME"]
        return found

    def main():
        os.environ["GIVEN"] = "driver's"
        found = process(child)()
        os.environ["LATER"] = "x"
        with pytest.raises(KeyError):
            del os.environ["NEVER_SET"]
        return found, os.environ["GIVEN"], "HOME" in os.environ, len(os.environ) == len(before) + 2

    os.environ.setdefault("HOME", "/")
    assert simulated(main)[0] == (("driver's", None, True), "driver's", True, True)
    assert dict(os.environ) == before and type(os.environ).__name__ == "_Environ"


def test_asyncio_runs_behind_the_fence():
    async def main():
        await asyncio.sleep(1)
        return threading.current_thread() is threading.main_thread()

    assert simulated(lambda: asyncio.run(main()))[0]
