"""Runs functions as simulated code, for tests."""

from flagfall.ray import _core, _world


def simulated(main, **options):
    """What a function returns as the driver of a run, and the virtual time at its end."""
    with _world.entered():
        found = []
        outcome = _core.run(lambda: found.append(main()), **options)
    return found[0], outcome.virtual_time


def process(function):
    """Begins a function in a virtual process of its own. Call what comes back for its result."""
    begun = _core.spawn(function)
    return lambda: _core.join(begun)


def thread(function):
    """Begins a function in another virtual thread of this process."""
    begun = _core.spawn(function, _core.current())
    return lambda: _core.join(begun)
