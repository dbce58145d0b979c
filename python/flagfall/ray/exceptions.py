"""The exceptions of `ray.exceptions`, for the same reasons."""

from __future__ import annotations

import sys
from typing import Any

from flagfall.ray._supported import absent


class RayError(Exception):
    """The base of all exceptions of Ray."""


class RayTaskError(RayError):
    """A task or a method raised an exception: `cause` is a copy of it.

    What `get` raises is also of the type of the cause, so that `except ValueError` catches it.
    """

    def __init__(
        self,
        function_name: str,
        traceback_str: str,
        cause: BaseException,
        proctitle: str | None = None,
        pid: int | None = None,
        ip: str | None = None,
        actor_repr: str | None = None,
        actor_id: str | None = None,
    ) -> None:
        self.function_name = function_name
        self.traceback_str = traceback_str
        self.cause = cause
        self.proctitle = proctitle
        self.pid = pid
        self.ip = ip
        self._actor_repr = actor_repr
        self._actor_id = actor_id
        self.args = (function_name, traceback_str, cause, proctitle, pid, ip)

    def __str__(self) -> str:
        return self.traceback_str

    def make_dual_exception_instance(self) -> RayTaskError:
        """The same exception, also of the type of its cause."""
        kind = type(self.cause)
        if issubclass(RayTaskError, kind):
            return self
        try:
            made: RayTaskError = _dual_class(kind)(self, self.cause)
            return made
        except Exception:
            # Some types cannot be derived from, or their instances refuse it.
            return self

    as_instanceof_cause = make_dual_exception_instance

    def __reduce__(self) -> Any:
        return (
            RayTaskError,
            (self.function_name, self.traceback_str, self.cause, self.proctitle, self.pid, self.ip),
        )


def _dual_class(kind: type[BaseException]) -> Any:
    class _Dual(RayTaskError, kind):  # type: ignore[misc, valid-type]
        def __init__(self, error: RayTaskError, cause: BaseException) -> None:
            self._error = error
            self.cause = cause
            self.args = (cause,)

        def __new__(cls, error: RayTaskError, cause: BaseException) -> Any:
            if sys.version_info >= (3, 11) and isinstance(cause, BaseExceptionGroup):
                # A group is made of these, and of nothing else.
                return super().__new__(cls, cause.message, cause.exceptions)
            return super().__new__(cls)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.cause, name)

        def __str__(self) -> str:
            return str(self._error)

        def __reduce__(self) -> Any:
            return _made_dual, (self._error,)

    name = f"RayTaskError({kind.__name__})"
    _Dual.__name__ = _Dual.__qualname__ = name
    _Dual.__module__ = RayTaskError.__module__
    return _Dual


def _made_dual(error: RayTaskError) -> RayTaskError:
    return error.make_dual_exception_instance()


class TaskCancelledError(RayError):
    """The task was cancelled."""

    def __init__(self, task_id: Any = None, error_message: str | None = None) -> None:
        self.task_id = task_id
        self.error_message = error_message
        super().__init__(task_id, error_message)

    def __str__(self) -> str:
        head = f"Task: {self.task_id} was cancelled. " if self.task_id else ""
        return head + (self.error_message or "")


class GetTimeoutError(RayError, TimeoutError):
    """`get` waited longer than its timeout."""


class RayChannelError(RayError):
    """A channel of a compiled graph failed."""


class AsyncioActorExit(RayError):
    """An async actor ended by `exit_actor`."""


class RayActorError(RayError):
    """An actor died, or cannot be reached."""

    BASE_ERROR_MSG = "The actor experienced an error before finishing this task."

    def __init__(self, actor_id: str | None = None, error_msg: str | None = None, **_: Any) -> None:
        self._actor_id = actor_id
        self.error_msg = error_msg if error_msg is not None else self.BASE_ERROR_MSG
        super().__init__(actor_id, self.error_msg)

    def __str__(self) -> str:
        return self.error_msg

    @property
    def actor_id(self) -> str | None:
        """The identifier of the actor."""
        return self._actor_id


class ActorDiedError(RayActorError):
    """The actor is dead for good."""

    BASE_ERROR_MSG = "The actor died unexpectedly before finishing this task."


class ActorUnavailableError(RayActorError):
    """The actor cannot be reached for the time being: it is being restarted."""


class ActorAlreadyExistsError(ValueError, RayError):
    """An actor of that name is there already."""


class ObjectLostError(RayError):
    """An object is gone."""

    def __init__(self, object_ref_hex: str = "", *_: Any) -> None:
        self.object_ref_hex = object_ref_hex
        super().__init__(object_ref_hex)

    def __str__(self) -> str:
        return f"Failed to retrieve object {self.object_ref_hex}."


class OwnerDiedError(ObjectLostError):
    """The process that made an object is dead, and the object with it."""

    def __str__(self) -> str:
        return (
            f"Failed to retrieve object {self.object_ref_hex}. The object's owner has exited. "
            "This is the Python worker that first created the ObjectRef via `.remote()` or "
            "`ray.put()`."
        )


class ObjectReconstructionFailedError(ObjectLostError):
    """An object could not be made again."""


class ReferenceCountingAssertionError(ObjectLostError, AssertionError):
    """An object was given up while somebody had a reference to it."""


class ObjectFreedError(ObjectLostError):
    """An object was freed by hand."""


class ObjectFetchTimedOutError(ObjectLostError):
    """An object did not arrive in time."""


class ObjectStoreFullError(RayError):
    """The store has no room."""


class OutOfDiskError(RayError):
    """The disk is full."""


class OutOfMemoryError(RayError):
    """A worker was ended because the node had no memory left."""


class NodeDiedError(RayError):
    """A node died."""


class WorkerCrashedError(RayError):
    """A worker died while it ran a task."""

    def __str__(self) -> str:
        return (
            "The worker died unexpectedly while executing this task. Check python-core-worker-*.log "
            "files for more information."
        )


class LocalRayletDiedError(RayError):
    """The scheduler of a node died."""


class RaySystemError(RayError):
    """Ray itself failed."""

    def __init__(self, client_exc: object = "", traceback_str: str | None = None) -> None:
        self.client_exc = client_exc
        self.traceback_str = traceback_str
        super().__init__(client_exc, traceback_str)

    def __str__(self) -> str:
        text = f"System error: {self.client_exc}"
        return f"{text}\ntraceback: {self.traceback_str}" if self.traceback_str else text


class CrossLanguageError(RayError):
    """Something of another language failed."""


class RuntimeEnvSetupError(RayError):
    """A `runtime_env` could not be made."""


class TaskPlacementGroupRemoved(RayError):
    """The placement group of a task was removed."""

    def __str__(self) -> str:
        return "The placement group corresponding to this task has been removed."


class ActorPlacementGroupRemoved(RayError):
    """The placement group of an actor was removed."""

    def __str__(self) -> str:
        return "The placement group corresponding to this Actor has been removed."


class PendingCallsLimitExceeded(RayError):
    """An actor has more calls than its `max_pending_calls`."""


class TaskUnschedulableError(RayError):
    """No node can ever run a task."""

    def __init__(self, error_message: str = "") -> None:
        self.error_message = error_message
        super().__init__(error_message)

    def __str__(self) -> str:
        return f"The task is not schedulable: {self.error_message}"


class ActorUnschedulableError(RayError):
    """No node can ever run an actor."""

    def __init__(self, error_message: str = "") -> None:
        self.error_message = error_message
        super().__init__(error_message)

    def __str__(self) -> str:
        return f"The actor is not schedulable: {self.error_message}"


class UnserializableException(RayError):
    """An exception that could not be made again from its pickle: its text is here."""

    def __init__(self, original_stack_trace: str) -> None:
        self._original_stack_trace = original_stack_trace

    def __str__(self) -> str:
        return (
            "Failed to deserialize exception. Refer to "
            "https://docs.ray.io/en/latest/ray-core/objects/serialization.html"
            "#custom-serializers-for-exceptions for more information.\n"
            f"Original exception:\n{self._original_stack_trace}"
        )


class ObjectRefStreamEndOfStreamError(RayError):
    """A generator has no more values."""

__getattr__ = absent("ray.exceptions")
