#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Compares Cloakroom with the session handlers that people use, side by side: see docs/benchmarks.md.
#   Benchmarks/run.sh [OPTION…] [WHAT…]     (--help lists them)
#   DAEMON=FILE   measure this cloakroomd instead of building one
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh gcc libc6-dev librocksdb-dev libssl-dev memcached nginx-light php-cli php-fpm php-memcached php-redis python3 \
  redis-server util-linux wrk
daemon=${DAEMON:-$(scripts/build.sh)}
PYTHONPATH=$PWD/Benchmarks PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 -m comparison --daemon "$daemon" "$@"
