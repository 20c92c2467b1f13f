#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks the syntax of all PHP code, and runs the tests of the PHP client against the daemon in .build/debug, or $CLOAKROOMD.
set -euo pipefail
cd "$(dirname "$0")/.."

while IFS= read -r file; do
  php -l "$file" > /dev/null
done < <(find php-client -name vendor -prune -o -name '*.php' -print)
phpunit -c php-client/phpunit.xml.dist
