#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Compares Cloakroom with the session handlers that people use, side by side: see docs/benchmarks.md.
#   Benchmarks/run.sh [OPTION…] [WHAT…]     (--help lists them)
#   DAEMON=FILE, GATE=FILE   measure these programs instead of building them
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh gcc libc6-dev libfcgi-dev librocksdb-dev libssl-dev memcached nginx-light php-cli php-fpm php-memcached php-redis python3 \
  redis-server util-linux wrk
daemon=${DAEMON:-$(scripts/build.sh cloakroomd)}
gate=${GATE:-$(scripts/build.sh cloakroom-fcgi)}
PYTHONPATH=$PWD/Benchmarks PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 -m comparison --daemon "$daemon" --gate "$gate" "$@"
