#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Boots a Debian with systemd as its first process, runs a program in it as root, prints what it prints, powers off, and removes
# everything. As root.
#   scripts/boot/boot.sh ROOT LAYER PROGRAM
# ROOT is a directory of make-root.sh; LAYER is a directory whose files are laid over it; PROGRAM is a path in the two. Neither
# directory is written to. Ends with the program's status; 124 when the time (BOOT_TIMEOUT, 300 s) was up, 125 when the boot failed.
set -uo pipefail
export LC_ALL=C.UTF-8
# Mounts end with this process.
[ -n "${BOOT_NAMESPACE:-}" ] || BOOT_NAMESPACE=1 exec unshare --mount --propagation private -- "$0" "$@"

say() { echo "boot: $*" >&2; }
fail() { say "$@"; exit 125; }
[ $# -eq 3 ] || fail 'usage: boot.sh ROOT LAYER PROGRAM'
[ "$(id -u)" = 0 ] || fail 'has to be root'
command -v systemd-nspawn > /dev/null || fail 'systemd-nspawn is missing: make deps'
root=$(realpath -e -- "$1") && layer=$(realpath -e -- "$2") || fail 'no such directory'
program=$3 limit=${BOOT_TIMEOUT:-300}
# A host with both generations of control groups has a tree of each.
cgroups=(/sys/fs/cgroup/systemd /sys/fs/cgroup/unified)
[ -f /sys/fs/cgroup/cgroup.procs ] && cgroups=(/sys/fs/cgroup)

work=$(mktemp -d /var/tmp/cloakroom-boot.XXXXXX) || fail 'cannot write to /var/tmp'
name=${work##*/} machine='' tail=''
cleanup() {
  trap '' INT TERM HUP
  [ -z "$machine" ] || { kill -KILL "$machine"; wait "$machine"; } 2> /dev/null
  [ -z "$tail" ] || { kill "$tail"; wait "$tail"; } 2> /dev/null
  umount "$work/root" 2> /dev/null
  for _ in $(seq 100); do # killed processes leave their group a moment later
    find "${cgroups[@]/%//$name}" -depth -type d -exec rmdir {} + 2> /dev/null
    [ -n "$(find "${cgroups[@]/%//$name}" -maxdepth 0 2> /dev/null)" ] || break
    sleep 0.05
  done
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

chmod 755 "$work"
out=$work/out units=$work/upper/etc/systemd/system
mkdir -p "$work"/{work,root,out} "$units/multi-user.target.wants"
cat > "$units/boot-program.service" << UNIT
[Unit]
Description=What boot.sh runs
After=multi-user.target
SuccessAction=poweroff
FailureAction=poweroff

[Service]
# Not oneshot: with exec the boot is over while the program runs.
Type=exec
ExecStart=$program
# Written also when the program was killed or could not be started.
ExecStopPost=/bin/sh -c 'echo "\$EXIT_CODE \$EXIT_STATUS" > /boot-out/status'
WorkingDirectory=/
Environment=HOME=/root LANG=C.UTF-8 TERM=dumb
StandardOutput=append:/boot-out/output
StandardError=inherit
TimeoutStopSec=5
UNIT
ln -s ../boot-program.service "$units/multi-user.target.wants/"
mount -t overlay "$name" -o "lowerdir=$layer:$root,upperdir=$work/upper,workdir=$work/work" "$work/root" \
  || fail "overlayfs refuses $layer, $root or $work"
: > "$out/output"

# The system calls are those that nspawn forbids and a machine of its own does not; without bpf, IPAddressDeny= and DeviceAllow= do nothing.
arguments=(--quiet --register=no --keep-unit --settings=no --link-journal=no --console=pipe --machine="$name" --hostname=debian
  --system-call-filter='bpf memfd_secret @pkey @sandbox' --capability=CAP_IPC_LOCK --private-network
  --bind="$out:/boot-out" --boot --directory="$work/root")
for group in "${cgroups[@]}"; do mkdir "$group/$name" || fail "cannot make a control group in $group"; done
mkdir -p /run/systemd/nspawn && mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn
# In a process-id namespace of their own all end with this process, whatever happens to it.
follow=(setpriv --pdeathsig KILL --)
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 "${follow[@]}" bash -c '
  name=$1; shift
  for group in '"${cgroups[*]}"'; do echo $$ > "$group/$name/cgroup.procs" || exit 125; done
  exec "$@"' - "$name" "${follow[@]}" unshare --pid --fork --kill-child --mount-proc -- \
  systemd-nspawn "${arguments[@]}" < /dev/null > "$out/console" 2>&1 &
machine=$!
"${follow[@]}" tail -s 0.1 -n +1 -f --pid="$machine" "$out/output" &
tail=$!

deadline=$((SECONDS + limit)) late=''
while kill -0 "$machine" 2> /dev/null; do
  [ "$SECONDS" -lt "$deadline" ] || { late=1; break; }
  sleep 0.05
done
[ -z "$late" ] || kill -KILL "$machine"
wait "$machine" 2> /dev/null
machine=''
wait "$tail" 2> /dev/null
tail=''

how='' status=''
[ ! -s "$out/status" ] || read -r how status < "$out/status"
[ -z "$late" ] && [ "$how" = exited ] && exit "$status"
echo '--- the end of the journal ---' >&2
journalctl -q -D "$work/upper/var/log/journal" --no-pager -o short-precise -n 60 >&2 2> /dev/null
[ -z "$late" ] || { say "not over within $limit s"; exit 124; }
case $how in
  killed | dumped) say "the program was killed by SIG$status"; exit $((128 + $(kill -l "$status"))) ;;
  *) tail -n 40 "$out/console" >&2; fail 'the program never ran; above: the console' ;;
esac
