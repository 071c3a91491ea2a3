#!/bin/sh
# setup.sh: installs what all.sh needs and this machine lacks. all.sh calls it; it may also be run alone.
#
# On Debian 12 or later and on Ubuntu it takes packages of the distribution, as root or with sudo. Debian also
# has a compiler with the library's source. Where there is no such compiler, rustup adds the targets. Fails,
# and says what to install, where it cannot.
set -u
cd "$(dirname "$0")"
id=
# shellcheck disable=SC1091
[ -r /etc/os-release ] && id=$(. /etc/os-release && echo "$ID")
packages="qemu-system-arm qemu-system-misc python3 nodejs parallel valgrind gcc-arm-none-eabi gcc-riscv64-unknown-elf cmake"
case $id in
  debian) packages="rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy lld-22 llvm-22 $packages chromium" known=yes ;;
  ubuntu) known=yes ;;
  *) known= ;;
esac
status=0

missing=
if [ -n "$known" ]; then
  for package in $packages; do
    dpkg --status "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing="$missing $package"
  done
else
  for program in qemu-system-arm qemu-system-riscv32 python3 node parallel valgrind chromium \
    arm-none-eabi-gcc riscv64-unknown-elf-gcc cmake; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root="sudo"; else as_root=no; fi
fi
if [ -z "$missing" ]; then
  :
elif [ -z "$known" ]; then
  echo "setup.sh: neither Debian nor Ubuntu; install what provides these programs:$missing"
  status=1
elif [ "$as_root" = no ]; then
  echo "setup.sh: neither root nor sudo; run as root: apt-get install --no-install-recommends$missing"
  status=1
else
  echo "setup.sh: installs$missing"
  [ "$id" != debian ] || echo "setup.sh: on a fresh Debian 12 that is a download of 460 to 580 MB, by what the image has"
  # shellcheck disable=SC2086
  $as_root apt-get update &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing || status=1
fi

# Any compiler of this machine that has the targets will do, or one with the library's source
# (tools/compiler.sh).
if [ ! -e /usr/lib/rustlib/src/rust/library/core/Cargo.toml ]; then
  # That of the ESP32-C3 has a firmware and no board to run tests on.
  targets="$(sed -n 's/^target = "\(.*\)"$/\1/p' boards.toml | sort -u) riscv32imc-unknown-none-elf"
  if command -v rustup >/dev/null; then
    for target in $targets; do
      rustup target list --installed | grep -qx "$target" && continue
      echo "setup.sh: rustup adds $target"
      rustup target add "$target" || status=1
    done
  else
    for target in $targets; do
      tools/compiler.sh "$target" >/dev/null && continue
      echo "setup.sh: no compiler for $target; install rustup"
      status=1
    done
  fi
fi
exit "$status"
