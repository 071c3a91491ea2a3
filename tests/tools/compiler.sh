#!/bin/sh
# compiler.sh TARGET: prints a rustc that can build for TARGET. Prints nothing and fails if this machine has none.
#
# First choice is a compiler with the target installed (rustup). Else one with the library's source (Debian's rust-web-src):
# `core` is then compiled once into a sysroot of our own, so that everyday builds are plain stable ones without -Zbuild-std.
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
  own=$cache/$("$rustc" -vV | sed -n 's/^commit-hash: //p;s/^release: //p' | tr '\n' '-' | cut -c1-24)
  if [ ! -e "$own/rustc" ]; then
    mkdir -p "$own/lib/rustlib" "$own/build/src"
    for part in "$("$rustc" --print sysroot)"/lib/rustlib/*; do ln -sfn "$part" "$own/lib/rustlib/"; done
    echo '#![no_std]' > "$own/build/src/lib.rs"
    cat > "$own/build/Cargo.toml" <<TOML
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
    printf '#!/bin/sh\nexec "%s" --sysroot "%s" "$@"\n' "$rustc" "$own" > "$own/rustc"
    chmod +x "$own/rustc"
  fi
  if ! has_target "$own/rustc"; then
    echo "compiling core for $target, once" >&2
    cargo=cargo
    [ -x "$(dirname "$rustc")/cargo" ] && cargo=$(dirname "$rustc")/cargo
    # Without embedded bitcode link-time optimisation cannot read the library.
    (cd "$own/build" && env -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET RUSTC="$rustc" RUSTC_BOOTSTRAP=1 \
      RUSTFLAGS=-Cembed-bitcode=yes "$cargo" build -q --release -Zbuild-std=core,alloc --target "$target") >&2
    mkdir -p "$own/lib/rustlib/$target/lib"
    for part in core alloc compiler_builtins; do
      cp "$own/build/target/$target/release/deps/lib$part"-*.rlib "$own/lib/rustlib/$target/lib/"
    done
    rm -rf "$own/build/target"
  fi
  echo "$own/rustc"
  exit
done
exit 1
