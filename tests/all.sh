#!/bin/sh
# all.sh: all checks, of the workspace against reference values and of the core on every device (on-target.sh).
#
# Goes on when something fails, and where an emulator or a target is missing says what to install; the last line counts
# what passed, failed and was skipped. With CI=true a skip is a failure.
set -eu
cd "$(dirname "$0")/.."
command -v cargo >/dev/null || { echo "cargo is missing: install Rust, with rustup or from your distribution" >&2; exit 1; }
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

{ tests/on-target.sh || echo "devices: failed"; } 2>&1 | tee "$log"
last=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
[ -n "$last" ] || last="0 passed, 1 failed, 0 skipped"
status=0
if [ "$failed" -gt 0 ] || grep -q '^devices: failed' "$log"; then status=1; fi
echo "$last" | {
  read -r p _ f _ s _
  echo "total: $((passed + p)) passed, $((failed + f)) failed, $((skipped + s)) skipped"
}
exit "$status"
