-- SPDX-License-Identifier: Apache-2.0
-- For wrk: every request has the session after that of the request before it, so that no two clients use one session at a
-- time. BENCH_IDS: a file of session ids. Prints the figures as JSON.

local requests, position = {}, 0

function init(arguments)
  local name = os.getenv("BENCH_IDS")
  for id in io.lines(name) do
    requests[#requests + 1] = wrk.format("GET", nil, { ["Cookie"] = "PHPSESSID=" .. id, ["User-Agent"] = os.getenv("BENCH_AGENT") })
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'figures {"requests": %d, "seconds": %.6f, "median": %.3f, "p99": %.3f, "refused": %d, "socket_errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
