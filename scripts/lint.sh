#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks what no compiler checks: formatting, licence headers, the syntax of scripts.
set -euo pipefail
cd "$(dirname "$0")/.."

shopt -s nullglob
swift=(Package.swift Sources Tests Fuzz Benchmarks)
all=(Sources Tests Fuzz Benchmarks php-client examples scripts .ci Makefile)
present() { for path in "$@"; do [ ! -e "$path" ] || printf '%s\n' "$path"; done; }
mapfile -t swift < <(present "${swift[@]}")
mapfile -t all < <(present "${all[@]}")

failed=0
swift format lint -s -r "${swift[@]}" || failed=1

while IFS= read -r file; do
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$file: no licence header" >&2; failed=1; }
done < <(find "${all[@]}" \
  \( -name vendor -o -name .build -o -name '.*.cache' \) -prune -o -type f \
  \( -name '*.swift' -o -name '*.php' -o -name '*.sh' -o -name '*.py' -o -name '*.c' -o -name Makefile -o -path '.ci/*' \) -print)

for script in scripts/*.sh Benchmarks/*.sh Benchmarks/*/*.sh .ci/run; do
  bash -n "$script" || failed=1
  [ -x "$script" ] || { echo "$script: not executable" >&2; failed=1; }
done

while IFS= read -r file; do
  # Without py_compile, which would leave files behind.
  python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' "$file" || failed=1
done < <(find Benchmarks Tests scripts -name '*.py')

while IFS= read -r file; do
  php -l "$file" > /dev/null || failed=1
done < <(find Benchmarks -name '*.php')
exit "$failed"
