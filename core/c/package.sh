#!/bin/sh
# package.sh KIND OUT: the folder of a package with archives, header, example and licences.
#
#   KIND     arduino, platformio, esp-idf or zephyr; for CMake this folder itself is the package
#   NTK_OUT  where build.sh has put the archives (default target/ntk-c); those that are there go in
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
kind=$1 out=$2
archives=${NTK_OUT:-${CARGO_TARGET_DIR:-$root/target}/ntk-c}
[ -d "$here/packages/$kind" ] || { echo "package.sh: no such package: $kind" >&2; exit 2; }

mkdir -p "$out"
cp -r "$here/packages/$kind/." "$out/"
cp "$root/LICENSE-APACHE" "$root/LICENSE-MIT" "$out/"

# example FOLDER: the sources that all examples share.
example() { cp "$here/examples/thermometer.c" "$here/examples/thermometer.h" "$out/$1/"; }

# archive TARGET PLACE
archive() {
  [ -e "$archives/$1/libntk.a" ] || return 0
  mkdir -p "$out/$2"
  cp "$archives/$1/libntk.a" "$out/$2/"
  found=yes
}

found=
if [ "$kind" = arduino ]; then
  # The folders in which Arduino looks: src/{build.mcu}, and below it the floating-point unit where there is one.
  mkdir -p "$out/src"
  cp "$here/include/ntk.h" "$out/src/"
  for mcu in cortex-m0 cortex-m0plus; do archive thumbv6m-none-eabi "src/$mcu"; done
  archive thumbv7m-none-eabi src/cortex-m3
  for mcu in cortex-m4 cortex-m7; do archive thumbv7em-none-eabihf "src/$mcu/fpv4-sp-d16-hard"; done
  archive thumbv8m.main-none-eabihf src/cortex-m33/fpv5-sp-d16-hard
  archive riscv32imc-unknown-none-elf src/esp32c3
  for mcu in esp32c6 esp32h2; do archive riscv32imac-unknown-none-elf "src/$mcu"; done
  example examples/Thermometer
else
  mkdir -p "$out/include"
  cp "$here/include/ntk.h" "$out/include/"
  for folder in "$archives"/*-none-*; do archive "$(basename "$folder")" "lib/$(basename "$folder")"; done
  case $kind in
    platformio) example examples/thermometer/src ;;
    esp-idf) example examples/thermometer/main ;;
    zephyr) example samples/thermometer/src ;;
  esac
fi
[ -n "$found" ] || { echo "package.sh: no archives in $archives; call build.sh first" >&2; exit 1; }
