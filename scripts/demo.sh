#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shows an unchanged PHP application with its sessions in Cloakroom: logs in, looks for the user's data on the disk, logs
# out, and shows what the daemon counted. Everything is in a temporary directory and goes away again.
# KEEP=1 keeps it running for a browser until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly NAME='Ada Lovelace' EMAIL='ada@example.org'
readonly EXPLAINED=3 # the exit status of something that has told already why it failed
work='' daemon='' web=''

step() { printf '\n==> %s\n' "$*"; }
show() { sed 's/^/    /'; }
fail() {
  printf '\nThe demonstration failed: %s\n' "$*" >&2
  for log in "$work"/*.log; do
    [ -s "$log" ] || continue
    printf '%s\n' "--- the end of ${log##*/} ---" >&2
    tail -n 20 "$log" >&2
  done
  exit "$EXPLAINED"
}
end_process() { # end_process PID: asks it to end and waits
  [ -n "$1" ] || return 0
  kill -TERM "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
cleanup() {
  trap - EXIT
  end_process "$web"
  end_process "$daemon"
  [ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap '[ $? -eq $EXPLAINED ] && exit $EXPLAINED; fail "line $LINENO of scripts/demo.sh"' ERR

# until_true SECONDS WHAT COMMAND…: tries until the command succeeds.
until_true() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -le $deadline ] || fail "$what"
    sleep 0.05
  done
}

# start_web LOG OPTION…: PHP's own web server on a port that the system chooses; sets $web and $url.
start_web() {
  local log=$work/$1 port
  shift
  # PHP does not take "any free port", so one that is free now is used, and another if somebody was quicker.
  for _ in 1 2 3 4 5; do
    port=$(php -r '$s = stream_socket_server("tcp://127.0.0.1:0"); echo explode(":", stream_socket_get_name($s, false))[1];')
    php -d display_errors=stderr "$@" -S "127.0.0.1:$port" -t examples/login \
      > "$log" 2>&1 &
    web=$! url=http://127.0.0.1:$port/
    for _ in $(seq 100); do
      kill -0 "$web" 2>/dev/null || break
      if grep -q 'Development Server.*started' "$log"; then return 0; fi
      sleep 0.05
    done
    end_process "$web"
    web=''
  done
  fail "PHP's web server does not start"
}
stop_web() {
  end_process "$web"
  web=''
}

# visit JAR [CURL OPTION…]: one request of a browser that keeps its cookies in JAR.
visit() {
  local jar=$1
  shift
  curl -sS --fail-with-body --max-time 30 -b "$jar" -c "$jar" "$@" "$url" || fail "no page from $url"
}
token() { sed -n 's/.*name="token" value="\([0-9a-f]*\)".*/\1/p' <<< "$1"; }
log_in() { # log_in JAR: prints the page after it
  local page
  page=$(visit "$1")
  visit "$1" -L --data-urlencode "token=$(token "$page")" \
    --data-urlencode "name=$NAME" --data-urlencode "email=$EMAIL"
}
session_id() { awk '$6 == "PHPSESSID" { print $7 }' "$1"; }
greeting() { grep -o '<p>Hello [^<]*' <<< "$1" | cut -c4-; }

# search DIRECTORY WORD…: says where each word is found in the names and contents below a directory; 1 if one is.
search() {
  local directory=$1 found=0 word hits
  shift
  for word in "$@"; do
    hits=$( (grep -raFl -- "$word" "$directory" || true; find "$directory" -name "*$word*") | sort -u | wc -l)
    printf '%-34s %s\n' "$word" "$([ "$hits" -gt 0 ] && echo "FOUND in $hits file(s)" || echo 'not found')"
    [ "$hits" -eq 0 ] || found=1
  done
  return $found
}

step 'Installing what is missing, and building cloakroomd (some minutes, the first time)'
scripts/install-deps.sh curl librocksdb-dev libssl-dev openssl php-cli systemd
work=$(mktemp -d "${TMPDIR:-/tmp}/cloakroom-demo.XXXXXX")
cloakroomd=$(scripts/build.sh 2> "$work/build.log") || fail 'cloakroomd does not build'
tail -n 1 "$work/build.log" | show

step 'Making a key that only its owner can read, and an empty state directory'
(umask 077 && openssl rand -base64 32 > "$work/key" && mkdir "$work/state")
ls -ld "$work/key" "$work/state" | show

step 'Starting cloakroomd on a socket that systemd opens'
systemd-socket-activate -l "$work/php.sock" --fdname=php \
  "$cloakroomd" --key-file "$work/key" --state-dir "$work/state" > "$work/cloakroomd.log" 2>&1 &
daemon=$!
until_true 10 'systemd-socket-activate does not listen' test -S "$work/php.sock"
echo "process $daemon, socket $work/php.sock" | show

step "Serving examples/login with PHP's own server; the only change is auto_prepend_file"
export CLOAKROOM_SOCKET=$work/php.sock
start_web php.log -d auto_prepend_file="$PWD/php-client/prepend.php"
echo "$url" | show

step "Logging in as $NAME"
jar=$work/cookies
page=$(log_in "$jar")
[ -n "$(greeting "$page")" ] || fail "no greeting after the log-in, but: $page"
greeting "$page" | show

step 'Visiting again: the session is remembered'
page=$(visit "$jar")
grep -q 'this is visit 2' <<< "$page" || fail "no second greeting, but: $page"
greeting "$page" | show
id=$(session_id "$jar")
[ -n "$id" ] || fail 'the browser has no session cookie'

step "Looking for the user's data in the state directory"
[ -n "$(find "$work/state" -type f -size +0)" ] || fail 'the state directory is empty'
search "$work/state" "$NAME" "$EMAIL" "$id" > "$work/found" || { cat "$work/found" >&2; fail 'plain text in the state directory'; }
show < "$work/found"

if [ "${KEEP:-}" = 1 ]; then
  trap 'exit 0' INT
  step "Running: open $url in a browser. State: $work/state. Ctrl-C ends it"
  wait "$web" || fail "PHP's web server has ended"
  exit 0
fi

step 'Logging out, and visiting again: the form is back'
other=$work/other-cookies
log_in "$other" > /dev/null
page=$(visit "$jar" -L --data-urlencode "token=$(token "$page")" --data-urlencode logout=1)
grep -q '<h1>Log in</h1>' <<< "$page" || fail "no form after the log-out, but: $page"
grep -o '<h1>[^<]*' <<< "$page" | cut -c5- | show
stop_web

step 'Stopping cloakroomd, and looking again: another visitor is still logged in, all is on the disk now'
kill -TERM "$daemon"
status=0
wait "$daemon" || status=$?
daemon=''
[ "$status" -eq 0 ] || fail "cloakroomd ended with status $status"
search "$work/state" "$NAME" "$EMAIL" "$id" "$(session_id "$other")" > "$work/found" \
  || { cat "$work/found" >&2; fail 'plain text in the state directory'; }
show < "$work/found"

step "For comparison, PHP's own files handler with the same application"
mkdir -m 0700 "$work/plain"
unset CLOAKROOM_SOCKET
start_web php-plain.log -d session.save_handler=files -d session.save_path="$work/plain"
plain=$work/plain-cookies
log_in "$plain" > /dev/null
stop_web
if search "$work/plain" "$NAME" "$EMAIL" "$(session_id "$plain")" > "$work/found"; then
  fail 'the files handler left nothing to find, so the search proves nothing'
fi
show < "$work/found"

step 'What cloakroomd counted'
grep 'stopped' "$work/cloakroomd.log" | sed 's/^<[0-7]>//' | show

printf '\nDone. "make demo KEEP=1" keeps it running for your browser.\n'
