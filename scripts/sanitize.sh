#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the Swift and the PHP suites under AddressSanitizer and under ThreadSanitizer, or under the one that is named.
#   scripts/sanitize.sh [address|thread]
# What a sanitizer finds in any process, the daemons included, is kept in .build-sanitize/reports/.
set -euo pipefail
cd "$(dirname "$0")/.."

reports=$PWD/.build-sanitize/reports
rm -rf "$reports"
mkdir -p "$reports"
failed=0
[ $# -gt 0 ] || set -- address thread
for name in "$@"; do
  scratch=.build-sanitize/$name
  export CLOAKROOM_SANITIZE=$name
  # The leak detector needs ptrace(2), which the daemon closes to everybody; `make torture` watches its memory.
  export ASAN_OPTIONS="detect_leaks=0:log_path=$reports/address"
  export TSAN_OPTIONS="suppressions=$PWD/scripts/sanitize-thread.supp:log_path=$reports/thread"
  swift build --build-tests --sanitize="$name" --scratch-path "$scratch"
  swift test --skip-build --sanitize="$name" --scratch-path "$scratch" || failed=1
  CLOAKROOMD=$(swift build --sanitize="$name" --scratch-path "$scratch" --show-bin-path)/cloakroomd scripts/check-php.sh \
    || failed=1
done

mapfile -t found < <(find "$reports" -type f)
for report in "${found[@]}"; do
  echo "sanitize: $report:" >&2
  grep -m 5 -E 'WARNING|ERROR|SUMMARY' "$report" >&2 || true
done
[ "${#found[@]}" = 0 ] || failed=1
[ "$failed" = 0 ] && echo "sanitize: nothing found"
exit "$failed"
