#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the micro-benchmarks, prints a table, and fails when a threshold of thresholds.json is exceeded.
#   run.sh            checks
#   run.sh --record   sets the counts in thresholds.json to what was measured, instead
set -euo pipefail
cd "$(dirname "$0")"
source ./options.sh
python=/usr/bin/python3
results=../../.build/micro/results
../../scripts/install-deps.sh libssl-dev librocksdb-dev python3 valgrind
mkdir -p "$results"

TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

echo "micro: instructions" >&2
mapfile -t names < <("$python" report.py --names)
if ! ./instructions.sh "${names[@]}" > "$results/instructions.json" 2> "$results/instructions.log"; then
  tail -n 40 "$results/instructions.log" >&2
  exit 1
fi
echo "micro: times, allocations and system calls" >&2
if ! swift package "${options[@]}" benchmark run --format jmh --path stdout --no-progress --quiet \
  > "$results/benchmark.out" 2> "$results/benchmark.log"; then
  tail -n 40 "$results/benchmark.log" "$results/benchmark.out" >&2
  exit 1
fi
"$python" report.py "$@" "$results/benchmark.out" "$results/instructions.json"
