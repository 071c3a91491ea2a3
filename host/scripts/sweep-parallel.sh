#!/bin/sh
# sweep-parallel.sh N DIR [OPTION ..]: `ntk sweep OPTION ..` in N shards, one on each processor at a time, joined in DIR.
#
# Needs GNU parallel. A shard's folder is DIR.1 to DIR.N. Stopped or killed, the same command goes on where it was.
#   NTK=program             which ntk (default: the one in the path, else the one that cargo has built beside this script)
#   PARALLEL="--jobs 4"     more options of GNU parallel, as always; --sshlogin takes other machines that share the folder
set -eu
fail() { echo "sweep-parallel.sh: $1" >&2; exit 1; }
[ $# -ge 2 ] || fail "usage: sweep-parallel.sh N DIR [OPTION ..]"
shards=$1 dir=$2
shift 2
command -v parallel >/dev/null || fail "GNU parallel is missing; install it (parallel on Debian)"
built=$(dirname "$0")/../../target/release/ntk
if [ -n "${NTK:-}" ]; then ntk=$NTK
elif command -v ntk >/dev/null; then ntk=ntk
elif [ -x "$built" ]; then ntk=$built
else fail "there is no ntk; build it with cargo build --release, or set NTK to the program"
fi
# Found out before the work, not after it: a folder that holds another sweep cannot take this one.
if [ -e "$dir/sweep.csv" ] && [ ! -e "$dir.1/sweep.csv" ]; then
  fail "$dir holds a sweep that is not of these shards; choose another DIR"
fi
seq "$shards" | parallel -q --halt soon,fail=1 "$ntk" sweep "$@" --jobs 1 --shard "{}/$shards" --out "$dir.{}" >/dev/null
set --
for shard in $(seq "$shards"); do set -- "$@" "$dir.$shard"; done
exec "$ntk" merge "$@" --out "$dir"
