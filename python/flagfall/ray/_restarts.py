"""What becomes of an actor whose process has died, and of the calls that it had not answered.

The cluster is told of each death. It gives the actor a new process if its `max_restarts` allows,
and says to all who ask whether that is so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagfall import _flagfall
from flagfall._flagfall import Call
from flagfall.ray import exceptions
from flagfall.ray._failures import Failure, death
from flagfall.ray._process import Process, question

if TYPE_CHECKING:
    from flagfall.ray._actor import Actor
    from flagfall.ray._cluster import Cluster
    from flagfall.ray._life import Life

KILLED = "The actor is dead because it was killed by `ray.kill`."
UNUSED = "The actor is dead because all references to the actor were removed."
_WORKER = "The actor is dead because its worker process has died. Worker exit type: "
EXITED = (
    _WORKER + "INTENDED_USER_EXIT Worker exit detail: Worker exits by an user request. "
    "exit_actor() is called."
)
_CRASHED = (
    _WORKER + "SYSTEM_ERROR Worker exit detail: Worker unexpectedly exits with a connection error "
    "code 2. End of file. Some common causes include: (1) the process was killed by SIGKILL by OOM "
    "killer due to high memory usage, (2) ray stop --force was called, or (3) the worker crashed "
    "unexpectedly due to SIGSEGV or another unexpected error."
)
LEFT = "IntentionalSystemExit: Worker exits with an exit code 0. exit_actor() is called."


def exited(code: object) -> str:
    """Why an actor is dead that called `sys.exit`."""
    detail = f"Worker exits with an exit code {exit_code(code)}."
    if exit_code(code):
        return f"{_WORKER}SYSTEM_ERROR Worker exit detail: Worker exits unexpectedly. {detail}"
    return f"{_WORKER}INTENDED_USER_EXIT Worker exit detail: {detail}"


def exit_code(code: object) -> int:
    """The exit code that `sys.exit` gives a process."""
    return 0 if code is None else code if isinstance(code, int) else 1


def _owner_died(owner: Process) -> str:
    return (
        f"The actor is dead because its owner has died. Owner Id: {owner.number:056x} "
        "Owner Ip address: 127.0.0.1 Owner worker exit type: INTENDED_SYSTEM_EXIT "
        "Worker exit detail: Owner's worker process has crashed."
    )


def dead(process: Actor, why: str) -> Failure:
    """What calls of an actor fail with that is dead for good."""
    from flagfall.ray._world.output import pid

    life = process.life
    lines = [exceptions.ActorDiedError.BASE_ERROR_MSG, f"\tclass_name: {life.class_name}"]
    lines += [f"\tactor_id: {life.id}"]
    if process.is_placed:
        lines += [f"\tpid: {pid(process)}"]
    if life.name:
        lines += [f"\tname: {life.name}"]
    lines += [f"\tnamespace: {life.namespace}"]
    if process.is_placed:
        lines += ["\tip: 127.0.0.1"]
    lines += [why]
    if not process.is_placed:
        lines += ["The actor never ran - it was cancelled before it started running."]
    failure = Failure(exceptions.ActorDiedError, life.id, "\n".join(lines))
    failure._origin = death(process)
    return failure


def unavailable(process: Actor) -> Failure:
    """What calls fail with that an actor has not answered, and that may begin anew."""
    why = process.last_words or "RpcError: RPC error: Socket closed rpc_code: 14"
    text = (
        f"The actor {process.life.id} is unavailable: The actor is temporarily unavailable: {why}. "
        "The task may or may not have been executed on the actor."
    )
    return Failure(exceptions.ActorUnavailableError, process.life.id, text)


# --- in the cluster -----------------------------------------------------------


def watches(cluster: Cluster, process: Process) -> None:
    """Lets the cluster be told of the death of that process, once."""
    watched: set[int] = cluster.local.setdefault("watched", set())
    if process.number not in watched:
        watched.add(process.number)
        _flagfall.watch(process)


def begins(cluster: Cluster, process: Actor) -> None:
    """A process of an actor is born: the cluster watches it and its owner."""
    watches(cluster, process)
    life = process.life
    creator = process.creator
    if process.restarts or life.detached or creator is None:
        return
    watches(cluster, creator)
    owned: dict[int, list[Life]] = cluster.local.setdefault("owned", {})
    owned.setdefault(creator.number, []).append(life)


def kills(cluster: Cluster, life: Life, why: str | None) -> None:
    """Ends the process of an actor. With a reason, it does not begin anew."""
    if life.dead is None:
        life.doomed = life.doomed or why
        _flagfall.kill(life.process)


def gone(cluster: Cluster, process: Any) -> None:
    """A process has died: its actors end with it, and if it is an actor's, a new one may begin."""
    for life in cluster.local.get("owned", {}).pop(process.number, []):
        kills(cluster, life, _owner_died(process))
    life = getattr(process, "life", None)
    if life is None or life.process is not process or life.dead is not None:
        return
    why = life.doomed or process.ending
    if process.has_failed and life.doomed is None and life.restarts_left != 0:
        why = None
    if why is None and process.death == "OwnerDied":
        why = _owner_died(process.creator)
    if why is None and life.restarts_left != 0:
        life.restarts_left -= 1
        life.process = process.anew(cluster)
        # It has the name of the one before it, also in fault plans.
        _flagfall.succeed(process, life.process)
        life.process.announce()
        fate: Failure | None = None
    else:
        fate = life.dead = why if isinstance(why, Failure) else dead(process, why or _CRASHED)
        owned = cluster.local.get("owned", {}).get(process.creator.number, [])
        if life in owned:
            owned.remove(life)
    for call in life.asked:
        call.give_object(fate)
    life.asked.clear()


def asked(cluster: Cluster, call: Call, process: Actor) -> None:
    """Somebody asks what has become of that process of an actor: `None` if it has another one, and
    otherwise why it is dead."""
    life = process.life
    if life.dead is not None:
        call.give_object(life.dead)
    elif life.process is not process:
        call.give_object(None)
    else:
        # It is not told of the death yet.
        life.asked.append(call)
        watches(cluster, process)


# --- in those who call --------------------------------------------------------


def lost(call: Call) -> None:
    """A plain call was not answered, because the actor's process died."""

    def told(failure: Failure) -> None:
        for ref in call.references:
            ref.fail(failure)

    process: Any = call.references[0].maker
    ask_fate(process, lambda fate: told(fate or unavailable(process)))


def ask_fate(process: Actor, then: Any) -> None:
    """Asks what has become of that process of an actor. `then` gets the failure, or `None`."""

    def told(kind: str, fate: Any) -> None:
        # With the cluster, all actors end.
        then(fate if kind == "object" else dead(process, KILLED))

    question(process.run.cluster, "fate", process, told)
