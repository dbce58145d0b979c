"""Placement groups, as the cluster keeps them: resources that are set aside, in bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagfall._flagfall import Call
from flagfall.ray import exceptions
from flagfall.ray._demand import BUNDLE
from flagfall.ray._failures import Failure

if TYPE_CHECKING:
    from flagfall.ray._cluster import Cluster, Lease
    from flagfall.ray._process import Process

Bundle = dict[str, float]

#: How much of `BUNDLE` each bundle has: enough for all who are in it.
_ROOM = 1000.0


class Group:
    """A placement group."""

    def __init__(
        self,
        name: str,
        namespace: str,
        bundles: list[Bundle],
        strategy: str,
        creator: Process | None,
    ) -> None:
        self.name = name
        self.namespace = namespace
        self.bundles = bundles
        self.strategy = strategy
        #: With whom it ends; `None`: with the cluster.
        self.creator = creator
        self.id = ""
        self.state = "PENDING"
        self.lease: Lease | None = None
        #: Who asks whether it is ready.
        self.waiting: list[Call] = []

    @property
    def demand(self) -> Bundle:
        """All its resources."""
        found: Bundle = {}
        for bundle in self.bundles:
            for name, amount in bundle.items():
                found[name] = found.get(name, 0.0) + amount
        return found

    @property
    def is_possible(self) -> bool:
        """Whether the one node could have it, if it is large enough."""
        if any(amount < 0 for bundle in self.bundles for amount in bundle.values()):
            return False
        return self.strategy != "STRICT_SPREAD" or len(self.bundles) == 1

    def resources(self) -> Bundle:
        """What it adds to the resources of the cluster, for those inside."""
        found: Bundle = {}
        for index, bundle in enumerate(self.bundles):
            for name, amount in {**bundle, BUNDLE: _ROOM}.items():
                whole = f"{name}_group_{self.id}"
                found[whole] = found.get(whole, 0.0) + amount
                found[f"{name}_group_{index}_{self.id}"] = amount
        return found


class Groups:
    """The placement groups of a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.all: dict[str, Group] = {}

    def add(self, group: Group) -> str | None:
        """A new group. Returns why there cannot be one."""
        group.id = f"{len(self.all) + 1:028x}01000000"
        if group.name and self.find(group.namespace, group.name) is not None:
            return (
                f"Failed to create placement group '{group.id}' because name '{group.name}' "
                "already exists."
            )
        self.all[group.id] = group
        if group.is_possible:
            lease = self.cluster.lease(group.demand, lambda: self._grant(group))
            group.lease = lease if group.state == "PENDING" else None
        return None

    def find(self, namespace: str, name: str) -> Group | None:
        """The group of that name."""
        for group in self.all.values():
            if (group.namespace, group.name) == (namespace, name) and group.state != "REMOVED":
                return group
        return None

    def _grant(self, group: Group) -> None:
        """Its resources are set aside."""
        cluster = self.cluster
        group.state, group.lease = "CREATED", None
        cluster.free.put(group.resources())
        for index, bundle in enumerate(group.bundles):
            holder = (group.id, index)
            cluster.devices.take(holder, bundle)
            shares = cluster.devices.shares(holder)
            if shares:
                cluster.devices.open(f"GPU_group_{group.id}", shares)
                cluster.devices.open(f"GPU_group_{index}_{group.id}", shares)
        waiting, group.waiting = group.waiting, []
        for call in waiting:
            call.give_object("CREATED")
        cluster.schedule()

    def remove(self, group: Group) -> None:
        """Ends all that runs in it, and gives its resources back."""
        before, group.state = group.state, "REMOVED"
        cluster = self.cluster
        for call in group.waiting:
            call.give_object("REMOVED")
        if before == "PENDING" and group.lease in cluster.pending:
            cluster.pending.remove(group.lease)
        elif before == "CREATED":
            self._empty(group)
            for name in group.resources():
                cluster.free.parts.pop(name, None)
            for index in range(len(group.bundles)):
                cluster.devices.close(f"GPU_group_{index}_{group.id}")
                cluster.devices.put((group.id, index))
            cluster.devices.close(f"GPU_group_{group.id}")
            cluster.free.put(group.demand)
        cluster.schedule()

    def _empty(self, group: Group) -> None:
        cluster = self.cluster
        inside = f"{BUNDLE}_group_{group.id}"
        for lease in [one for one in cluster.pending if inside in one.demand]:
            if lease.refuse is not None:
                cluster.pending.remove(lease)
                lease.refuse(group.id)
        for number in [number for number, held in cluster.held.items() if inside in held]:
            del cluster.held[number]
            cluster.lent.pop(number, None)
            cluster.devices.put(number)
            process = cluster.run.processes_made[number]
            cluster.removes(process, group.id)

    def creator_gone(self, process: Process) -> None:
        """A group ends with the actor that made it."""
        for group in list(self.all.values()):
            if group.creator is process and group.state != "REMOVED":
                self.remove(group)


def _row(group: Group) -> dict[str, Any]:
    from flagfall.ray._context import NODE

    is_placed = group.state != "PENDING"
    scheduling = {"PENDING": "INFEASIBLE", "CREATED": "FINISHED", "REMOVED": "REMOVED"}
    return {
        "placement_group_id": group.id,
        "name": group.name,
        "bundles": {index: dict(bundle) for index, bundle in enumerate(group.bundles)},
        "bundles_to_node_id": {
            index: NODE if is_placed else "" for index in range(len(group.bundles))
        },
        "strategy": group.strategy,
        "state": group.state,
        "stats": {
            "end_to_end_creation_latency_ms": 0.0,
            "scheduling_latency_ms": 0.0,
            "scheduling_attempt": 1,
            "highest_retry_delay_ms": 0.0,
            "scheduling_state": scheduling[group.state],
        },
    }


class GroupQuestions:
    """What the cluster is asked about placement groups."""

    groups: Groups

    def asked_group_new(self, call: Call, group: Group) -> None:
        """The answer is why it cannot be."""
        call.give_object(self.groups.add(group))

    def asked_group_ready(self, call: Call, group_id: str) -> None:
        """The answer comes when it is created or removed, and says which."""
        group = self.groups.all.get(group_id)
        if group is not None and group.state == "PENDING":
            group.waiting.append(call)
        else:
            call.give_object("REMOVED" if group is None else group.state)

    def asked_group_remove(self, call: Call, group_id: str) -> None:
        """Ends a group."""
        group = self.groups.all.get(group_id)
        if group is not None and group.state != "REMOVED":
            self.groups.remove(group)
        call.give_object(None)

    def asked_group_named(self, call: Call, name: tuple[str, str]) -> None:
        """The answer is its identifier."""
        group = self.groups.find(*name)
        call.give_object(None if group is None else group.id)

    def asked_group_rows(self, call: Call, group_id: str | None) -> None:
        """What is known of one group, or of all."""
        groups = self.groups.all
        found = [groups[group_id]] if group_id in groups else []
        rows = [_row(group) for group in (groups.values() if group_id is None else found)]
        call.give_object(rows)


def removed_actor(group: str) -> Failure:
    """Why an actor has no place any more."""
    return Failure(
        exceptions.ActorUnschedulableError,
        "Could not create the actor because its associated placement group was removed.\n"
        f"Required placement group {group} is removed.",
    )


def removed_under(group: str) -> str:
    """Why an actor is dead that ran in a group."""
    return (
        "The actor is dead because its worker process has died. Worker exit type: "
        "INTENDED_SYSTEM_EXIT Worker exit detail: Destroying worker since its placement group was "
        f"removed. Placement group id: {group}"
    )
