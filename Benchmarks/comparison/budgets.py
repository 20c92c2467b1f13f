# SPDX-License-Identifier: Apache-2.0
"""The budgets: what Cloakroom may cost. Change a limit here, and nowhere else.

A row: its number, what is measured, the figure, what it is divided by (None: nothing), "<=" or ">=", the limit, and the unit.
Figures are named by their way through the results (see results.json).
"""

ROWS = [
    ("1", "changed, pinned: time to phpredis", "pinned/changed/cloakroom/median", "pinned/changed/phpredis/median", "<=", 1.0, "×"),
    ("1", "changed, pinned: time to phpredis with locking", "pinned/changed/cloakroom/median", "pinned/changed/phpredis-locking/median", "<=", 0.6, "×"),
    ("1", "changed, pinned: time to memcached with locking", "pinned/changed/cloakroom/median", "pinned/changed/memcached/median", "<=", 0.6, "×"),
    ("2", "unchanged, pinned: time to phpredis", "pinned/unchanged/cloakroom/median", "pinned/unchanged/phpredis/median", "<=", 0.55, "×"),
    ("2", "unchanged, unpinned: time to phpredis", "unpinned/unchanged/cloakroom/median", "unpinned/unchanged/phpredis/median", "<=", 0.55, "×"),
    ("2", "read_and_close, pinned: time to phpredis", "pinned/read_and_close/cloakroom/median", "pinned/read_and_close/phpredis/median", "<=", 0.6, "×"),
    ("2", "read_and_close, unpinned: time to phpredis", "unpinned/read_and_close/cloakroom/median", "unpinned/read_and_close/phpredis/median", "<=", 0.6, "×"),
    ("3", "HTTP, 8 clients, changed: requests/s to phpredis", "http/8/changed/cloakroom/per_second", "http/8/changed/phpredis/per_second", ">=", 1.0, "×"),
    ("3", "HTTP, 8 clients, changed: requests/s to phpredis with locking", "http/8/changed/cloakroom/per_second", "http/8/changed/phpredis-locking/per_second", ">=", 1.25, "×"),
    ("3", "HTTP, 8 clients, unchanged: requests/s to phpredis", "http/8/unchanged/cloakroom/per_second", "http/8/unchanged/phpredis/per_second", ">=", 1.15, "×"),
    ("3", "HTTP, 8 clients, changed, deferred: requests/s to phpredis", "http/8/changed/cloakroom-deferred/per_second", "http/8/changed/phpredis/per_second", ">=", 1.15, "×"),
    ("3", "HTTP, 8 clients, changed: p99 to phpredis", "http/8/changed/cloakroom/p99", "http/8/changed/phpredis/p99", "<=", 1.0, "×"),
    ("3", "HTTP, 8 clients, unchanged: p99 to phpredis", "http/8/unchanged/cloakroom/p99", "http/8/unchanged/phpredis/p99", "<=", 1.0, "×"),
    ("3", "HTTP, 8 clients, changed, deferred: p99 to phpredis", "http/8/changed/cloakroom-deferred/p99", "http/8/changed/phpredis/p99", "<=", 1.0, "×"),
    ("4", "eight processes, one session: throughput to phpredis with locking", "together/eight-on-one/cloakroom/per_second", "together/eight-on-one/phpredis-locking/per_second", ">=", 3.0, "×"),
    ("4", "eight processes, one session: worst wait to mean wait", "together/eight-on-one/cloakroom/worst_to_mean", None, "<=", 3.0, "×"),
    ("5", "1,000,000 sessions: time to that with 1,000", "scale/sizes/1000000/median", "scale/sizes/1000/median", "<=", 1.3, "×"),
    ("5", "1,000,000 sessions: resident memory", "scale/sizes/1000000/resident_mib", None, "<=", 250, "MiB"),
    ("5", "1,000,000 sessions: disk to plaintext", "scale/sizes/1000000/disk_per_plain_byte", None, "<=", 1.5, "×"),
    ("5", "1,000,000 sessions: start to first answer", "scale/sizes/1000000/start", None, "<=", 1.0, "s"),
    ("5", "1,000,000 sessions: start after kill -9", "scale/sizes/1000000/start_after_kill", None, "<=", 1.0, "s"),
    ("6", "expiring 500,000 of 1,000,000: p99 to that without", "scale/expiry/p99_during", "scale/expiry/p99_without", "<=", 2.0, "×"),
    ("7", "idle: processor time in 10 s (one tick is 0.01 s)", "idle/seconds", None, "<=", 0.01, "s"),
    ("8", "gate: most requests/s to the most of the same check in PHP", "gate/most/gate", "gate/most/php", ">=", 3.0, "×"),
]  # fmt: skip


class Verdict:
    """A row with its figure; `figure` is None when it was not measured."""

    def __init__(self, row, results):
        self.number, self.text, dividend, divisor, self.relation, self.limit, self.unit = row
        value, base = find(results, dividend), find(results, divisor) if divisor else 1
        self.figure = None if value is None or not base else value / base
        self.is_missed = self.figure is not None and not (
            self.figure <= self.limit if self.relation == "<=" else self.figure >= self.limit
        )

    def word(self):
        return "not measured" if self.figure is None else "MISSED" if self.is_missed else "met"


def find(results, way):
    for name in way.split("/"):
        if not isinstance(results, dict) or name not in results:
            return None
        results = results[name]
    return results


def verdicts(results):
    return [Verdict(row, results) for row in ROWS]
