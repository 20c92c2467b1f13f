# SPDX-License-Identifier: Apache-2.0
"""What the figures were measured on."""

import os
import platform
import subprocess

PACKAGES = ["php8.2-cli", "php-redis", "redis-server", "php-memcached", "memcached", "nginx-light", "wrk"]


def describe(place, daemon):
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(),
        "kernel": platform.release(),
        "file_system": output("findmnt", "-no", "FSTYPE,OPTIONS", "-T", place.directory),
        "load": os.getloadavg()[0],
        "versions": {name: version for name in PACKAGES if (version := package_version(name))},
        "daemon": output(daemon, "--version"),
    }


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")


def package_version(name):
    return output("dpkg-query", "-W", "-f", "${Version}", name)


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""
