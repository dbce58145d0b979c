"""What tests of studies of a function share."""

import csv
import pathlib

import pytest

import flagfall
from flagfall import _workers

import function_models as models

HERE = str(pathlib.Path(__file__).parent)


def children():
    """The processes that this one has started. Only Linux tells."""
    found = pathlib.Path("/proc/self/task").glob("*/children")
    return {pid for path in found for pid in path.read_text().split()}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    before = children()
    yield
    # No worker and no pipe is left. The server of `forkserver` stays.
    assert not _workers._OURS
    assert children() <= before or "multiprocessing" in request.node.name


def files(folder):
    inside = pathlib.Path(folder).iterdir()
    return {path.name: path.read_bytes() for path in inside if path.name != ".lock"}


def queues(out="queues", **options):
    options = {"replications": 20, "units": models.UNITS, **options}
    return flagfall.study(models.mm1, {"load": [0.5, 0.9]}, out=out, **options)


def rows(study):
    with open(study.folder / "rows.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
