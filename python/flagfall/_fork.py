"""Several futures of one run."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flagfall._calls import Path, called, model_words, path_text
from flagfall._errors import RunError, UsageError, error_of, refused, shown
from flagfall._run import Run, rounded, run_of_json
from flagfall._scenario import Scenario
from flagfall._trace import Time
from flagfall._words import text_of


class Fork:
    """The branches of a run. `flagfall.fork` makes it."""

    __slots__ = ("json",)

    def __init__(self, told: dict[str, Any], /) -> None:
        self.json = told
        """The object that `flagfall fork --json` prints."""

    @property
    def branches(self) -> list[Run]:
        """The result of each branch, in the order of the seeds. A branch is no run that can be made
        alone: it has no `trace`."""
        objects = self.json["branches"]
        return [run_of_json(json.dumps(one, ensure_ascii=False)) for one in objects]

    @property
    def at(self) -> float:
        """The virtual time at which they branch off, in seconds."""
        return float(self.json["at_s"])

    @property
    def event(self) -> int:
        """The number of the last event that they have in common."""
        return int(self.json["event"])

    @property
    def origin(self) -> str:
        """How the branches were made: "copy" of the run, or "rerun" if it cannot be copied."""
        return str(self.json["origin"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fork) and self.json == other.json

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        count = len(self.json["branches"])
        branches = f"{count} branch" if count == 1 else f"{count} branches"
        return f"<flagfall.Fork: {branches} from {self.at} s, event {self.event}>"

    def _repr_html_(self) -> str:
        """The measures of each branch, for notebooks."""
        branches = self.branches
        head = "".join(f"<th>branch {at}</th>" for at in range(1, len(branches) + 1))
        rows = [f"<tr><th></th>{head}</tr>"]
        told = [
            {"seed": run.seed, **{name: rounded(one) for name, one in run.measures.items()}, "digest": run.digest}
            for run in branches
        ]
        for name in {name: None for one in told for name in one}:
            cells = "".join(f"<td>{html.escape(str(one.get(name, '')))}</td>" for one in told)
            rows.append(f"<tr><th style='text-align: left'>{html.escape(name)}</th>{cells}</tr>")
        return f"<table>{''.join(rows)}</table>"


def fork(
    model: str | Scenario | None = None,
    /,
    *,
    at: Time | None = None,
    from_: Path | None = None,
    branches: int | None = None,
    seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None,
    **options: Any,
) -> Fork:
    """Runs several futures of one run, as `flagfall fork` does. All branches are the same run up to
    the virtual time `at`, and then go on independently.

    The run is that of a model with its options, or of the snapshot in the file `from_`, which
    `flagfall run ... --snapshot` writes; without `at`, a snapshot branches off where it was saved.
    Each branch goes on with one of the `seeds`. There are as many as seeds, or 2, or `branches`.
    `changes` are different in all branches from there on, such as `{"latency": "5ms"}`: latency,
    horizon, end_time, ties and the limits. Of a snapshot, `summary` and `lang` are the only
    options.

    >>> import flagfall
    >>> futures = flagfall.fork("taxi", rides=20, at="5s", seeds=[1, 2, 3])
    >>> futures
    <flagfall.Fork: 3 branches from 5.0 s, event 44>
    >>> [run.seed for run in futures.branches]
    [1, 2, 3]

    Raises:
        UsageError: an option is unknown, or has a value that it cannot have; or the run is over
            before `at`.
        FileError: the snapshot cannot be read.
        RunError: a branch failed; or it got stuck, and `fork` of the exception has all branches.
    """
    own = [*_own_words(at, branches, seeds), *_change_words(changes)]
    if from_ is not None:
        if model is not None:
            raise refused("from_", "is given beside a model: give one of them")
        own.append(f"--from={path_text('from_', from_)}")
        of_model: tuple[str, ...] = ()
        own += _output_words(options)
    elif model is None:
        raise refused("model", "is missing: name one, such as 'taxi', or a snapshot with from_")
    elif at is None:
        raise refused("at", "is missing: say when to branch off, such as at='5s'")
    else:
        # The command takes it in front of the model.
        own += _output_words({"summary": options.pop("summary", None)})
        of_model = model_words(model, options)
    try:
        told, failed = called("fork", of_model, ["--json", *own])
    except UsageError as error:
        if error.argument == "from":
            error._argument = "from_"  # type: ignore[attr-defined]
        raise
    made = Fork(json.loads(told))
    if failed is not None:
        ended = error_of(*failed)
        if isinstance(ended, RunError):
            ended.fork = made
        raise ended
    return made


def _own_words(at: Any, branches: Any, seeds: Any) -> list[str]:
    words = []
    if at is not None:
        words.append(f"--at={text_of('at', at)}")
    if branches is not None:
        words.append(f"--branches={_whole('branches', branches)}")
    if seeds is not None:
        if isinstance(seeds, (str, bytes)) or not isinstance(seeds, Sequence) or not seeds:
            raise refused("seeds", f"is {shown(seeds)}: give a list of whole numbers")
        words.append(f"--seeds={','.join(_whole('seeds', seed) for seed in seeds)}")
    return words


def _whole(name: str, number: Any) -> str:
    if type(number) is not int or not 0 <= number < 1 << 64:
        raise refused(name, f"has {shown(number)}: give whole numbers from 0 to 2**64 - 1")
    return str(number)


def _change_words(changes: Any) -> list[str]:
    if changes is None:
        return []
    if not isinstance(changes, Mapping):
        kind = type(changes).__name__
        raise refused("changes", f'is of type {kind}: give new values by name, as {{"latency": "5ms"}}')
    words = []
    for name, value in changes.items():
        if not isinstance(name, str) or not name.isidentifier():
            wanted = "write it in letters, with _ for -"
            raise refused("changes", f"has the option {shown(name)}: {wanted}")
        words.append(f"--set={name.replace('_', '-')}={text_of('changes', value)}")
    return words


def _output_words(options: dict[str, Any]) -> list[str]:
    """The words of the options that a fork of a snapshot has."""
    words = []
    for name, value in options.items():
        if name not in ("lang", "summary"):
            why = "is no option of a snapshot: change what goes on from there with changes"
            raise refused(name, why)
        if name == "summary" and type(value) not in (bool, type(None)):
            raise refused(name, f"is of type {type(value).__name__}: give True or False")
        if name == "summary" and value:
            words.append("--summary")
        elif name == "lang" and value is not None:
            words.append(f"--lang={text_of(name, value)}")
    return words
