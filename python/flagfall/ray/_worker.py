"""Workers: processes that run one task after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import greenlet

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef, Stored
from flagfall.ray import _cancel, _core, exceptions
from flagfall.ray._gpus import show_gpus
from flagfall.ray._failures import Failure, opened, passed_on, raised
from flagfall.ray._functions import Exported, Loaded
from flagfall.ray._process import Process
from flagfall.ray._results import fill_first, give
from flagfall.ray._world import environment, output
from flagfall.ray._world._inside import mine

if TYPE_CHECKING:
    from flagfall.ray._run import Run


class Worker(Process):
    """Runs tasks. What one of them leaves in its modules, the next one finds, as on a cluster."""

    def __new__(cls, run: Run, creator: Process, variables: dict[str, str]) -> Worker:
        return super().__new__(cls, run, "worker", creator)  # type: ignore[return-value]

    def __init__(self, run: Run, creator: Process, variables: dict[str, str]) -> None:
        super().__init__(run, "worker", creator)
        self.variables = variables
        environment.inherit(self, variables)
        #: How many nanoseconds it takes until it is up.
        self.startup = 0
        #: Whether it got a task.
        self.has_run = False
        self.running: Call | None = None

    def start(self) -> None:
        _core.start_thread(self, self._serve)

    def _serve(self) -> None:
        if self.startup:
            _core.sleep(self.startup / 1e9)
        self.thread = thread = _core.thread()
        while True:
            call = self.next_call(thread)
            if call is None:
                _core.wait()
            else:
                self._run(call)

    def _run(self, call: Call) -> None:
        task: Task = call.extra
        self.running = call
        _cancel.running.set(call)
        self.namespace = task.owner.namespace
        self.local["title"] = task.name
        show_gpus(self, task.gpus)
        try:
            run_task(call, task)
        except SystemExit:
            # On a cluster, that ends the process.
            _flagfall.fail("a task called sys.exit()")
            return
        finally:
            self.running = None
            _core.calm(self.thread)
            output.finish(self)
        if mine(self, "functions", Loaded).is_worn_out(task.function):
            # The cluster hears of it, and starts another one when it needs it.
            _flagfall.stop_process()
            _core.wait()
        # It gives all back, also what it would have taken again.
        _flagfall.take_back(self.run.cluster, "unblocked")
        _flagfall.send(self.run.cluster, "finished", self)

    def asked_cancel(self, call: Call, task: Task) -> None:
        """A task is not wanted any more."""
        _cancel.in_worker(self, task)
        call.give_object(None)

    def blocks(self) -> None:
        self.lends()

    def goes_on(self) -> None:
        self.takes_again()


def run_task(call: Call, task: Task) -> Any:
    """Runs the function of a task, and answers."""
    if task.argument_failure is not None:
        return call.give_failure(passed_on(task.name, task.argument_failure))
    try:
        arguments, named = opened(call.positional), opened(call.named) or {}
    except exceptions.RaySystemError as error:
        return call.give_failure(passed_on(task.name, error))
    for one in (*arguments, *named.values()):
        if isinstance(one, exceptions.RayError):
            return call.give_failure(passed_on(task.name, one))
    try:
        function = mine(_core.process(), "functions", Loaded).take(task.function)
        give(call, task, function(*arguments, **named))
    except (SystemExit, greenlet.GreenletExit):
        # The first ends the process, the second comes at the end of the run.
        raise
    except KeyboardInterrupt:
        # So a running task sees that it is cancelled.
        call.give_failure(raised(task.name, exceptions.TaskCancelledError(task.id)))
    except BaseException as error:
        call.give_failure(raised(task.name, error))
    return None


class Task:
    """A task, for its owner, the cluster and its worker."""

    def __init__(
        self,
        owner: Process,
        name: str,
        function: Exported,
        demand: dict[str, float],
        *,
        num_returns: Any = 1,
        max_retries: int = 3,
        retry_exceptions: Any = False,
        variables: dict[str, str] | None = None,
    ) -> None:
        self.owner = owner
        self.name = name
        self.function = function
        self.demand = demand
        self.num_returns = num_returns
        self.retries = max_retries
        self.retry_exceptions = retry_exceptions
        self.variables = {**owner.variables, **(variables or {})}
        #: The attempt that is under way.
        self.call: Call | None = None
        self.lease: Any = None
        self.worker: Worker | None = None
        #: With its module.
        self.function_name = name
        #: The numbers of its GPUs.
        self.gpus: list[int] = []
        self.cancelled = False
        # How: by force, and what it has started, too.
        self.force = self.recursive = False
        self.refs: list[ObjectRef] = []
        #: Why it has no arguments: then its worker passes that on.
        self.argument_failure: Any = None
        self.generator: Any = None
        self.id = ""
        #: How many values its generator may be ahead of its reader; -1: any number.
        self.backpressure = -1

    def submit(self, call: Call) -> None:
        """Hands an attempt to the cluster."""
        self.call = call
        _flagfall.ask(self.owner.run.cluster, call)

    def answered(self, call: Call, kind: str, payload: Any) -> None:
        """What has come of an attempt, in the owner."""
        if kind in ("values", "object"):
            _cancel.is_over(self)
            if kind == "values":
                return fill(call.references, payload, self.generator)
            return fill_first(call.references, payload)
        if self.cancelled and kind != "died":
            pass
        elif self.cancelled:
            payload = Failure(exceptions.TaskCancelledError, self.id)
        elif self.retries != 0 and (kind == "died" or self._retries(payload)):
            self.retries -= 1
            return self.submit(call.again())
        elif kind == "died":
            payload = Failure(exceptions.WorkerCrashedError)
        _cancel.is_over(self)
        return all_fail(call.references, payload, self.generator)

    def _retries(self, failure: Any) -> bool:
        """Whether it is tried again after that exception."""
        if isinstance(self.retry_exceptions, (list, tuple)):
            cause = failure.error().cause if hasattr(failure, "error") else None
            return isinstance(cause, tuple(self.retry_exceptions))
        return bool(self.retry_exceptions) and hasattr(failure, "error")


def fill(refs: list[ObjectRef], values: list[Stored], generator: Any) -> None:
    """The values of a call have arrived."""
    if generator is not None:
        generator.ends(None)
    for ref, stored in zip(refs, values):
        ref.fill(stored)


def all_fail(refs: list[ObjectRef], failure: Any, generator: Any) -> None:
    """A call has no values."""
    if generator is not None:
        generator.ends(failure)
    for ref in refs:
        ref.fail(failure)
