"""What all virtual processes are: the driver, workers, actors, and the cluster's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import greenlet

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef, Stored, spawn
from flagfall.ray import _core
from flagfall.ray._pickling import Trackers

if TYPE_CHECKING:
    from flagfall.ray._run import Run


class Process(_flagfall.Process):
    """A process of the cluster. The engine hands it its messages:

    - `start()`: it was born;
    - `call(call)`: a task or a method, if no thread waits for one;
    - `asked(call)`: a question of another process of the package;
    - `arrive(name, payload)`: a note without an answer.

    None of them may wait: what waits runs in a thread (`_core.start_thread`).
    """

    #: Whether it does something in `start()`. What does not gets no message at its birth.
    starts = True

    def __new__(cls, run: Run, label: str, creator: Process | None) -> Process:
        return super().__new__(cls, run.next_process(), label)

    def __init__(self, run: Run, label: str, creator: Process | None) -> None:
        self.run = run
        self.creator = creator
        self.local: dict[str, Any] = {}
        self.trackers = Trackers()
        self.classes_named = 0
        self.greenlets: list[greenlet.greenlet] = []
        self.exported: dict[int, tuple[object, Stored]] = {}
        self.namespace: str = "" if creator is None else creator.namespace
        # Threads that block in `get` or `wait`: the first gives the CPUs back.
        self.blocked = 0
        #: The variables of the `runtime_env`, which its tasks and actors inherit.
        self.variables: dict[str, str] = {} if creator is None else dict(creator.variables)
        #: Whether it was ended.
        self.is_over = False
        #: Why the engine's actor has died, and when, if the cluster was told.
        self.death = ""
        self.died_at: int | None = None
        run.processes_made.append(self)

    @property
    def is_driver(self) -> bool:
        """Whether the program itself runs in it."""
        return False

    def start(self) -> None:
        """It was born."""

    def call(self, call: Call) -> None:
        """A task or a method is to be run."""
        self.put_call(call)

    def asked(self, call: Call) -> None:
        """A question of another process: its name says which."""
        getattr(self, f"asked_{call.name}")(call, call.extra.payload)

    def arrive(self, name: str, payload: Any) -> None:
        """A note of another process."""
        getattr(self, f"on_{name}")(payload)

    def asked_object(self, call: Call, ref: ObjectRef) -> None:
        """Somebody who has a reference to an object of this process wants its value."""

        def ready(_: ObjectRef) -> None:
            failure = ref.failure
            if failure is not None:
                call.give_failure(failure)
            else:
                assert ref.stored is not None
                call.give_stored([ref.stored])

        ref.then(ready)

    def on_yielded(self, payload: tuple[Any, int, Stored]) -> None:
        """A task of a generator has made one more value."""
        generator, number, stored = payload
        generator.add(number, stored)

    def asked_yielded(self, call: Call, payload: tuple[Any, int, int, Stored]) -> None:
        """The same; the answer comes when there is room for the next one."""
        generator, number, limit, stored = payload
        generator.add(number, stored)
        generator.when_room(limit, lambda: call.give_object(None))

    def blocks(self) -> None:
        """A thread begins to wait for objects."""

    def goes_on(self) -> None:
        """A thread has what it waited for."""

    def lends(self) -> None:
        """The first of its threads waits for objects: the cluster may give its CPUs to others."""
        self.blocked += 1
        # Who waits again at once has told nobody that it went on.
        if self.blocked == 1 and not _flagfall.take_back(self.run.cluster, "unblocked"):
            _flagfall.send(self.run.cluster, "blocked", self)

    def takes_again(self) -> None:
        """None of its threads waits for objects any more: it wants its CPUs."""
        self.blocked -= 1
        if self.blocked == 0:
            _flagfall.send(self.run.cluster, "unblocked", self)

    def spawn(self, child: Process) -> None:
        """Gives life to a child."""
        spawn(child, child.starts)


class Question:
    """What the package asks of another process, and what is done with the answer."""

    def __init__(
        self,
        payload: object,
        then: Callable[[str, Any], object],
    ) -> None:
        self.payload = payload
        self.then = then

    def answered(self, call: Call, kind: str, payload: Any) -> None:
        """The answer, in the process that asked."""
        self.then(kind, payload)


def question(
    to: Process, name: str, payload: object, then: Callable[[str, Any], object]
) -> None:
    """Asks another process. `then(kind, payload)` gets the answer: see `Call.answered`."""
    call = Call(name, "", [Stored(_shown(payload))], [], [], Question(payload, then))
    _flagfall.ask(to, call, question=True)


def _shown(payload: object) -> str | int | None:
    """What of a question goes into digests and traces."""
    if isinstance(payload, (str, int)):
        return payload
    return getattr(payload, "number", None)


class Driver(Process):
    """The process in which the program itself runs."""

    def __init__(self, run: Run, main: Callable[[], object]) -> None:
        super().__init__(run, "driver", None)
        self.main = main

    def __new__(cls, run: Run, main: Callable[[], object]) -> Driver:
        return super().__new__(cls, run, "driver", None)  # type: ignore[return-value]

    @property
    def is_driver(self) -> bool:
        return True

    def start(self) -> None:
        _core.start_thread(self, self._program)

    def _program(self) -> None:
        try:
            self.run.result = self.main()
        except greenlet.GreenletExit:
            # The run ended before it did.
            raise
        except BaseException as error:
            self.run.error = error
        self.run.finished = True
        # With the driver, all ends.
        _flagfall.end_run()
