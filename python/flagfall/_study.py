"""Studies: many replications at the points of a grid, in the folders of the command."""

from __future__ import annotations

import html
import json
import logging
import os
import pathlib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Union

from flagfall import _flagfall
from flagfall._errors import (
    FlagfallError,
    FlagfallWarning,
    RunError,
    UsageError,
    error_of,
    refused,
)
from flagfall._scenario import Scenario
from flagfall._words import text_of, words_of

_LOG = logging.getLogger("flagfall")
Path = Union[str, "os.PathLike[str]"]
Grid = Mapping[str, Sequence[Any]]
"""The levels of each option that varies: {"fleet": [2, 4, 8]}."""


class Study:
    """A finished study in its folder. `flagfall.sweep` makes it; `flagfall.Study("days")` opens
    one that is there, also one of the command.

    It is a table of its replications for everything that reads Arrow, without a copy:
    `polars.DataFrame(study)`, `pyarrow.table(study)`, `pandas.DataFrame.from_arrow(study)`.
    Each field of a measure has its unit in its metadata, and levels that are spans are durations.

    Raises:
        FileError: there is no such study, it is not finished, or files were changed since.
    """

    __slots__ = ("_folder", "_manifest", "_summary", "_text")

    def __init__(self, folder: Path, /) -> None:
        self._folder = pathlib.Path(_path("folder", folder))
        # It checks that all files are as they were when the study was finished.
        self._text = _command("report", (), [str(self._folder), "--quiet"])[0]
        self._manifest = _read(self._folder / "manifest.json")
        self._summary = _read(self._folder / "summary.json")

    @property
    def folder(self) -> pathlib.Path:
        """Where it is."""
        return self._folder

    @property
    def manifest(self) -> dict[str, Any]:
        """What was asked: the object in manifest.json."""
        return self._manifest

    @property
    def summary(self) -> dict[str, Any]:
        """Means with intervals at each point: the object that `sweep --json` prints."""
        return self._summary

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """One row for each replication, as the capsule of an Arrow stream."""
        try:
            return _flagfall.table(str(self._folder))
        except _flagfall.Failed as failed:
            raise error_of(*failed.args) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Study) and self._summary == other._summary

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return Study, (str(self._folder),)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        points = self._summary["points"]
        rows = sum(point["replications"] for point in points)
        model, folder = self._summary["model"], str(self._folder)
        return f"<flagfall.Study of {model}: {len(points)} points, {rows} replications in {folder}>"

    def _repr_html_(self) -> str:
        """A table of the means, for notebooks."""
        factors, measures = self._summary["factors"], self._summary["measures"]
        units = ["" if one["unit"] == "1" else f" ({one['unit']})" for one in measures]
        names = [one["name"] + unit for one, unit in zip(measures, units)]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in [*factors, *names])
        lines = []
        for point in self._summary["points"]:
            cells = [point["levels"][factor] for factor in factors]
            texts = {one["name"]: one["text"] or "undefined" for one in point["measures"]}
            cells += [texts.get(one["name"], "undefined") for one in measures]
            lines.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
        rows = "".join(f"<tr>{line}</tr>" for line in lines)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


class Comparison:
    """Scenarios under common random numbers. `flagfall.compare` makes it."""

    __slots__ = ("json",)

    def __init__(self, told: dict[str, Any], /) -> None:
        self.json = told
        """The object that `flagfall compare --json` prints."""

    @property
    def replications(self) -> int:
        """How many replications of each scenario there were."""
        count: int = self.json["replications"]
        return count

    @property
    def scenarios(self) -> list[str]:
        """The names of the scenarios."""
        return [scenario["name"] for scenario in self.json["scenarios"]]

    def differences(self, measure: str) -> list[dict[str, Any]]:
        """The difference of each pair of scenarios in that measure: `first` and `second` are the
        names, `mean` is the first minus the second, `low` and `high` are the ends of its
        interval, `established` says whether they differ.

        Raises:
            UsageError: there is no such measure.
        """
        known = {one["name"]: one for one in self.json["measures"]}
        if not isinstance(measure, str) or measure not in known:
            raise refused("measure", f"is {measure!r:.80}: there are {', '.join(known)}")
        names = self.scenarios
        return [
            {**pair, "first": names[pair["first"]], "second": names[pair["second"]]}
            for pair in known[measure]["pairs"]
        ]

    def _lines(self) -> list[tuple[str, str, str, str]]:
        """Measure, pair, difference and what it says."""
        lines = []
        for measure in self.json["measures"]:
            unit = "" if measure["unit"] == "1" else f" {measure['unit']}"
            for pair in self.differences(measure["name"]):
                text = "undefined" if pair["text"] is None else pair["text"] + unit
                told = "differ" if pair["established"] else ""
                lines.append((measure["name"], f"{pair['first']} - {pair['second']}", text, told))
        return lines

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Comparison) and self.json == other.json

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        count = len(self.scenarios)
        return f"<flagfall.Comparison of {count} scenarios, {self.replications} replications of each>"

    def __str__(self) -> str:
        return "\n".join("  ".join(line).rstrip() for line in self._lines())

    def _repr_html_(self) -> str:
        cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in line) for line in self._lines())
        rows = "".join(f"<tr>{line}</tr>" for line in cells)
        return f"<table><tbody>{rows}</tbody></table>"


class Report:
    """What `flagfall report` tells of a study. In a notebook it is the page."""

    __slots__ = ("_words", "text")

    def __init__(self, text: str, words: list[str], /) -> None:
        self.text = text
        """Tables and small plots."""
        self._words = words

    def page(self) -> str:
        """The page, which works without a network: the text of the HTML file. It is made when it
        is asked for."""
        return _command("report", (), [*self._words, "--html=-"])[0]

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<flagfall.Report of {self._words[0]}>"

    def _repr_html_(self) -> str:
        page = html.escape(self.page(), quote=True)
        return f'<iframe srcdoc="{page}" style="width:100%;height:40em;border:0"></iframe>'


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
    threads: int | None = None,
    out: Path | None = None,
    retry_failed: bool = False,
    repair: bool = False,
    quiet: bool = False,
    **options: Any,
) -> Study:
    """Runs a model many times at the points of a grid, into a folder, as `flagfall sweep` does:
    the same files to the last byte. What was interrupted goes on, from here or on the command
    line.

    `options` are those of `flagfall.run`. Without `replications` or `precision`, there are 100 of
    each point; `precision` is a share of the mean as "1%", or a number in the unit of the
    measures `of`. Without `out`, the folder is named by the model and all that decides the rows.

    Ctrl-C ends it between two replications, and the rows so far are kept.

    >>> import flagfall
    >>> study = flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out="days")
    >>> study
    <flagfall.Study of taxi: 2 points, 40 replications in days>

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        FileError: the folder cannot be written, or is of another study.
        RunError: replications failed; `study` of the exception is the study with all others.
    """
    words = [
        *_factors(grid),
        *_given(replications=replications, precision=precision, of=of, fewest=fewest, most=most,
                level=level, threads=threads, out=out, retry_failed=retry_failed, repair=repair,
                quiet=quiet),
    ]  # fmt: skip
    told, failed = _command("sweep", _model(model, options), ["--json", *words])
    summary = json.loads(told)
    folder = out if out is not None else f"{summary['model']}-{summary['study'][:8]}"
    study = Study(folder)
    if failed is not None:
        error = error_of(*failed)
        if isinstance(error, RunError):
            error.study = study
        raise error
    return study


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
    against_first: bool = False,
    threads: int | None = None,
    **options: Any,
) -> Comparison:
    """Compares the points of a grid under common random numbers, as `flagfall compare` does.

    Replication i of all has the same random numbers, so what chance does to all of them falls
    out of their differences. The intervals are right together (Bonferroni).

    >>> import flagfall
    >>> days = flagfall.compare("taxi", grid={"fleet": [4, 5]}, of="refused_share", rides=50)
    >>> days.scenarios
    ['fleet=4', 'fleet=5']
    >>> days.differences("refused_share")[0]["established"]
    True

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have.
        RunError: replications failed; `comparison` of the exception is that of all others.
    """
    words = [
        *_factors(grid),
        *_given(replications=replications, precision=precision, of=of, most=most, level=level,
                against_first=against_first, threads=threads),
    ]  # fmt: skip
    told, failed = _command("compare", _model(model, options), ["--json", *words])
    comparison = Comparison(json.loads(told))
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
    run: str | None = None,
    even_if_changed: bool = False,
) -> Report:
    """Tells of a finished study, as `flagfall report` does: tables and plots as text, and as a
    page in a notebook. `html` names a file for the page; `run` is the point and the replication
    whose timeline is on it, as "2:17".

    >>> import flagfall
    >>> study = flagfall.sweep("taxi", grid={"fleet": [2, 4]}, replications=20, out="days")
    >>> print(flagfall.report(study, of="refused_share"))
    taxi: 2 points...

    Raises:
        UsageError: there is no such measure, factor or run.
        FileError: there is no such study, or its files were changed.
    """
    folder = str(study.folder if isinstance(study, Study) else _path("study", study))
    shown = _given(of=of, against=against, even_if_changed=even_if_changed)
    of_page = [*shown, *_given(run=run)]
    if html is not None:
        written = [*of_page, f"--html={_path('html', html)}"]
        return Report(_command("report", (), [folder, *written])[0], [folder, *of_page])
    return Report(_command("report", (), [folder, *shown])[0], [folder, *of_page])


def _command(
    name: str, model: Sequence[str], own: Sequence[str]
) -> tuple[str, tuple[int, str] | None]:
    """What a command prints, and how it failed nevertheless."""
    try:
        out, told, failed = _flagfall.study_command(name, list(model), list(own))
    except _flagfall.Failed as why:
        raise _named(error_of(*why.args)) from None
    except UnicodeEncodeError as error:
        raise refused("options", f"are no Unicode text: {error.reason}") from None
    for line in told:
        if line.startswith("note: "):
            warnings.warn(line.removeprefix("note: "), FlagfallWarning, stacklevel=3)
        else:
            _LOG.info("%s", line)
    return out, failed


def _named(error: FlagfallError) -> FlagfallError:
    """The error with the keyword instead of the option, where they have different names."""
    if isinstance(error, UsageError) and error.argument == "set":
        return refused("grid", str(error).removeprefix("--set").lstrip(": "))
    return error


def _model(model: str | Scenario, options: dict[str, Any]) -> tuple[str, ...]:
    """The words of a model with those options."""
    if isinstance(model, Scenario):
        return words_of(model.model, {**model.options, **options})
    return words_of(model, options)


def _factors(grid: Any) -> list[str]:
    """The words of a grid."""
    if grid is None:
        return []
    if not isinstance(grid, Mapping):
        kind = type(grid).__name__
        raise refused("grid", f'is of type {kind}: give levels by name, as {{"fleet": [2, 4]}}')
    words = []
    for name, levels in grid.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise refused("grid", f"has the option {name!r:.80}: write it in letters, with _ for -")
        if isinstance(levels, (str, bytes)) or not hasattr(levels, "__iter__"):
            raise refused("grid", f"has no list of levels for {name}: give one, as [2, 4]")
        texts = [_level_of(name, level) for level in levels]
        if not texts:
            raise refused("grid", f"has no level for {name}: give at least one")
        if any(";" in text for text in texts):
            raise refused("grid", f"has a level of {name} with a semicolon: leave it out")
        commas = any("," in text for text in texts)
        listed = ";".join(texts) + ";" if commas and len(texts) == 1 else ""
        listed = listed or (";" if commas else ",").join(texts)
        words.append(f"--set={name.replace('_', '-')}={listed}")
    return words


def _level_of(name: str, level: Any) -> str:
    if isinstance(level, (list, tuple)):
        return ",".join(text_of(name, one) for one in level)
    if isinstance(level, bool):
        raise refused("grid", f"has a flag as level of {name}: only options with a value can vary")
    return text_of(name, level)


_FLAGS = {"against_first", "even_if_changed", "quiet", "repair", "retry_failed"}


def _given(**options: Any) -> list[str]:
    """The words of options of a command."""
    words = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if name in _FLAGS:
            if type(value) is not bool:
                raise refused(name, f"is of type {type(value).__name__}: give True or False")
            words += [option] if value else []
        elif value is None:
            continue
        elif isinstance(value, bool):
            raise refused(name, "is of type bool: give a value, or leave it out")
        elif name in ("out", "html"):
            words.append(f"{option}={_path(name, value)}")
        elif name == "of" and isinstance(value, (list, tuple)):
            words += [f"{option}={text_of(name, one)}" for one in value]
        else:
            words.append(f"{option}={text_of(name, value)}")
    return words


def _path(name: str, path: Any) -> str:
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text or text.startswith("-"):
        raise refused(name, f"is {path!r:.80}: give the path of a file or folder")
    return text


def _read(path: pathlib.Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
