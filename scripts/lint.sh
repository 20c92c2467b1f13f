#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks what no compiler checks: formatting, licence headers, the syntax of shell scripts.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint -s -r Package.swift Sources Tests

failed=0
while IFS= read -r file; do
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$file: no licence header" >&2; failed=1; }
done < <(find Sources Tests php-client examples scripts .ci Makefile \
  \( -name vendor -o -name '.*.cache' \) -prune -o -type f \
  \( -name '*.swift' -o -name '*.php' -o -name '*.sh' -o -name '*.py' -o -name Makefile -o -path '.ci/*' \) -print)

for script in scripts/*.sh .ci/run; do
  bash -n "$script" || failed=1
  [ -x "$script" ] || { echo "$script: not executable" >&2; failed=1; }
done
exit "$failed"
