"""The functions that take options of models, as type checkers know them.

`python/tests/options.py` writes this file.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, overload
from flagfall._calls import Path
from flagfall._fork import Fork
from flagfall._results import Comparison, Shard, Study
from flagfall._run import Run
from flagfall._scenario import Scenario, Verified
from flagfall._study import Grid
from flagfall._ties import TieShard, Ties
from flagfall._trace import Time
from typing_extensions import Unpack
from flagfall._options import (
    ActorTreeOptions,
    MessagesOptions,
    ParameterServerOptions,
    QueueOptions,
    RayOptions,
    RunOptions,
    SnapshotOptions,
    TaxiOptions,
)

__all__ = ["compare", "fork", "run", "study", "sweep", "ties", "verify"]

@overload
def compare(
    model: Literal["actor-tree"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[ActorTreeOptions],
) -> Comparison: ...
@overload
def compare(
    model: Literal["actor-tree"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[ActorTreeOptions],
) -> Shard: ...
@overload
def compare(
    model: Literal["messages"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[MessagesOptions],
) -> Comparison: ...
@overload
def compare(
    model: Literal["messages"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[MessagesOptions],
) -> Shard: ...
@overload
def compare(
    model: Literal["parameter-server"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[ParameterServerOptions],
) -> Comparison: ...
@overload
def compare(
    model: Literal["parameter-server"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[ParameterServerOptions],
) -> Shard: ...
@overload
def compare(
    model: Literal["queue"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[QueueOptions],
) -> Comparison: ...
@overload
def compare(
    model: Literal["queue"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[QueueOptions],
) -> Shard: ...
@overload
def compare(
    model: Literal["ray"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[RayOptions],
) -> Comparison: ...
@overload
def compare(
    model: Literal["ray"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[RayOptions],
) -> Shard: ...
@overload
def compare(
    model: Literal["taxi"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[TaxiOptions],
) -> Comparison: ...
@overload
def compare(
    model: Literal["taxi"], /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[TaxiOptions],
) -> Shard: ...
@overload
def compare(
    model: Scenario, /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[RunOptions],
) -> Comparison: ...
@overload
def compare(
    model: Scenario, /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[RunOptions],
) -> Shard: ...
@overload
def compare(
    model: str, /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: None = None, progress: bool | None = None,
    **options: Unpack[RunOptions],
) -> Comparison: ...
@overload
def compare(
    model: str, /, *, grid: Grid, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    most: int | None = None, level: float | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, against_first: bool = False,
    threads: int | None = None, out: Path | None = None, retry_failed: bool = False,
    repair: bool = False, shard: str, progress: bool | None = None,
    **options: Unpack[RunOptions],
) -> Shard: ...

@overload
def fork(
    model: Literal["actor-tree"], /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[ActorTreeOptions],
) -> Fork: ...
@overload
def fork(
    model: Literal["messages"], /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[MessagesOptions],
) -> Fork: ...
@overload
def fork(
    model: Literal["parameter-server"], /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[ParameterServerOptions],
) -> Fork: ...
@overload
def fork(
    model: Literal["queue"], /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[QueueOptions],
) -> Fork: ...
@overload
def fork(
    model: Literal["ray"], /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[RayOptions],
) -> Fork: ...
@overload
def fork(
    model: Literal["taxi"], /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[TaxiOptions],
) -> Fork: ...
@overload
def fork(
    model: Scenario, /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[RunOptions],
) -> Fork: ...
@overload
def fork(
    model: None = None, /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[SnapshotOptions],
) -> Fork: ...
@overload
def fork(
    model: str, /, *, at: Time | None = None, from_: Path | None = None,
    branches: int | None = None, seeds: Sequence[int] | None = None,
    changes: Mapping[str, Any] | None = None, **options: Unpack[RunOptions],
) -> Fork: ...

@overload
def run(
    model: Literal["actor-tree"], /, **options: Unpack[ActorTreeOptions],
) -> Run: ...
@overload
def run(
    model: Literal["messages"], /, **options: Unpack[MessagesOptions],
) -> Run: ...
@overload
def run(
    model: Literal["parameter-server"], /, **options: Unpack[ParameterServerOptions],
) -> Run: ...
@overload
def run(
    model: Literal["queue"], /, **options: Unpack[QueueOptions],
) -> Run: ...
@overload
def run(
    model: Literal["ray"], /, **options: Unpack[RayOptions],
) -> Run: ...
@overload
def run(
    model: Literal["taxi"], /, **options: Unpack[TaxiOptions],
) -> Run: ...
@overload
def run(
    model: str, /, **options: Unpack[RunOptions],
) -> Run: ...

@overload
def study(
    function: Callable[..., Mapping[str, Any]], grid: Mapping[str, Sequence[Any]] | None = None,
    *, replications: int | None = None, precision: str | float | None = None,
    of: str | Sequence[str] | None = None, fewest: int | None = None, most: int | None = None,
    level: float | None = None, goal: str | Sequence[str] | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, seed: int = 42,
    processes: int | None = None, start: Literal['spawn', 'fork'] | None = None,
    out: Path | None = None, version: str | int | None = None,
    units: Mapping[str, str] | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None,
) -> Study: ...
@overload
def study(
    function: Callable[..., Mapping[str, Any]], grid: Mapping[str, Sequence[Any]] | None = None,
    *, replications: int | None = None, precision: str | float | None = None,
    of: str | Sequence[str] | None = None, fewest: int | None = None, most: int | None = None,
    level: float | None = None, goal: str | Sequence[str] | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None, seed: int = 42,
    processes: int | None = None, start: Literal['spawn', 'fork'] | None = None,
    out: Path | None = None, version: str | int | None = None,
    units: Mapping[str, str] | None = None, retry_failed: bool = False, repair: bool = False,
    shard: str, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None,
) -> Shard: ...

@overload
def sweep(
    model: Literal["actor-tree"], /, *, grid: Grid | None = None,
    replications: int | None = None, precision: str | float | None = None,
    of: str | Sequence[str] | None = None, fewest: int | None = None, most: int | None = None,
    level: float | None = None, goal: str | Sequence[str] | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[ActorTreeOptions],
) -> Study: ...
@overload
def sweep(
    model: Literal["actor-tree"], /, *, grid: Grid | None = None,
    replications: int | None = None, precision: str | float | None = None,
    of: str | Sequence[str] | None = None, fewest: int | None = None, most: int | None = None,
    level: float | None = None, goal: str | Sequence[str] | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[ActorTreeOptions],
) -> Shard: ...
@overload
def sweep(
    model: Literal["messages"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[MessagesOptions],
) -> Study: ...
@overload
def sweep(
    model: Literal["messages"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[MessagesOptions],
) -> Shard: ...
@overload
def sweep(
    model: Literal["parameter-server"], /, *, grid: Grid | None = None,
    replications: int | None = None, precision: str | float | None = None,
    of: str | Sequence[str] | None = None, fewest: int | None = None, most: int | None = None,
    level: float | None = None, goal: str | Sequence[str] | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[ParameterServerOptions],
) -> Study: ...
@overload
def sweep(
    model: Literal["parameter-server"], /, *, grid: Grid | None = None,
    replications: int | None = None, precision: str | float | None = None,
    of: str | Sequence[str] | None = None, fewest: int | None = None, most: int | None = None,
    level: float | None = None, goal: str | Sequence[str] | None = None,
    best: Literal['max', 'min'] | None = None, indifference: float | None = None,
    chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[ParameterServerOptions],
) -> Shard: ...
@overload
def sweep(
    model: Literal["queue"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[QueueOptions],
) -> Study: ...
@overload
def sweep(
    model: Literal["queue"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[QueueOptions],
) -> Shard: ...
@overload
def sweep(
    model: Literal["ray"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[RayOptions],
) -> Study: ...
@overload
def sweep(
    model: Literal["ray"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[RayOptions],
) -> Shard: ...
@overload
def sweep(
    model: Literal["taxi"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[TaxiOptions],
) -> Study: ...
@overload
def sweep(
    model: Literal["taxi"], /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[TaxiOptions],
) -> Shard: ...
@overload
def sweep(
    model: Scenario, /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[RunOptions],
) -> Study: ...
@overload
def sweep(
    model: Scenario, /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[RunOptions],
) -> Shard: ...
@overload
def sweep(
    model: str, /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False,
    shard: None = None, on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[RunOptions],
) -> Study: ...
@overload
def sweep(
    model: str, /, *, grid: Grid | None = None, replications: int | None = None,
    precision: str | float | None = None, of: str | Sequence[str] | None = None,
    fewest: int | None = None, most: int | None = None, level: float | None = None,
    goal: str | Sequence[str] | None = None, best: Literal['max', 'min'] | None = None,
    indifference: float | None = None, chance: float | None = None, first: int | None = None,
    procedure: Literal['kn', 'rinott'] | None = None, threads: int | None = None,
    out: Path | None = None, retry_failed: bool = False, repair: bool = False, shard: str,
    on: str | None = None, shared: bool = False, quiet: bool = False,
    progress: bool | None = None, **options: Unpack[RunOptions],
) -> Shard: ...

@overload
def ties(
    model: Literal["actor-tree"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: None = None, **options: Unpack[ActorTreeOptions],
) -> Ties: ...
@overload
def ties(
    model: Literal["actor-tree"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: str, **options: Unpack[ActorTreeOptions],
) -> TieShard: ...
@overload
def ties(
    model: Literal["messages"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: None = None, **options: Unpack[MessagesOptions],
) -> Ties: ...
@overload
def ties(
    model: Literal["messages"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: str, **options: Unpack[MessagesOptions],
) -> TieShard: ...
@overload
def ties(
    model: Literal["parameter-server"], /, *, budget: int | None = None,
    samples: int | None = None, of: str | None = None, expect_one: bool = False,
    threads: int | None = None, out: Path | None = None, shard: None = None,
    **options: Unpack[ParameterServerOptions],
) -> Ties: ...
@overload
def ties(
    model: Literal["parameter-server"], /, *, budget: int | None = None,
    samples: int | None = None, of: str | None = None, expect_one: bool = False,
    threads: int | None = None, out: Path | None = None, shard: str,
    **options: Unpack[ParameterServerOptions],
) -> TieShard: ...
@overload
def ties(
    model: Literal["queue"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: None = None, **options: Unpack[QueueOptions],
) -> Ties: ...
@overload
def ties(
    model: Literal["queue"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: str, **options: Unpack[QueueOptions],
) -> TieShard: ...
@overload
def ties(
    model: Literal["ray"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: None = None, **options: Unpack[RayOptions],
) -> Ties: ...
@overload
def ties(
    model: Literal["ray"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: str, **options: Unpack[RayOptions],
) -> TieShard: ...
@overload
def ties(
    model: Literal["taxi"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: None = None, **options: Unpack[TaxiOptions],
) -> Ties: ...
@overload
def ties(
    model: Literal["taxi"], /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: str, **options: Unpack[TaxiOptions],
) -> TieShard: ...
@overload
def ties(
    model: Scenario, /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: None = None, **options: Unpack[RunOptions],
) -> Ties: ...
@overload
def ties(
    model: Scenario, /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: str, **options: Unpack[RunOptions],
) -> TieShard: ...
@overload
def ties(
    model: str, /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: None = None, **options: Unpack[RunOptions],
) -> Ties: ...
@overload
def ties(
    model: str, /, *, budget: int | None = None, samples: int | None = None,
    of: str | None = None, expect_one: bool = False, threads: int | None = None,
    out: Path | None = None, shard: str, **options: Unpack[RunOptions],
) -> TieShard: ...

@overload
def verify(
    model: Literal["actor-tree"], /, *, runs: int = 2, threads: int | None = None,
    progress: bool | None = None, **options: Unpack[ActorTreeOptions],
) -> Verified: ...
@overload
def verify(
    model: Literal["messages"], /, *, runs: int = 2, threads: int | None = None,
    progress: bool | None = None, **options: Unpack[MessagesOptions],
) -> Verified: ...
@overload
def verify(
    model: Literal["parameter-server"], /, *, runs: int = 2, threads: int | None = None,
    progress: bool | None = None, **options: Unpack[ParameterServerOptions],
) -> Verified: ...
@overload
def verify(
    model: Literal["queue"], /, *, runs: int = 2, threads: int | None = None,
    progress: bool | None = None, **options: Unpack[QueueOptions],
) -> Verified: ...
@overload
def verify(
    model: Literal["ray"], /, *, runs: int = 2, threads: int | None = None,
    progress: bool | None = None, **options: Unpack[RayOptions],
) -> Verified: ...
@overload
def verify(
    model: Literal["taxi"], /, *, runs: int = 2, threads: int | None = None,
    progress: bool | None = None, **options: Unpack[TaxiOptions],
) -> Verified: ...
@overload
def verify(
    model: Scenario, /, *, runs: int = 2, threads: int | None = None,
    progress: bool | None = None, **options: Unpack[RunOptions],
) -> Verified: ...
@overload
def verify(
    model: str, /, *, runs: int = 2, threads: int | None = None, progress: bool | None = None,
    **options: Unpack[RunOptions],
) -> Verified: ...
