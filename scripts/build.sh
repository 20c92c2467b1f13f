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
product=${1:-cloakroomd}
swift build "${options[@]}" --product "$product" >&2
echo "$(swift build "${options[@]}" --show-bin-path)/$product"
