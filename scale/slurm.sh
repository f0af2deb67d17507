#!/bin/sh
# The three pieces as jobs of Slurm, without Snakemake (docs/SCALE.md):
#   slurm.sh SHARDS PARTS WORK RESULTS CAPTURE...
# All folders are seen by all nodes. OPTIONS: of s7timeline, for the reading; SBATCH_...: of sbatch. Prints the last job's number.
set -eu
[ $# -ge 5 ] || { sed -n 's/^# //p' "$0" >&2; exit 2; }
shards=$1 parts=$2 work=$3 results=$4
shift 4
captures=$(printf ' %s' "$@")
program="${S7TIMELINE:-s7timeline} -q --force"
mkdir -p "$work"
# Status 1: a capture is damaged, which the manifest says; nothing failed. A job whose node fails is tried again.
job() { # name, options of sbatch, command
    name=$1 options=$2
    shift 2
    # shellcheck disable=SC2086
    sbatch --parsable --requeue --job-name="$name" --output="$work/$name-%a.log" $options --wrap "$* || [ \$? -eq 1 ]"
}
read=$(job read "--array=1-$shards" "$program ${OPTIONS:-} --shard \$SLURM_ARRAY_TASK_ID/$shards --records $work/records$captures")
tell=$(job tell "--array=1-$parts --dependency=afterok:$read" \
    "$program --jobs 1 --part \$SLURM_ARRAY_TASK_ID/$parts -o $work/part-\$SLURM_ARRAY_TASK_ID --from $work/records")
job gather "--dependency=afterok:$tell" "$program -o $results --gather $(seq -f "$work/part-%.0f" -s ' ' "$parts")"
