#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shows the example application with its sessions in Cloakroom: logs in, looks for the user's data on the disk, has nginx ask for a
# session before it serves a file, logs out other devices, and shows what the daemon counted. Everything is in a temporary directory and
# goes away again.
# KEEP=1 keeps it running for a browser until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly EXAMPLE=php-client/examples
readonly NAME='Ada Lovelace' EMAIL='ada@example.org' PASSWORD='engine-no-1' # as in $EXAMPLE/users.php
readonly COMPUTER='Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
readonly PHONE='Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36'
readonly EXPLAINED=3 # the exit status of something that has told already why it failed
work='' daemon='' web='' gate='' nginx=''

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
  for process in "$nginx" "$gate" "$web" "$daemon"; do end_process "$process"; done
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

# free_port: nobody listens on it now. PHP and nginx do not take "any free port", so they try another if somebody was quicker.
free_port() { php -r '$s = stream_socket_server("tcp://127.0.0.1:0"); echo explode(":", stream_socket_get_name($s, false))[1];'; }

# start_web: PHP's own web server on a port that the system chooses; sets $web and $url.
start_web() {
  local log=$work/php.log port
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    php -d display_errors=stderr -d auto_prepend_file="$PWD/php-client/prepend.php" \
      -S "127.0.0.1:$port" -t "$EXAMPLE/public" > "$log" 2>&1 &
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

# start_nginx: serves a file to whoever has a session, and the status page; sets $nginx and $files.
start_nginx() {
  local port
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    sed "s|@work@|$work|g; s|@port@|$port|; s|@user@|$(id -un)|" > "$work/nginx.conf" << 'NGINX'
daemon off;
user @user@;
pid @work@/nginx.pid;
error_log @work@/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path @work@/nginx.tmp; fastcgi_temp_path @work@/nginx.tmp; proxy_temp_path @work@/nginx.tmp;
  scgi_temp_path @work@/nginx.tmp; uwsgi_temp_path @work@/nginx.tmp;
  server {
    listen 127.0.0.1:@port@;
    root @work@/files;
    location / { auth_request /_cloakroom; }
    location = /_cloakroom {
      internal;
      fastcgi_pass_request_body off;
      fastcgi_param CLOAKROOM_ACTION check;
      fastcgi_param REMOTE_ADDR $remote_addr;
      fastcgi_pass unix:@work@/fcgi.sock;
    }
    location = /status {
      fastcgi_param CLOAKROOM_ACTION status;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_pass unix:@work@/fcgi.sock;
    }
  }
}
NGINX
    nginx -c "$work/nginx.conf" -e "$work/nginx.log" 2> /dev/null &
    nginx=$! files=http://127.0.0.1:$port
    for _ in $(seq 100); do
      kill -0 "$nginx" 2> /dev/null || break
      if [ -s "$work/nginx.pid" ]; then return 0; fi
      sleep 0.05
    done
    end_process "$nginx"
    nginx=''
  done
  fail 'nginx does not start'
}
# fetch [CURL OPTION…]: asks nginx for the file, and prints the status and what came.
fetch() {
  printf '%s: ' "$(curl -sS --max-time 30 -o "$work/fetched" -w '%{http_code}' "$@" "$files/figures.txt")"
  if [ "$(head -c 1 "$work/fetched")" = '<' ]; then echo 'refused'; else head -n 1 "$work/fetched"; fi
}

# visit BROWSER [CURL OPTION…]: one request of a browser, which keeps its cookies in a file; prints the page.
visit() {
  local agent=$1 jar
  jar=$(jar_of "$agent")
  shift
  curl -sS --fail-with-body --max-time 30 -A "$agent" -b "$jar" -c "$jar" "$@" "$url" || fail "no page from $url"
}
# submit BROWSER PAGE ACTION [CURL OPTION…]: presses a button of a page; prints the page that follows.
submit() {
  local agent=$1 page=$2 action=$3
  shift 3
  visit "$agent" -L --data-urlencode "token=$(token "$page")" --data-urlencode "action=$action" "$@"
}
log_in() { # log_in BROWSER [CURL OPTION…]: prints the page after it
  local agent=$1
  shift
  submit "$agent" "$(visit "$agent")" 'log in' --data-urlencode "email=$EMAIL" --data-urlencode "password=$PASSWORD" "$@"
}
jar_of() { if [ "$1" = "$PHONE" ]; then echo "$work/phone"; else echo "$work/computer"; fi; }
cookie() { awk -v name="$2" '$6 == name { print $7 }' "$(jar_of "$1")"; } # cookie BROWSER NAME
token() { sed -n '0,/name="token"/s/.*name="token" value="\([0-9a-f]*\)".*/\1/p' <<< "$1"; }
# text PAGE: the greeting, the notices and the list of sessions.
text() {
  {
    grep -E '^<p>Hello|^<p class="notice"' <<< "$1" || true
    tr -d '\n' <<< "$1" | grep -oE '<tr role="row"><td.*</tbody>' | sed 's/<\/tr>/\n/g; s/<\/td><td/ | <td/g' || true
  } | sed -E 's/<span class="spoken">[^<]*<\/span>//g; s/<[^>]*>//g; /^$/d'
}

# search DIRECTORY WORD…: says where each word is found in the names and contents below a directory; 1 if one is.
search() {
  local directory=$1 found=0 word hits
  shift
  for word in "$@"; do
    hits=$( (grep -raFl -- "$word" "$directory" || true; find "$directory" -name "*$word*") | sort -u | wc -l)
    printf '%-65s %s\n' "$word" "$([ "$hits" -gt 0 ] && echo "FOUND in $hits file(s)" || echo 'not found')"
    [ "$hits" -eq 0 ] || found=1
  done
  return $found
}

step 'Installing what is missing, and building cloakroomd and cloakroom-fcgi (some minutes, the first time)'
scripts/install-deps.sh curl libfcgi-dev librocksdb-dev libssl-dev nginx-light openssl php-cli systemd
work=$(mktemp -d "${TMPDIR:-/tmp}/cloakroom-demo.XXXXXX")
cloakroomd=$(scripts/build.sh 2> "$work/build.log") || fail 'cloakroomd does not build'
gate_program=$(scripts/build.sh cloakroom-fcgi 2>> "$work/build.log") || fail 'cloakroom-fcgi does not build'
tail -n 1 "$work/build.log" | show

step 'Making a key that only its owner can read, and an empty state directory'
(umask 077 && openssl rand -base64 32 > "$work/key" && mkdir "$work/state")
ls -ld "$work/key" "$work/state" | show

step "Starting cloakroomd on sockets that systemd opens, with the settings in $EXAMPLE/cloakroom.toml"
grep -v '^#' "$EXAMPLE/cloakroom.toml" | sed '/^$/d' | show
systemd-socket-activate -l "$work/php.sock" -l "$work/gate.sock" --fdname=php:gate \
  "$cloakroomd" --config "$EXAMPLE/cloakroom.toml" --key-file "$work/key" --state-dir "$work/state" > "$work/cloakroomd.log" 2>&1 &
daemon=$!
until_true 10 'systemd-socket-activate does not listen' test -S "$work/php.sock"
echo "process $daemon, socket $work/php.sock" | show

step "Serving $EXAMPLE with PHP's own server; auto_prepend_file brings its sessions to the daemon"
export CLOAKROOM_SOCKET=$work/php.sock
start_web
echo "$url" | show

step "Logging in as $NAME"
page=$(log_in "$COMPUTER")
grep -q "Hello <strong>$NAME</strong>" <<< "$page" || fail "no greeting after the log-in, but: $page"
id=$(cookie "$COMPUTER" PHPSESSID)
[ -n "$id" ] || fail 'the browser has no session cookie'
text "$page" | show

step "Looking for the user's data in the state directory"
[ -n "$(find "$work/state" -type f -size +0)" ] || fail 'the state directory is empty'
search "$work/state" "$NAME" "$EMAIL" "$id" > "$work/found" || { cat "$work/found" >&2; fail 'plain text in the state directory'; }
show < "$work/found"

step 'Having nginx ask cloakroom-fcgi before it serves a file: without a session, with it, and with its cookie in another browser'
mkdir "$work/files"
echo 'The figures of this quarter' > "$work/files/figures.txt"
"$gate_program" --socket "$work/fcgi.sock" --daemon "$work/gate.sock" > "$work/cloakroom-fcgi.log" 2>&1 &
gate=$!
until_true 10 'cloakroom-fcgi does not listen' test -S "$work/fcgi.sock"
start_nginx
{ fetch; fetch -A "$COMPUTER" -b "PHPSESSID=$id"; fetch -A "$PHONE" -b "PHPSESSID=$id"; } > "$work/fetches"
statuses=$(cut -c1-3 "$work/fetches" | paste -sd ' ')
[ "$statuses" = '401 200 403' ] || fail "nginx answers $statuses and not 401 200 403"
show < "$work/fetches"

if [ "${KEEP:-}" = 1 ]; then
  trap 'exit 0' INT
  step "Running: open $url in a browser, and log in with $EMAIL and $PASSWORD.
    The file for those with a session: $files/figures.txt; the status page: $files/status?html. State: $work/state. Ctrl-C ends it"
  wait "$web" || fail "PHP's web server has ended"
  exit 0
fi

step 'Logging in on a phone, too, with "remember me": both are listed'
page=$(log_in "$PHONE" --data-urlencode remember=yes)
[ "$(grep -c 'data-label="Browser"' <<< "$page")" -eq 2 ] || fail "not two sessions, but: $page"
text "$page" | show

step 'Logging out other devices on the phone, and visiting from the computer again: neither page nor file'
page=$(submit "$PHONE" "$page" 'log out others')
text "$page" | show
phone=$(cookie "$PHONE" PHPSESSID) remembered=$(cookie "$PHONE" remember)
[ -n "$phone" ] && [ -n "$remembered" ] || fail 'the phone has not both cookies'
page=$(visit "$COMPUTER")
grep -q '<h1>Log in</h1>' <<< "$page" || fail "no form after the log-out, but: $page"
text "$page" | show
fetch -A "$COMPUTER" -b "PHPSESSID=$id" > "$work/fetches"
grep -q '^401' "$work/fetches" || fail "after the log-out nginx answers $(cat "$work/fetches")"
show < "$work/fetches"
for process in "$nginx" "$gate" "$web"; do end_process "$process"; done
nginx='' gate='' web=''

step 'Stopping cloakroomd, and looking again: the phone is still logged in, all is on the disk now'
kill -TERM "$daemon"
status=0
wait "$daemon" || status=$?
daemon=''
[ "$status" -eq 0 ] || fail "cloakroomd ended with status $status"
search "$work/state" "$NAME" "$EMAIL" "$id" "$phone" "$remembered" > "$work/found" \
  || { cat "$work/found" >&2; fail 'plain text in the state directory'; }
show < "$work/found"

step "For comparison, the same session in a file of PHP's own handler"
mkdir -m 0700 "$work/plain"
plain=$(php -d session.save_handler=files -d session.save_path="$work/plain" -d session.use_cookies=0 -r '
  session_start();
  $_SESSION["user"] = ["email" => $argv[1], "name" => $argv[2], "since" => time()];
  echo session_id();' -- "$EMAIL" "$NAME")
if search "$work/plain" "$NAME" "$EMAIL" "$plain" > "$work/found"; then
  fail 'the files handler left nothing to find, so the search proves nothing'
fi
show < "$work/found"

step 'What cloakroomd counted'
grep 'stopped' "$work/cloakroomd.log" | sed 's/^<[0-7]>//' | show

printf '\nDone. "make demo KEEP=1" keeps it running for your browser.\n'
