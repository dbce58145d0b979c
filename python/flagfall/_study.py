"""Studies: many replications at the points of a grid, in the folders of the command."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from flagfall._calls import Path, called, grid_words, model_words, option_words, path_text
from flagfall._errors import RunError, error_of, refused, shown
from flagfall._progress import Progress
from flagfall._results import Comparison, Report, Shard, Study
from flagfall._scenario import Scenario
from flagfall._ties import Ties, command_of, found

Grid = Mapping[str, Sequence[Any]]
"""The levels of each option that varies: {"fleet": [2, 4, 8]}."""


def sweep(
    model: str | Scenario,
    /,
    *,
    grid: Grid | None = None,
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
    procedure: Literal["kn", "rinott"] | None = None,
    threads: int | None = None,
    out: Path | None = None,
    retry_failed: bool = False,
    repair: bool = False,
    shard: str | None = None,
    on: str | None = None,
    shared: bool = False,
    quiet: bool = False,
    progress: bool | None = None,
    **options: Any,
) -> Study | Shard:
    """Runs a model many times at the points of a grid, into a folder, as `flagfall sweep` does:
    the same files to the last byte. What was interrupted goes on, from here or on the command
    line.

    `options` are those of `flagfall.run`. Without `replications` or `precision`, there are 100 of
    each point; `precision` is a share of the mean as "1%", or a number in the unit of the
    measures `of`. Without `out`, the folder is named by the model and all that decides the rows.

    With `goal`, as "refused_share < 0.02" or "wait < 3min", `answer` of the study says whether each
    point reaches it. With `best` and one measure `of`, it says which point can be the best; with
    `indifference`, too, there are as many replications as it takes to choose it with the chance
    `chance`, by the `procedure` of Kim and Nelson or of Rinott, after `first` replications.

    With `shard`, as "3/16", only that part of it is run, and is what is returned. Other processes
    run the others, on other machines or later, and `flagfall.merge` makes the study of them.

    With `on`, it is run on a Ray cluster: "ray" for the one that this program is connected to, or
    that of this machine; "HOST:PORT" or "ray://HOST:PORT" for another. With `shared`, its nodes
    write into the folder themselves, and nothing travels through Ray.

    Ctrl-C ends it at once, and the rows so far are kept: the same call goes on. `progress` says
    whether to show how far it is; without it, in a terminal and in a notebook. With `quiet`,
    there is no progress, and only notes are told.

    >>> import flagfall
    >>> study = flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out="days")
    >>> study
    <flagfall.Study of taxi: 2 points, 40 replications in days>
    >>> study = flagfall.sweep("taxi", fleet=4, rides=60, replications=40, goal="refused_share < 0.3",
    ...                        out="goal")
    >>> study.answer
    'refused_share < 0.3 holds (95 %).'

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        FileError: the folder cannot be written, or is of another study.
        RunError: replications failed; `study` of the exception is the study with all others.
    """
    words = [
        *grid_words(grid),
        *option_words(replications=replications, precision=precision, of=of, fewest=fewest, most=most,
                level=level, goal=goal, best=best, indifference=indifference, chance=chance,
                first=first, procedure=procedure, threads=threads, out=out, retry_failed=retry_failed, repair=repair,
                shard=shard, quiet=quiet),
    ]  # fmt: skip
    of_model = model_words(model, options)
    check_on(on, threads=threads, shard=shard, retry_failed=retry_failed, repair=repair,
        indifference=indifference, chance=chance, first=first, procedure=procedure, goal=goal,
        best=best, shared=shared)  # fmt: skip
    with Progress("replications", show=progress, quiet=quiet) as bar:
        if on is not None:
            # Nobody needs it otherwise.
            from flagfall._on_ray import Library, run_on

            library = Library(of_model, words, sweep.__kwdefaults__ or ())
            out = run_on(library, on, bar, shared=shared)
            return finished(json.loads(library.told), library.failed, out)
        told, failed = called("sweep", of_model, ["--json", *words], progress=bar,
                              keywords=sweep.__kwdefaults__ or ())  # fmt: skip
    return finished(json.loads(told), failed, out) if shard is None else shard_of(told)


def check_on(on: Any, *, shared: Any, **elsewhere: Any) -> None:
    """Checks what is said of a cluster. Options `elsewhere` are about this machine alone."""
    if type(shared) is not bool:
        raise refused("shared", f"is of type {type(shared).__name__}: give True or False")
    if on is None:
        if shared:
            raise refused("shared", "is about a cluster: give one with on, or leave it out")
        return
    if not isinstance(on, str) or not on:
        raise refused("on", f"is {shown(on)}: give 'ray', 'HOST:PORT' or 'ray://HOST:PORT'")
    for name, value in elsewhere.items():
        if value in (None, False):
            continue
        if name in ("indifference", "chance", "first", "procedure"):
            raise refused(name, "is of a choice, whose rounds are made on one machine: leave it out, or leave on out")
        if name in ("goal", "best"):
            asked = "goal=..." if name == "goal" else "best=..., of=..."
            then = f"flagfall.report(study, {asked})"
            raise refused(name, f"is asked of the finished study: leave it out, and then {then}")
        raise refused(name, "has no meaning on a cluster: leave it out")


def shard_of(told: str) -> Shard:
    """The part that a command told of."""
    read = json.loads(told)
    return Shard(read["shard"], read["rows"], read["failed"], pathlib.Path(read["file"]))


def finished(summary: dict[str, Any], failed: tuple[int, str] | None, out: Path | None) -> Study:
    """The study with that summary, if all its replications finished."""
    folder = out if out is not None else f"{summary['model']}-{summary['study'][:8]}"
    study = Study(folder)
    study._told = summary
    if failed is not None:
        error = error_of(*failed)
        if isinstance(error, RunError):
            error.study = study
        raise error
    return study


def merge(folder: Path, /, *, quiet: bool = False) -> Study | Comparison | Ties:
    """Makes a study of its shards, as `flagfall merge` does: the same files to the last byte as
    those of the study on one machine. A folder of `compare` or `ties` gives what these return.
    With `quiet`, only notes are told.

    >>> import flagfall
    >>> for part in (1, 2, 3):
    ...     shard = flagfall.sweep("taxi", replications=20, out="parts", shard=f"{part}/3")
    >>> shard
    Shard(shard='3/3', rows=6, failed=0, file=...)
    >>> flagfall.merge("parts")
    <flagfall.Study of taxi: 1 points, 20 replications in parts>

    Raises:
        FileError: shards are missing, or the precision takes another round of them (both with the
            exit code 6); or they are of different studies.
        RunError: replications failed; `study` of the exception is the study with all others, or
            `comparison` the comparison.
    """
    words = [path_text("folder", folder), "--json", *option_words(quiet=quiet)]
    out, failed = called("merge", (), words)
    told = json.loads(out)
    if "scenarios" in told:
        return compared(told, failed)
    if "outcomes" in told:
        return found(told, failed, command_of(folder))
    return finished(told, failed, folder)


def shards(folder: Path, /) -> dict[str, Any]:
    """What there is of the shards of a study: the object that `flagfall shards --json` prints.

    >>> import flagfall
    >>> shard = flagfall.sweep("taxi", replications=20, out="some", shard="2/3")
    >>> found = flagfall.shards("some")
    >>> found["missing"], [done["shard"] for done in found["done"]]
    (['1/3', '3/3'], ['2/3'])

    Raises:
        FileError: there is no such folder, or it is no study's.
    """
    told, _ = called("shards", (), [path_text("folder", folder), "--json"])
    found: dict[str, Any] = json.loads(told)
    return found


def compare(
    model: str | Scenario,
    /,
    *,
    grid: Grid,
    replications: int | None = None,
    precision: str | float | None = None,
    of: str | Sequence[str] | None = None,
    most: int | None = None,
    level: float | None = None,
    best: Literal["max", "min"] | None = None,
    indifference: float | None = None,
    chance: float | None = None,
    first: int | None = None,
    against_first: bool = False,
    threads: int | None = None,
    out: Path | None = None,
    retry_failed: bool = False,
    repair: bool = False,
    shard: str | None = None,
    progress: bool | None = None,
    **options: Any,
) -> Comparison | Shard:
    """Compares the points of a grid under common random numbers, as `flagfall compare` does.

    Replication i of all has the same random numbers, so what chance does to all of them cancels
    in their differences. The intervals are right together (Bonferroni). `progress` says whether
    to show how far it is; without it, in a terminal and in a notebook.

    With `best` and one measure `of`, `answer` of the comparison says which scenario can be the best;
    with `indifference`, too, there are as many replications as it takes to choose it with the chance
    `chance`, by the procedure of Kim and Nelson, after `first` replications.

    With `out`, the replications are kept in that folder, and what was interrupted goes on. With
    `shard`, as "3/16", only that part of them is run, and `flagfall.merge` makes the comparison.

    >>> import flagfall
    >>> days = flagfall.compare("taxi", grid={"fleet": [4, 5]}, of="refused_share", rides=50)
    >>> days.scenarios
    ['fleet=4', 'fleet=5']
    >>> days.differences("refused_share")[0]["established"]
    True
    >>> flagfall.compare("taxi", grid={"fleet": [4, 5]}, of="refused_share", best="min", rides=50).answer
    'fleet=5 has the lowest refused_share of all 2 scenarios (95 %).'

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        RunError: replications failed; `comparison` of the exception is that of all others.
    """
    words = [
        *grid_words(grid),
        *option_words(replications=replications, precision=precision, of=of, most=most, level=level,
                best=best, indifference=indifference, chance=chance, first=first,
                against_first=against_first, threads=threads, out=out, retry_failed=retry_failed,
                repair=repair, shard=shard),
    ]  # fmt: skip
    of_model = model_words(model, options)
    with Progress("runs", show=progress) as shown:
        told, failed = called("compare", of_model, ["--json", *words], progress=shown,
                              keywords=["grid", *(compare.__kwdefaults__ or ())])  # fmt: skip
    return compared(json.loads(told), failed) if shard is None else shard_of(told)


def compared(told: dict[str, Any], failed: tuple[int, str] | None) -> Comparison:
    """What was told of a comparison, if all its replications finished."""
    comparison = Comparison(told)
    if failed is not None:
        error = error_of(*failed)
        if isinstance(error, RunError):
            error.comparison = comparison
        raise error
    return comparison


def report(
    study: Study | Path,
    /,
    *,
    html: Path | None = None,
    of: str | None = None,
    against: str | None = None,
    goal: str | Sequence[str] | None = None,
    best: Literal["max", "min"] | None = None,
    control: str | Sequence[str] | None = None,
    run: str | None = None,
    even_if_changed: bool = False,
) -> Report:
    """Tells of a finished study, as `flagfall report` does: tables and plots as text, and as a
    page in a notebook. `html` names a file for the page; `run` is the point and the replication
    whose timeline is on it, as "2:17". `goal` and `best` are those of `flagfall.sweep`. `control`
    names measures whose true means are known, as "mean_service=3min": the measure `of` is
    estimated with their help (control variates).

    >>> import flagfall
    >>> study = flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out="days")
    >>> print(flagfall.report(study, of="refused_share"))
    taxi: 2 points...

    Raises:
        UsageError: there is no such measure, factor or run.
        FileError: there is no such study, or its files were changed.
    """
    folder = str(study.folder if isinstance(study, Study) else path_text("study", study))
    shown = option_words(of=of, against=against, goal=goal, best=best, control=control, even_if_changed=even_if_changed)
    of_page = [*shown, *option_words(run=run)]
    if html is not None:
        written = [*of_page, f"--html={path_text('html', html)}"]
        return Report(called("report", (), [folder, *written])[0], [folder, *of_page])
    return Report(called("report", (), [folder, *shown])[0], [folder, *of_page])
