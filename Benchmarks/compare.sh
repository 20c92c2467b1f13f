#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures one PHP process with each session handler, side by side: 2 KiB of session data, everything pinned to one core, rounds
# interleaved. Prints medians, 99th percentiles and ratios to phpredis without locking; fails when the budget is missed.
#   ROUNDS=5 CYCLES=10000 SESSIONS=1000 Benchmarks/compare.sh
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-5} cycles=${CYCLES:-10000} sessions=${SESSIONS:-1000}
core=0

scripts/install-deps.sh php-cli php-redis redis-server librocksdb-dev libssl-dev openssl python3
daemon=$(scripts/build.sh)

dir=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$dir"
}
trap finish EXIT

await() { # await SOCKET PID: until the socket is there
  for _ in $(seq 500); do
    [ -S "$1" ] && return
    kill -0 "$2" 2>/dev/null || break
    read -rt 0.02 <> <(:) || true
  done
  echo "bench: nothing listens on $1" >&2
  cat "$dir"/*.log >&2
  exit 1
}

(umask 077 && openssl rand -base64 32 > "$dir/key")
mkdir -m 700 "$dir/files"
taskset -c $core "$daemon" --key-file "$dir/key" --state-dir "$dir/state" --socket "$dir/cloakroom.sock" \
  > "$dir/cloakroom.log" 2>&1 &
pids+=($!)
await "$dir/cloakroom.sock" $!
taskset -c $core redis-server --port 0 --unixsocket "$dir/redis.sock" --save '' --appendonly no > "$dir/redis.log" 2>&1 &
pids+=($!)
await "$dir/redis.sock" $!

run() { # run HANDLER CASE
  local php=(taskset -c $core php -d session.use_cookies=0 -d session.use_only_cookies=0 -d session.cache_limiter= -d session.gc_probability=0
    -d opcache.enable_cli=1 -d error_reporting=E_ALL -d html_errors=0)
  local redis=(-d session.save_handler=redis -d "session.save_path=\"unix://$dir/redis.sock?persistent=1\"")
  case $1 in
    files) php+=(-d "session.save_path=$dir/files") ;;
    phpredis) php+=("${redis[@]}") ;;
    phpredis-locking) php+=("${redis[@]}" -d redis.session.locking_enabled=1) ;;
    cloakroom) php+=(-d "auto_prepend_file=$PWD/php-client/prepend.php") ;;
  esac
  CLOAKROOM_SOCKET=$dir/cloakroom.sock "${php[@]}" Benchmarks/handlers/cycle.php "$2" "$cycles" "$sessions" \
    >> "$dir/$2.$1.times"
}

for round in $(seq "$rounds"); do
  echo "bench: round $round of $rounds" >&2
  for case in changed unchanged; do
    for handler in files phpredis phpredis-locking cloakroom; do run $handler $case; done
  done
done
python3 Benchmarks/report.py "$dir"
