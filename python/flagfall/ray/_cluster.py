"""The cluster: its resources, its workers, its named actors. It is a process of its own, as Ray's
scheduler is, so what others ask of it takes the time of a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flagfall import _flagfall
from flagfall._flagfall import Call
from flagfall.ray import _cancel, _core, _restarts, exceptions
from flagfall.ray._devices import Devices
from flagfall.ray._failures import Failure
from flagfall.ray._groups import GroupQuestions, Groups, removed_actor, removed_under
from flagfall.ray._idle import IdleWorkers
from flagfall.ray._process import Process, question

if TYPE_CHECKING:
    from flagfall.ray._actor import Actor
    from flagfall.ray._run import Run
    from flagfall.ray._worker import Worker

Demand = dict[str, float]

#: Resources come in parts of that many, as in Ray.
PARTS = 10_000


class Register(Process):
    """Hears of new actors before the cluster does, as Ray's control service. So actors of one
    creator get their places in their order, and a task that it submits at the same instant gets
    its place before them."""

    starts = False

    def __new__(cls, run: Run) -> Register:
        return super().__new__(cls, run, "register", run.driver)  # type: ignore[return-value]

    def __init__(self, run: Run) -> None:
        super().__init__(run, "register", run.driver)

    def arrive(self, name: str, payload: Any) -> None:
        _flagfall.send(self.run.cluster, name, payload)


class Lease:
    """A wish for resources, and what is done when it has them."""

    def __init__(
        self,
        demand: Demand,
        grant: Callable[[], None],
        refuse: Callable[[str], None] | None = None,
    ) -> None:
        self.demand = demand
        self.grant = grant
        #: Gets the placement group when that is removed.
        self.refuse = refuse


class Pool:
    """Amounts of resources, in whole parts, so that sums are exact."""

    def __init__(self, amounts: Demand) -> None:
        self.parts = {name: round(amount * PARTS) for name, amount in amounts.items()}

    def amounts(self) -> Demand:
        """What is left, without what is nothing."""
        return {name: parts / PARTS for name, parts in self.parts.items() if parts > 0}

    def holds(self, demand: Demand) -> bool:
        """Whether it has that much."""
        return all(
            self.parts.get(name, 0) >= round(amount * PARTS)
            for name, amount in demand.items()
            if amount
        )

    def take(self, demand: Demand) -> None:
        """Takes that much, also if it is not there."""
        for name, amount in demand.items():
            self.parts[name] = self.parts.get(name, 0) - round(amount * PARTS)

    def put(self, demand: Demand) -> None:
        """Gives that much back."""
        for name, amount in demand.items():
            self.parts[name] = self.parts.get(name, 0) + round(amount * PARTS)


class Cluster(GroupQuestions, Process):
    """The one process that knows all workers and actors."""

    starts = False

    def __new__(cls, run: Run, amounts: Demand) -> Cluster:
        return super().__new__(cls, run, "cluster", run.driver)  # type: ignore[return-value]

    def __init__(self, run: Run, amounts: Demand) -> None:
        super().__init__(run, "cluster", run.driver)
        self.idle = IdleWorkers()
        #: What each process holds, by its number, and what of it is lent while it waits.
        self.held: dict[int, Demand] = {}
        self.lent: dict[int, Demand] = {}
        self.pending: list[Lease] = []
        self.names: dict[tuple[str, str], Any] = {}
        self.next_start = 0
        self.total = Pool(amounts)
        self.free = Pool(self.total.amounts())
        self.devices = Devices(int(amounts.get("GPU", 0)))
        self.groups = Groups(self)

        self._warms_up()

    def _warms_up(self) -> None:
        """As in Ray, there is a worker for each CPU at the start. Each is born when it gets a task,
        so that those who never do make no events."""
        from flagfall.ray._worker import Worker

        for _ in range(int(self.total.amounts().get("CPU", 0))):
            self.idle.append(Worker(self.run, self, self.run.driver.variables))

    def arrive(self, name: str, payload: Any) -> None:
        self.idle.age(self.free)
        super().arrive(name, payload)

    def asked(self, call: Call) -> None:
        self.idle.age(self.free)
        super().asked(call)

    # --- resources ---------------------------------------------------------

    def schedule(self) -> None:
        """Grants what fits, in the order of the wishes; a wish of a kind that does not fit lets
        other kinds pass."""
        refused: list[Demand] = []
        for lease in list(self.pending):
            if lease.demand in refused:
                continue
            if self.free.holds(lease.demand) and self.devices.fits(lease.demand):
                self.pending.remove(lease)
                self.free.take(lease.demand)
                lease.grant()
            else:
                refused.append(lease.demand)

    def lease(
        self,
        demand: Demand,
        grant: Callable[[], None],
        refuse: Callable[[str], None] | None = None,
    ) -> Lease:
        """Does something when the resources are there."""
        lease = Lease(demand, grant, refuse)
        self.pending.append(lease)
        self.schedule()
        return lease

    def give_back(self, process: Process) -> None:
        """A process ends, or a task of it: its resources are free."""
        held = self.held.pop(process.number, None)
        lent = self.lent.pop(process.number, {})
        if held is not None:
            self.free.put({name: amount - lent.get(name, 0) for name, amount in held.items()})
            self.devices.put(process.number)
        self.schedule()

    def on_blocked(self, process: Process) -> None:
        """A task waits for objects: others may have its CPUs meanwhile."""
        held = self.held.get(process.number, {})
        cpus = {
            name: amount
            for name, amount in held.items()
            if name == "CPU" or name.startswith("CPU_group_")
        }
        if process.number not in self.lent and cpus:
            self.lent[process.number] = cpus
            self.free.put(cpus)
            self.schedule()

    def on_unblocked(self, process: Process) -> None:
        """It goes on at once, and takes its CPUs again, also from others."""
        lent = self.lent.pop(process.number, None)
        if lent is not None:
            self.free.take(lent)

    # --- workers -----------------------------------------------------------

    def startup(self) -> int:
        """How many nanoseconds from now a new process is up: they start one after another."""
        self.next_start = max(self.next_start, _core.now()) + self.run.startup
        return self.next_start - _core.now()

    def call(self, call: Call) -> None:
        """A task: it goes to a worker when its resources are there."""
        self.idle.age(self.free)
        task = call.extra
        refusal = getattr(task.demand, "refusal", None)
        if refusal is not None:
            call.give_failure(Failure(exceptions.TaskUnschedulableError, refusal))
            return

        def refuse(_: str) -> None:
            task.lease = None
            call.give_failure(Failure(exceptions.TaskPlacementGroupRemoved))

        lease = self.lease(task.demand, lambda: self.give(call), refuse)
        task.lease = lease if lease in self.pending else None

    def give(self, call: Call) -> None:
        """Gives a task to a worker that is free, or to a new one."""
        from flagfall.ray._worker import Worker

        task = call.extra
        task.lease = None
        if not call.is_open:
            self.free.put(task.demand)
            return
        worker = self.take_idle(task.variables)
        if worker is None:
            worker = Worker(self.run, self, task.variables)
            worker.startup = self.startup()
        if not worker.has_run:
            self.spawn(worker)
        _restarts.watches(self, worker)
        worker.has_run = True
        self.held[worker.number] = task.demand
        task.gpus = self.devices.take(worker.number, task.demand)
        task.worker = worker
        _flagfall.forward(worker, call)

    def take_idle(self, variables: dict[str, str], fresh: bool = False) -> Worker | None:
        """The worker that was last free, of those with these variables of a `runtime_env`; or of
        those that have not run a task yet."""
        for place in range(len(self.idle) - 1, -1, -1):
            worker = self.idle[place]
            if worker.variables == variables and not (fresh and worker.has_run):
                # From its place: nobody looks for it from the front.
                del self.idle[place]
                return worker
        return None

    def on_finished(self, worker: Worker) -> None:
        """A worker has done its task."""
        self.idle.append(worker)
        self.give_back(worker)

    def on_gone(self, process: Process) -> None:
        """A process has died."""
        if process in self.idle:
            self.idle.remove(process)  # type: ignore[arg-type]
        self.give_back(process)
        self.groups.creator_gone(process)
        lease = getattr(process, "lease", None)
        if lease in self.pending:
            self.pending.remove(lease)
        _restarts.gone(self, process)
        for name in [name for name, life in self.names.items() if life.dead is not None]:
            del self.names[name]

    # --- actors ------------------------------------------------------------

    def on_complete(self, process: Actor) -> None:
        """An actor has its arguments, and waits for a place."""
        if process.life.process is not process or process.life.dead is not None:
            # It was killed before.
            return
        _restarts.begins(self, process)
        refusal = getattr(process.demand, "refusal", None)
        if refusal is not None:
            failure = Failure(exceptions.ActorUnschedulableError, refusal)
            _flagfall.send(process, "refused", failure)
            return

        def placed() -> None:
            self.free.put(process.placing)
            self.free.take(process.demand)
            self.held[process.number] = process.demand
            process.gpus = self.devices.take(process.number, process.demand)
            # As in Ray, what has run tasks does not become an actor.
            worker = self.take_idle(process.variables, fresh=True)
            if worker is not None:
                # A process that is up becomes the actor's.
                worker.is_over = True
            _flagfall.send(process, "placed", 0 if worker is not None else self.startup())
            self.schedule()

        def refuse(group: str) -> None:
            _flagfall.send(process, "refused", removed_actor(group))

        process.lease = self.lease(process.placing, placed, refuse)

    def removes(self, process: Any, group: str) -> None:
        """Ends a process whose placement group is gone."""
        life = getattr(process, "life", None)
        if life is None:
            _flagfall.kill(process)
        else:
            _restarts.kills(self, life, removed_under(group))

    def on_born(self, process: Any) -> None:
        """An actor is born that has to wait for its arguments."""
        _restarts.begins(self, process)

    def on_kill(self, wanted: tuple[Any, bool]) -> None:
        """Somebody ends an actor."""
        life, no_restart = wanted
        _restarts.kills(self, life, _restarts.KILLED if no_restart else None)

    def asked_fate(self, call: Call, process: Any) -> None:
        """What has become of an actor whose process died? See `_restarts.asked`."""
        _restarts.asked(self, call, process)

    def asked_name(self, call: Call, life: Any) -> None:
        """An actor wants its name. The answer is whose it is: its own, or another's."""
        found = self.names.setdefault((life.namespace, life.name), life)
        call.give_object(found)

    def asked_actor(self, call: Call, name: tuple[str, str]) -> None:
        """Who has that name?"""
        call.give_object(self.names.get(name))

    def asked_names(self, call: Call, namespace: str | None) -> None:
        """All names, of one namespace or of all."""
        call.give_object([n for n in self.names if namespace is None or n[0] == namespace])

    def asked_available(self, call: Call, _: object) -> None:
        """What is free."""
        free = self.free.amounts()
        call.give_object({name: free[name] for name in free if "_group_" not in name})

    def asked_spawn(self, call: Call, process: Actor) -> None:
        """The process of an actor that does not end with its creator."""
        self.spawn(process)
        process.announce()
        call.give_object(None)

    def asked_cancel(self, call: Call, task: Any) -> None:
        """A task is not wanted any more: it never begins, or its worker is told."""
        if task.lease in self.pending:
            self.pending.remove(task.lease)
            task.call.give_failure(_cancel.cancelled(task))
        elif task.worker is not None:
            question(task.worker, "cancel", task, lambda *_: None)
        call.give_object(None)
