#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks what no compiler checks: formatting, licence headers, the syntax of scripts.
set -euo pipefail
cd "$(dirname "$0")/.."

shopt -s nullglob
swift=(Package.swift Sources Tests Fuzz Benchmarks)
all=(Sources Tests Fuzz Benchmarks php-client scripts .ci Makefile)
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

for script in scripts/*.sh scripts/*/*.sh Benchmarks/*.sh Benchmarks/*/*.sh .ci/run; do
  bash -n "$script" || failed=1
  [ -x "$script" ] || { echo "$script: not executable" >&2; failed=1; }
done

while IFS= read -r file; do
  # Without py_compile, which would leave files behind.
  python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' "$file" || failed=1
done < <(find Benchmarks Tests scripts -name '*.py')

# Each test and each script that these pages name is there. No name would mean that this no longer finds them.
for page in docs/asvs.md docs/threat-model.md; do
  mapfile -t tests < <(grep -oE '`([A-Za-z0-9_]+Test(s|Case)?(\.|::)[A-Za-z0-9_]+|scripts/[a-z/.-]+)`' "$page" | tr -d '`' | sort -u)
  [ ${#tests[@]} -gt 0 ] || { echo "$page: names no tests" >&2; failed=1; }
  for name in "${tests[@]}"; do
    case $name in
      scripts/*) [ -x "$name" ] ;;
      *::test*) grep -rqs "public function ${name##*:}(" --include="${name%%:*}.php" php-client/tests ;;
      *) grep -rqs "^ *\(@Test.* \)\?func ${name##*.}(" --include="${name%%.*}.swift" Tests ;;
    esac || { echo "$page: there is no test $name" >&2; failed=1; }
  done
done

# The manual pages are read without complaint by both formatters that people have. A test compares them with what they are made from.
mandoc -T lint -W warning docs/man/*.[58] || failed=1
for page in docs/man/*.[58]; do
  complaints=$(groff -man -ww -z -T utf8 "$page" 2>&1)
  [ -z "$complaints" ] || { echo "$complaints" >&2; failed=1; }
done

while IFS= read -r file; do
  php -l "$file" > /dev/null || failed=1
done < <(find Benchmarks -name '*.php')
exit "$failed"
