#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the daemon as it is installed, and prints where it is. Swift's own libraries are linked in, so that a server needs no
# Swift; OpenSSL and RocksDB come from the system, with its security updates.
#   scripts/build.sh [PRODUCT]
set -euo pipefail
cd "$(dirname "$0")/.."

# Optimisation across modules, and no exclusivity checks at run time, are worth 2 µs of a request (docs/performance.md). The debug
# build, which all tests run, has the checks.
options=(-c release --static-swift-stdlib -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked)

# What scripts/check-binaries.sh looks for, and docs/privsep.md explains: nothing that is looked up beside the program, addresses
# that are all known and write-protected before it begins, and constants that cannot be run. With gold, as the other linkers keep all
# of Foundation, 30 MB of which nothing uses.
options+=(--disable-local-rpath -Xswiftc -no-toolchain-stdlib-rpath -Xlinker --rosegment)
for keyword in relro now noexecstack; do options+=(-Xlinker -z -Xlinker "$keyword"); done
# Swift has its stack protector on; C and C++ have to be told.
options+=(-Xcc -fstack-protector-strong -Xcc -fstack-clash-protection)
options+=(-Xcxx -D_FORTIFY_SOURCE=2 -Xcxx -D_GLIBCXX_ASSERTIONS)
# Marks where calls may land, in Swift too.
if [ "$(uname -m)" = x86_64 ]; then options+=(-Xcc -fcf-protection=full); fi

product=${1:-cloakroomd}
swift build "${options[@]}" --product "$product" >&2
echo "$(swift build "${options[@]}" --show-bin-path)/$product"
