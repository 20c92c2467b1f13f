#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks that PHP-FPM accepts the example of a pool file.
set -euo pipefail
cd "$(dirname "$0")/.."

fpm=$(compgen -G '/usr/sbin/php-fpm*' | sort -V | tail -n 1) || { echo 'php-fpm is missing: make deps' >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '[global]\nerror_log = %s/log\ninclude = %s/conf/php-fpm/*.conf\n' "$work" "$PWD" > "$work/fpm.conf"
output=$("$fpm" -t -y "$work/fpm.conf" 2>&1) || { printf '%s\n' "$output" >&2; cat "$work/log" >&2 2>/dev/null || true; exit 1; }
if { printf '%s\n' "$output"; cat "$work/log"; } | grep -iE 'warning|error' >&2; then exit 1; fi
echo 'the pool file is valid'
