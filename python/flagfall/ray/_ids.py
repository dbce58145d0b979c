"""Identifiers, as programs print them: the same in each run."""

from __future__ import annotations


class _ID:
    def __init__(self, digits: str) -> None:
        self._digits = digits

    def hex(self) -> str:
        """The identifier, as hexadecimal digits."""
        return self._digits

    def binary(self) -> bytes:
        """The identifier, as bytes."""
        return bytes.fromhex(self._digits)

    def is_nil(self) -> bool:
        """Whether it names nothing."""
        return set(self._digits) == {"f"}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.hex() == self.hex()

    def __hash__(self) -> int:
        return int(self._digits[:15] or "0", 16)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._digits})"

    def __reduce__(self) -> tuple[type[_ID], tuple[str]]:
        return type(self), (self._digits,)


class ActorID(_ID):
    """Of an actor."""


class TaskID(_ID):
    """Of a task."""


class JobID(_ID):
    """Of a program."""


class NodeID(_ID):
    """Of a node."""


class WorkerID(_ID):
    """Of a process."""


class PlacementGroupID(_ID):
    """Of a placement group."""
