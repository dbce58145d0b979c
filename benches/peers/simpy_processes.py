"""The workloads on SimPy for those who write processes, with its resources and
stores, as in its own examples.
"""

import simpy

from simpy_run import INTERARRIVAL, random, settle

BANK_INTERARRIVAL = 1.0
BANK_SERVICE = 1.0
PATIENCE = 2.0
MACHINES = 10
LIFE = 100.0
REPAIR = 5.0
OTHER_JOB = 30.0
PRODUCERS = 10
CONSUMERS = 10
ROOM = 10
MAKING = 1.0
SLEEPERS = 100_000
SPAWNING = 0.001
LIVING = 1.0


# --- M/M/1 with a process per customer ---------------------------------------


def exponential(mean):
    return random.expovariate(1.0 / mean)


def mm1(env, run):
    server = simpy.Resource(env)
    waits = []

    def customer():
        arrived = env.now
        with server.request() as request:
            yield request
            waited = env.now - arrived
            yield env.timeout(exponential(1.0))
        waits.append(waited)
        run.counted()

    def source():
        while True:
            env.process(customer())
            yield env.timeout(exponential(INTERARRIVAL))

    env.process(source())
    return run.timed(), lambda: sum(waits) / len(waits)


# --- bank whose customers leave ----------------------------------------------


def reneging(env, run):
    """As in SimPy's own example."""
    counter = simpy.Resource(env)
    left = 0

    def customer():
        nonlocal left
        with counter.request() as request:
            patience = env.timeout(exponential(PATIENCE))
            results = yield request | patience
            if request in results:
                yield env.timeout(exponential(BANK_SERVICE))
            else:
                left += 1
        run.counted()

    def door():
        while True:
            env.process(customer())
            yield env.timeout(exponential(BANK_INTERARRIVAL))

    env.process(door())
    return run.timed(), lambda: left


# --- repair shop -------------------------------------------------------------


def repair(env, run):
    """As in SimPy's own example."""
    repairer = simpy.PreemptiveResource(env)
    done = 0

    def machine():
        while True:
            yield env.timeout(exponential(LIFE))
            with repairer.request(priority=1) as request:
                yield request
                yield env.timeout(exponential(REPAIR))
            run.counted()

    def jobs():
        nonlocal done
        while True:
            left = OTHER_JOB
            while left:
                with repairer.request(priority=2) as request:
                    yield request
                    start = env.now
                    try:
                        yield env.timeout(left)
                        left = 0
                    except simpy.Interrupt:
                        left -= env.now - start
            done += 1

    for _ in range(MACHINES):
        env.process(machine())
    env.process(jobs())
    return run.timed(), lambda: done


# --- producers and consumers -------------------------------------------------


def store(env, run):
    shelf = simpy.Store(env, capacity=ROOM)

    def producer():
        item = 0
        while True:
            yield env.timeout(exponential(MAKING))
            yield shelf.put(item)
            item += 1

    def consumer():
        while True:
            yield shelf.get()
            yield env.timeout(exponential(MAKING))
            run.counted()

    for _ in range(PRODUCERS):
        env.process(producer())
    for _ in range(CONSUMERS):
        env.process(consumer())
    settle(env)
    return run.timed(), lambda: env.now


# --- processes that sleep ----------------------------------------------------


def sleepers(env, run):
    def sleeper(nap):
        while True:
            yield env.timeout(nap)
            run.counted()

    for number in range(SLEEPERS):
        env.process(sleeper(1.0 + number / SLEEPERS))
    settle(env)
    return run.timed(), lambda: env.now


# --- processes that are started and end --------------------------------------


def spawn(env, run):
    def child():
        yield env.timeout(LIVING)
        run.counted()

    def parent():
        while True:
            env.process(child())
            yield env.timeout(SPAWNING)

    env.process(parent())
    return run.timed(), lambda: env.now
