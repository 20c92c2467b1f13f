#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The checks of cloakroom-fcgi, for checks.sh, which has the functions that are not here.

readonly GATE=/run/cloakroom/gate.sock FCGI=/run/cloakroom/fcgi.sock TCP=127.0.0.1:9402
readonly GATE_DROPINS=/run/systemd/system/cloakroom-fcgi.service.d
# HELLO of the gate's protocol with version 1, and the first byte of its answer's frame (docs/gate-protocol.md).
readonly GATE_HELLO=00000003010001 GATE_HELLO_OK=81
gate_address=$FCGI

of_gate() { systemctl show -P "$1" cloakroom-fcgi.service; }
# gate [NAME=VALUE…]: a request to the gate as a web server would make it; prints headers and text.
gate() {
  env -i REQUEST_METHOD=GET REMOTE_ADDR=192.0.2.1 HTTP_USER_AGENT=test "$@" cgi-fcgi -bind -connect "$gate_address" | tr -d '\r'
}
pings() { is "$(gate SCRIPT_NAME=/ping | tail -n 1)" pong; }
gate_reason() { gate "$@" | sed -n 's/^Cloakroom-Reason: //p'; }
# gate_says REASON ID [NAME=VALUE…]: what becomes of a request with this session.
gate_says() { is "$(gate_reason CLOAKROOM_ACTION=check HTTP_COOKIE="PHPSESSID=$2" "${@:3}")" "$1"; }
as_gate() { setpriv --reuid=cloakroom-gate --regid="$(id -g cloakroom-gate)" --init-groups -- "$@"; }

gate_is_off() { # after "systemctl enable cloakroomd", which is not about it
  is "$(systemctl is-active cloakroom-fcgi.socket cloakroom-fcgi.service | sort -u)" inactive && is "$(systemctl is-active cloakroomd-gate.socket)" active
}
gate_starts() { # by its first request, and without one system call that the filter forbids
  mkdir -p "$GATE_DROPINS" && printf '[Service]\nSystemCallErrorNumber=kill\n' > "$GATE_DROPINS/fatal.conf" && systemctl daemon-reload \
    && systemctl enable --now cloakroom-fcgi.socket && is "$(of_gate ActiveState)" inactive && pings && is "$(of_gate ActiveState)" active
}
gate_judges() { # sessions that PHP has made
  gate_says admitted "$session" && gate_says unknown "$(tr -dc a-z0-9 < /dev/urandom | head -c 26)" \
    && gate_says other-agent "$session" HTTP_USER_AGENT='another browser' && gate_says anonymous "$session" CLOAKROOM_REQUIRE=identified
}
gate_shows_status() { gate CLOAKROOM_ACTION=status QUERY_STRING=json | tail -n 1 | php -n -r 'exit(isset(json_decode(fgets(STDIN), true)["daemon"]["uptime"]) ? 0 : 1);'; }
gate_is_confined() {
  local pid
  pid=$(of_gate MainPID)
  is "uid $(status_of "$pid" Uid)" "uid $(id -u cloakroom-gate)" && is "seccomp $(status_of "$pid" Seccomp)" 'seccomp 2' \
    && is "NoNewPrivs $(status_of "$pid" NoNewPrivs)" 'NoNewPrivs 1' && is "$(status_of "$pid" CapBnd)" 0000000000000000 \
    && is "$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$pid/limits")" '0 0' \
    && not is "$(readlink "/proc/$pid/ns/net")" "$(readlink /proc/1/ns/net)" > /dev/null \
    && not is "$(readlink "/proc/$pid/ns/user")" "$(readlink /proc/1/ns/user)" > /dev/null
}
gate_reads_nothing() { # neither as its user, nor in its view of the files
  local path root
  root=/proc/$(of_gate MainPID)/root
  for path in "$KEY" "$STATE" "$STATE/rocksdb"; do
    { [ -e "$path" ] && not as_gate test -r "$path"; } || { echo "its user can read $path, or it is not there"; return 1; }
  done
  nothing find "$root/etc/cloakroom" "$root$STATE" "$root/run/php" -mindepth 1 || return 1
  is "$(find "$root/" -path "$root/proc" -prune -o -type d -writable \
    '(' -user cloakroom-gate -o -group cloakroom-gate -perm -g+w -o -perm -o+w ')' -print -prune | sed "s|^$root||" | sort | paste -sd ' ')" '/tmp /var/tmp'
}
gate_reaches_one_socket() {
  can_connect cloakroom-gate "$GATE" && refuses cloakroom-gate "$SOCKET" && refuses cloakroom-gate "$ADMIN" && refuses cloakroom-gate "$FPM" \
    && refuses cloakroom-gate "$FCGI"
}
php_does_not_reach_it() { # whatever group it is in
  asks_as cloakroom-gate && refuses www-data "$GATE" && usermod -aG cloakroom-gate www-data && not asks_as www-data \
    && gpasswd -d www-data cloakroom-gate > /dev/null
}
asks_as() { # asks_as USER: whether the daemon answers HELLO of the gate's protocol to it
  setpriv --reuid="$1" --regid="$(id -g "$1")" --init-groups -- php -n -r '
    $socket = stream_socket_client("unix://'"$GATE"'");
    stream_set_timeout($socket, 5);
    fwrite($socket, hex2bin("'"$GATE_HELLO"'"));
    $answer = fread($socket, 5);
    exit(strlen($answer) === 5 && ord($answer[4]) === hexdec("'"$GATE_HELLO_OK"'") ? 0 : 1);'
}
is_another_gate() { # is_another_gate PID: that process is gone, and another one there
  local now
  now=$(of_gate MainPID)
  [ "$now" != 0 ] && [ "$now" != "$1" ]
}
gate_survives_crashes() { # more often than systemd's limit; it comes back, mostly within a second, and the daemon does not notice
  local daemon number begin before
  daemon=$(of_unit MainPID)
  : > "$work/crashes"
  for number in 1 2 3 4 5 6 7; do
    before=$(of_gate MainPID)
    begin=$(date +%s%N)
    systemctl kill --signal=SEGV cloakroom-fcgi.service || return 1
    until is_another_gate "$before" && gate_says admitted "$session" > /dev/null 2>&1; do
      [ $(($(date +%s%N) - begin)) -lt 20000000000 ] || { echo "crash $number: no answer"; return 1; }
    done
    echo $((($(date +%s%N) - begin) / 1000000)) >> "$work/crashes"
  done
  [ "$(sort -n "$work/crashes" | sed -n 4p)" -lt 1000 ] || { cat "$work/crashes"; return 1; }
  is "$(of_unit MainPID)" "$daemon"
}
gate_follows_the_daemon() { # while it is restarted three times, each check gets an answer, and the right one again
  local asked=0 reason restart before
  rm -f "$work/stop"
  (for restart in 1 2 3; do systemctl restart cloakroomd || break; sleep 0.2; done; echo "$restart" > "$work/stop") &
  before=$(of_gate MainPID)
  until [ -e "$work/stop" ]; do
    reason=$(gate_reason CLOAKROOM_ACTION=check HTTP_COOKIE="PHPSESSID=$session")
    asked=$((asked + 1))
    case $reason in admitted | daemon-away) ;; *) echo "request $asked: \"$reason\""; return 1 ;; esac
  done
  wait
  [ "$asked" -ge 10 ] || { echo "there were $asked requests"; return 1; }
  gate_says admitted "$session" && is "$(of_gate MainPID)" "$before"
}
gate_without_a_daemon() { # nobody is let in, within the time limit, and everybody again once it is there
  local units='cloakroomd.socket cloakroomd-admin.socket cloakroomd-gate.socket cloakroomd.service' begin=$SECONDS status
  # shellcheck disable=SC2086
  systemctl stop $units && gate_says daemon-away "$session" && pings && is "$(gate HTTP_COOKIE="PHPSESSID=$session" | sed -n 's/^Status: //p' | cut -c1-3)" 503 \
    && gate_says unchecked "$session" CLOAKROOM_ON_ERROR=allow
  status=$?
  [ $((SECONDS - begin)) -le 15 ] || { echo "it took $((SECONDS - begin)) s"; status=1; }
  # shellcheck disable=SC2086
  systemctl start $units && [ "$status" -eq 0 ] && gate_says admitted "$session"
}
gate_on_tcp() { # as docs/operations.md says: off, on, and off again
  gate_address=$TCP
  not pings > /dev/null 2>&1 && systemctl stop cloakroom-fcgi.service && systemctl enable --now cloakroom-fcgi-tcp.socket && pings && gate_says admitted "$session" \
    && is "$(gate CLOAKROOM_ACTION=status | sed -n 's/^Status: //p' | cut -c1-3)" 403 && gate_is_confined || return 1
  gate_address=$FCGI
  pings && audit_finds gate-listens-on-port "${SHIPPED[@]}" || return 1
  systemctl disable --now cloakroom-fcgi-tcp.socket && systemctl restart cloakroom-fcgi.service && pings || return 1
  gate_address=$TCP
  not pings > /dev/null 2>&1
}
gate_stops() { # with its socket
  systemctl disable --now cloakroom-fcgi.socket && within 10 is "$(of_gate ActiveState)" inactive && is "$(of_gate Result)" success \
    && [ ! -e "$FCGI" ] && rm -rf "$GATE_DROPINS" && systemctl daemon-reload
}

check_gate() {
  check 'the gate is off as installed, and the daemon listens for it' gate_is_off
  check 'the first request starts the gate' gate_starts
  check 'the gate judges sessions of PHP' gate_judges
  check 'the gate shows the status' gate_shows_status
  check "owner and mode: web servers' socket" owned "$FCGI" 'root:www-data 660'
  check "owner and mode: the gate's socket" owned "$GATE" 'root:cloakroom-gate 660'
  check 'the gate: own user, system-call filter, no privileges, no network, no core file' gate_is_confined
  check "systemd's exposure of the gate is at most 0.5" systemd-analyze security --no-pager --threshold=5 cloakroom-fcgi.service
  systemd-analyze security --no-pager cloakroom-fcgi.service | tail -n 1
  check 'the gate can read no key and no store, and write nowhere but to its /tmp' gate_reads_nothing
  check "the gate's user reaches the gate's socket and no other" gate_reaches_one_socket
  check "PHP's user does not reach the gate's socket, also in its group" php_does_not_reach_it
  check 'the audit of what is shipped finds nothing of the gate' audits_shipped
  check 'the gate comes back within a second, after many crashes too' gate_survives_crashes
  echo "        after $(paste -sd ' ' "$work/crashes") ms"
  check 'the daemon is restarted: the gate waits or says that it is away, and goes on' gate_follows_the_daemon
  check 'without a daemon the gate lets nobody in' gate_without_a_daemon
  check 'the TCP socket is off, on, and off again' gate_on_tcp
  check 'the gate stops with its socket' gate_stops
}
