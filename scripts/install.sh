#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the daemon, cloakroomctl, their manual pages and completions, the PHP client, the units and the configuration below
# $DESTDIR. Starts nothing, makes no key and no user; a configuration file that is there already stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

destdir=${DESTDIR:-} prefix=${PREFIX:-/usr} sysconfdir=${SYSCONFDIR:-/etc}
units=$destdir$prefix/lib/systemd/system php=$destdir$prefix/share/php/Cloakroom

for program in cloakroomd cloakroomctl; do
  binary=$(scripts/build.sh "$program")
  install -D -m 0755 "$binary" "$destdir$prefix/bin/$program"
done
scripts/install-help.sh "$destdir$prefix/bin/cloakroomd" "$destdir$prefix/bin/cloakroomctl"

install -d "$php/src"
install -m 0644 php-client/prepend.php php-client/classes.php php-client/probe.php php-client/composer.json "$php/"
install -m 0644 php-client/src/*.php "$php/src/"

install -d "$units"
for unit in conf/systemd/cloakroom*.{service,socket,timer}; do
  sed -E "s#/usr/bin/cloakroom(d|ctl)#$prefix/bin/cloakroom\1#" "$unit" > "$units/${unit##*/}"
  chmod 0644 "$units/${unit##*/}"
done
install -D -m 0644 conf/systemd/cloakroom.sysusers "$destdir$prefix/lib/sysusers.d/cloakroom.conf"

config=$destdir$sysconfdir/cloakroom/cloakroom.toml
[ -e "$config" ] || install -D -m 0644 conf/cloakroom.toml "$config"
install -D -m 0644 conf/php-fpm/cloakroom.conf "$destdir$prefix/share/doc/cloakroom/examples/php-fpm-cloakroom.conf"

# In complain mode, and only for the unit (docs/privsep.md); what the operator adds is in local/.
profile=$destdir$sysconfdir/apparmor.d/usr.bin.cloakroomd
install -d "${profile%/*}"
sed "s|/usr/bin/cloakroomd|$prefix/bin/cloakroomd|" conf/apparmor/usr.bin.cloakroomd > "$profile"
chmod 0644 "$profile"

# Switched off; what the operator changes is in files of its own (*.local).
for file in filter.d/cloakroom.conf jail.d/cloakroom.conf; do
  install -D -m 0644 "conf/fail2ban/$file" "$destdir$sysconfdir/fail2ban/$file"
done

echo "Installed to ${destdir:-/}; docs/operations.md says how to make the key and start it"
