#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks the systemd units: systemd knows every directive, and the sandbox is as tight as it was.
#
# "systemd-analyze verify" ends with 0 after warnings about unknown directives, so any output counts as failure. It also wants the
# program to be there, so it gets copies of the units that start a program which is.
set -euo pipefail
cd "$(dirname "$0")/.."

# The exposure that "systemd-analyze security" may see, in tenths: 0.5 of 10.
readonly MAX_EXPOSURE=5
# A backup is made as root, to read another user's files.
readonly MAX_BACKUP_EXPOSURE=10

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for unit in conf/systemd/cloakroom*.{service,socket,timer}; do
  sed -E 's#^ExecStart=/usr/bin/cloakroom(d|ctl|-fcgi) #ExecStart=/bin/true #' "$unit" > "$work/${unit##*/}"
done

# --recursive-errors: other units of this machine are not what is checked here.
output=$(systemd-analyze verify --man=no --recursive-errors=no \
  "$work/cloakroomd.socket" "$work/cloakroomd-admin.socket" "$work/cloakroomd-gate.socket" "$work/cloakroomd.service" \
  "$work/cloakroom-fcgi.socket" "$work/cloakroom-fcgi-tcp.socket" "$work/cloakroom-fcgi.service" \
  "$work/cloakroom-backup.service" "$work/cloakroom-backup.timer" 2>&1) || status=$?
if [ -n "$output" ] || [ "${status:-0}" -ne 0 ]; then
  printf 'systemd-analyze verify says (status %s):\n%s\n' "${status:-0}" "$output" >&2
  exit 1
fi

check_exposure() {
  output=$(systemd-analyze security --offline=yes --no-pager --threshold="$2" "$work/$1" 2>&1) || {
    grep -E '✗|→' <<< "$output" >&2
    echo "The sandbox of $1 is too open: at most $2 tenths." >&2
    exit 1
  }
  tail -n 1 <<< "$output"
}
check_exposure cloakroomd.service "$MAX_EXPOSURE"
check_exposure cloakroom-fcgi.service "$MAX_EXPOSURE"
check_exposure cloakroom-backup.service "$MAX_BACKUP_EXPOSURE"

output=$(systemd-sysusers --dry-run "$PWD/conf/systemd/cloakroom.sysusers" 2>&1) || {
  printf 'systemd-sysusers says:\n%s\n' "$output" >&2
  exit 1
}

# What the programs open is checked with both running.
/usr/bin/python3 scripts/check-apparmor.py
