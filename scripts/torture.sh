#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Does to the daemon, as it is installed, what it must survive, and prints figures (docs/testing.md). Takes about half an hour.
#   scripts/torture.sh [OPTION…]   options of the program; --help lists them
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh e2fsprogs librocksdb-dev libssl-dev mount util-linux
# Both lie in one directory, which is where the program looks for the daemon.
scripts/build.sh > /dev/null
exec "$(scripts/build.sh torture)" "$@"
