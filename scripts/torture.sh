#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Does to the daemon, as it is installed, what it must survive, and prints figures (docs/testing.md). Takes about ten minutes.
# Without options also the part that PHP-FPM and nginx have in it.
#   scripts/torture.sh [OPTION…]   options of the program; --help lists them
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh e2fsprogs libhiredis-dev librocksdb-dev libssl-dev mount util-linux
# All lie in one directory, which is where the program looks for the others.
scripts/build.sh > /dev/null
scripts/build.sh cloakroomctl > /dev/null
torture=$(scripts/build.sh torture)
if [ $# -eq 0 ]; then
  scripts/install-deps.sh
  CLOAKROOM_TORTURE=full CLOAKROOMD=$(dirname "$torture")/cloakroomd \
    phpunit -c php-client/phpunit.xml.dist --filter 'RestartTest|QueueTest|RequestEndTest'
fi
exec "$torture" "$@"
