#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the daemon, the gate, cloakroomctl, their manual pages and completions, the PHP client, the units and the configuration below
# $DESTDIR. Starts nothing, makes no key and no user; a configuration file that is there already stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

destdir=${DESTDIR:-} prefix=${PREFIX:-/usr} sysconfdir=${SYSCONFDIR:-/etc}
units=$destdir$prefix/lib/systemd/system php=$destdir$prefix/share/php/Cloakroom

for program in cloakroomd cloakroomctl cloakroom-fcgi; do
  binary=$(scripts/build.sh "$program")
  install -D -m 0755 "$binary" "$destdir$prefix/bin/$program"
done
scripts/install-help.sh "$destdir$prefix"/bin/cloakroom{d,ctl,-fcgi}

install -d "$php/src"
install -m 0644 php-client/prepend.php php-client/classes.php php-client/probe.php php-client/composer.json "$php/"
install -m 0644 php-client/src/*.php "$php/src/"

install -d "$units"
for unit in conf/systemd/cloakroom*.{service,socket,timer}; do
  sed -E "s#/usr/bin/cloakroom(d|ctl|-fcgi)#$prefix/bin/cloakroom\1#" "$unit" > "$units/${unit##*/}"
  chmod 0644 "$units/${unit##*/}"
done
install -D -m 0644 conf/systemd/cloakroom.sysusers "$destdir$prefix/lib/sysusers.d/cloakroom.conf"

config=$destdir$sysconfdir/cloakroom/cloakroom.toml
[ -e "$config" ] || install -D -m 0644 conf/cloakroom.toml "$config"
options=$destdir$sysconfdir/default/cloakroom-fcgi
[ -e "$options" ] || install -D -m 0644 conf/default/cloakroom-fcgi "$options"
install -D -m 0644 conf/php-fpm/cloakroom.conf "$destdir$prefix/share/doc/cloakroom/examples/php-fpm-cloakroom.conf"
# What web servers need for the gate, and alerts, for the operator to include.
for program in nginx apache lighttpd prometheus; do
  for file in conf/"$program"/*; do
    install -D -m 0644 "$file" "$destdir$prefix/share/doc/cloakroom/examples/$program/${file##*/}"
  done
done

# In complain mode, and only for the units (docs/privsep.md); what the operator adds is in local/.
for program in cloakroomd cloakroom-fcgi; do
  profile=$destdir$sysconfdir/apparmor.d/usr.bin.$program
  install -d "${profile%/*}"
  sed "s|/usr/bin/$program|$prefix/bin/$program|" "conf/apparmor/usr.bin.$program" > "$profile"
  chmod 0644 "$profile"
done

# Switched off; what the operator changes is in files of its own (*.local).
for file in filter.d/cloakroom.conf jail.d/cloakroom.conf; do
  install -D -m 0644 "conf/fail2ban/$file" "$destdir$sysconfdir/fail2ban/$file"
done

echo "Installed to ${destdir:-/}; docs/operations.md says how to make the key and start it"
