"""Runs functions as simulated code, for tests."""

from flagfall._flagfall import current_process, send
from flagfall.ray import _core, _world
from flagfall.ray._process import Process


def simulated(main, **options):
    """What a function returns as the driver of a run, and the virtual time at its end."""
    with _world.entered():
        outcome = _core.run(main, **{"latency": "0s", "inside": True, **options})
    return outcome.result, outcome.virtual_time


class _Begun:
    """A function in a thread of its own, and who waits for it."""

    def __init__(self, function):
        self.function = function
        self.result = self.error = None
        self.is_over = False
        self.waiting = []

    def run(self):
        try:
            self.result = self.function()
        except BaseException as error:
            self.error = error
        self.is_over = True
        for thread in self.waiting:
            if thread.process is current_process():
                _core.wake(thread)
            else:
                send(thread.process, "over", thread)

    def join(self):
        if not self.is_over:
            self.waiting.append(_core.thread())
            _core.wait_until(lambda: self.is_over)
        if self.error is not None:
            raise self.error
        return self.result


class _Apart(Process):
    def __new__(cls, begun):
        creator = _core.process()
        return super().__new__(cls, creator.run, "process", creator)

    def __init__(self, begun):
        creator = _core.process()
        super().__init__(creator.run, "process", creator)
        self.begun = begun

    def start(self):
        _core.start_thread(self, self.begun.run)


# Processes of the package need no such note.
Process.on_over = lambda self, thread: _core.wake(thread)


def process(function):
    """Begins a function in a virtual process of its own. Call what comes back for its result."""
    begun = _Begun(function)
    _core.process().spawn(_Apart(begun))
    return begun.join


def thread(function):
    """Begins a function in another virtual thread of this process."""
    begun = _Begun(function)
    _core.start_thread(_core.process(), begun.run)
    return begun.join
