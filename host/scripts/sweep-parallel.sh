#!/bin/sh
# sweep-parallel.sh N DIR [OPTION ..]: `ntk sweep OPTION ..` in N shards, one on each processor at a time, joined in DIR.
#
# Needs GNU parallel. A shard's folder is DIR.1 to DIR.N. Stopped or killed, the same command goes on where it was.
#   NTK=program             which ntk (default: the one in the path)
#   PARALLEL="--jobs 4"     more options of GNU parallel, as always; --sshlogin takes other machines that share the folder
set -eu
shards=$1 dir=$2
shift 2
ntk=${NTK:-ntk}
seq "$shards" | parallel -q --halt soon,fail=1 "$ntk" sweep "$@" --jobs 1 --shard "{}/$shards" --out "$dir.{}" >/dev/null
set --
for shard in $(seq "$shards"); do set -- "$@" "$dir.$shard"; done
exec "$ntk" merge "$@" --out "$dir"
