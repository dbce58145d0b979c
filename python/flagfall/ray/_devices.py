"""GPUs: which of them each process has."""

from __future__ import annotations

from collections.abc import Iterable

#: GPUs come in parts of that many, as all resources.
PARTS = 10_000

Shares = dict[int, int]


def _is_gpu(name: str) -> bool:
    return name == "GPU" or name.startswith("GPU_group_")


class Devices:
    """The parts of each GPU that are free, under the name of the resource: `GPU`, and those of
    placement groups."""

    def __init__(self, count: int) -> None:
        self._free: dict[str, Shares] = {"GPU": {number: PARTS for number in range(count)}}
        self._held: dict[object, dict[str, Shares]] = {}

    def fits(self, demand: dict[str, float]) -> bool:
        """Whether single GPUs have room for it: two halves are no whole one."""
        return all(
            self._choose(name, amount) is not None
            for name, amount in demand.items()
            if _is_gpu(name)
        )

    def take(self, holder: object, demand: dict[str, float]) -> list[int]:
        """Gives somebody GPUs, and says which."""
        taken: dict[str, Shares] = {}
        for name, amount in demand.items():
            if not _is_gpu(name):
                continue
            before = [number for share in taken.values() for number in share]
            taken[name] = self._choose(name, amount, before) or {}
            for number, parts in taken[name].items():
                self._free[name][number] -= parts
        if taken:
            self._held[holder] = taken
        return sorted({number for share in taken.values() for number in share})

    def put(self, holder: object) -> None:
        """Takes back what somebody has."""
        for name, share in self._held.pop(holder, {}).items():
            # The group may be gone: then its GPUs are free already.
            free = self._free.get(name)
            if free is not None:
                for number, parts in share.items():
                    free[number] += parts

    def open(self, name: str, shares: Shares) -> None:
        """GPUs of a placement group, under that name."""
        known = self._free.setdefault(name, {})
        for number, parts in shares.items():
            known[number] = known.get(number, 0) + parts

    def shares(self, holder: object) -> Shares:
        """What somebody holds of the node's own GPUs."""
        return self._held.get(holder, {}).get("GPU", {})

    def close(self, names: Iterable[str]) -> None:
        """The group is gone."""
        for name in names:
            self._free.pop(name, None)

    def _choose(self, name: str, amount: float, among: list[int] | None = None) -> Shares | None:
        """Whole GPUs, or a part of the one that has just enough left."""
        free = self._free.get(name, {})
        wanted = round(amount * PARTS)
        usable = {one: left for one, left in free.items() if not among or one in among}
        if wanted >= PARTS:
            whole = [one for one, left in usable.items() if left == PARTS]
            count = wanted // PARTS
            return {one: PARTS for one in whole[:count]} if len(whole) >= count else None
        fitting = [(left, one) for one, left in usable.items() if left >= wanted]
        return {min(fitting)[1]: wanted} if fitting else None
