"""The options of the models, as typed keywords. `python/tests/options.py` writes this file."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import Literal, TypedDict, Union

Text = Union[str, float]
"""A text of the command, or a number where it is one."""
Span = Union[str, datetime.timedelta]
"""A span such as "90s" or "1h30m"."""
Path = Union[str, "os.PathLike[str]"]
"""The path of a file."""
Latency = Union[str, datetime.timedelta, Literal[0]]
"""A span, or a law such as "exponential:2ms"; 0 is none."""


class RunOptions(TypedDict, total=False):
    """What every model takes."""

    antithetic: bool | None
    """Replications 2k and 2k+1 are an antithetic pair: the second draws from the streams of the
    first, 1-u for each u."""
    cpus: int | None
    """CPU slots for tasks (Ray's num_cpus; parameter-server and messages have tasks) [default: as
    many as there are tasks]."""
    digest: Text | Sequence[Text] | None
    """What goes into the digest: some of
    times,order,receivers,senders,contents,draws,results,claims; or `standard`, or `all`.
    Without it, standard."""
    digest_of: Text | Sequence[Text] | None
    """Compute the digest only for the actors of this path; a star stands for part of a name, **
    for any names: driver/dispatcher/taxi[*]; a list gives several."""
    end_time: Span | None
    """No event may happen later than this, like 1h (horizon ends a run without an error)."""
    event_list: Literal["ladder", "heap", "priority-queue"] | None
    """Structure of the future event list; the results are the same. Without it, ladder."""
    fault: Text | Sequence[Text] | None
    """One rule of what goes wrong, after those of the file; a list gives several."""
    faults: Path | None
    """File with what goes wrong, one rule per line, like `link A -> B loss 0.1`, `crash A at 30s`."""
    horizon: Span | None
    """End the run at this virtual time, like 1h, and read the results there; what is due later
    stays pending [default: run to the end]."""
    lang: Literal["fr", "en"] | None
    """Language of the systems' own messages. Without it, fr."""
    latency: Latency | None
    """How long messages travel: 1ms, uniform:1ms..3ms, exponential:2ms, empirical:1ms,2ms*3; 0 is
    the ideal world. Without it, 1ms."""
    link: Text | Sequence[Text] | None
    """Latency of one link, by actor paths; a list gives several."""
    max_actors: int | None
    """Actors alive at once [default: 5000000]."""
    max_events: int | None
    """Events in all."""
    max_events_per_instant: int | None
    """Events at one instant [default: 20000000]."""
    max_mailbox: int | None
    """Messages waiting in one mailbox."""
    max_names: int | None
    """Names of dead actors that are remembered one by one [default: 20000000]."""
    max_owners: int | None
    """Owners above one actor [default: 1000000]."""
    max_pending: int | None
    """Events scheduled at once."""
    no_digest: bool | None
    """Do not compute the digest."""
    replication: int | None
    """Which replication of the scenario to run."""
    seed: int | None
    """Seed of all random streams; the same seed gives the same run. Without it, 42."""
    summary: bool | None
    """Leave the lists out of the JSON object."""
    ties: Text | Sequence[Text] | None
    """Which of several events due at one instant comes first: fifo, shuffle, shuffle:SEED, or
    choices as `ties` prints them, like 57=1,63=2. Without it, fifo."""


class SnapshotOptions(TypedDict, total=False):
    """What a snapshot takes."""

    lang: Literal["fr", "en"] | None
    """Language of the systems' own messages. Without it, fr."""
    summary: bool | None
    """Leave the lists out of the JSON object."""


class ActorTreeOptions(RunOptions, total=False):
    """Tree of actors: supervisors, workers, states, checkpoints, kills."""

    crash: Text | Sequence[Text] | None
    """Kill a worker of the first supervisor at a time, like 1@2.5s; a list gives several."""
    done: float | None
    """Chance that a worker says it is done when asked for its state. Without it, 0.5."""
    epoch: Span | None
    """How long an epoch takes. Without it, 1s."""
    epochs: int | None
    """How many epochs each worker trains; it saves a checkpoint after each. Without it, 1."""
    states: Text | Sequence[Text] | None
    """What the workers answer instead of random states, inspection by inspection."""
    supervisors: int | None
    """How many supervisors. Without it, 1."""
    workers: int | None
    """How many workers each supervisor has. Without it, 3."""


class MessagesOptions(RunOptions, total=False):
    """Message actor: workers append messages, a driver polls and clears."""

    actor_startup: Span | None
    """How long the message actor's process takes to start. Without it, 0s."""
    every: Span | None
    """Span that a worker sleeps before each message. Without it, 1s."""
    messages: int | None
    """How many messages each worker sends. Without it, 10."""
    poll_every: Span | None
    """Span that the driver sleeps after each poll. Without it, 1s."""
    polls: int | None
    """How often the driver polls. Without it, 10."""
    stagger: Span | None
    """How much longer each worker process takes than the one before it. Without it, 0s."""
    startup: Span | None
    """How long a worker process takes to start. Without it, 365ms."""
    workers: int | None
    """How many workers. Without it, 3."""


class ParameterServerOptions(RunOptions, total=False):
    """Parameter server: workers send gradients, a driver reads the parameters."""

    dimension: int | None
    """Length of the parameter vector. Without it, 10."""
    epoch: Span | None
    """How long a gradient takes to compute. Without it, 1.5s."""
    epochs: int | None
    """How many gradients each worker sends. Without it, 100."""
    every: Span | None
    """Span that the driver sleeps after each read. Without it, 1s."""
    gradient: float | None
    """Each component of each gradient. Without it, 1.0."""
    polls: int | None
    """How often the driver reads the parameters. Without it, 20."""
    stagger: Span | None
    """How much longer each worker process takes than the one before it. Without it, 0s."""
    startup: Span | None
    """How long a worker process takes to start. Without it, 365ms."""
    workers: int | None
    """How many workers. Without it, 3."""


class QueueOptions(RunOptions, total=False):
    """Queue: customers wait in one line for one of several servers (M/M/c)."""

    customers: int | None
    """How many customers come, after exponential gaps. Without it, 10000."""
    load: float | None
    """How much work comes, as a share of what the servers can do; from 1 on there is no steady
    state: the line grows without end. Without it, 0.8."""
    servers: int | None
    """How many servers. Without it, 1."""
    service: Span | None
    """How long a service takes on average. Without it, 1s."""
    service_law: Text | Sequence[Text] | None
    """Law of its length: exponential, fixed, uniform (from 0 to twice the mean), or erlang:K.
    Without it, exponential."""
    warm_up: Span | None
    """Who arrives in this span from the start is served, but not counted. Without it, 0s."""


class RayOptions(RunOptions, total=False):
    """A program written for Ray, in virtual time."""

    argument: Text | Sequence[Text] | None
    """An argument of the program; can be repeated."""
    live: bool | None
    """Write the program's output when it is printed, not at the end."""
    num_cpus: float | None
    """CPUs of the cluster, if the program does not say. Without it, 2.0."""
    program: Path | None
    """The Python file or notebook."""
    save: Path | None
    """Write a notebook with its outputs into this file."""
    startup: Span | None
    """How long a new worker process takes to start [default: 350ms, and 0s with latency 0]."""


class TaxiOptions(RunOptions, total=False):
    """Taxi fleet: rides are assigned, refused and completed; commission adds up."""

    commission: Text | Sequence[Text] | None
    """Dollars per second of it that the dispatcher gets. Without it, 0.25."""
    drivers: Text | Sequence[Text] | None
    """Names of the drivers, in the order of the staff [default: Daniel,Petra,Gilbert,Emilien]."""
    durations: Text | Sequence[Text] | None
    """Lengths of the rides in seconds, separated by commas."""
    durations_file: Path | None
    """File with the lengths of the rides in seconds, by line or comma."""
    every: Span | None
    """Span between two rides. Without it, 1s."""
    fleet: int | None
    """How many taxis; those beyond the named drivers are called Taxi 5, ... [default: one a
    driver]."""
    poll_every: Span | None
    """Span that the driver sleeps after each poll. Without it, 1s."""
    polls: int | None
    """How often the driver polls [default: 15, or until all rides are over]."""
    price: Text | Sequence[Text] | None
    """Dollars per second that the customer pays. Without it, 1.25."""
    ride_seconds: Text | Sequence[Text] | None
    """Seconds that a drawn ride takes, ends included [default: 1..=5]."""
    rides: int | None
    """How many rides to draw [default: 10]."""
    startup: Span | None
    """How long the process of the simulation actor takes to start. Without it, 365ms."""
    warm_up: Span | None
    """Rides that are asked for in this span from the start are driven, but not counted in the
    measures rides, refused, refused_share; `utilization` also ignores driving in the warm-up.
    Without it, 0s."""


REPEATED = frozenset({
    "argument",
    "crash",
    "digest_of",
    "drivers",
    "fault",
    "link",
})
"""Options that are given once for each item of a list; others take it with commas."""

SEPARATED = frozenset({
    "drivers",
})
"""Those of them of which one text can have several, with commas between them."""
