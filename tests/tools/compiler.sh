#!/bin/sh
# compiler.sh TARGET: prints a rustc that can build for TARGET. Exits with 1 and no output if this machine has
# none, and with 2 if it has one that did not compile the library for TARGET: messages then say why.
#
# First choice is a compiler with the target installed (rustup). Else one with the library's source (Debian's
# rust-web-src): `core` is then compiled once into a sysroot of our own, so that everyday builds are plain
# stable ones without -Zbuild-std.
#   SYSROOT_CACHE=dir     where those are kept (default target/sysroot)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cache=${SYSROOT_CACHE:-$here/target/sysroot}
target=$1
candidates="${RUSTC:-} rustc /usr/bin/rustc"

runs() { command -v "$1" >/dev/null && "$1" -V >/dev/null 2>&1; }
has_target() { ls "$("$1" --print target-libdir --target "$target")"/libcore-*.rlib >/dev/null 2>&1; }
has_source() { [ -e "$("$1" --print sysroot)/lib/rustlib/src/rust/library/core/Cargo.toml" ]; }

for rustc in $candidates; do
  runs "$rustc" && has_target "$rustc" && { command -v "$rustc"; exit; }
done

for rustc in $candidates; do
  runs "$rustc" && has_source "$rustc" || continue
  rustc=$(command -v "$rustc")
  work=
  trap 'status=$?; [ -z "$work" ] || rm -rf "$work"; [ "$status" -eq 0 ] || exit 2' EXIT
  # What is made by another wrapper or another version of this script is another library.
  own=$cache/$("$rustc" -vV | sed -n 's/^commit-hash: //p;s/^release: //p' | tr '\n' '-' | cut -c1-24)
  own=$own-$("$here/tools/rustc-anywhere" --flags | tr -cd 0-9)
  if [ ! -e "$own/rustc" ]; then
    mkdir -p "$own/lib/rustlib"
    for part in "$("$rustc" --print sysroot)"/lib/rustlib/*; do ln -sfn "$part" "$own/lib/rustlib/"; done
    printf '#!/bin/sh\nexec "%s" --sysroot "%s" "$@"\n' "$rustc" "$own" > "$own/rustc.$$"
    chmod +x "$own/rustc.$$"
    mv "$own/rustc.$$" "$own/rustc"
  fi
  if ! has_target "$own/rustc"; then
    echo "compiling core for $target, once" >&2
    cargo=cargo
    [ -x "$(dirname "$rustc")/cargo" ] && cargo=$(dirname "$rustc")/cargo
    # In a folder of its own, put in place when whole: several of these scripts may run at once.
    work=$own/work.$$
    mkdir -p "$work/src" "$work/lib" "$own/lib/rustlib/$target"
    echo '#![no_std]' > "$work/src/lib.rs"
    cat > "$work/Cargo.toml" <<TOML
[package]
name = "empty"
version = "0.0.0"
edition = "2024"
[workspace]
[profile.release]
opt-level = 3
codegen-units = 1
panic = "abort"
TOML
    # Without embedded bitcode link-time optimisation cannot read the library. The wrapper keeps the folder out
    # of it, and so out of every image.
    (cd "$work" && env -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET RUSTC="$rustc" RUSTC_BOOTSTRAP=1 \
      RUSTC_WRAPPER="$here/tools/rustc-anywhere" RUSTFLAGS=-Cembed-bitcode=yes \
      "$cargo" build -q --release -Zbuild-std=core,alloc --target "$target") >&2
    for part in core alloc compiler_builtins; do
      cp "$work/target/$target/release/deps/lib$part"-*.rlib "$work/lib/"
    done
    has_target "$own/rustc" || mv "$work/lib" "$own/lib/rustlib/$target/lib"
  fi
  echo "$own/rustc"
  exit
done
exit 1
