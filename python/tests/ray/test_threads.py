"""Threads that programs start: they run in virtual time, as in Python."""

import concurrent.futures
import threading
import time

import pytest

import flagfall.ray as ray


def result(main):
    """What a function returns as the driver of a simulation."""
    return ray.run(main, num_cpus=2).result


def test_threads_sleep_at_once():
    def main():
        began, order = time.time(), []

        def work(seconds):
            time.sleep(seconds)
            order.append((seconds, threading.current_thread().name))

        threads = [threading.Thread(target=work, args=(s,), name=f"t{s}") for s in (3, 1, 2)]
        for thread in threads:
            thread.start()
        threads[0].join(0.5)
        assert threads[0].is_alive() and threading.active_count() == 4
        for thread in threads:
            thread.join()
        return order, time.time() - began

    assert result(main) == ([(1, "t1"), (2, "t2"), (3, "t3")], 3.0)


def test_a_pool_gets_references():
    def main():
        double = ray.remote(lambda x: 2 * x)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda x: ray.get(double.remote(x)), range(4)))
            with pytest.raises(ZeroDivisionError):
                pool.submit(lambda: 1 // 0).result()
        return found

    assert result(main) == [0, 2, 4, 6]


def test_each_thread_has_its_own_attributes():
    def main():
        local, seen = threading.local(), []
        local.x = 1

        def body():
            seen.append(hasattr(local, "x"))
            local.x = 2

        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        return seen, local.x

    assert result(main) == ([False], 1)


def test_mistakes_have_pythons_words():
    def main():
        thread = threading.Thread(target=print)
        with pytest.raises(RuntimeError, match="cannot join thread before it is started"):
            thread.join()
        thread.start()
        with pytest.raises(RuntimeError, match="threads can only be started once"):
            thread.start()
        with pytest.raises(TypeError, match="cannot pickle '_thread.lock' object"):
            ray.put(threading.Lock())

    result(main)


def test_after_a_run_threads_are_real():
    result(lambda: threading.Thread(target=time.sleep, args=(9,)).start())
    seen = []
    thread = threading.Thread(target=lambda: seen.append(threading.get_ident()))
    thread.start()
    thread.join()
    assert seen and seen[0] != threading.get_ident()
