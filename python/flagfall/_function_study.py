"""Studies of a model that is a function of Python."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from flagfall import _flagfall
from flagfall._calls import Path, heard, option_words
from flagfall._errors import UsageError, refused, shown
from flagfall._function import check_call, factors_of, name_of
from flagfall._identity import identity_of
from flagfall._progress import Progress
from flagfall._replication import Calls
from flagfall._results import Shard, Study
from flagfall._stream import whole_of
from flagfall._study import check_on, finished, shard_of
from flagfall._workers import Workers, payload_of

_MOST_PROCESSES = 1024


def study(
    function: Callable[..., Mapping[str, Any]],
    grid: Mapping[str, Sequence[Any]] | None = None,
    *,
    replications: int | None = None,
    precision: str | float | None = None,
    of: str | Sequence[str] | None = None,
    fewest: int | None = None,
    most: int | None = None,
    level: float | None = None,
    goal: str | Sequence[str] | None = None,
    best: Literal["max", "min"] | None = None,
    indifference: float | None = None,
    chance: float | None = None,
    first: int | None = None,
    seed: int = 42,
    processes: int | None = None,
    start: Literal["spawn", "fork"] | None = None,
    out: Path | None = None,
    version: str | int | None = None,
    units: Mapping[str, str] | None = None,
    retry_failed: bool = False,
    repair: bool = False,
    shard: str | None = None,
    on: str | None = None,
    shared: bool = False,
    quiet: bool = False,
    progress: bool | None = None,
) -> Study | Shard:
    """Runs a function many times at the points of a grid, into a folder, as `flagfall.sweep` does
    with a model.

    The function is called with keywords: one level of each parameter in `grid`, `seed` and
    `replication`. It returns numbers by name, the same names in the same order each time. None and
    NaN are undefined. Its random numbers should come from `flagfall.stream(seed, replication,
    purpose=...)`: so replication i of all points has the same ones, and each replication can be
    made again. `units` has the units of its numbers by name; "share" stands for shares from 0 to 1,
    and "yes/no" for True and False, which have intervals of their own.

    `processes` is how many worker processes there are: one per CPU if it is not given; 1 stands for
    this process. All numbers of them give the same bytes. `start` says what a worker is: "spawn", a
    new interpreter, which must be able to import the function or to load it with cloudpickle; or
    "fork", a copy of this process. Without it, it is "spawn" where that is possible. An exception in
    the function, or the end of a worker, is a failed row, and the study goes on.

    With `shard`, as "3/16", only that part of it is run, as `flagfall.sweep` does.

    With `on`, it is run on a Ray cluster, as `flagfall.sweep` runs a model there. Each node must be
    able to import the function, or it travels with cloudpickle.

    Ctrl-C ends the study at once, and the rows so far are kept: the same call goes on. If the source
    of the function was changed since, that is refused, unless you give a `version`: then only
    another version counts as a change. The other options are those of `flagfall.sweep`; `progress`,
    too, says whether to show how far it is.

    >>> import flagfall
    >>> def walk(steps, seed, replication):
    ...     stream = flagfall.stream(seed, replication, purpose="steps")
    ...     return {"end": sum(1 if stream.chance(0.5) else -1 for _ in range(steps))}
    >>> study = flagfall.study(walk, {"steps": [10, 20]}, replications=50, processes=1, out="walks")
    >>> study
    <flagfall.Study of walk: 2 points, 100 replications in walks>
    >>> study.summary["points"][1]["levels"]
    {'steps': '20'}

    Raises:
        UsageError: an argument has a value that it cannot have, or does not fit the function.
        FileError: the folder cannot be written, or is of another study or another source.
        RunError: replications failed; `study` of the exception is the study with all others.
    """
    name = name_of(function)
    seed = whole_of("seed", seed)
    factors = factors_of(grid)
    check_call(function, name, {factor[0]: factor[1][0] for factor in factors})
    checked_units = _units(units)
    parameters = {**identity_of(function, version), **_told_units(checked_units)}
    count = _processes(processes)
    of_study = option_words(replications=replications, precision=precision, of=of, fewest=fewest,
        most=most, level=level)  # fmt: skip
    of_study += option_words(goal=goal, best=best, indifference=indifference, chance=chance, first=first)
    own = [*of_study, *option_words(out=out, retry_failed=retry_failed, repair=repair, shard=shard,
        quiet=quiet)]  # fmt: skip
    calls = Calls(function, name, [factor[:2] for factor in factors], seed, checked_units)
    arguments = [name, f"grid={_written(factors)}"] if factors else [name]
    arguments.append(f"seed={seed}")
    if version is not None:
        arguments.append(f"version={parameters['version']!r}")
    if checked_units:
        arguments.append(f"units={checked_units!r}")
    asked = (name, seed, [(factor[0], *factor[2:]) for factor in factors], parameters, arguments)
    check_on(on, shared=shared, processes=processes, start=start, shard=shard,
        retry_failed=retry_failed, repair=repair, indifference=indifference, chance=chance,
        first=first, goal=goal, best=best)  # fmt: skip
    if on is not None:
        # Nobody needs it otherwise.
        from flagfall._on_ray import Function, run_on

        program = Function(asked, calls, own, of_study)
        with Progress("replications", show=progress, quiet=quiet) as bar:
            out = run_on(program, on, bar, shared=shared)
        return finished(json.loads(program.told), program.failed, out)
    workers = _workers(calls, count, start)
    with Progress("replications", show=progress, quiet=quiet) as shown:
        make: tuple[Callable[[int, int], bytes], Callable[[], object]]
        if workers is None:
            make = (_counted(calls.answer, shown) if shown.is_shown else calls.answer, _nothing)
        else:
            make = (workers.answer, workers.stop)
        tell = shown.tell if shown.is_shown else None
        try:
            told, failed = heard(
                lambda: _flagfall.function_study(asked, own, make, checked_units, count, tell),
                "study",
                [*own, *_texts(parameters, factors)],
            )
        finally:
            if workers is not None:
                workers.close()
    return finished(json.loads(told), failed, out) if shard is None else shard_of(told)


def _counted(answer: Callable[[int, int], bytes], shown: Progress) -> Callable[[int, int], bytes]:
    """Those calls, one after another, with their number shown."""
    numbers = itertools.count(1)

    def counted(point: int, replication: int) -> bytes:
        answered = answer(point, replication)
        shown.tell(next(numbers))
        return answered

    return counted


def _texts(parameters: Mapping[str, str], factors: Sequence[tuple[str, list[Any], list[str], Any]]) -> list[str]:
    """The texts of a study, as words: one that is no Unicode text is named."""
    words = [f"--{name}={value}" for name, value in parameters.items()]
    return words + [f"--grid={text}" for _, _, texts, _ in factors for text in texts]


def _nothing() -> None:
    """There are no workers to stop."""


def _written(factors: Sequence[tuple[str, list[Any], list[str], list[str]]]) -> str:
    """The grid as it is written in a call."""
    return "{" + ", ".join(f"{name!r}: [{', '.join(written)}]" for name, _, _, written in factors) + "}"


def _units(units: Any) -> dict[str, str]:
    if units is None:
        return {}
    if not isinstance(units, Mapping):
        raise refused("units", f'is of type {type(units).__name__}: give units by name, as {{"wait": "s"}}')
    for name, unit in units.items():
        if not isinstance(name, str) or not isinstance(unit, str) or not unit.isprintable() or not unit:
            raise refused("units", f"has {shown(name)}: {shown(unit)}; give a unit as a text, as 's'")
    return dict(units)


def _told_units(units: Mapping[str, str]) -> dict[str, str]:
    return {"units": ", ".join(f"{name} {unit}" for name, unit in units.items())} if units else {}


def _processes(processes: Any) -> int:
    if processes is None:
        if not hasattr(os, "fork"):
            # The pipes to workers are those of Unix.
            return 1
        cpus = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
        return min(len(cpus), _MOST_PROCESSES)
    try:
        count = whole_of("processes", processes)
    except UsageError:
        count = 0
    if not 1 <= count <= _MOST_PROCESSES:
        raise refused("processes", f"is {shown(processes)}: give a whole number from 1 to {_MOST_PROCESSES}")
    if count > 1 and not hasattr(os, "fork"):
        raise refused("processes", f"is {count}, and there are no workers on this system: give 1")
    return count


def _workers(calls: Calls, processes: int, start: Any) -> Workers | None:
    if start is not None and not (isinstance(start, str) and start in ("spawn", "fork")):
        raise refused("start", f"is {shown(start)}: give 'spawn' or 'fork', or leave it out")
    if processes == 1:
        return None
    payload = payload_of(calls) if start != "fork" else None
    if payload is None and start == "spawn":
        why = "cannot be loaded in a new interpreter: put it into a module, install cloudpickle, or"
        raise refused("function", f"{why} give start='fork' or processes=1")
    return Workers(calls, payload, processes)
