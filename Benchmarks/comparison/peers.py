# SPDX-License-Identifier: Apache-2.0
"""What is compared, each configured as its own documentation advises."""

import os

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Peer:
    """A session handler.

    name, title  in figures and in tables
    server       the name of the server that it needs (servers.py), or None
    locks        whether requests for one session are served one after another
    ini          function of the place that gives PHP's settings
    """

    def __init__(self, name, title, server, locks, ini, environment=None, is_floor=False):
        self.name, self.title, self.server, self.locks = name, title, server, locks
        self.is_floor = is_floor
        self._ini, self._environment = ini, environment

    def settings(self, place):
        return self._ini(place)

    def environment(self, place):
        return self._environment(place) if self._environment else {}

    def arguments(self, place):
        """Arguments of handlers/serve.php."""
        return [place.socket("echo")] if self.is_floor else []


def files(place):
    return {"session.save_handler": "files", "session.save_path": place.make("files")}


def encrypted_files(place):
    """A key from the environment, as articles have it; the handler is Benchmarks/handlers/encrypted-files.php. It could not take
    the place of a `session.save_handler` that a pool fixes.
    """
    return {
        "session.save_path": place.make("encrypted-files"),
        "auto_prepend_file": place.encrypted_files,
    }


def phpredis(place):
    """phpredis, README, "PHP Session handler": a Unix socket, and `persistent=1`. Its locking is off by default."""
    return {
        "session.save_handler": "redis",
        "session.save_path": f"unix://{place.socket('redis')}?persistent=1",
    }


def phpredis_locking(place):
    """phpredis, README, "Session locking": `locking_enabled`, off by default.

    A request asks for the lock again every `lock_wait_time` microseconds; 2000 is the default of Debian's version, and more
    favourable than the 50000 of the README's example. `lock_retries` is -1, "infinite" in the README: with the default, 10,
    a request that waited for 20 ms would do without the session, and would not be comparable.
    """
    return {
        **phpredis(place),
        "redis.session.locking_enabled": "1",
        "redis.session.lock_wait_time": "2000",
        "redis.session.lock_retries": "-1",
    }


def memcached(place):
    """php-memcached, memcached.ini: the binary protocol is on by default, and so is locking. `sess_persistent`, off by default,
    keeps the connection. `sess_lock_retries` is 5 by default, and then the session does not start: as with phpredis, no request
    shall fail for waiting. The two waits are the defaults, 150 ms.
    """
    return {
        "session.save_handler": "memcached",
        "session.save_path": place.socket("memcached"),
        "memcached.sess_persistent": "1",
        "memcached.sess_locking": "1",
        "memcached.sess_lock_retries": "100000",
    }


def memcached_unlocked(place):
    return {**memcached(place), "memcached.sess_locking": "0"}


def cloakroom(server):
    """README: the drop-in, and the lines of the example of a pool file."""
    return lambda place: {
        "auto_prepend_file": os.path.join(place.php_client, "prepend.php"),
        "session.save_path": f"unix://{place.socket(server)}",
        "session.upload_progress.enabled": "0",
        # As the example of a pool file has them: otherwise the drop-in sets them in each request.
        "session.use_strict_mode": "1",
        "session.lazy_write": "0",
        "session.cookie_httponly": "1",
        "session.cookie_samesite": "Lax",
    }


PEERS = [
    Peer("files", "files (plain text)", None, True, files),
    Peer(
        "encrypted-files",
        "files, encrypted in PHP",
        None,
        True,
        encrypted_files,
        environment=lambda place: {"BENCH_KEY": place.handler_key},
    ),
    Peer("phpredis", "phpredis", "redis", False, phpredis),
    Peer("phpredis-locking", "phpredis, locking", "redis", True, phpredis_locking),
    Peer("memcached-unlocked", "memcached, no locking", "memcached", False, memcached_unlocked),
    Peer("memcached", "memcached, locking", "memcached", True, memcached),
    Peer("cloakroom", "Cloakroom", "cloakroom", True, cloakroom("cloakroom")),
    Peer("cloakroom-deferred", "Cloakroom, deferred", "cloakroom-deferred", True, cloakroom("cloakroom-deferred")),
    Peer("bare", "PHP client, bare C server", "bare", False, cloakroom("bare")),
    Peer("bare-deferred", "… deferred", "bare-deferred", False, cloakroom("bare-deferred")),
    Peer("echo", "C echo, same bytes", "echo", False, lambda place: {}, is_floor=True),
]

# What ratios are to.
BASE = "phpredis"
