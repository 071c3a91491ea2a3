#!/bin/sh
# build.sh: the static library for each processor, as FOLDER/TARGET/libntk.a, with ntk.h in FOLDER/include.
#
#   core/c/build.sh                        for all processors of the list below
#   core/c/build.sh thumbv7em-none-eabihf  for these targets; `host` is this machine
#   NTK_OUT=dir                            FOLDER (default target/ntk-c)
#   NTK_ONLY=2x32                          for this shape alone
#   NTK_SMALL=1                            with no more than init, fit_empty, clear, predict and mean of models, which are
#                                          smaller where nothing else shares their code
#   NTK_FEATURES=a,b                       features of Cargo.toml, for tests
#
# Takes rustup's targets (rustup target add TARGET), or on Debian the compiler whose library is source
# (apt-get install rustc-web cargo-web rust-web-src). The first build of a target there takes half a minute more.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
case ${CARGO_TARGET_DIR:-/} in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
build=${CARGO_TARGET_DIR:-$root/target}
out=${NTK_OUT:-$build/ntk-c}
targets="thumbv6m-none-eabi thumbv7m-none-eabi thumbv7em-none-eabihf thumbv8m.main-none-eabihf
  riscv32imc-unknown-none-elf riscv32imac-unknown-none-elf"
# A caller's flags would be part of the archive, and a caller's target of no build.
unset CARGO_BUILD_TARGET RUSTFLAGS CARGO_TARGET_DIR
RUSTFLAGS="${NTK_ONLY:+--cfg=ntk_one --cfg=ntk_only=\"$NTK_ONLY\"} ${NTK_SMALL:+--cfg=ntk_small}"
export RUSTFLAGS
[ $# -gt 0 ] || set -- $targets
[ -z "${NTK_ONLY:-}" ] || grep -q "\"$NTK_ONLY\"" "$here/src/shapes.rs" || {
  echo "build.sh: src/shapes.rs has no shape $NTK_ONLY" >&2
  exit 1
}

mkdir -p "$out/include"
cp "$here/include/ntk.h" "$out/include/"
# archive [options of rustc]: the static library of a target, built with the options that `with` holds.
archive() {
  # shellcheck disable=SC2086
  (cd "$root" && cargo rustc --locked -q -p ntk-c --lib --crate-type staticlib --target-dir "$build" $with -- "$@")
}

for target in "$@"; do
  if [ "$target" = host ]; then
    folder=$build/archive
    with="--profile archive"
    archive
  else
    RUSTC=$("$root/tests/tools/compiler.sh" "$target") || {
      echo "build.sh: no compiler for $target here; rustup target add $target, or on Debian install rust-web-src" >&2
      exit 1
    }
    export RUSTC
    folder=$build/$target/archive
    with="--profile archive --target $target --features panic-handler${NTK_FEATURES:+,$NTK_FEATURES}"
    if [ -n "${NTK_SMALL:-}" ]; then
      archive
    else
      # Streams are an object of their own, which a linker leaves alone where no program calls them: in one object
      # the functions that all share would be larger, in every program.
      archive --cfg 'ntk_part="streams"'
      mkdir -p "$folder/streams"
      cp "$folder/libntk_c.a" "$folder/streams/libntk_streams.a"
      archive --cfg 'ntk_part="rest"' -L "native=$folder/streams" -l static=ntk_streams
    fi
  fi
  mkdir -p "$out/$target"
  cp "$folder/libntk_c.a" "$out/$target/libntk.a"
  echo "$out/$target/libntk.a"
done
