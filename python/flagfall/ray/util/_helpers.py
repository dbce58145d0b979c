"""Going through the results of many tasks as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flagfall.ray._objects import get, wait


def _batch(
    refs: list[Any], size: int, as_refs: bool, how: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    ready, others = wait(refs, num_returns=min(size, len(refs)), **how)
    return (ready if as_refs else get(ready)), others


def _check(chunk_size: int, how: dict[str, Any], word: str) -> None:
    if chunk_size < 1:
        raise ValueError("`chunk_size` must be >= 1")
    if "num_returns" in how:
        raise ValueError(f"Use the `{word}` argument instead of `num_returns`.")


def as_completed(
    refs: Sequence[Any], *, chunk_size: int = 10, yield_obj_refs: bool = False, **how: Any
) -> Iterator[Any]:
    """The values of references, in batches of `chunk_size` as they are there."""
    _check(chunk_size, how, "chunksize")
    left: Any = refs
    while left:
        ready, left = _batch(left, chunk_size, yield_obj_refs, how)
        yield from ready


def map_unordered(
    fn: Any,
    items: Iterable[Any],
    *,
    backpressure_size: int | None = 100,
    chunk_size: int = 10,
    yield_obj_refs: bool = False,
    **how: Any,
) -> Iterator[Any]:
    """The results of a remote function for all items, as they come, with at most
    `backpressure_size` tasks under way."""
    if backpressure_size is not None and backpressure_size <= 0:
        raise ValueError("backpressure_size must be positive.")
    _check(chunk_size, how, "chunk_size")
    left: list[Any] = []
    for item in items:
        left.append(fn.remote(item))
        if backpressure_size is not None and len(left) >= backpressure_size:
            ready, left = _batch(left, chunk_size, yield_obj_refs, how)
            yield from ready
    yield from as_completed(left, chunk_size=chunk_size, yield_obj_refs=yield_obj_refs, **how)
