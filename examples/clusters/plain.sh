#!/bin/bash
# Runs a study as processes of this machine: plain.sh STUDY DIR COUNT
set -euo pipefail
study=$1 dir=$2 count=$3

# Exit code 6: shards are missing, or the study needs another round.
code=6
while [ "$code" -eq 6 ]; do
    running=()
    for shard in $(seq "$count"); do
        flagfall sweep "$study" --out "$dir" --shard "$shard/$count" --threads 1 --quiet &
        running+=($!)
    done
    # A shard that fails ends the script. Given again, it goes on.
    for process in "${running[@]}"; do wait "$process"; done
    code=0
    flagfall merge "$dir" || code=$?
done
exit "$code"
