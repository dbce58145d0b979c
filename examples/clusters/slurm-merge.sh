#!/bin/bash
#SBATCH --job-name=merge
#SBATCH --time=02:00:00
# After all shards: sbatch --dependency=afterok:JOB slurm-merge.sh STUDY DIR
set -euo pipefail
code=0
flagfall merge "$2" --quiet || code=$?
if [ "$code" -eq 6 ]; then
    # Shards are missing, or the study needs another round.
    job=$(sbatch --parsable slurm.sh "$1" "$2")
    sbatch --dependency="afterok:$job" slurm-merge.sh "$1" "$2"
    exit
fi
exit "$code"
