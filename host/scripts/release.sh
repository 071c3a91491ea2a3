#!/bin/sh
# release.sh [--quick]: everything that has to hold before a version is published. It publishes nothing and
# changes nothing; its last lines are the commands that would.
#
# Checks that the version is the same everywhere, that CHANGELOG.md has it with a date, that nothing is
# uncommitted and the version has no tag yet, that docs/play.html is that of the sources, licences and
# duplicates, that the public interface broke nothing that the version promises, the documentation, a dry run
# of the publication, and all tests. With --quick only what takes seconds: versions and changelog.
#
# Goes on after a failure and counts; what a machine lacks is named and counted as skipped.
set -u
cd "$(dirname "$0")/../.." || exit 1
quick=
case ${1:-} in
  "") ;;
  --quick) quick=yes ;;
  *) echo "usage: release.sh [--quick]" >&2; exit 2 ;;
esac
failed=0 skipped=0
fail() { failed=$((failed + 1)); echo "failed: $1"; }
skip() { skipped=$((skipped + 1)); echo "skipped: $1"; }

# check NAME COMMAND..
check() {
  name=$1; shift
  if "$@" >"$log" 2>&1; then echo "$name"; else fail "$name"; tail -n 30 "$log" | sed 's/^/    /'; fi
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
[ -n "$version" ] || { echo "release.sh: Cargo.toml has no version" >&2; exit 1; }
echo "version $version"

# versions FILE PATTERN: the version in a file, by the part of a sed expression around it.
versions() {
  found=$(sed -n "s/$2/\1/p" "$1" | head -n 1)
  [ "$found" = "$version" ] || fail "$1 has version ${found:-none}, Cargo.toml has $version"
}
versions tests/Cargo.toml '^version = "\(.*\)"$'
versions tests/firmware/Cargo.toml '^version = "\(.*\)"$'
versions tests/measure/Cargo.toml '^version = "\(.*\)"$'
versions tests/no-panic/Cargo.toml '^version = "\(.*\)"$'
versions core/c/CMakeLists.txt '^project(ntk VERSION \([^ ]*\) .*'
versions core/c/include/ntk.h '^#define NTK_VERSION "\(.*\)"$'
versions core/c/packages/arduino/library.properties '^version=\(.*\)$'
versions core/c/packages/esp-idf/idf_component.yml '^version: "\(.*\)"$'
versions core/c/packages/platformio/library.json '^ *"version": "\(.*\)",$'

grep -Eq "^## $version, [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md ||
  fail "CHANGELOG.md has no line '## $version, YYYY-MM-DD'"
newest=$(grep -m 1 '^## ' CHANGELOG.md)
case $newest in
  "## $version, "*) ;;
  *) fail "the newest section of CHANGELOG.md is '$newest'" ;;
esac

if [ -z "$quick" ]; then
  [ -z "$(git status --porcelain)" ] || fail "there are changes that are not committed"
  ! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || fail "there is a tag v$version already"
  if tests/tools/compiler.sh wasm32-unknown-unknown >/dev/null 2>&1; then
    check "docs/play.html is that of the sources" host/play/build.py --check
  else
    skip "docs/play.html: no compiler for wasm32-unknown-unknown; rustup target add wasm32-unknown-unknown"
  fi
  if cargo deny --version >/dev/null 2>&1; then
    check "licences and duplicates" cargo deny check bans licenses sources
    check "licences and duplicates of the tests" cargo deny --manifest-path tests/Cargo.toml --config deny.toml check bans licenses sources
    check "advisories" cargo deny check advisories
  else
    skip "licences, duplicates, advisories: cargo-deny is missing; cargo install --locked cargo-deny"
  fi
  last=$(git tag --list 'v*' --sort=-version:refname | head -n 1)
  if [ -z "$last" ]; then
    skip "the public interface: no version has a tag to compare with"
  elif cargo semver-checks --version >/dev/null 2>&1; then
    check "the public interface since $last" cargo semver-checks --package ntk-core --baseline-rev "$last"
  else
    skip "the public interface: cargo-semver-checks is missing; cargo install --locked cargo-semver-checks"
  fi
  check "the documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --all-features --no-deps
  check "a dry run of the publication" cargo publish --locked --dry-run -p ntk-core
  # Minutes, so they are seen as they run.
  CI=true tests/all.sh || fail "the tests"
fi

echo "$failed failed, $skipped skipped"
[ "$failed" -eq 0 ] || exit 1
[ -n "$quick" ] || cat <<EOF
Ready. These publish version $version:
    git tag -a v$version -m "Version $version" && git push origin v$version
    cargo publish --locked -p ntk-core
EOF
