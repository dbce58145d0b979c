"""Processes of actors: how an actor begins, runs its calls, and ends."""

from __future__ import annotations

import asyncio
import inspect
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from flagfall import _flagfall
from flagfall._flagfall import Call, Stored
from flagfall.ray import _cancel, _core, _restarts, exceptions
from flagfall.ray._gpus import show_gpus
from flagfall.ray._failures import Failure, raised
from flagfall.ray._lanes import Lane, lanes
from flagfall.ray._life import PLAIN, ExitActor, terminate
from flagfall.ray._process import Process
from flagfall.ray._results import failed, give, send_value_async
from flagfall.ray._world import afresh, environment, output

if TYPE_CHECKING:
    from flagfall.ray._handles import ActorHandle
    from flagfall.ray._life import Life
    from flagfall.ray._run import Run


class Actor(Process):
    """The process of an actor."""

    starts = False

    def __new__(cls, run: Run, life: Life, creator: Process, *_: Any, **__: Any) -> Actor:
        return super().__new__(cls, run, life.label, creator)  # type: ignore[return-value]

    def __init__(
        self,
        run: Run,
        life: Life,
        creator: Process,
        made: Stored,
        options: dict[str, Any],
    ) -> None:
        super().__init__(run, life.label, creator)
        self.life = life
        self.namespace = creator.namespace
        self.class_name = life.class_name
        self.made = made
        #: The arguments of the constructor, when they are there.
        self.arguments: tuple[list[Stored], list[tuple[str, Stored]]] | None = None
        self.options = options
        self.demand: dict[str, float] = options["demand"]
        self.placing: dict[str, float] = options["placing"]
        self.gpus: list[int] = []
        self.lease: Any = None
        self.instance: Any = None
        self.is_async = False
        self.loop: Any = None
        self.lanes: dict[str | None, Lane] | None = None
        self.coroutines: dict[int, asyncio.Task[None]] = {}
        #: The calls that run now.
        self.at_work: list[Call] = []
        self.restarts = 0
        self.is_placed = False
        self.is_up = False
        self.unused = False
        self.leaving = False
        #: Why it ends, if it ends by itself.
        self.ending: str | Failure | None = None
        #: Whether its exit code is not zero: then it may begin anew. And what it said of that.
        self.has_failed = False
        self.last_words = ""
        self.variables = {**creator.variables, **(options.get("variables") or {})}
        environment.inherit(self, self.variables)

    @property
    def running(self) -> Call | None:
        """The call that the current thread or coroutine runs."""
        return _cancel.running.get()

    @property
    def busy(self) -> int:
        """How many calls run now."""
        return len(self.at_work)

    def handle(self) -> ActorHandle:
        """A handle of itself."""
        from flagfall.ray._handles import ActorHandle

        return ActorHandle(self.life)

    def anew(self, by: Process) -> Actor:
        """The next process of the same actor."""
        made = Actor(self.run, self.life, self.creator or by, self.made, self.options)
        made.arguments, made.restarts = self.arguments, self.restarts + 1
        return made

    # --- its beginning -----------------------------------------------------

    def announce(self) -> None:
        """Tells the cluster of it: whoever gave it life does. It gets a place when its arguments
        are there."""
        name = "born" if self.arguments is None else "complete"
        _flagfall.send(self.run.register, name, self)

    def on_arguments(self, arguments: Any) -> None:
        """The arguments of the constructor have arrived."""
        self.arguments = arguments
        self.announce()

    def on_broken(self, failure: Any) -> None:
        """An argument of the constructor has failed."""
        self._fails_to_begin(failure.exception())

    def on_refused(self, failure: Failure) -> None:
        """It never gets a place."""
        self.end(failure)

    def on_placed(self, startup: int) -> None:
        """It has a place, and its process is up after so many nanoseconds."""
        self.is_placed = True
        show_gpus(self, self.gpus)

        def begin() -> None:
            _core.sleep(startup / 1e9)
            self._begin()

        _core.start_thread(self, begin)

    def _begin(self) -> None:
        """Makes the instance, then runs calls."""
        try:
            kind = self.made.take()
            self.local["title"] = kind.__name__
            self.is_async = self.life.is_async
            self.instance = kind.__new__(kind)
            if self.is_async:
                return self._serve_async()
            self._construct()
        except ExitActor:
            return self.end(_restarts.EXITED)
        except SystemExit as error:
            return self.end(_restarts.exited(error.code))
        except Exception as error:
            return self._fails_to_begin(error)
        self.is_up = True
        self.unused = self.unused or not (self.life.is_held or self.life.detached)
        most, groups = self.options.get("max_concurrency") or 1, self.options.get("concurrency_groups")
        if most == 1 and not groups:
            return self._serve()
        self.lanes = lanes(self, most, groups or {})
        for call in self.take_calls():
            self.call(call)
        return self.end(_restarts.UNUSED) if self.leaving_when_idle() else None

    def _construct(self) -> None:
        assert self.arguments is not None
        positional = [stored.take() for stored in self.arguments[0]]
        named = {name: stored.take() for name, stored in self.arguments[1]}
        self.instance.__init__(*positional, **named)

    def _fails_to_begin(self, error: BaseException) -> None:
        cause = raised(f"{self.class_name}.__init__", error)
        text = str(getattr(cause, "text", cause))
        self.end(
            Failure(
                exceptions.ActorDiedError,
                self.life.id,
                "The actor died because of an error raised in its creation task, " + text,
            )
        )

    # --- its calls ---------------------------------------------------------

    def call(self, call: Call) -> None:
        if self.leaving:
            call.give_failure(self._death())
        elif self.loop is not None and self.is_up:
            self.loop.call_soon(self._start_coroutine, call)
            _core.wake(self.loop_thread)
        elif self.lanes is not None:
            self.lanes[self._group(call)].put(call)
        else:
            self.put_call(call)

    def _group(self, call: Call) -> str | None:
        group: str | None = getattr(call.extra, "group", None)
        return group if self.lanes is not None and group in self.lanes else None

    def take_waiting(self, number: int) -> Call | None:
        """Takes a call that has not begun away: the one that makes that object."""
        found: Call | None = self.take_call(number)
        for lane in (self.lanes or {}).values():
            found = found or lane.take(number)
        return found

    def _serve(self) -> None:
        thread, pause = _core.thread(), self.run.hub.switch
        while not self.leaving:
            call = self.next_call(thread)
            if call is not None:
                self.run_call(call)
            elif self.unused and self.leaving_when_idle():
                break
            else:
                # It waits already, and no event loop runs here.
                pause()
        self._leave()

    def run_call(self, call: Call) -> None:
        """Runs a call in the current thread."""
        extra = call.extra
        _cancel.running.set(call)
        self.at_work.append(call)
        try:
            method, positional, named = call.opened(self.instance)
            if method is None:
                method = self._method(call.name)
            value = method(*positional) if named is None else method(*positional, **named)
            if extra is None and type(value) is not GeneratorType:
                given = call.give(value)
            else:
                given = not call.cancelled
                if given:
                    give(call, extra or PLAIN, value)
            if not given:
                # Whatever it returned, it was cancelled.
                call.give_failure(_cancel.of_call(_cancel.number_of(call)))
        except ExitActor:
            self._exits(call, _restarts.EXITED)
        except SystemExit as error:
            self._exits(call, _restarts.exited(error.code), error.code)
        except Exception as error:
            failed(call, f"{self.class_name}.{call.name}", error)
        finally:
            self.at_work.remove(call)
            _cancel.running.set(None)

    def _exits(self, call: Call, why: str, code: object = None) -> None:
        self.leaving, self.ending = True, self.ending or why
        self.has_failed = bool(_restarts.exit_code(code))
        if self.has_failed:
            number = _restarts.exit_code(code)
            self.last_words = f"UnexpectedSystemExit: Worker exits with an exit code {number}."
        # Otherwise the cluster says whether it begins anew.
        if not self.has_failed:
            call.give_failure(self._death())

    def _method(self, name: str) -> Any:
        """A method of the instance, or one that Ray gives each actor."""
        if name == "__ray_terminate__":
            return terminate
        if name == "__ray_ready__":
            return lambda: True
        if name == "__ray_call__":
            return lambda function, *args, **kwargs: function(self.instance, *args, **kwargs)
        return getattr(self.instance, name)

    # --- calls of async actors ---------------------------------------------

    def _serve_async(self) -> None:
        """Runs all calls as coroutines of one event loop."""
        self.loop_thread = _core.thread()
        self.loop = asyncio.new_event_loop()
        groups = self.options.get("concurrency_groups") or {}
        limits = {None: self.options.get("max_concurrency") or 1000, **groups}
        self.limits = {name: asyncio.Semaphore(most) for name, most in limits.items()}
        asyncio.set_event_loop(self.loop)

        async def main() -> None:
            self._construct()
            self.is_up = True
            self.unused = self.unused or not (self.life.is_held or self.life.detached)
            self.over = self.loop.create_future()
            for call in self.take_calls():
                self._start_coroutine(call)
            self._over_when_idle()
            await self.over

        self.loop.run_until_complete(main())
        self._leave()

    def _start_coroutine(self, call: Call) -> None:
        if self.leaving:
            return call.give_failure(self._death())
        number = _cancel.number_of(call)
        self.coroutines[number] = self.loop.create_task(self._coroutine(call, number))
        return None

    async def _coroutine(self, call: Call, number: int) -> None:
        name = f"{self.class_name}.{call.name}"
        _cancel.running.set(call)
        limit = self.limits.get(getattr(call.extra, "group", None)) or self.limits[None]
        try:
            async with limit:
                self.at_work.append(call)
                try:
                    await self._run_coroutine(call)
                finally:
                    self.at_work.remove(call)
        except (ExitActor, exceptions.AsyncioActorExit):
            # Ray takes it for an end that may not last.
            self.last_words = _restarts.LEFT
            call.give_failure(_restarts.unavailable(self))
            self._exits(call, _restarts.EXITED)
        except SystemExit as error:
            self._exits(call, _restarts.exited(error.code), error.code)
        except asyncio.CancelledError:
            failed(call, name, exceptions.TaskCancelledError(f"{number:048x}"))
        except Exception as error:
            failed(call, name, error)
        finally:
            self.coroutines.pop(number, None)
        self._over_when_idle()

    async def _run_coroutine(self, call: Call) -> None:
        extra = call.extra
        if self.leaving:
            return call.give_failure(self._death())
        method = self._method(call.name)
        value = method(*call.positional(), **(call.named() or {}))
        if inspect.isawaitable(value) and not isinstance(value, _flagfall.ObjectRef):
            value = await value
        if inspect.isasyncgen(value):
            number = 0
            async for one in value:
                await send_value_async(extra, number, one)
                number += 1
            call.give_stored([])
        else:
            give(call, extra or PLAIN, value)
        return None

    def _over_when_idle(self) -> None:
        ends = (self.leaving and self.busy == 0) or self.leaving_when_idle()
        if ends and not self.over.done():
            self.over.set_result(None)

    # --- its end -----------------------------------------------------------

    def leaving_when_idle(self) -> bool:
        """Whether nobody has a handle any more, and all is done."""
        return (
            self.unused
            and not (self.busy or self.waiting or self.coroutines)
            and not any(lane.calls for lane in (self.lanes or {}).values())
        )

    def on_unused(self, _: object) -> None:
        """Nobody has a handle any more: it ends when its calls are done."""
        self.unused = True
        if (self.is_up or not self.is_placed) and self.leaving_when_idle():
            self.end(_restarts.UNUSED)

    def end_when_idle(self) -> None:
        """Ends it if no other thread runs a call."""
        if self.busy == 0:
            self._leave()

    def _leave(self) -> None:
        """Ends it from one of its threads: what it has registered for its end runs."""
        try:
            afresh.run_atexit()
        except Exception as error:
            output.finish(self)
            self.local["atexit_error"] = error
        self.end(_restarts.UNUSED)

    def _death(self) -> Failure:
        why = self.ending or _restarts.UNUSED
        return why if isinstance(why, Failure) else _restarts.dead(self, why)

    def end(self, why: str | Failure) -> None:
        """Ends the process, when what runs now waits or ends."""
        self.ending, self.leaving = self.ending or why, True
        waiting = [*self.take_calls()]
        for lane in (self.lanes or {}).values():
            waiting += lane.calls
            lane.calls.clear()
        for call in [] if self.has_failed else waiting:
            call.give_failure(self._death())
        output.finish(self)
        _flagfall.stop_process()

    def blocks(self) -> None:
        if self.demand.get("CPU"):
            self.lends()

    def goes_on(self) -> None:
        if self.demand.get("CPU"):
            self.takes_again()

    def asked_cancel(self, call: Call, wanted: tuple[int, bool]) -> None:
        """A call is not wanted any more."""
        _cancel.in_actor(self, *wanted)
        call.give_object(None)
