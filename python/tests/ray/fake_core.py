"""A small core: virtual processes on a clock, without objects, tasks or actors."""

import heapq
import itertools

import greenlet

from flagfall import stream as _stream

_run = None


class Process:
    def __init__(self, path, number, creator):
        self.path, self.number, self.creator = path, number, creator
        self.is_driver = creator is None
        self.local = {}


class Thread:
    def __init__(self, process, function):
        self.process, self.function = process, function
        self.is_woken, self.waits, self.is_over = False, 0, False
        self.result = self.error = None
        self.joined = []
        self.greenlet = greenlet.greenlet(self._main, _run.hub)

    def _main(self):
        try:
            self.result = self.function()
        except BaseException as error:
            self.error = error
        self.is_over = True
        for waiter in self.joined:
            wake(waiter)


class _Run:
    def __init__(self, seed, ties):
        # Which of several that are due at one instant comes first.
        self.draw = _stream(int(ties.split(":")[1])).next_u64 if ties != "fifo" else lambda: 0
        self.seed, self.now, self.heap = seed, 0, []
        self.order, self.numbers = itertools.count(), itertools.count()
        self.hub, self.current = greenlet.getcurrent(), None

    def at(self, when, thread, number):
        heapq.heappush(self.heap, (when, self.draw(), next(self.order), thread, number))


class Outcome:
    def __init__(self, result, virtual_time):
        self.result, self.virtual_time = result, virtual_time


def now():
    return _run.now


def seed():
    return _run.seed


def stream(path, purpose):
    return _stream(_run.seed, path=path, purpose=purpose)


def thread():
    return _run.current


def current():
    return _run.current.process if _run is not None and _run.current is not None else None


def wait(timeout):
    me = _run.current
    me.waits += 1
    if me.is_woken:
        me.is_woken = False
        return True
    if timeout is not None:
        _run.at(_run.now + round(timeout * 1e9), me, me.waits)
    switch()
    woken, me.is_woken = me.is_woken, False
    return woken


def switch():
    """The one place where a thread stops; the real core keeps the running loop of asyncio, too."""
    from flagfall.ray._world import loop

    kept = loop.suspended()
    _run.hub.switch()
    loop.resumed(kept)


def wake(thread):
    if not thread.is_woken:
        thread.is_woken = True
        _run.at(_run.now, thread, thread.waits)


def sleep(seconds):
    me = _run.current
    me.waits += 1
    _run.at(_run.now + round(seconds * 1e9), me, me.waits)
    switch()


def spawn(function, process=None):
    """A thread of a new process, or of that one."""
    if process is None:
        creator = current()
        number = next(_run.numbers)
        path = "driver" if creator is None else f"{creator.path}/process[{number}]"
        process = Process(path, number, creator)
    made = Thread(process, function)
    _run.at(_run.now, made, 0)
    return made


def join(thread):
    while not thread.is_over:
        thread.joined.append(_run.current)
        wait(None)
    if thread.error is not None:
        raise thread.error
    return thread.result


def run(main, *, seed=0, ties="fifo", num_cpus=None, **options):
    global _run
    before, _run = _run, _Run(seed, ties)
    try:
        driver = spawn(main)
        while _run.heap and not driver.is_over:
            when, _, _, due, number = heapq.heappop(_run.heap)
            if due.is_over or due.waits != number:
                continue
            _run.now, _run.current = when, due
            due.greenlet.switch()
            _run.current = None
        if driver.error is not None:
            raise driver.error
        if not driver.is_over:
            raise RuntimeError("the driver waits for ever")
        return Outcome(driver.result, _run.now / 1e9)
    finally:
        _run = before
