#!/bin/bash
# Runs a study with GNU parallel: parallel.sh STUDY DIR COUNT [OPTIONS OF PARALLEL]
set -euo pipefail
study=$1 dir=$2 count=$3
shift 3

# Exit code 6: shards are missing, or the study needs another round.
code=6
while [ "$code" -eq 6 ]; do
    seq "$count" | parallel --will-cite --retries 3 "$@" \
        flagfall sweep "$study" --out "$dir" --shard "{}/$count" --threads 1 --quiet
    code=0
    flagfall merge "$dir" || code=$?
done
exit "$code"
