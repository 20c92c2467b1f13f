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
mkdir -p "$results"

TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

# One after the other, never beside a build: the times become ratios.
echo "micro: times, allocations and system calls" >&2
if ! swift package "${options[@]}" benchmark run --format jmh --path stdout --no-progress --quiet \
  > "$results/benchmark.out" 2> "$results/benchmark.log"; then
  tail -n 40 "$results/benchmark.log" "$results/benchmark.out" >&2
  exit 1
fi
echo "micro: instructions" >&2
mapfile -t names < <("$python" report.py --names)
./instructions.sh "${names[@]}" > "$results/instructions.json" 2> "$results/instructions.log" \
  || { tail -n 40 "$results/instructions.log" >&2; exit 1; }
"$python" report.py "$@" "$results/benchmark.out" "$results/instructions.json"
