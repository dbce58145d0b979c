"""Processes of actors: how an actor begins, runs its calls, and ends."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

from flagfall import _flagfall
from flagfall._flagfall import Call, Stored
from flagfall.ray import _core, exceptions
from flagfall.ray._gpus import show_gpus
from flagfall.ray._failures import Failure, raised
from flagfall.ray._process import Process, question
from flagfall.ray._results import failed, fill_first, give, send_value_async
from flagfall.ray._worker import all_fail, fill
from flagfall.ray._world import environment, output

if TYPE_CHECKING:
    from flagfall.ray._run import Run


class ExitActor(BaseException):
    """What `exit_actor` raises."""


class Life:
    """An actor, for all who have a handle of it. When nobody has one, it ends."""

    def __init__(self, class_name: str, name: str, namespace: str, detached: bool) -> None:
        self.class_name = class_name
        self.name = name
        self.namespace = namespace
        self.detached = detached
        self.methods: dict[str, dict[str, Any]] = {}
        self.process: Actor
        self.is_over = False
        self.number = 0

    def __del__(self) -> None:
        if self.detached or self.is_over or not hasattr(self, "process"):
            return
        if _core.current() is not None:
            _flagfall.send(self.process, "unused", None)

    @property
    def id(self) -> str:
        """The identifier, as hexadecimal digits."""
        return f"{self.process.number:024x}01000000"


class MethodCall:
    """A call of a method that is more than plain: it has options, or a generator."""

    def __init__(self, owner: Process, name: str, options: dict[str, Any]) -> None:
        self.owner = owner
        self.name = name
        self.num_returns = options.get("num_returns", 1)
        self.retries = options.get("max_task_retries", 0)
        self.retry_exceptions = options.get("retry_exceptions", False)
        self.group = options.get("concurrency_group")
        self.backpressure = options.get("_generator_backpressure_num_objects") or -1
        self.generator: Any = None
        self.cancelled = False
        self.running: Any = None
        self.call: Call | None = None
        self.process: Actor
        self.id = ""

    def submit(self, call: Call) -> None:
        """Sends an attempt to the actor."""
        self.call = call
        _flagfall.ask(self.process, call)

    def answered(self, call: Call, kind: str, payload: Any) -> None:
        """What has come of an attempt."""
        if kind == "values":
            return fill(call.references, payload, self.generator)
        if kind == "object":
            return fill_first(call.references, payload)
        if self.retries != 0 and self._retries(payload, kind):
            self.retries -= 1
            return self.submit(call.again())
        if kind == "died":
            payload = Failure(exceptions.ActorDiedError)
        return all_fail(call.references, payload, self.generator)

    def _retries(self, failure: Any, kind: str) -> bool:
        if kind == "died" or not hasattr(failure, "error"):
            return False
        if isinstance(self.retry_exceptions, (list, tuple)):
            return isinstance(failure.error().cause, tuple(self.retry_exceptions))
        return bool(self.retry_exceptions)


class Actor(Process):
    """The process of an actor."""

    def __new__(cls, run: Run, life: Life, creator: Process, *_: Any, **__: Any) -> Actor:
        return super().__new__(cls, run, life.name or life.class_name, creator)  # type: ignore[return-value]

    def __init__(
        self,
        run: Run,
        life: Life,
        creator: Process,
        made: Stored,
        arguments: list[Stored],
        named: list[tuple[str, Stored]],
        options: dict[str, Any],
    ) -> None:
        super().__init__(run, life.name or life.class_name, creator)
        self.namespace = creator.namespace
        self.class_name = life.class_name
        self.made = made
        self.arguments = arguments
        self.named = named
        self.options = options
        self.demand: dict[str, float] = options["demand"]
        self.placing: dict[str, float] = options["placing"]
        self.gpus: list[int] = []
        self.instance: Any = None
        self.failure: Any = None
        self.is_async = False
        self.loop: Any = None
        self.leaving = False
        self.serving = 0
        self.most = options.get("max_concurrency")
        self.running = None
        self.restarts = 0
        self.busy = 0
        self.variables = {**creator.variables, **(options.get("variables") or {})}
        environment.inherit(self, self.variables)
        run.actors += 1

    # --- its beginning -----------------------------------------------------

    def start(self) -> None:
        question(self.run.cluster, "place", self, self._placed)

    def _placed(self, kind: str, startup: Any) -> None:
        if kind == "failed":
            return self._has_no_place(startup)
        if kind != "object":
            return _flagfall.fail("no place for the actor")
        show_gpus(self, self.gpus)

        def begin() -> None:
            _core.sleep(startup / 1e9)
            self._begin()

        _core.start_thread(self, begin)
        return None

    def _has_no_place(self, why: Failure) -> None:
        """No node can ever have it: so its calls are told."""
        self.failure = why
        for call in self.take_calls():
            call.give_failure(why)

    def _begin(self) -> None:
        """Makes the instance, then runs calls."""
        try:
            kind = self.made.take()
            self.local["title"] = kind.__name__
            self.is_async = any(
                inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)
                for _, method in inspect.getmembers(kind, inspect.isfunction)
            )
            if self.most is None:
                self.most = 1000 if self.is_async else 1
            self.instance = kind.__new__(kind)
            if self.is_async:
                return self._serve_async()
            self._construct()
        except ExitActor:
            return self.end()
        except Exception as error:
            return self._fails_to_begin(error)
        self.serving = 1
        return self._serve()

    def _construct(self) -> None:
        positional = [stored.take() for stored in self.arguments]
        named = {name: stored.take() for name, stored in self.named}
        self.instance.__init__(*positional, **named)

    def _fails_to_begin(self, error: BaseException) -> None:
        cause = raised(f"{self.class_name}.__init__", error)
        self.failure = Failure(
            exceptions.ActorDiedError,
            None,
            "The actor died because of an error raised in its creation task, " + str(cause.text),
        )
        for call in self.take_calls():
            call.give_failure(self.failure)

    # --- its calls ---------------------------------------------------------

    def call(self, call: Call) -> None:
        if self.failure is not None:
            call.give_failure(self.failure)
        elif self.loop is not None:
            self.loop.call_soon(self._start_coroutine, call)
            _core.wake(self.loop_thread)
        else:
            self.put_call(call)
            if self.instance is not None and 0 < self.serving < self.most and self.waiting:
                self.serving += 1
                _core.start_thread(self, self._serve)

    def _serve(self) -> None:
        thread = _core.thread()
        while not self.leaving:
            call = self.next_call(thread)
            if call is None:
                if self.leaving_when_idle():
                    break
                _core.wait()
            else:
                self._run(call)
        self.end()

    def _run(self, call: Call) -> None:
        extra = call.extra
        self.running = call
        self.busy += 1
        try:
            method = getattr(self.instance, call.name)
            named = call.named()
            if named is None:
                value = method(*call.positional())
            else:
                value = method(*call.positional(), **named)
            if extra is None and not inspect.isgenerator(value):
                call.give(value)
            else:
                give(call, extra or _PLAIN, value)
        except ExitActor:
            call.give_failure(_intended_exit())
            self.leaving = True
        except SystemExit:
            call.give_failure(_intended_exit())
            self.leaving = True
        except Exception as error:
            failed(call, f"{self.class_name}.{call.name}", error)
        finally:
            self.busy -= 1
            self.running = None

    def _serve_async(self) -> None:
        """Runs all calls as coroutines of one event loop."""
        self.loop_thread = _core.thread()
        self.loop = asyncio.new_event_loop()
        self.limit = asyncio.Semaphore(self.most)
        asyncio.set_event_loop(self.loop)

        async def main() -> None:
            try:
                self._construct()
            except Exception as error:
                self._fails_to_begin(error)
                return
            for call in self.take_calls():
                self._start_coroutine(call)
            self.over = self.loop.create_future()
            await self.over

        self.loop.run_until_complete(main())
        self.end()

    def _start_coroutine(self, call: Call) -> None:
        if self.failure is not None:
            return call.give_failure(self.failure)
        task = self.loop.create_task(self._coroutine(call))
        if call.extra is not None:
            call.extra.running = task
        return None

    async def _coroutine(self, call: Call) -> None:
        extra = call.extra
        async with self.limit:
            self.busy += 1
            self.running = call
            try:
                method = getattr(self.instance, call.name)
                value = method(*call.positional(), **(call.named() or {}))
                if inspect.isawaitable(value):
                    value = await value
                if inspect.isasyncgen(value):
                    value = await self._async_stream(call, value)
                else:
                    give(call, extra or _PLAIN, value)
            except (ExitActor, SystemExit, exceptions.AsyncioActorExit):
                call.give_failure(_intended_exit())
                self.leaving = True
            except asyncio.CancelledError:
                call.give_failure(Failure(exceptions.TaskCancelledError, ""))
            except Exception as error:
                failed(call, f"{self.class_name}.{call.name}", error)
            finally:
                self.busy -= 1
        if (self.leaving or self.leaving_when_idle()) and not self.over.done():
            self.over.set_result(None)

    async def _async_stream(self, call: Call, values: Any) -> None:
        number = 0
        async for value in values:
            await send_value_async(call.extra, number, value)
            number += 1
        call.give_stored([])

    # --- its end -----------------------------------------------------------

    unused = False

    def leaving_when_idle(self) -> bool:
        """Whether nobody has a handle any more, and all is done."""
        return self.unused and self.busy == 0 and not self.waiting

    def on_unused(self, _: object) -> None:
        """Nobody has a handle any more: it ends when its calls are done."""
        self.unused = True
        if self.leaving_when_idle():
            self.end()

    def end(self) -> None:
        """Ends the process, when what runs now waits or ends."""
        for call in self.take_calls():
            call.give_failure(_intended_exit())
        output.finish(self)
        _flagfall.stop_process()

    def blocks(self) -> None:
        if self.demand.get("CPU"):
            self.blocked += 1
            if self.blocked == 1:
                _flagfall.send(self.run.cluster, "blocked", self)

    def goes_on(self) -> None:
        if self.demand.get("CPU"):
            self.blocked -= 1
            if self.blocked == 0:
                _flagfall.send(self.run.cluster, "unblocked", self)

    def asked_cancel(self, call: Call, wanted: MethodCall) -> None:
        """A call is not wanted any more."""
        if wanted.running is not None and self.loop is not None:
            wanted.running.cancel()
            _core.wake(self.loop_thread)
        call.give_object(None)


class _Plain:
    """How a plain call answers."""

    num_returns = 1
    generator = None


_PLAIN = _Plain()


def _intended_exit() -> Failure:
    return Failure(
        exceptions.ActorDiedError,
        None,
        "The actor is dead because its worker process has died. Worker exit type: "
        "INTENDED_USER_EXIT",
    )
