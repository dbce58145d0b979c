"""Tests of Ray programs in virtual time: the fixture `ray_sim` and the marker `ray`.

    @pytest.mark.ray(seed=1, ties="search", num_cpus=4)
    def test_no_money_is_lost():
        ...

The test function runs as the driver of a simulation. With `ties="search"` it runs again under
other orders of simultaneous events: as many as `orders` says, 20 without it. Fixtures are made
once for all of them.

It stands outside of `flagfall.ray`, which is only imported for tests that ask for it: pytest
loads this file in all projects.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from flagfall._errors import refused

_KEYWORDS = ("seed", "ties", "orders", "faults", "num_cpus", "latency")


def pytest_configure(config: pytest.Config) -> None:
    """Says what the marker means."""
    keywords = ", ".join(f"{name}=..." for name in _KEYWORDS)
    config.addinivalue_line("markers", f"ray({keywords}): run as the driver of a Ray simulation")


class RaySim:
    """The simulation that a test runs in."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        """The seed of the run."""

    @property
    def now(self) -> float:
        """Virtual seconds since the start of the run."""
        from flagfall.ray import _core

        return float(_core.now()) / 10**9


@pytest.fixture
def ray_sim(request: pytest.FixtureRequest) -> RaySim:
    """Runs the test as the driver of a Ray simulation."""
    return RaySim(_options(request.node).get("seed", 0))


def _options(item: Any) -> dict[str, Any]:
    """What the markers of a test say; the nearest one decides."""
    found: dict[str, Any] = {}
    for marker in item.iter_markers("ray"):
        if marker.args:
            raise refused("ray", f"takes keywords only: {', '.join(_KEYWORDS)}")
        for name, value in marker.kwargs.items():
            if name not in _KEYWORDS:
                raise refused(name, f"is no option of the marker ray: it has {', '.join(_KEYWORDS)}")
            found.setdefault(name, value)
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test that asks for it in virtual time."""
    if "ray_sim" not in pyfuncitem.fixturenames and pyfuncitem.get_closest_marker("ray") is None:
        return None
    options = _options(pyfuncitem)
    orders = options.pop("orders", 20)
    is_search = options.get("ties") == "search"
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        raise refused("ray", "runs plain functions: call asyncio.run in the test")
    if not is_search:
        _run(pyfuncitem, options)
        return True
    del options["ties"]
    # The order in which things were sent comes first: if that fails, it is no race.
    _run(pyfuncitem, options)
    for number in range(1, orders + 1):
        try:
            _run(pyfuncitem, {**options, "ties": f"shuffle:{number}"})
        except Exception as error:
            given = {"seed": 0, **options, "ties": f"shuffle:{number}"}
            line = ", ".join(f"{name}={value!r}" for name, value in given.items())
            raise AssertionError(
                f"{type(error).__name__} under another order of simultaneous events. This repeats "
                f"it: @pytest.mark.ray({line})"
            ) from error
    return True


def _run(item: pytest.Function, options: dict[str, Any]) -> None:
    """Runs the test once."""
    from flagfall.ray import _core, _world

    arguments = {name: item.funcargs[name] for name in item._fixtureinfo.argnames}
    raised: list[BaseException] = []

    def main() -> None:
        try:
            item.obj(**arguments)
        # A test that is skipped raises what is no Exception.
        except (Exception, pytest.skip.Exception, pytest.fail.Exception) as error:
            raised.append(error)

    with _world.entered() as patches:
        patches.catch_up(item.obj.__globals__)
        _core.run(main, **options)
    if raised:
        raise raised[0]
