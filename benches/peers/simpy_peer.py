"""The workloads on SimPy: `simpy_peer.py WORKLOAD COUNT` runs one and prints
its measurement as one line of JSON, as the workers written in Rust do.

A process per actor. What reaches an actor without delay is an event that it
waits for, or an item in a `Store`, as in SimPy's own examples. PHOLD has a
process per event, which visits the processes of the model.
"""

import json
import re
import sys

import simpy

import simpy_processes
from simpy_run import INTERARRIVAL, Run, random, settle

NODES = 1_000
CONNECTIONS = 10_000
WORKERS = 1_000
TIMEOUT = 1.0
COMPUTING = 1.5


# --- PHOLD -------------------------------------------------------------------


def phold(env, run, processes, each):
    handled = [0] * processes

    def event(process):
        while True:
            handled[process] += 1
            if not run.counted():
                return
            delay = 0.1 + random.expovariate(1.0)
            process = int(random.random() * processes)
            yield env.timeout(delay)

    for process in range(processes):
        for _ in range(each):
            env.process(event(process))
    return run.timed(), lambda: env.now


# --- M/M/1 -------------------------------------------------------------------


def mm1(env, run):
    server = simpy.Store(env)
    waits = []

    def customers():
        while True:
            server.put(env.now)
            yield env.timeout(random.expovariate(1.0 / INTERARRIVAL))

    def serve():
        while True:
            arrived = yield server.get()
            waits.append(env.now - arrived)
            yield env.timeout(random.expovariate(1.0))
            run.counted()

    env.process(serve())
    env.process(customers())
    return run.timed(), lambda: sum(waits) / len(waits)


# --- ring --------------------------------------------------------------------


def ring(env, run, delayed):
    tokens = [env.event() for _ in range(NODES)]

    def node(number):
        following = (number + 1) % NODES
        while True:
            hop = yield tokens[number]
            tokens[number] = env.event()
            if not run.counted():
                return
            if delayed:
                yield env.timeout(1.0)
            tokens[following].succeed(hop + 1)

    for number in range(NODES):
        env.process(node(number))
    settle(env)
    tokens[0].succeed(0)
    return run.timed(), lambda: env.now


# --- timeouts ----------------------------------------------------------------


def timeouts(env, run):
    """SimPy cannot take a timeout back: a connection waits for the next
    activity or the timeout, and forgets the timeout if the activity comes
    first."""
    fired = 0

    def connection():
        nonlocal fired
        while run.counted():
            silence = 0.1 + 0.8 * random.random()
            if random.random() >= 0.95:
                silence += 1.0
            activity = env.timeout(silence)
            happened = yield activity | env.timeout(TIMEOUT)
            if activity not in happened:
                fired += 1
                yield activity

    for _ in range(CONNECTIONS):
        env.process(connection())
    return run.timed(), lambda: fired


# --- taxis -------------------------------------------------------------------


def taxi(env, run, fleet):
    inbox = simpy.Store(env)
    stores = [simpy.Store(env) for _ in range(fleet)]
    total = 0.0

    def rides(count, every):
        for _ in range(count):
            inbox.put((None, 1 + int(random.random() * 5)))
            yield env.timeout(every)

    def drive(number):
        store = stores[number]
        while True:
            seconds = yield store.get()
            yield env.timeout(seconds)
            inbox.put((number, 0.25 * seconds))

    def dispatch():
        nonlocal total
        free = list(reversed(range(fleet)))  # longest free last
        returned = []  # freed since, in order
        waiting, first, log = [], 0, []
        while True:
            sender, amount = yield inbox.get()
            if sender is None:
                waiting.append(amount)
            else:
                total += amount
                log.append(amount)
                returned.append(sender)
                if not run.counted():
                    return
            if first < len(waiting) and (free or returned):
                if not free:
                    free, returned = returned[::-1], []
                stores[free.pop()].put(waiting[first])
                first += 1

    for number in range(fleet):
        env.process(drive(number))
    env.process(dispatch())
    settle(env)
    env.process(rides(run.left, 1.0 / fleet))
    return run.timed(), lambda: total


# --- parameter server --------------------------------------------------------


def params(env, run):
    inbox = simpy.Store(env)
    vector = [0.0] * 10

    def work(gradient):
        while True:
            yield env.timeout(COMPUTING)
            inbox.put(gradient)

    def serve():
        while True:
            gradient = yield inbox.get()
            for index, step in enumerate(gradient):
                vector[index] -= step
            run.counted()

    env.process(serve())
    for worker in range(WORKERS):
        env.process(work([float(worker % 10)] * 10))
    settle(env)
    return run.timed(), lambda: sum(vector)


# --- one run -----------------------------------------------------------------


def start(env, run, workload):
    """Runs the workload of that name."""
    if match := re.fullmatch(r"phold-(\d+)k-(\d+)", workload):
        return phold(env, run, int(match[1]) * 1024, int(match[2]))
    if match := re.fullmatch(r"taxi-(\d+)(k?)", workload):
        return taxi(env, run, int(match[1]) * (1_000 if match[2] else 1))
    if match := re.fullmatch(r"ring-([01])", workload):
        return ring(env, run, match[1] == "1")
    named = {
        "mm1": mm1,
        "timeouts": timeouts,
        "params": params,
        "mm1-processes": simpy_processes.mm1,
        "reneging": simpy_processes.reneging,
        "repair": simpy_processes.repair,
        "store": simpy_processes.store,
        "sleepers": simpy_processes.sleepers,
        "spawn": simpy_processes.spawn,
    }
    if workload in named:
        return named[workload](env, run)
    sys.exit(f"{workload} is no workload that this script knows")


def peak_kib():
    """`VmHWM`, which Linux alone has."""
    try:
        with open("/proc/self/status", encoding="utf-8") as status:
            return int(re.search(r"VmHWM:\s*(\d+)", status.read())[1])
    except (OSError, TypeError):
        return 0


def main():
    workload, count = sys.argv[1], int(sys.argv[2])
    env = simpy.Environment()
    run = Run(env, count)
    seconds, value = start(env, run, workload)
    measurement = {
        "engine": "simpy",
        "workload": workload,
        "count": count - run.left,
        "seconds": seconds,
        "value": value(),
        "peak_kib": peak_kib(),
    }
    print(json.dumps(measurement))


main()
