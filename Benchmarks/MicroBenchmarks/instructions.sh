#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions of one use of each named operation, with valgrind, and prints them as JSON.
#   instructions.sh NAME...
# An operation is carried out N times and 2N times; the difference has no start-up in it.
set -euo pipefail
cd "$(dirname "$0")"
source ./options.sh
../../scripts/install-deps.sh valgrind >&2

# A multiple of 32, as nonces are made 32 at a time, and of the 64 sessions.
times=1024
swift build "${options[@]}" -c release --product instructions >&2
program="$(swift build "${options[@]}" -c release --show-bin-path)/instructions"
# The order of a dictionary is otherwise another one in each process.
export SWIFT_DETERMINISTIC_HASHING=1

count() {
  local log
  log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1) || { echo "$log" >&2; return 1; }
  sed -n 's/.*Collected : //p' <<< "$log"
}

separator='{'
for name in "$@"; do
  once=$(count "$name" "$times")
  twice=$(count "$name" $((2 * times)))
  printf '%s\n  "%s": %d' "$separator" "$name" $(((twice - once) / times))
  separator=,
done
printf '\n}\n'
