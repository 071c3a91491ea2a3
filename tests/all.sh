#!/bin/sh
# all.sh: all checks, of the workspace against reference values and of the core on every device
# (on-target.sh).
#
#   tests/all.sh                first installs what this machine lacks, as far as it may (setup.sh); on a fresh
#                               Debian that is a download of 460 to 580 MB; builds take up to 9 GB of disk
#   tests/all.sh --no-install   installs nothing
#
# Goes on when something fails or is missing and says what to install; the last line counts what passed,
# failed and was skipped. With CI=true a skip is a failure.
set -eu
cd "$(dirname "$0")/.."
command -v cargo >/dev/null || { echo "cargo is missing: install Rust, with rustup or from your distribution" >&2; exit 1; }
[ "${1:-}" = --no-install ] || tests/setup.sh || echo "not all could be installed; what needs it is skipped"
case ${CARGO_TARGET_DIR:-/} in /*) ;; *) export CARGO_TARGET_DIR="$PWD/$CARGO_TARGET_DIR" ;; esac
log=${CARGO_TARGET_DIR:-target}/all.log
mkdir -p "$(dirname "$log")"

# sum FIELD: adds up the numbers before this word in the lines "test result:" of cargo.
sum() { sed -n "s/^test result: .* \([0-9]*\) $1.*/\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'; }

{ cargo test --locked --no-fail-fast --workspace --all-features || echo "workspace: failed"; } 2>&1 | tee "$log"
passed=$(sum passed) failed=$(sum failed)
# What does not compile has no such line.
if grep -q '^workspace: failed' "$log" && [ "$failed" -eq 0 ]; then failed=1; fi
skipped=$(grep -c '^skipped: ' "$log" || true)
echo "workspace: $passed passed, $failed failed, $skipped skipped"

# Runs beside this script, so that a signal to this script alone reaches the jobs.
counts=${CARGO_TARGET_DIR:-tests/target}/on-target/counts
rm -f "$counts"
status=0
tests/on-target.sh &
devices=$!
trap 'kill "$devices" 2>/dev/null || true; wait "$devices" || true; exit 130' INT TERM
wait "$devices" || status=1
trap - INT TERM
if [ "$failed" -gt 0 ]; then status=1; fi
{ cat "$counts" 2>/dev/null || echo "0 passed, 1 failed, 0 skipped"; } | {
  read -r p _ f _ s _
  echo "total: $((passed + p)) passed, $((failed + f)) failed, $((skipped + s)) skipped"
}
exit "$status"
