#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds a program of this package as the daemon is built, and prints where it is.
#   build.sh PRODUCT
set -euo pipefail
cd "$(dirname "$0")"

# The options of scripts/build.sh.
options=(
  --scratch-path ../../.build/micro -c release
  -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked
)
swift build "${options[@]}" --product "$1" >&2
echo "$(swift build "${options[@]}" --show-bin-path)/$1"
