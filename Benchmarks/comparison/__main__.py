# SPDX-License-Identifier: Apache-2.0
"""Runs the comparison: python3 -m comparison --help"""

import argparse
import json
import os
import signal
import sys

from . import core, gate, http, idle, scale, together
from .bench import Bench
from .budgets import verdicts
from .failure import Failure
from .figure import draw
from .fpm import pool_user
from .machine import describe
from .peers import PEERS
from .place import Place
from .report import report
from .servers import Tools

CORE = {case.name: case for case in core.CASES}
MODES = ["pinned", "unpinned"]
GROUPS = [*CORE, *together.CASES, "http", "gate", "scale", "idle"]
PINNED_CORE = 0


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Place(pool_user()) as place:
            tools = Tools(options.daemon, options.gate, place)
            results, failures = measure(Bench(place, tools, options.rounds, options.peers), options)
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    is_complete = not options.what and not options.peers
    report(results, is_complete)
    save(results, options.json)
    if options.svg:
        with open(options.svg, "w") as file:
            file.write(draw(results))
        print(f"figure: {options.svg}")
    for failure in failures:
        print(f"bench: {failure}", file=sys.stderr)
    if failures:
        return 2
    # In a run of everything, what was not measured is not met either.
    return 1 if any(each.is_missed or (is_complete and each.figure is None) for each in verdicts(results)) else 0


def parse():
    parser = argparse.ArgumentParser(prog="bench", description="Compares Cloakroom with other session handlers.")
    parser.add_argument("what", nargs="*", help=f"what to measure; all without it: {', '.join([*MODES, *GROUPS])}")
    parser.add_argument("--daemon", required=True, help="the cloakroomd to measure")
    parser.add_argument("--gate", required=True, help="the cloakroom-fcgi to measure")
    parser.add_argument("--rounds", type=int, default=20, help="interleaved rounds (20)")
    parser.add_argument("--peer", dest="peers", action="append", default=[], help=", ".join(peer.name for peer in PEERS))
    parser.add_argument("--json", default=".build/bench/results.json", help="where the figures go")
    parser.add_argument("--svg", help="a file for the figure; none is drawn without it")
    options = parser.parse_args()
    for word in options.what:
        if word not in [*MODES, *GROUPS]:
            parser.error(f"there is nothing named {word}; there are {', '.join([*MODES, *GROUPS])}")
    for word in options.peers:
        if word not in [peer.name for peer in PEERS]:
            parser.error(f"there is no peer named {word}")
    if options.rounds < 1:
        parser.error("at least one round")
    return options


def measure(bench, options):
    """The results, and what went wrong: one group that cannot be measured does not keep the others from it."""
    groups = [word for word in options.what if word not in MODES] or GROUPS
    results, failures = {"machine": describe(bench.place, bench.tools.daemon)}, []
    for name, title, figures in parts(bench, groups, [word for word in options.what if word in MODES] or MODES):
        bench.begin(title)
        try:
            results[name] = figures()
        except Failure as failure:
            failures.append(f"{title}: {failure}")
        bench.empty()
    bench.done()
    return results, failures


def parts(bench, groups, modes):
    """For each part of the results its name, its title, and the function that measures it."""
    if cases := [CORE[name] for name in CORE if name in groups]:
        for mode in modes:
            pin = PINNED_CORE if mode == "pinned" else None
            yield mode, f"one process, {mode}", lambda: core.measure_core(bench, cases, pin)
    if eights := [name for name in together.CASES if name in groups]:
        yield "together", "eight processes", lambda: together.measure_together(bench, eights)
    if "http" in groups:
        yield "http", "nginx and PHP-FPM", lambda: http.measure_http(bench)
    if "gate" in groups:
        yield "gate", "nginx and the gate", lambda: gate.measure_gate(bench)
    if "scale" in groups:
        yield "scale", "up to a million sessions", lambda: scale.measure_scale(bench, PINNED_CORE)
    if "idle" in groups:
        yield "idle", "the idle daemon", lambda: idle.measure_idle(bench)


def save(results, path):
    results["budgets"] = [
        {"number": each.number, "text": each.text, "figure": each.figure, "limit": f"{each.relation} {each.limit:g}", "verdict": each.word()}
        for each in verdicts(results)
    ]  # fmt: skip
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w") as file:
        json.dump(results, file, indent=1, ensure_ascii=False)
        file.write("\n")
    print(f"\nfigures: {path}")


sys.exit(main())
