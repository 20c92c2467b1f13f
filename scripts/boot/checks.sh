#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs as root in a Debian that boot.sh has booted, where Cloakroom was installed but nothing done yet, and goes through what
# docs/operations.md says: one line for each check, a summary, and status 1 if one failed.
set -uo pipefail
cd "$(dirname "$0")"

readonly FPM=/run/php/php8.2-fpm.sock CONFIG=/etc/cloakroom/cloakroom.toml KEY=/etc/cloakroom/key STATE=/var/lib/cloakroom SOCKET=/run/cloakroom/php.sock ADMIN=/run/cloakroom/admin.sock
readonly DROPINS=/run/systemd/system/cloakroomd.service.d
# What the audit finds (docs/audit.md, "Hosts as they come"): a Debian, the same with Cloakroom installed, and when it runs.
readonly STOCK=(cookie-without-httponly cookie-without-samesite cookie-without-secure kernel-of-another-host pool-not-asked
  save-path-write-only sessions-in-plain-text strict-mode-off)
readonly INSTALLED=(cookie-without-httponly cookie-without-samesite cookie-without-secure kernel-of-another-host prepend-not-configured
  save-path-write-only sessions-in-plain-text strict-mode-off)
readonly SHIPPED=(kernel-of-another-host)
work=$(mktemp -d)
passed=0 failed=0

check() { # check WHAT COMMAND…: the command says why it fails
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok      $what"
  else
    failed=$((failed + 1))
    echo "FAILED  $what"
    tail -n 15 <<< "$output" | sed 's/^/        /'
  fi
}
is() { [ "$1" = "$2" ] || { echo "it is \"$1\" and not \"$2\""; return 1; }; } # is FOUND EXPECTED
not() { ! "$@"; }
nothing() { local output; output=$("$@" 2>&1); [ -z "$output" ] || { echo "$output"; return 1; }; }
within() { # within SECONDS COMMAND…: tries until the command succeeds
  local deadline=$((SECONDS + $1)) output
  shift
  until output=$("$@" 2>&1); do
    [ $SECONDS -lt "$deadline" ] || { echo "not in time: $*: $output"; return 1; }
    sleep 0.1
  done
}
of_unit() { systemctl show -P "$1" cloakroomd.service; }
has_restarted() { [ "$(of_unit NRestarts)" -gt "$1" ] && [ "$(of_unit ActiveState)" = active ]; }

# ask [ID [QUERY]]: a request to PHP-FPM as the web server would make it; prints headers and page.
ask() {
  env -i REQUEST_METHOD=GET SCRIPT_FILENAME=/srv/www/page.php SCRIPT_NAME=/page.php REQUEST_URI=/page.php \
    SERVER_PROTOCOL=HTTP/1.1 GATEWAY_INTERFACE=CGI/1.1 REMOTE_ADDR=192.0.2.1 HTTP_USER_AGENT=test \
    QUERY_STRING="${2:-}" HTTP_COOKIE="${1:+PHPSESSID=$1}" cgi-fcgi -bind -connect "$FPM"
}
page() { ask "$@" | tail -n 1; }
new_session() { ask "" "$@" | sed -nE 's/^Set-Cookie: PHPSESSID=([^;]+);.*/\1/p' | tr -d '\r' | tail -n 1; }
counts() { is "$(page "$1")" "$2"; } # counts ID NUMBER: the session's next request is its NUMBERth

with_dropin() { # with_dropin NAME LINE…: changes the service until the end
  mkdir -p "$DROPINS"
  { echo '[Service]'; printf '%s\n' "${@:2}"; } > "$DROPINS/$1.conf"
  systemctl daemon-reload
}

# shellcheck source=scripts/boot/gate.sh
. ./gate.sh

prepare() {
  systemd-sysusers && mkdir -p /srv/www && install -m 644 page.php /srv/www/ \
    && (umask 077 && openssl rand -base64 32 > "$KEY") \
    && cp /usr/share/doc/cloakroom/examples/php-fpm-cloakroom.conf /etc/php/8.2/fpm/pool.d/www.conf \
    && systemctl daemon-reload && systemctl enable cloakroomd \
    && systemctl start cloakroomd.socket && systemctl reload-or-restart php8.2-fpm.service
}

# --- The audit ---

# audit_finds CODE…: exactly these, each as often as it is found; in the order of their names.
audit_finds() {
  local output
  output=$(cloakroomctl audit --json --fail-on critical) || { echo "$output"; return 1; }
  is "$(sed -nE 's/^\{"code":"([^"]+)".*/\1/p' <<< "$output" | sort | paste -sd ' ')" "$*" || { echo "$output"; return 1; }
}
audits_stock() { # PHP-FPM as Debian installs it, with nothing of Cloakroom but the program that looks
  local status
  mkdir "$work/away" && mv /usr/share/php/Cloakroom /etc/cloakroom "$work/away/" && systemctl start php8.2-fpm.service && audit_finds "${STOCK[@]}"
  status=$?
  mv "$work/away/Cloakroom" /usr/share/php/ && mv "$work/away/cloakroom" /etc/ && return "$status"
}
audits_installed() { audit_finds "${INSTALLED[@]}"; } # and not yet set up
audits_shipped() { # nothing above "info"
  audit_finds "${SHIPPED[@]}" && cloakroomctl audit --fail-on low
}
audits_a_change() { # what was changed in the pool's file and not reloaded, and an open socket, are seen
  local pool=/etc/php/8.2/fpm/pool.d/www.conf output
  cp -p "$pool" "$work/www.conf" && sed -i 's/^php_flag.session.cookie_httponly. = on/php_flag[session.cookie_httponly] = off/' "$pool" \
    && chmod 666 "$FPM" || return 1
  output=$(cloakroomctl audit --json) && { echo 'it finds nothing'; return 1; }
  cp -p "$work/www.conf" "$pool" && chmod 660 "$FPM" && grep -q '"code":"pool-settings-differ"' <<< "$output" \
    && grep -q '"code":"pool-socket-open"' <<< "$output" || { echo "$output"; return 1; }
}

# --- What can be reached, and by whom ---

can_connect() { # can_connect USER [SOCKET]
  setpriv --reuid="$1" --regid="$(id -g "$1")" --init-groups -- \
    php -n -r '$s = @stream_socket_client("unix://'"${2:-$SOCKET}"'", $n, $message); echo $message; exit($s ? 0 : 1);'
}
refuses() { is "$(can_connect "$@")" 'Permission denied'; } # refuses USER [SOCKET]
owned() { # owned PATH OWNER:GROUP MODE
  is "$(stat -c '%U:%G %a' "$1")" "$2"
}
status_of() { awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"; }
confined() { # the kernel's view of the running daemon
  local pid
  pid=$(of_unit MainPID)
  is "uid $(status_of "$pid" Uid)" "uid $(id -u cloakroom)" && is "seccomp $(status_of "$pid" Seccomp)" 'seccomp 2' \
    && is "NoNewPrivs $(status_of "$pid" NoNewPrivs)" 'NoNewPrivs 1' && is "$(status_of "$pid" CapBnd)" 0000000000000000 \
    && is "$(status_of "$pid" CapEff)" 0000000000000000 \
    && not is "$(readlink "/proc/$pid/ns/net")" "$(readlink /proc/1/ns/net)" > /dev/null
}
has_no_core_and_locks_keys() {
  local pid
  pid=$(of_unit MainPID)
  is "$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$pid/limits")" '0 0' && [ "$(status_of "$pid" VmLck)" -ge 1024 ]
}
writes_only_to() { # writes_only_to DIRECTORY…: all that the daemon's user can write to, in the daemon's view of the files
  local root
  root=/proc/$(of_unit MainPID)/root
  is "$(find "$root/" -path "$root/proc" -prune -o -type d -writable \
    '(' -user cloakroom -o -group cloakroom -perm -g+w -o -perm -o+w ')' -print -prune | sed "s|^$root||" | sort | paste -sd ' ')" "$*"
}
runs_nothing() { # as the daemon's user in its view of the files: the shell is there, and cannot be run
  local output
  output=$(nsenter --target "$(of_unit MainPID)" --mount -- /usr/bin/cloakroomd --version) || return 1
  output=$(nsenter --target "$(of_unit MainPID)" --mount -- /bin/sh -c 'echo it runs' 2>&1)
  grep -q 'Permission denied' <<< "$output" || { echo "$output"; return 1; }
}
knows_the_run_of_the_machine() {
  grep -xE '[0-9a-f-]{36}' "/proc/$(of_unit MainPID)/root/proc/sys/kernel/random/boot_id" > /dev/null
}
key_is_nowhere() {
  local pid key
  pid=$(of_unit MainPID) key=$(base64 -d < "$KEY" | od -An -v -tx1 | tr -d ' \n')
  not grep -qaF "$(cat "$KEY")" "/proc/$pid/environ" "/proc/$pid/cmdline" && nothing grep -ralsF "$(cat "$KEY")" "$STATE" \
    && not sh -c 'journalctl -o cat | grep -qF -e "$1" -e "$2"' - "$(cat "$KEY")" "$key"
}

# --- Under load ---

client() { # client NUMBER: one browser, until $work/stop is there; every request counts one more
  local id count=1 seen
  id=$(new_session)
  echo "$id" > "$work/id.$1"
  until [ -e "$work/stop" ]; do
    seen=$(page "$id")
    count=$((count + 1))
    [ "$seen" = "$count" ] || { echo "client $1, request $count: $seen" >> "$work/failures"; break; }
  done
  echo "$count" > "$work/count.$1"
}
restarts_under_load() { # restarts_under_load HOW…: a command; five times, while four browsers ask
  local number before restart
  rm -f "$work/stop" "$work/failures" "$work"/count.*
  for number in 1 2 3 4; do client "$number" & done
  for restart in 1 2 3 4 5; do
    before=$(of_unit MainPID)
    sleep 0.4 # of load between two
    "$@" || { echo "restart $restart failed"; touch "$work/stop"; wait; return 1; }
    within 10 not is "$(of_unit MainPID)" "$before"
  done
  sleep 0.4
  touch "$work/stop"
  wait
  [ ! -e "$work/failures" ] || { cat "$work/failures"; return 1; }
  [ "$(cat "$work"/count.* | awk '{ n += $1 } END { print n }')" -ge 40 ] || { echo 'there was no load'; return 1; }
}
fills_the_store() { # more than the engine keeps in memory, so that it writes and merges tables
  local number
  for number in $(seq 60); do is "$(page "" fill=2000000)" 1 || return 1; done
  nothing find "$STATE" -name '*.sst' -size -1k && [ -n "$(find "$STATE" -name '*.sst' -size +1M)" ]
}

# --- The life of the service ---

first_request_starts_it() {
  is "$(systemctl is-active cloakroomd.socket)" active && is "$(systemctl is-active cloakroomd.service)" inactive || return 1
  session=$(new_session) && [ -n "$session" ] && counts "$session" 2 && is "$(systemctl is-active cloakroomd.service)" active
}
sealing_key() { journalctl -u cloakroomd -o cat | sed -nE 's/^started .*keys="?([0-9a-f]+).*/\1/p' | tail -n 1; }
lists_the_key() { cloakroomctl keys list > "$work/keys" && cat "$work/keys" && grep -q "$(sealing_key)" "$work/keys"; }
tells() { # tells TEXT COMMAND…: whatever its status
  local output text=$1
  shift
  output=$("$@" 2>&1) || true
  grep -qF -- "$text" <<< "$output" || { echo "$output"; return 1; }
}
has_help() {
  local share=/usr/share
  gzip -t $share/man/man8/cloakroomctl{,-keys}.8.gz $share/man/man8/cloakroom{d,-fcgi}.8.gz $share/man/man5/cloakroom.toml.5.gz \
    && bash -n $share/bash-completion/completions/cloakroomctl && [ -s $share/zsh/vendor-completions/_cloakroomctl ] \
    && [ -s $share/fish/vendor_completions.d/cloakroomctl.fish ]
}
reloads() { # reloads NUMBER: the same process goes on, also after a configuration that is wrong
  local before
  before=$(of_unit MainPID)
  printf '[log]\nlevel = "debug"\n' > "$CONFIG" && systemctl reload cloakroomd && within 10 logged '^reloaded' || return 1
  printf '[log]\nlevel = "loud"\n' > "$CONFIG" && systemctl reload cloakroomd && within 10 logged '^not reloaded' || return 1
  counts "$session" "$1" && is "$(of_unit MainPID)" "$before"
}
rotates() { # rotates NUMBER: as docs/operations.md says, with the key as a credential
  local old
  old=$(sealing_key)
  cloakroomctl keys add && systemctl restart cloakroomd && not is "$(sealing_key)" "$old" && cloakroomctl keys rotate \
    && cloakroomctl keys retire "$old" && systemctl restart cloakroomd && counts "$session" "$1" && is "$(grep -vc '^#' "$KEY")" 1 \
    && owned "$KEY" 'root:root 600'
}
backs_up_and_restores() { # backs_up_and_restores NUMBER: by the unit, in its sandbox
  local backups=/var/backups/cloakroom units='cloakroomd.socket cloakroomd-admin.socket cloakroomd-gate.socket cloakroomd'
  systemctl start cloakroom-backup.service && owned "$backups" 'root:root 700' && cloakroomctl restore --check "$backups" \
    && counts "$session" "$1" || return 1
  # shellcheck disable=SC2086
  systemctl stop $units && cloakroomctl restore "$backups" && systemctl start $units || return 1
  # As it was when the backup was made: the count after that is gone.
  counts "$session" "$1" && nothing find "$STATE"/rocksdb* '(' ! -user cloakroom -o -perm /077 ')' && cloakroomctl verify
}
logged() { journalctl -u cloakroomd -o cat | grep -q "$1"; }
is_restarted_after() { # is_restarted_after SIGNAL ID NUMBER
  local before
  before=$(of_unit NRestarts)
  systemctl kill --signal="$1" cloakroomd.service && within 20 has_restarted "$before" && counts "$2" "$3"
}
takes_encrypted_key() {
  systemd-creds encrypt --with-key=host --name=cloakroom.key "$KEY" "$KEY.cred" && cp -p "$KEY" "$work/key" && rm "$KEY" \
    && not grep -qaF "$(cat "$work/key")" "$KEY.cred" \
    && with_dropin encrypted 'LoadCredential=' "LoadCredentialEncrypted=cloakroom.key:$KEY.cred" \
    && systemctl restart cloakroomd && counts "$session" "$1"
  local status=$?
  cp -p "$work/key" "$KEY" # for what follows
  return "$status"
}
refuses_another_key() { # the check above means nothing if any key would do
  openssl rand -base64 32 | systemd-creds encrypt --with-key=host --name=cloakroom.key - "$KEY.cred" || return 1
  systemctl restart cloakroomd && { echo 'it starts with another key'; return 1; }
  journalctl -u cloakroomd -o cat | grep -q 'the store was sealed with key'
}
key_command() { # key_command WORD…: the daemon's only source of keys from now on
  printf '[key]\ncommand = [%s]\n' "$(printf '"%s", ' "$@")" > "$CONFIG"
}
age_needs_leave() { # age_needs_leave NUMBER: as docs/operations.md says
  local identity=/etc/cloakroom/identity
  age-keygen -o "$identity" && chown cloakroom: "$identity" && age --encrypt -i "$identity" -o "$KEY.age" < "$KEY" || return 1
  key_command /usr/bin/age --decrypt -i "$identity" "$KEY.age"
  systemctl restart cloakroomd && { echo 'the command runs in the sandbox without leave'; return 1; }
  with_dropin command ExecPaths=/usr/bin/age && systemctl restart cloakroomd && counts "$session" "$1"
}
gpg_needs_leave() { # gpg_needs_leave NUMBER: the same
  local home=$STATE/gnupg
  install -d -m 700 -o cloakroom -g cloakroom "$home" && as_daemon gpg --homedir "$home" --batch --passphrase '' \
    --quick-generate-key test default default never && as_daemon gpg --homedir "$home" --batch --trust-model always --recipient test \
    --encrypt < "$KEY" > "$KEY.gpg" && as_daemon gpgconf --homedir "$home" --kill all || return 1
  key_command /usr/bin/gpg --homedir "$home" --batch --quiet --decrypt "$KEY.gpg"
  systemctl restart cloakroomd && { echo 'the command runs in the sandbox without leave'; return 1; }
  with_dropin command 'ExecPaths=/usr/bin/gpg /usr/bin/gpg-agent' && systemctl restart cloakroomd && counts "$session" "$1"
}
as_daemon() { setpriv --reuid=cloakroom --regid="$(id -g cloakroom)" --init-groups -- "$@"; }
stops() {
  systemctl stop cloakroomd.socket cloakroomd-admin.socket cloakroomd-gate.socket cloakroomd.service && is "$(of_unit Result)" success \
    && is "$(systemctl is-active cloakroomd.service cloakroomd{,-admin,-gate}.socket | sort -u)" inactive && nothing find /run -path '/run/cloakroom/*' \
    && journalctl -u cloakroomd -o cat | grep 'stopped absent' | tail -n 1 | grep -q 'unreadable=0'
}
is_disabled() { systemctl disable cloakroomd && nothing find /etc/systemd/system -name 'cloakroom*'; }
complaints() { journalctl -b -o cat | grep -iE 'cloakroom(d|-fcgi)[a-z-]*\.(service|socket):.*(unknown|ignoring|failed to set)|avc:|seccomp|status=31/SYS'; }

check 'the audit of a stock PHP-FPM finds what is wrong there, and nothing else' audits_stock
check 'and that of one where Cloakroom is installed and not set up' audits_installed
check 'what docs/operations.md says to do' prepare
check 'systemd knows every directive' nothing systemd-analyze verify --man=no --recursive-errors=no cloakroomd.service cloakroomd{,-admin,-gate}.socket cloakroom-fcgi{,-tcp}.socket cloakroom-fcgi.service
# All that follows is done without one system call that the filter forbids: such a call ends the daemon.
with_dropin fatal SystemCallErrorNumber=kill
session=''
first_request_starts_it > "$work/first" 2>&1 && first=0 || first=1 # not in check's subshell: it sets $session
check 'the first request of PHP starts the daemon' sh -c 'cat "$1"; exit "$2"' - "$work/first" "$first"
check 'the audit of what is shipped finds nothing' audits_shipped
check 'the audit sees what a running pool does not have yet' audits_a_change
check 'owner and mode: state directory' owned "$STATE" 'cloakroom:cloakroom 700'
check 'owner and mode: everything in it' nothing find "$STATE" '(' ! -user cloakroom -o -perm /077 ')'
check 'owner and mode: socket' owned "$SOCKET" 'root:www-data 660'
check "owner and mode: administrators' socket" owned "$ADMIN" 'root:cloakroom-admin 660'
check 'owner and mode: directory of the socket' owned /run/cloakroom 'root:root 755'
check 'owner and mode: key' owned "$KEY" 'root:root 600'
check 'LoadCredential= is what the daemon reads' owned /run/credentials/cloakroomd.service/cloakroom.key 'cloakroom:root 400'
check "PHP's user connects" can_connect www-data
check 'another user does not' refuses nobody
check "PHP's user does not reach the administrators' socket" refuses www-data "$ADMIN"
check 'root does' lists_the_key
check 'whoever may not use cloakroomctl is told how he may' tells 'usermod -aG cloakroom-admin USER' runuser -u nobody -- cloakroomctl keys list
check 'everybody can check the configuration' tells "$CONFIG is valid" runuser -u nobody -- cloakroomctl config check
check 'manual pages and completions are installed' has_help
check "systemd's exposure is at most 1.0" systemd-analyze security --no-pager --threshold=10 cloakroomd.service
systemd-analyze security --no-pager cloakroomd.service | tail -n 1
check 'own user, system-call filter, no privileges, no network' confined
check 'no core file, keys in locked memory' has_no_core_and_locks_keys
check 'the daemon can write nowhere but to its state and its /tmp' writes_only_to /tmp "$STATE" /var/tmp
check 'the daemon can run nothing else' runs_nothing
check 'the daemon can read which run of the machine this is' knows_the_run_of_the_machine
check 'tables are written and merged in the sandbox' fills_the_store
check 'restarts under load: no request fails, no count is lost' restarts_under_load systemctl restart cloakroomd
check 'it comes back after kill -9, and the session is there' is_restarted_after SIGKILL "$session" 3
with_dropin watchdog WatchdogSec=3
systemctl restart cloakroomd
check 'a daemon that stands still is replaced by the watchdog' is_restarted_after SIGSTOP "$session" 4
check 'the watchdog is what did it' sh -c 'journalctl -u cloakroomd -o cat | grep -q "Watchdog timeout"'
check 'no key in environment, arguments, state or journal' key_is_nowhere
check_gate
check 'no session id in the journal' not sh -c 'journalctl -o cat | grep -qF "$1"' - "$session"
check 'LoadCredentialEncrypted= works as well' takes_encrypted_key 5
check 'another key is refused' refuses_another_key
rm "$DROPINS/encrypted.conf"
systemctl daemon-reload
systemctl restart cloakroomd
check 'and the right one taken again' counts "$session" 6
cp -p "$CONFIG" "$work/toml"
check 'a key command (age) runs if a drop-in lets it, and only then' age_needs_leave 7
rm "$DROPINS/command.conf"
check 'the same with gpg' gpg_needs_leave 8
cp -p "$work/toml" "$CONFIG"
rm "$DROPINS/command.conf"
systemctl daemon-reload
systemctl restart cloakroomd
check 'it reloads, and refuses a configuration that is wrong' reloads 9
cp -p "$work/toml" "$CONFIG"
check 'a key is replaced, and its sessions live on' rotates 10
check 'the unit makes a backup, which restores and is whole' backs_up_and_restores 11
rm -rf "$DROPINS"
systemctl daemon-reload
systemctl restart cloakroomd
check 'it stops, and leaves no socket' stops
check 'disabled, it leaves nothing behind' is_disabled
check 'cloakroomctl says how to start it' tells 'systemctl start cloakroomd-admin.socket cloakroomd' cloakroomctl keys list
check "nothing in systemd's or the kernel's log against it" nothing complaints

echo "$passed checks passed, $failed failed"
[ "$failed" -gt 0 ] || exit 0
echo '--- the end of the journal ---'
journalctl -q --no-pager -o short-precise -n 100 -u 'cloakroom*' -u 'php*'
exit 1
