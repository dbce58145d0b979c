"""Ctrl-C and other signals at random moments of runs: the interpreter stays usable."""

import gc
import os
import random
import signal
import threading
import time

import pytest

import flagfall

PROGRAM = '''
import time
import ray

@ray.remote
def counts(number):
    try:
        return sum(one % 7 for one in range(3000 + number))
    except BaseException:
        return -1

@ray.remote
class Slow:
    def answer(self, number):
        time.sleep(0.5)
        return number

slow = Slow.remote()
print(sum(ray.get([counts.remote(number) for number in range(20)])))
try:
    for number in range(20):
        ray.get(slow.answer.remote(number))
except BaseException as error:
    print("caught", error)
'''

MOMENTS = int(os.environ.get("FLAGFALL_MOMENTS", "20"))


@pytest.fixture
def one(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return lambda: flagfall.run("ray", program=path).digest


def moments(one):
    """Random moments of a run, and shortly after it."""
    one()
    start = time.perf_counter()
    one()
    length = time.perf_counter() - start
    drawn = random.Random(1)
    return [drawn.uniform(0.0002, 1.1 * length) for _ in range(MOMENTS)], 2 * length


def check(one, begin, raised):
    """Lets a signal come at each moment. A run ends with the exception, or as ever."""
    wanted, sleep, handlers = one(), time.sleep, [signal.getsignal(signal.SIGINT)]
    ended = 0
    at, longer = moments(one)
    for moment in at:
        try:
            over = begin(moment)
            assert one() == wanted
            # It came too late, and finds the interpreter as it always is.
            over.wait(longer + 5)
            sleep(0.001)
        except raised:
            ended += 1
        assert time.sleep is sleep and gc.isenabled()
        assert [signal.getsignal(signal.SIGINT)] == handlers
        assert one() == wanted
    assert ended > MOMENTS // 4


def test_ctrl_c_at_any_moment(one):
    def begin(moment):
        over = threading.Event()

        def press():
            os.kill(os.getpid(), signal.SIGINT)
            over.set()

        threading.Timer(moment, press).start()
        return over

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        check(one, begin, KeyboardInterrupt)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_timer_that_raises(one):
    class Late(Exception):
        pass

    def begin(moment):
        over = threading.Event()

        def handler(*_):
            over.set()
            raise Late

        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, moment)
        return over

    before = signal.getsignal(signal.SIGALRM)
    try:
        check(one, begin, Late)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_handler_that_raises_nothing_changes_nothing(one):
    wanted, calls = one(), []
    before = signal.signal(signal.SIGALRM, lambda *_: calls.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        assert one() == wanted
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert calls
