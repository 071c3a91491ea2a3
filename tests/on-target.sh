#!/bin/sh
# on-target.sh: all tests on the host, on every board and in WebAssembly, the firmware, the proof that nothing
# panics, and what it all costs.
#
# Takes whatever toolchain this machine has (tools/compiler.sh). What cannot run here is named with its remedy
# and counted as skipped; with CI=true a skip is a failure. setup.sh installs what a machine lacks.
#   ./on-target.sh microbit proof:thumbv6m-none-eabi   runs only these jobs, one after another;
#                                                      tools/boards.py --jobs names all jobs
#   SYSROOT_CACHE=dir      where compiled `core` libraries are kept (default target/sysroot)
#   CARGO_TARGET_DIR=dir   as always (default target)
set -eu
cd "$(dirname "$0")"
build=${CARGO_TARGET_DIR:-target}
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET RUSTFLAGS BOARD QEMU_ARGS QEMU_TIMEOUT
# Nobody debugs these tests or builds them incrementally: without both there is a fifth less to compile, and the
# instructions are the same.
# Images that are measured keep their debug information: without it the unwind tables of RISC-V's start-up
# code are no longer part of it, but of the flash.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
unset CARGO_PROFILE_RELEASE_DEBUG
# With this wrapper an image is the same in every folder, so a checkout elsewhere measures the same numbers.
RUSTC_WRAPPER=$PWD/tools/rustc-anywhere
export RUSTC_WRAPPER
mkdir -p "$build"
build=$(cd "$build" && pwd)
passed=0 failed=0 skipped=0
bits="--test bits_f32 --test bits_f32_learning --test sensors_f32 --test streams_f32 --test bits_f64 --test bits_f64_learning --test sensors_f64 --test streams_f64 --test bits_micro --test bits_micro_learning"

skip() { skipped=$((skipped + 1)); echo "skipped: $1"; }

# count NAME STATUS: adds up the tests in the log. A run that stops early or has no tests counts as a failure.
count() {
  ok=$(grep -c '^test .* \.\.\. ok$' "$log" || true)
  bad=$(grep -c '^test .* \.\.\. FAILED' "$log" || true)
  if [ "$ok" -eq 0 ] || { [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; }; then bad=$((bad + 1)); fi
  passed=$((passed + ok)) failed=$((failed + bad))
  echo "$1: $ok passed, $bad failed"
  if [ "$bad" -gt 0 ]; then { grep '^test .* \.\.\. FAILED' "$log" || true; tail -n 60 "$log"; } | sed 's/^/    /'; fi
}

# tests NAME [cargo arguments]
tests() {
  name=$1; shift
  status=0
  cargo test --locked --no-fail-fast "$@" >"$log" 2>&1 || status=$?
  count "$name" "$status"
}

host() {
  command -v cargo >/dev/null || { skip "the host: no cargo here; tests/setup.sh or rustup installs it"; return; }
  tests "host" --target-dir "$build"
  tests "host, not optimised" --target-dir "$build" --config 'profile.dev.opt-level=0'
  tests "host, optimised" --target-dir "$build" --release
  export RUSTFLAGS=-Ctarget-cpu=native
  tests "host, same bits when optimised for this processor" --target-dir "$build/native" --release \
    $bits
  unset RUSTFLAGS
}

# compiler TARGET: sets rustc, or skips what the second argument names. A library that does not compile is a
# failure: to install another compiler would not help.
compiler() {
  status=0
  rustc=$(tools/compiler.sh "$1") || status=$?
  case $status in
    0) ;;
    1) skip "$2: no compiler for $1 here; rustup target add $1, or tests/setup.sh on Debian"; return 1 ;;
    *) failed=$((failed + 1)); echo "FAILED: $2: the library for $1 could not be compiled, see above"; return 1 ;;
  esac
  # rustup's compilers bring their linker along, Debian's leave it to two packages.
  command -v rust-lld >/dev/null || ls "$("$rustc" --print sysroot)"/lib/rustlib/*/bin/rust-lld >/dev/null 2>&1 || {
    skip "$2: rust-lld is missing; install rust-web-llvm and lld-22, or run tests/setup.sh on Debian"
    return 1
  }
}

# has PROGRAM PACKAGE NAME
has() {
  command -v "$1" >/dev/null && return
  skip "$3: $1 is missing; install $2, or run tests/setup.sh on Debian"
  return 1
}

board() {
  has python3 python3 "$1" || return 0
  facts=$(tools/boards.py "$1") || { verdict 1 "" "no such board or job: $1"; return 0; }
  eval "$facts"
  has "$program" "$package" "$1" && compiler "$target" "$1" || return 0
  # Of two boards with one target the second only needs other addresses: an incremental build saves time.
  if [ "$alike" -gt 1 ]; then export CARGO_INCREMENTAL=1; fi
  export BOARD="$1" RUSTC="$rustc" RUSTFLAGS="$flags"
  tests "$1 ($target)" --target "$target" --target-dir "$build"
  if [ -n "$optimised" ]; then
    tests "$1, same bits when optimised" --target "$target" --target-dir "$build" --release $bits
  fi
  [ "$1" = wasm32 ] ||
    check "$1: the firmware prints firmware/expected.txt" firmware --target "$target" --target-dir "$build"
  unset BOARD RUSTC RUSTFLAGS
  export CARGO_INCREMENTAL=0
}

# check NAME COMMAND..: one check that is no list of tests.
check() {
  name=$1; shift
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1)); echo "$name"
  else
    failed=$((failed + 1)); echo "FAILED: $name"; tail -n 60 "$log" | sed 's/^/    /'
  fi
}

# firmware [cargo arguments]: runs the whole program; what it prints was computed elsewhere.
firmware() {
  cargo run --locked -q -p firmware "$@" >"$log.printed" && diff firmware/expected.txt "$log.printed"
}

# fits BOARD: links the firmware for a board that no emulator has.
fits() {
  eval "$(tools/boards.py "$1")"
  BOARD=$1 RUSTC=$rustc cargo build --locked -q -p firmware --target "$target" --target-dir "$build" --features "$features" &&
    tools/fits.py "boards/$map.x" "$build/$target/debug/firmware"
}

expected() { firmware/expected.py | diff firmware/expected.txt -; }
newcomer() { RUSTC=$rustc tools/newcomer.py microbit; }

# maps TARGET: real boards that no emulator has, and what docs/boards.md tells a newcomer.
maps() {
  has python3 python3 "memory maps for $1" || return 0
  compiler "$1" "memory maps for $1" || return 0
  for b in $(tools/boards.py --fits "$1"); do
    check "$b: the firmware links and fits the memory map" fits "$b"
  done
  [ "$1" = thumbv6m-none-eabi ] && has qemu-system-arm qemu-system-arm "the lines of docs/boards.md for a newcomer" || return 0
  check "the lines of docs/boards.md for a newcomer print what it says" newcomer
}

# link TARGET PROFILE [cargo arguments]: links the image of the proof.
link() {
  linked=$1/$2; shift 2
  RUSTC=$rustc RUSTFLAGS=$("$RUSTC_WRAPPER" --flags) cargo build --locked --target-dir "$build" -p no-panic --target "${linked%/*}" --profile "${linked#*/}" \
    "$@" >"$log" 2>&1
}

panic_found() { grep -q 'undefined symbol: a_panic_is_reachable' "$log"; }

proof() {
  compiler "$1" "proof for $1" || return 0
  for profile in proof proof-small; do
    if link "$1" "$profile"; then
      passed=$((passed + 1)); echo "$1, $profile: nothing can panic"
    elif panic_found; then
      failed=$((failed + 1)); echo "$1, $profile: a panic is reachable; README.md says how to find it"
    else
      failed=$((failed + 1)); echo "$1, $profile: does not build"; tail -n 60 "$log" | sed 's/^/    /'
    fi
  done
  symbols "$1"
  if ! link "$1" proof-small --features panicking,single && panic_found; then
    passed=$((passed + 1)); echo "$1: a panic put in on purpose is found"
  else
    failed=$((failed + 1)); echo "$1: a panic put in on purpose was not found"
  fi
}

# verdict STATUS GOOD BAD: counts one check that shows nothing but its end.
verdict() {
  if [ "$1" -eq 0 ]; then
    passed=$((passed + 1)); echo "$2"
  else
    failed=$((failed + 1)); echo "$3"; tail -n 60 "$log" | sed 's/^/    /'
  fi
}

# An image has no allocator, so no crate in it may ask for one; in f32 alone it calls nothing that computes in
# f64. Starts from the image that the proof has linked last, which does compute in f64.
symbols() {
  compiler "$1" "symbols for $1" && has python3 python3 "symbols for $1" || return 0
  image=$build/$1/proof-small/no-panic
  status=1
  ! tools/absent.py double "$image" >"$log" && grep -q '^double: ' "$log" && status=0
  verdict "$status" "$1: f64 put in on purpose is found" "$1: f64 put in on purpose was not found"
  for what in heap double; do
    status=0
    link "$1" proof-small --features single && tools/absent.py "$what" "$image" >"$log" &&
      tools/absent.py "$what" "$image-store" >>"$log" || status=1
    verdict "$status" "$1: no $what in f32 alone" "$1: $what in f32 alone"
  done
  status=1
  ! link "$1" proof-small --features allocating && grep -q 'no global memory allocator' "$log" && status=0
  verdict "$status" "$1: a heap put in on purpose is found" "$1: a heap put in on purpose was not found"
}

# The tools that judge: that they refuse what they must.
judges() {
  has python3 python3 "tests of the tools, firmware/expected.txt" || return 0
  status=0
  (cd tools && python3 -B -m unittest test_tools) >"$log" 2>&1 || status=1
  verdict "$status" "tools: what must be refused is refused" "tools: something was not judged right"
  check "firmware/expected.txt is what firmware/expected.py prints" expected
}

# Size, stack and instructions of a target against budget.toml.
measured() {
  by=$1
  case $1 in
    x86_64*) # elsewhere there is nothing to compare with; the compiler is that of the boards
      by=thumbv7em-none-eabihf
      [ "$(uname -m)" = x86_64 ] || { skip "measuring $1: this is another processor"; return 0; }
      has valgrind valgrind "measuring $1" || return 0 ;;
    riscv*) has qemu-system-riscv32 qemu-system-misc "measuring $1" || return 0 ;;
    *) has qemu-system-arm qemu-system-arm "measuring $1" || return 0 ;;
  esac
  compiler "$by" "measuring $1" && has python3 python3 "measuring $1" || return 0
  status=0
  CARGO_TARGET_DIR=$build RUSTC=$rustc tools/measure.py --check "$1" >"$log" 2>&1 || status=$?
  count "size, stack and work ($1)" "$status"
}

# resets BOARD: a firmware that learns into a store (core/store) and is reset at random instructions.
resets() {
  eval "$(tools/boards.py "$1")"
  has "$program" "$package" "resets on $1" && compiler "$target" "resets on $1" || return 0
  # An instruction takes 64 ns of the board's time, whatever this machine does meanwhile: the resets strike the
  # same instructions every time.
  export BOARD="$1" RUSTC="$rustc" QEMU_ARGS="-icount shift=6" QEMU_TIMEOUT=300
  check "$1: 500 resets at random instructions, and every promise kept" reset_often "$target" "$resets"
  status=0
  reset_often "$target" "$resets,hasty" >"$log" 2>&1 || status=$?
  lost=1
  if [ "$status" -ne 0 ] && grep -q '^after [0-9]* resets' "$log"; then lost=0; fi
  verdict "$lost" "$1: a promise broken on purpose is found" "$1: a promise broken on purpose was not found"
  unset BOARD RUSTC QEMU_ARGS QEMU_TIMEOUT
}

reset_often() { cargo run --locked -q -p resets --target "$1" --target-dir "$build" --features "$2"; }

# products TARGET: the firmwares on the HALs that people use, in a workspace of their own; they are built and
# linted, as no emulator has their chips.
products() {
  compiler "$1" "products for $1" && has python3 python3 "products for $1" || return 0
  products=$(tools/boards.py --products "$1")
  for product in $products; do
    check "$product: the firmware on its HAL builds" product cargo build --locked -q -p "$product" --target "$1"
  done
  clippy=
  for driver in clippy-driver /usr/bin/clippy-driver; do
    [ "$("$driver" --rustc -vV 2>/dev/null)" = "$("$rustc" -vV)" ] || continue
    clippy=$(dirname "$(command -v "$driver")")/cargo-clippy
  done
  [ -n "$clippy" ] || {
    skip "lints of the products for $1: no clippy of their compiler; rustup component add clippy, or install rust-web-clippy"
    return 0
  }
  for product in $products; do
    check "$product: nothing for clippy to say" product "$clippy" clippy --locked -q -p "$product" -p job --target "$1" -- -Dwarnings
  done
  # No other job builds them, and they are a gigabyte.
  if [ "${CI:-}" = true ]; then rm -rf "$build/products/$1"; fi
}

# product COMMAND..: cargo, or its clippy, on the workspace of the firmwares.
product() {
  (cd ../core/store/firmware && RUSTC=$rustc SYSROOT=$("$rustc" --print sysroot) RUSTFLAGS=$("$RUSTC_WRAPPER" --flags) \
    CARGO_TARGET_DIR=$build/products "$@")
}

# The archive for C, linked by a C compiler and run.
c() {
  facts=$(../core/c/tests/on-board.sh --compiler "$1")
  has "${facts% *}" "${facts#* }" "C for $1" && has python3 python3 "C for $1" && compiler "$1" "C for $1" || return 0
  case $1 in
    riscv*) has qemu-system-riscv32 qemu-system-misc "C for $1" || return 0 ;;
    *) has qemu-system-arm qemu-system-arm "C for $1" || return 0 ;;
  esac
  status=0
  CARGO_TARGET_DIR=$build RUSTC=$rustc ../core/c/tests/on-board.sh "$1" >"$log" 2>&1 || status=$?
  count "C for $1" "$status"
}

# docs/play.html is what its sources make, to the byte where the compiler is the recorded one.
page() {
  compiler wasm32-unknown-unknown "the page" && has python3 python3 "the page" || return 0
  check "docs/play.html is that of the sources" env CARGO_TARGET_DIR="$build" RUSTC="$rustc" ../host/play/build.py --check
}

# What is measured is the same image in every folder.
anywhere() {
  compiler thumbv7em-none-eabihf "images in other folders" && has python3 python3 "images in other folders" || return 0
  check "an image is the same bytes in three folders" env CARGO_TARGET_DIR="$build" RUSTC="$rustc" tools/anywhere.py
}

# job NAME: a board, a function or function:argument.
job() {
  log=$build/on-target.log
  case $1 in
    host | judges | anywhere | page) "$1" ;;
    *:*) "${1%%:*}" "${1#*:}" ;;
    *) board "$1" ;;
  esac
}

if [ $# -eq 0 ] && command -v python3 >/dev/null; then
  tools/boards.py --jobs >"$build/jobs"
  exec tools/jobs.py "$build/on-target" ./on-target.sh <"$build/jobs"
fi
counts=/dev/null
if [ $# -eq 0 ]; then
  skip "all boards, sizes and proofs: python3 is missing; install python3"
  set -- host
  mkdir -p "$build/on-target"
  counts=$build/on-target/counts
fi
for name in "$@"; do job "$name"; done

status=0
if [ "$failed" -gt 0 ]; then status=1; fi
if [ "$passed" -eq 0 ]; then status=1; echo "nothing could run"; fi
if [ "${CI:-}" = true ] && [ "$skipped" -gt 0 ]; then status=1; echo "with CI=true nothing may be skipped"; fi
echo "$passed passed, $failed failed, $skipped skipped" | tee "$counts"
exit "$status"
