#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Prints a directory with a Debian that has systemd as its first process, for boot.sh, and makes it if it is not there. As root.
#   scripts/boot/make-root.sh PACKAGE…
# It is kept in .build/boot, one for each set of packages and version of this script. DEBIAN_MIRROR names another mirror.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

readonly SUITE=bookworm MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
readonly CACHE=$PWD/.build/boot

fail() { echo "make-root: $*" >&2; exit 1; }
logged() { # logged COMMAND…: quiet unless it fails
  "$@" > "$new.log" 2>&1 < /dev/null || { tail -n 20 "$new.log" >&2; fail "failed: $1 (above: the end of its output)"; }
}
# in_root COMMAND…: in the new system, with mounts that end with the command.
in_root() {
  unshare --mount --pid --fork --kill-child --propagation private bash -c '
    set -e; root=$1; shift
    mount -t proc proc "$root/proc"; mount -t tmpfs tmpfs "$root/tmp"
    : >> "$root/etc/resolv.conf"
    mount --bind -o ro /etc/resolv.conf "$root/etc/resolv.conf"
    exec chroot "$root" "$@"' - "$new" "$@"
}
# settle: what no test wants: services that start by themselves, and what makes two boots alike.
settle() {
  local unit
  for unit in "$new"/etc/systemd/system/{multi-user,timers,sockets}.target.wants/*; do
    case ${unit##*/} in systemd-* | getty@* | remote-fs.target) ;; *) rm -f "$unit" ;; esac
  done
  systemctl --quiet --root="$new" mask console-getty.service getty@tty1.service getty-static.service \
    apt-daily.timer apt-daily-upgrade.timer
  systemctl --quiet --root="$new" set-default multi-user.target
  echo debian > "$new/etc/hostname"
  printf '127.0.0.1 localhost debian\n' > "$new/etc/hosts"
  : > "$new/etc/machine-id" # empty and not absent: a "first boot" would apply presets
  rm -rf "$new/etc/resolv.conf" "$new/var/lib/dbus/machine-id" "$new"/var/lib/systemd/{random-seed,credential.secret} \
    "$new"/var/log/journal/* "$new"/var/lib/apt/lists/* "$new/usr/sbin/policy-rc.d"
}

[ $# -gt 0 ] || fail 'usage: make-root.sh PACKAGE…'
[ "$(id -u)" = 0 ] || fail 'has to be root'
for tool in debootstrap unshare; do command -v "$tool" > /dev/null || fail "$tool is missing: make deps"; done
mkdir -p "$CACHE"
exec 9> "$CACHE/lock"
flock 9 # two at once would make the same thing twice
root=$CACHE/root-$(cat "$0" - <<< "$MIRROR $*" | sha256sum | cut -c1-16)
if [ ! -d "$root" ]; then
  echo "make-root: making a Debian $SUITE from $MIRROR (about a minute; kept in ${CACHE#"$PWD/"})" >&2
  rm -rf --one-file-system "$CACHE"/root-*
  new=$root.new
  logged unshare --mount --propagation private debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,libnss-systemd,ca-certificates "$SUITE" "$new" "$MIRROR"
  for suite in "$SUITE" "$SUITE-updates"; do echo "deb $MIRROR $suite main"; done > "$new/etc/apt/sources.list"
  echo "deb ${MIRROR%/}-security $SUITE-security main" >> "$new/etc/apt/sources.list"
  printf '#!/bin/sh\nexit 101\n' > "$new/usr/sbin/policy-rc.d"
  chmod 755 "$new/usr/sbin/policy-rc.d"

  logged in_root sh -ec '
    get="apt-get -q -y -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io --no-install-recommends"
    $get update; $get upgrade; $get install "$@"; apt-get clean' - "$@"
  settle
  mv "$new" "$root"
  rm -f "$new.log"
fi
echo "$root"
