#!/bin/sh
# verify-seeds.sh [QUICK [FULL]]: how often each row of the ledger fails, the claims being true, and how often it passes with
# a formula that is 1 % wrong; the tables of docs/claims.md. QUICK and FULL are the numbers of seeds, 200 and 20 if not
# given, from seed 1000 on; 0 leaves one out. A quick run takes about 10 seconds of processor time and a full one 80; with the
# wrong formulas, which are run on the first tenth of the seeds, a tenth more.
#   NTK=program             which ntk (default: the one in the path)
set -eu
quick=${1:-200} full=${2:-20}
ntk=${NTK:-ntk}
run() { # run SEEDS OPTION ..
  seeds=$1
  shift
  [ "$seeds" -gt 0 ] || return 0
  echo "$ntk verify $* --repeat $seeds --seed 1000"
  nice "$ntk" verify "$@" --repeat "$seeds" --seed 1000
}
status=0
run "$quick" --quick || status=1
run "$full" || status=1
[ "$quick" -lt 20 ] || run $((quick / 10)) --quick --error 0.01 || status=1
[ "$full" -lt 20 ] || run $((full / 10)) --error 0.01 || status=1
exit "$status"
