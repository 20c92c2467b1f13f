#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target on its corpus for a number of seconds (default 60), without stopping at the first that finds something.
#   scripts/fuzz.sh [SECONDS]
# What a target finds is kept in .build-fuzz/found/; a new input that reaches new code, in .build-fuzz/corpus/.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
targets=(FuzzRequest FuzzResponse FuzzKeyText FuzzAdminRequest FuzzConfiguration FuzzRecord FuzzClientAddress FuzzUserAgent
  FuzzBackupManifest FuzzINI FuzzPoolFile FuzzPHPSource FuzzFastCGI FuzzUnitFile FuzzGateRecords)
# muldefs: libFuzzer brings a main of its own, and SwiftPM insists on that of the target.
options=(--scratch-path .build-fuzz -c release -Xswiftc -sanitize=fuzzer -Xlinker -z -Xlinker muldefs)
export CLOAKROOM_FUZZ=1
# libFuzzer keeps the input of a crash, if Swift does not handle it first.
export SWIFT_BACKTRACE=enable=no

bin=$(swift build "${options[@]}" --show-bin-path)
mkdir -p .build-fuzz/found
failed=0
for target in "${targets[@]}"; do
  seeds=Fuzz/Corpus/${target#Fuzz}
  # A target without seeds would find nothing and say that all is well.
  [ -n "$(ls -A "$seeds" 2>/dev/null)" ] || { echo "fuzz: $seeds is empty" >&2; exit 1; }
  log=.build-fuzz/$target.log
  if ! swift build "${options[@]}" --product "$target" > "$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
  corpus=.build-fuzz/corpus/$target
  mkdir -p "$corpus"
  if "$bin/$target" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -verbosity=1 \
    -print_final_stats=1 -artifact_prefix=".build-fuzz/found/$target-" "$corpus" "$seeds" > "$log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
    echo "fuzz: $target: $runs inputs in $seconds s, $covered, nothing found"
  else
    tail -n 40 "$log" >&2
    echo "fuzz: $target FAILED; the input is in .build-fuzz/found/" >&2
    failed=$((failed + 1))
  fi
done
echo "$((${#targets[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
