#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are missing: those named, or all that building and testing need.
# Without root it says what to run, and fails. Services of the packages are not started.
set -euo pipefail

all=(
  age apache2-bin apparmor binutils chromium curl debootstrap e2fsprogs fail2ban fish gdb gnupg groff-base libfcgi-bin
  libfcgi-dev libhiredis-dev librocksdb-dev libssl-dev lighttpd man-db mandoc mount nginx-light openssl php-cli php-fpm
  php-redis phpunit prometheus python3 python3-cryptography python3-prometheus-client redis-server strace systemd
  systemd-container zsh
)
[ $# -gt 0 ] || set -- "${all[@]}"

missing=()
for package in "$@"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if [ "$(id -u)" != 0 ]; then
  echo "Packages are missing. Run this, then try again:" >&2
  echo "  sudo apt-get update && sudo ${install[*]}" >&2
  exit 1
fi

# dpkg asks this file before it starts a service (/usr/share/doc/init-system-helpers/README.policy-rc.d.gz).
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi

echo "Installing ${missing[*]}"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && "${install[@]}"; } > "$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "The packages could not be installed; the end of apt-get's output is above, all of it in $log" >&2
  exit 1
fi
rm -f "$log"
