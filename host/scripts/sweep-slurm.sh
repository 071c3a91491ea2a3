#!/bin/sh
#SBATCH --job-name=ntk-sweep
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --requeue
# sweep-slurm.sh DIR [OPTION ..]: one shard of `ntk sweep OPTION ..`, as a task of a Slurm job array that starts at 1:
#
#   sbatch --array=1-64 sweep-slurm.sh DIR --seeds 200
#   ntk merge DIR.* --out DIR               # when all have ended
#
# A shard's folder is DIR.1, DIR.2, .. A task that ran out of time or was requeued goes on where it was: submit it again.
# NTK=program says which ntk (default: the one in the path).
set -eu
dir=$1
shift
exec "${NTK:-ntk}" sweep "$@" --jobs "${SLURM_CPUS_PER_TASK:-1}" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --out "$dir.$SLURM_ARRAY_TASK_ID"
