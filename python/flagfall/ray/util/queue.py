"""`ray.util.queue`: a queue for many processes, which an actor keeps."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterable
from typing import Any

from flagfall.ray._control import kill
from flagfall.ray._objects import get, wait
from flagfall.ray._remote import remote
from flagfall.ray._supported import absent


class Empty(queue.Empty):
    """There was nothing to get."""


class Full(queue.Full):
    """There was no room to put something."""


class Queue:
    """A queue that all who have it share: it travels as a handle of its actor.

    Args:
        maxsize: how many items have room; 0 is no limit.
        actor_options: options of the actor, such as `num_cpus`.
    """

    def __init__(self, maxsize: int = 0, actor_options: dict[str, Any] | None = None) -> None:
        self.maxsize = maxsize
        self.actor: Any = remote(_QueueActor).options(**(actor_options or {})).remote(maxsize)

    def __len__(self) -> int:
        return self.size()

    def size(self) -> int:
        """How many items are in it."""
        found: int = get(self.actor.qsize.remote())
        return found

    def qsize(self) -> int:
        """How many items are in it."""
        return self.size()

    def empty(self) -> bool:
        """Whether nothing is in it."""
        found: bool = get(self.actor.empty.remote())
        return found

    def full(self) -> bool:
        """Whether it has no room."""
        found: bool = get(self.actor.full.remote())
        return found

    def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:
        """Adds an item. Waits for room, if it blocks.

        Raises:
            Full: there was no room, in that time.
        """
        if block:
            _check(timeout)
            get(self.actor.put.remote(item, timeout))
            return
        try:
            get(self.actor.put_nowait.remote(item))
        except asyncio.QueueFull:
            raise Full from None

    async def put_async(
        self, item: object, block: bool = True, timeout: float | None = None
    ) -> None:
        """The same, in a coroutine."""
        if block:
            _check(timeout)
            await self.actor.put.remote(item, timeout)
            return
        try:
            await self.actor.put_nowait.remote(item)
        except asyncio.QueueFull:
            raise Full from None

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Takes the oldest item. Waits for one, if it blocks.

        Raises:
            Empty: there was none, in that time.
        """
        if block:
            _check(timeout)
            return get(self.actor.get.remote(timeout))
        try:
            return get(self.actor.get_nowait.remote())
        except asyncio.QueueEmpty:
            raise Empty from None

    async def get_async(self, block: bool = True, timeout: float | None = None) -> Any:
        """The same, in a coroutine."""
        if block:
            _check(timeout)
            return await self.actor.get.remote(timeout)
        try:
            return await self.actor.get_nowait.remote()
        except asyncio.QueueEmpty:
            raise Empty from None

    def put_nowait(self, item: object) -> None:
        """Adds an item, if there is room now."""
        self.put(item, block=False)

    def put_nowait_batch(self, items: Iterable[object]) -> None:
        """Adds all those items, or none."""
        if not isinstance(items, Iterable):
            raise TypeError("Argument 'items' must be an Iterable")
        get(self.actor.put_nowait_batch.remote(items))

    def get_nowait(self) -> Any:
        """Takes the oldest item, if there is one now."""
        return self.get(block=False)

    def get_nowait_batch(self, num_items: int) -> list[Any]:
        """Takes that many items, or none."""
        if not isinstance(num_items, int):
            raise TypeError("Argument 'num_items' must be an int")
        if num_items < 0:
            raise ValueError("'num_items' must be nonnegative")
        found: list[Any] = get(self.actor.get_nowait_batch.remote(num_items))
        return found

    def shutdown(self, force: bool = False, grace_period_s: int = 5) -> None:
        """Ends the actor: when its calls are done, or at once with `force`."""
        if self.actor:
            if force or not self._ends_within(grace_period_s):
                kill(self.actor, no_restart=True)
        self.actor = None

    def _ends_within(self, seconds: float) -> bool:
        ready, _ = wait([self.actor.__ray_terminate__.remote()], timeout=seconds)
        return bool(ready)


def _check(timeout: float | None) -> None:
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")


class _QueueActor:
    """Keeps the items. It is async, so that those who wait do not hold up the others."""

    def __init__(self, maxsize: int) -> None:
        self.maxsize = maxsize
        self.queue: asyncio.Queue[Any] = asyncio.Queue(maxsize)

    def qsize(self) -> int:
        return self.queue.qsize()

    def empty(self) -> bool:
        return self.queue.empty()

    def full(self) -> bool:
        return self.queue.full()

    async def put(self, item: object, timeout: float | None = None) -> None:
        try:
            await asyncio.wait_for(self.queue.put(item), timeout)
        except asyncio.TimeoutError:
            raise Full from None

    async def get(self, timeout: float | None = None) -> Any:
        try:
            return await asyncio.wait_for(self.queue.get(), timeout)
        except asyncio.TimeoutError:
            raise Empty from None

    def put_nowait(self, item: object) -> None:
        self.queue.put_nowait(item)

    def put_nowait_batch(self, items: Any) -> None:
        if self.maxsize > 0 and self.qsize() + len(items) > self.maxsize:
            raise Full(
                f"Cannot add {len(items)} items to queue of size {self.qsize()} and maxsize "
                f"{self.maxsize}."
            )
        for item in items:
            self.queue.put_nowait(item)

    def get_nowait(self) -> Any:
        return self.queue.get_nowait()

    def get_nowait_batch(self, num_items: int) -> list[Any]:
        if num_items > self.qsize():
            raise Empty(f"Cannot get {num_items} items from queue of size {self.qsize()}.")
        return [self.queue.get_nowait() for _ in range(num_items)]

__getattr__ = absent("ray.util.queue")
