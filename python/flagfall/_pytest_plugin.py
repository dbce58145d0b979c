"""Tests of Ray programs in virtual time: the fixture `ray_sim` and the marker `ray`.

    @pytest.mark.ray(seed=1, ties="search", num_cpus=4)
    def test_no_money_is_lost():
        ...

The test function runs as the driver of a simulation. With `ties="search"` it runs again under
other orders of simultaneous events, once for each class of equivalent ones, as `flagfall ties` does.
`orders` is the most runs for all classes, 1,000 without it. As many may follow that turn round single
ties, and a tenth as many shuffles. A warning says if all of that was not enough. Fixtures are made
once for all of them.

It stands outside of `flagfall.ray`, which is only imported for tests that ask for it: pytest
loads this file in all projects.
"""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import pytest

from flagfall._errors import DifferentError, refused

#: The most runs of a search for all classes of orders, if the marker does not say.
_ORDERS = 1_000

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
    __tracebackhide__ = True
    if "ray_sim" not in pyfuncitem.fixturenames and pyfuncitem.get_closest_marker("ray") is None:
        return None
    options = _options(pyfuncitem)
    orders = options.pop("orders", _ORDERS)
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        raise refused("ray", "runs plain functions: call asyncio.run in the test")
    if options.get("ties") == "search":
        del options["ties"]
        _search(pyfuncitem, options, orders)
    else:
        _run(pyfuncitem, options)
    return True


def _search(item: pytest.Function, options: dict[str, Any], orders: int) -> None:
    """Runs the test once for each class of equivalent orders, until one fails. The order in which
    things were sent comes first: if that fails, it is no race."""
    from flagfall._flagfall import TieOrder, search_ties

    runs = 0
    __tracebackhide__ = True

    def once(order: TieOrder) -> None:
        __tracebackhide__ = True
        nonlocal runs
        runs += 1
        try:
            _run(item, {**options, "ties": order})
        except (Exception, pytest.fail.Exception) as error:
            if not order.counts:
                # The run was left in the middle, and the search knows why.
                return
            if runs == 1:
                raise
            given = {"seed": 0, **options, "ties": order.choices}
            line = ", ".join(f"{name}={value!r}" for name, value in given.items())
            raise AssertionError(
                f"{type(error).__name__} under another order of simultaneous events, in run {runs}. "
                f"This repeats it: @pytest.mark.ray({line})"
            ) from error

    try:
        made, complete = search_ties(once, orders, orders // 10)
    except DifferentError as error:
        raise AssertionError(
            "the test is not the same in each run, so its orders cannot be searched: does it keep "
            "something, in a global variable or in what a fixture has made?"
        ) from error
    if not complete:
        warnings.warn(
            f"{item.nodeid}: it passed in {made} runs, which are not all orders of simultaneous "
            f"events: give its marker ray more than orders={orders}",
            pytest.PytestWarning,
            stacklevel=1,
        )


def _run(item: pytest.Function, options: dict[str, Any]) -> None:
    """Runs the test once."""
    __tracebackhide__ = True
    from flagfall.ray import _core, _failures, _world

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
        origin = _failures.origin_of(raised[0])
        if origin is not None:
            item.add_report_section("call", "in virtual time", origin)
        raise raised[0]
