#!/bin/sh
# setup.sh: installs on Debian 12 or later what on-target.sh needs, from Debian's own repositories. Run as root.
set -eu
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
  rustc-web cargo-web rust-web-src rust-web-llvm lld-22 llvm-22 \
  qemu-system-arm qemu-system-misc python3 nodejs
