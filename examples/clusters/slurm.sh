#!/bin/bash
#SBATCH --job-name=shard
#SBATCH --array=1-16
#SBATCH --cpus-per-task=2
#SBATCH --time=02:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
# One shard of a study: sbatch slurm.sh STUDY DIR. The number of shards is that of --array.
set -euo pipefail
exec flagfall sweep "$1" --out "$2" --shard "$SLURM_ARRAY_TASK_ID/16" \
    --threads "$SLURM_CPUS_PER_TASK" --quiet
