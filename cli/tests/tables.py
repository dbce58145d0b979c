"""Holds rows.parquet of studies to their summary.json, by three readers (.ci/tables)."""

import json
import math
import sys

import duckdb
import pandas
import polars
import pyarrow.parquet

UNITS = {"refused_share": b"1", "ride_time": b"s", "commission": b"$", "events": b"1"}


def close(one, other):
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-15)


def means(path, measure):
    """Count and mean of a measure at each point, by each reader."""
    rows = pandas.read_parquet(path)
    yield "pandas", len(rows), {
        point: (int(group[measure].count()), float(group[measure].mean()))
        for point, group in rows.groupby("point")
    }
    rows = polars.read_parquet(path)
    column = polars.col(measure)
    groups = rows.group_by("point").agg(column.count().alias("n"), column.mean().alias("mean"))
    yield "polars", len(rows), {row["point"]: (row["n"], row["mean"]) for row in groups.to_dicts()}
    count = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
    groups = duckdb.sql(
        f"SELECT point, count({measure}), avg({measure}) FROM '{path}' GROUP BY point"
    ).fetchall()
    yield "duckdb", count, {point: (n, mean) for point, n, mean in groups}


def check(study):
    path = f"{study}/rows.parquet"
    with open(f"{study}/summary.json", encoding="utf-8") as file:
        summary = json.load(file)
    expected = sum(point["replications"] for point in summary["points"])
    names = [measure["name"] for measure in summary["measures"]]
    for name in names:
        for reader, count, found in means(path, name):
            assert count == expected, (study, reader, count, expected)
            for point in summary["points"]:
                measure = next(m for m in point["measures"] if m["name"] == name)
                counted, mean = found[point["point"]]
                assert counted == measure["count"], (study, reader, name, counted)
                assert close(mean, measure["mean"]), (study, reader, name, mean, measure["mean"])
    schema = pyarrow.parquet.read_schema(path)
    for name, unit in UNITS.items():
        assert schema.field(name).metadata[b"unit"] == unit, (study, name)
    for measure in summary["measures"]:
        unit = schema.field(measure["name"]).metadata[b"unit"].decode()
        assert unit == measure["unit"], (study, measure["name"], unit)
    metadata = pyarrow.parquet.read_metadata(path).metadata
    assert metadata[b"model"] == b"taxi", metadata
    assert metadata[b"study"].decode() == summary["study"], metadata
    print(f"{study}: {expected} rows, {len(names)} measures with units: pandas, polars, DuckDB agree")


for study in sys.argv[1:]:
    check(study)
