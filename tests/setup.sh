#!/bin/sh
# setup.sh: installs on Debian 12 or later what all.sh needs, from Debian's own repositories. Run as root.
set -eu
packages="rustc-web cargo-web rust-web-src rust-web-llvm lld-22 llvm-22 qemu-system-arm qemu-system-misc python3 nodejs \
  parallel chromium valgrind"
# shellcheck disable=SC2086
dpkg --status $packages 2>/dev/null | grep -c '^Status: install ok installed' | grep -qx "$(echo $packages | wc -w)" && exit
apt-get update
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $packages
