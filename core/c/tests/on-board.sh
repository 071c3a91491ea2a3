#!/bin/sh
# on-board.sh TARGET: builds the archive, links the programs of tests/c with a C compiler, and runs them in QEMU.
#
# A line `test NAME ... ok` or `test NAME ... FAILED` for each check, as cargo prints them.
#   CARGO_TARGET_DIR=dir   as always (default target)
#   --compiler TARGET      prints the compiler that the target needs and the Debian package that has it
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)

# facts TARGET: compiler, its package and flags, boards to run on. The first board has room for all functions.
facts() {
  arm="arm-none-eabi-gcc gcc-arm-none-eabi" riscv="riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf"
  case $1 in
    thumbv6m-none-eabi) cc=$arm boards="mps2-an385 microbit" flags="-mcpu=cortex-m0 -mthumb -mfloat-abi=soft" ;;
    thumbv7m-none-eabi) cc=$arm boards=mps2-an385 flags="-mcpu=cortex-m3 -mthumb -mfloat-abi=soft" ;;
    thumbv7em-none-eabihf)
      cc=$arm boards=mps2-an386 flags="-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16" ;;
    thumbv8m.main-none-eabihf)
      cc=$arm boards=mps2-an505 flags="-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16" ;;
    riscv32imc-unknown-none-elf) cc=$riscv boards=riscv-virt flags="-march=rv32imc -mabi=ilp32" ;;
    riscv32imac-unknown-none-elf)
      cc=$riscv boards="riscv-virt sifive_e" flags="-march=rv32imac -mabi=ilp32" ;;
    *) echo "on-board.sh: no C compiler is known for $1" >&2; exit 2 ;;
  esac
  package=${cc#* } cc=${cc% *}
}

if [ "$1" = --compiler ]; then
  facts "$2"
  echo "$cc $package"
  exit
fi
target=$1
facts "$target"
case ${CARGO_TARGET_DIR:-/} in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
build=${CARGO_TARGET_DIR:-$root/target}
out=$build/ntk-c
CARGO_TARGET_DIR=$build NTK_OUT=$out "$here/../build.sh" "$target"
work=$out/$target/programs
mkdir -p "$work"
failed=0

# verdict STATUS NAME
verdict() {
  if [ "$1" -eq 0 ]; then echo "test $2 ... ok"; else echo "test $2 ... FAILED"; failed=1; fi
}

# link BOARD PROGRAM [options]: the image is work/PROGRAM.
link() {
  map=$root/tests/boards/$1.x program=$2
  shift 2
  region=RAM
  if grep -q 'FLASH *:' "$map"; then region=FLASH; fi
  echo "REGION_ALIAS(\"TEXT\", $region);" >"$work/text.x"
  # shellcheck disable=SC2086
  $cc $flags -std=c99 -Wall -Wextra -Werror -pedantic -Wconversion -Wdouble-promotion -Wshadow -Wundef -Os -ffreestanding \
    -ffunction-sections -fdata-sections -I"$out/include" -nostdlib -T "$map" -T "$work/text.x" -T "$here/c/sections.ld" \
    -Wl,--no-warn-rwx-segments,-z,noexecstack -o "$work/$program" "$here/c/board.c" "$here/c/$program.c" "$@" "$out/$target/libntk.a" -lgcc
}

# prints BOARD PROGRAM FILE: links, runs, compares.
prints() {
  link "$1" "$2" -Wl,--gc-sections && "$root/tests/tools/qemu-runner" "$1" "$work/$2" >"$work/printed" 2>&1 &&
    diff "$work/printed" "$3"
}

: >"$work/nothing"
for board in $boards; do
  status=0
  prints "$board" answers "$here/c/answers.txt" || status=1
  verdict "$status" "c::bits_of_rust_on_$board"
  status=0
  prints "$board" misuse "$work/nothing" || status=1
  verdict "$status" "c::misuse_is_a_code_on_$board"
done

# All functions of all shapes: nothing panics, or the link would lack the function that the panic handler calls.
board=${boards%% *}
status=0
link "$board" everything || status=1
verdict "$status" "c::nothing_panics"
# With what no program calls left out, as a program is linked: the compiler's own library has double precision.
link "$board" everything -Wl,--gc-sections || failed=1
for what in heap double; do
  status=0
  "$root/tests/tools/absent.py" "$what" "$work/everything" || status=1
  verdict "$status" "c::no_$what"
done
# sizes ARCHIVE PROGRAM ..: the programs of tests/measure, in C, and on the Cortex-M4F that README.md has their sizes.
sizes() {
  archive=$1; shift
  for program in "$@"; do link "$board" "$program" -Wl,--gc-sections || failed=1; done
  [ "$target" = thumbv7em-none-eabihf ] || return 0
  status=0
  "$here/sizes.py" "$archive" "$work" || status=1
  verdict "$status" "c::sizes_of_README.md, $archive"
}
sizes all fit_predict sensor stream
# A program takes from the archive the object that it calls: streams stand in one, sensors and models in another.
# members PROGRAM: the library's objects in it.
members() {
  link "$board" "$1" -Wl,--gc-sections,-Map="$work/map" && grep -o '^[^ ]*libntk\.a(ntk_c-[^)]*)' "$work/map" | sort -u
}
of_model=$(members fit_predict) of_stream=$(members stream)
status=1
[ "$(printf '%s\n%s\n' "$of_model" "$of_stream" | grep -c .)" -eq 2 ] && [ "$of_model" != "$of_stream" ] && status=0
verdict "$status" "c::who_calls_no_stream_has_none"
kept=$out
CARGO_TARGET_DIR=$build NTK_OUT=$kept/small NTK_SMALL=1 NTK_ONLY=2x32 "$here/../build.sh" "$target"
out=$kept/small
sizes small fit_predict
# What README.md says, with a little air for another compiler.
if [ "$target" = thumbv7em-none-eabihf ]; then
  status=0
  (cd "$root/tests/tools" && python3 -c 'import sys; from elf import Image; sys.exit(Image(sys.argv[1]).flash() > 8704)' \
    "$work/fit_predict") || status=1
  verdict "$status" "c::fit_and_predict_take_at_most_8704_bytes"
fi
out=$kept
CARGO_TARGET_DIR=$build NTK_OUT=$out/panicking NTK_FEATURES=panicking "$here/../build.sh" "$target"
out=$out/panicking
status=1
link "$board" panics 2>"$work/log" || ! grep -q 'ntk_a_panic_is_reachable' "$work/log" || status=0
verdict "$status" "c::a_panic_put_in_on_purpose_is_found"
exit "$failed"
