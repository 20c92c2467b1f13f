#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs Cloakroom in a Debian, boots it with systemd, and checks there what only a whole system shows. As root.
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] || { echo 'test-boot has to be root: it boots a system' >&2; exit 1; }
scripts/install-deps.sh debootstrap libfcgi-dev libhiredis-dev librocksdb-dev libssl-dev mount systemd systemd-container util-linux
root=$(scripts/boot/make-root.sh age gpg gpg-agent libfcgi-bin libhiredis0.14 librocksdb7.8 libssl3 openssl php-cli php-fpm)
layer=$(mktemp -d)
trap 'rm -rf "$layer"' EXIT
chmod 755 "$layer"
DESTDIR=$layer PREFIX=/usr SYSCONFDIR=/etc scripts/install.sh
scripts/check-binaries.sh "$layer"/usr/bin/cloakroom*
install -D -t "$layer/usr/lib/cloakroom-test" scripts/boot/checks.sh scripts/boot/gate.sh scripts/boot/page.php
scripts/boot/boot.sh "$root" "$layer" /usr/lib/cloakroom-test/checks.sh
