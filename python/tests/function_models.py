"""Functions that the tests of studies use as models. Workers import them from here."""

import asyncio
import multiprocessing
import os
import signal
import sys
import time

import flagfall


def mm1(load, seed, replication, customers=60):
    """The mean wait in a queue, customer after customer (Lindley)."""
    arrivals = flagfall.stream(seed, replication, purpose="arrivals")
    services = flagfall.stream(seed, replication, purpose="services")
    wait = total = 0.0
    waited = 0
    for _ in range(customers):
        total += wait
        waited += wait > 0
        wait = max(0.0, wait + services.exponential(load) - arrivals.exponential(1))
    return {"wait": total / customers, "waited": waited / customers, "busy": wait > 0}


UNITS = {"wait": "s", "waited": "share", "busy": "yes/no"}


def typed(what, seed, replication):
    return {"is": {int: 1, float: 2, str: 3, bool: 4, type(None): 5}.get(type(what), 6)}


def first(seed, replication):
    """The first draw, which is the same at all points."""
    return {"draw": flagfall.stream(seed, replication, purpose="x").unit()}


def at(load, seed, replication):
    return first(seed, replication)


def fails(how, seed, replication):
    if replication % 4 == 1:
        ends(how)
    return {"number": replication}


def ends(how):
    if how == "raise":
        raise ValueError(f"no luck with {object()}")
    if how == "exit":
        os._exit(3)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "sys.exit":
        sys.exit(5)
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "cancel":
        raise asyncio.CancelledError("too late")


def late(folder, seed, replication):
    """Fails until there is a file."""
    if not os.path.exists(os.path.join(folder, "fixed")):
        raise RuntimeError("not fixed yet")
    return {"number": replication}


def returns(what, seed, replication):
    values = {
        "list": [1.0],
        "nothing": {},
        "infinite": {"x": float("inf")},
        "text": {"x": "1"},
        "complex": {"x": 1j},
        "bool": {"x": True},
        "huge": {"x": 10**400},
        "large": {"x": -1.1e140},
        "name": {3: 1.0},
        "column": {"replication": 1.0},
    }
    return values[what]


def undefined(seed, replication):
    return {"none": None, "nan": float("nan"), "now and then": None if replication % 2 else 1}


def other_names(seed, replication):
    return {"a": 1, "b": 2} if replication < 3 else {"b": 2, "a": 1}


def sleeps(seconds, seed, replication):
    time.sleep(seconds)
    return {"number": flagfall.stream(seed, replication, purpose="x").unit()}


def spins(seed, replication):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        pass
    return {"number": replication}


def runs(fleet, seed, replication):
    day = flagfall.run("taxi", fleet=fleet, seed=seed, replication=replication)
    return {"refused": day.measures["refused"].value}


def has_children(seed, replication):
    """A process of its own, which outlives the worker."""
    if replication == 1:
        pid = os.fork()
        if pid == 0:
            time.sleep(2)
            os._exit(0)
        os._exit(3)
    return {"number": replication}


def study_in(out, processes):
    """A study in a process of multiprocessing."""
    study = flagfall.study(mm1, {"load": [0.5]}, replications=10, units=UNITS, out=out, processes=processes)
    assert study.summary["points"][0]["replications"] == 10


def in_process(method, out, processes=2):
    context = multiprocessing.get_context(method)
    process = context.Process(target=study_in, args=(out, processes), daemon=True)
    process.start()
    process.join()
    return process.exitcode


def without_marker(seed, replication):
    return {"number": replication}


def prints(seed, replication):
    print("of replication", replication)
    return {"number": replication}
