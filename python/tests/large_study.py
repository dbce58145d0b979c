"""What a large study takes in each way of running it: `python large_study.py [REPLICATIONS]`.

Not a test: it takes some minutes and needs Ray. It runs one study of taxi days by one process with
one and two threads, as 16 shards, as three shards at once, and on a Ray cluster of three nodes with
one CPU each. Then it compares the bytes of all files. The last two do the same work by as many
processes, so the difference between them is what Ray takes.
"""

import contextlib
import hashlib
import importlib
import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
import time

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")
NODE = {"num_cpus": 1, "object_store_memory": 80 << 20}


def begin(*words):
    return subprocess.Popen([COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait(processes):
    for process in processes:
        _, told = process.communicate()
        if process.returncode != 0:
            sys.exit(f"{' '.join(process.args)}: {process.returncode}\n{told}")


def sums(folder):
    files = (path for path in sorted(folder.iterdir()) if path.is_file() and path.name != ".lock")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextlib.contextmanager
def cluster():
    made = importlib.import_module("ray.cluster_utils").Cluster(
        initialize_head=True, head_node_args={**NODE, "include_dashboard": False}
    )
    try:
        for _ in range(2):
            made.add_node(**NODE)
        yield made.address
    finally:
        made.shutdown()


def main(replications="1000000"):
    each = int(replications) // 4
    study = ["taxi", "--rides=10", "--set=fleet=4,5,6,7", f"--replications={each}", "--quiet"]
    few = ["taxi", "--rides=10", "--set=fleet=4,5,6,7", "--replications=2", "--quiet"]
    folders, walls = [], {}

    def timed(name, run):
        folder = pathlib.Path(name.replace(" ", "-"))
        before, start = os.times(), time.perf_counter()
        run(folder)
        walls[name] = time.perf_counter() - start
        after = os.times()
        cpu = sum(after[2:4]) - sum(before[2:4])
        print(f"{name}: {walls[name]:.1f} s, {cpu:.1f} s of CPU in its own processes", flush=True)
        return folder

    def whole(*more):
        return lambda folder: wait([begin("sweep", *study, f"--out={folder}", *more)])

    def shards(count, at_once):
        def run(folder):
            for first in range(1, count + 1, at_once):
                numbers = range(first, min(first + at_once, count + 1))
                words = ["sweep", *study, f"--out={folder}", "--threads=1"]
                wait([begin(*words, f"--shard={number}/{count}") for number in numbers])
            wait([begin("merge", str(folder), "--quiet")])

        return run

    folders += [timed("one thread", whole("--threads=1")), timed("two threads", whole("--threads=2"))]
    folders += [timed("16 shards", shards(16, 2)), timed("three processes", shards(3, 3))]
    with cluster() as address:
        timed("Ray with 8 rows", lambda folder: wait([begin("sweep", *few, f"--out={folder}", f"--on={address}")]))
        folders.append(timed("Ray", whole(f"--on={address}")))
    ray, plain = walls["Ray"], walls["three processes"]
    print(f"Ray takes {(ray - plain) / ray:.1%} of its time, {walls['Ray with 8 rows'] / ray:.1%} before the first "
          "rows and after the last ones")  # fmt: skip
    first = sums(folders[0])
    for folder in folders[1:]:
        if sums(folder) != first:
            sys.exit(f"{folder} has other bytes than {folders[0]}: {sums(folder)}, {first}")
    print(f"{len(folders)} times the same bytes in {', '.join(first)}; {first['rows.csv']} rows.csv")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        main(*sys.argv[1:])
