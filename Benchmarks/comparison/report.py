# SPDX-License-Identifier: Apache-2.0
"""The tables."""

from . import core, gate, together
from .budgets import verdicts
from .peers import BASE, PEERS

TITLES = {peer.name: peer.title for peer in PEERS}


def table(title, head, rows):
    """Prints rows of texts; all columns but the first are aligned to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    print(f"\n{title}")
    for row in [head, ["─" * width for width in widths], *rows]:
        cells = [text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())


def number(value):
    """With as many digits as say something."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def ratio(value, base):
    return "" if not base else f"{value / base:.2f}"


def report(results, is_complete):
    """`is_complete`: whether everything should have been measured."""
    machine(results["machine"])
    for mode in ("pinned", "unpinned"):
        for case in core.CASES:
            if case.name in results.get(mode, {}):
                core_table(mode, case, results[mode][case.name])
    for case, title in together.CASES.items():
        if case in results.get("together", {}):
            together_table(case, title, results["together"][case])
    if "http" in results:
        http_tables(results["http"])
    if "gate" in results:
        gate_tables(results["gate"])
    if "scale" in results:
        scale_tables(results["scale"])
    budgets(results, is_complete)


def machine(machine):
    print(f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}, load {machine['load']:.1f} at the start")
    print(f"file system of the stores: {machine['file_system']}")
    print(", ".join(f"{name} {version}" for name, version in machine["versions"].items()))


def core_table(mode, case, peers):
    where = "pinned to one core" if mode == "pinned" else "unpinned"
    base = peers.get(BASE, {}).get("median")
    rows = [
        [TITLES[name], number(peer["median"]), number(peer["p99"]), ratio(peer["median"], base)]
        for name, peer in peers.items()
    ]  # fmt: skip
    table(f"One process, {case.title}, {where}", ["", "median µs", "p99 µs", "to phpredis"], rows)


def together_table(case, title, peers):
    base = peers.get(BASE, {}).get("per_second")
    rows = []
    for name, peer in peers.items():
        row = [TITLES[name], number(peer["per_second"]), ratio(peer["per_second"], base)]
        row += [number(peer["mean_wait"]), number(peer["p99_wait"]), number(peer["worst_wait"])]
        if case != "eight-on-eight":
            row += [number(peer["worst_to_mean"]), f"{100 * peer['lost']:.0f} %"]
        rows.append(row)
    head = ["", "cycles/s", "to phpredis", "mean wait µs", "p99 wait µs", "worst µs"]
    if case != "eight-on-eight":
        head += ["worst/mean", "updates lost"]
    table(title[0].upper() + title[1:], head, rows)


def http_tables(results):
    for clients, pages in results.items():
        for page, peers in pages.items():
            base = peers.get(BASE, {})
            rows = [
                [
                    TITLES.get(name, name),
                    number(peer["per_second"]),
                    ratio(peer["per_second"], base.get("per_second")),
                    number(peer["median"]),
                    number(peer["p99"]),
                    ratio(peer["p99"], base.get("p99")),
                ]
                for name, peer in peers.items()
            ]
            head = ["", "requests/s", "to phpredis", "median ms", "p99 ms", "to phpredis"]
            table(f"nginx and PHP-FPM, {clients} clients, session {page}", head, rows)


def gate_tables(results):
    for clients, ways in results["clients"].items():
        base = max((ways["php"], ways["php-kept"]), key=lambda way: way["per_second"])
        rows = [
            [
                title,
                number(ways[way]["per_second"]),
                ratio(ways[way]["per_second"], base["per_second"]),
                number(ways[way]["median"]),
                number(ways[way]["p99"]),
            ]
            for way, title in gate.WAYS.items()
        ]
        table(f"A file by nginx, session checked, {clients} clients", ["", "requests/s", "to PHP", "median ms", "p99 ms"], rows)


def scale_tables(results):
    rows = []
    for sessions, size in results.get("sizes", {}).items():
        rows.append(
            [
                f"{int(sessions):,}",
                number(size["median"]),
                number(size["p99"]),
                f"{size['resident_mib']:.0f}",
                f"{size['disk_per_session']:.0f}",
                f"{size['disk_per_plain_byte']:.2f}",
                f"{1000 * size['start']:.0f}",
                f"{1000 * size['start_after_kill']:.0f}",
            ]
        )
    head = ["sessions", "changed µs", "p99 µs", "resident MiB", "disk bytes each", "to plain", "start ms", "after kill -9"]
    table("Number of sessions (Cloakroom, pinned to one core)", head, rows)
    expiry = results.get("expiry")
    if expiry:
        rows = [
            ["without", number(expiry["median_without"]), number(expiry["p99_without"]), ""],
            ["while expiring", number(expiry["median_during"]), number(expiry["p99_during"]), f"{expiry['seconds']:.0f}"],
        ]
        table(f"Expiring {expiry['sessions']:,} sessions while serving", ["", "changed µs", "p99 µs", "took s"], rows)


def budgets(results, is_complete):
    rows = []
    for verdict in verdicts(results):
        figure = "" if verdict.figure is None else f"{verdict.figure:.3f}"
        limit = f"{verdict.relation} {verdict.limit:g} {verdict.unit}"
        if verdict.figure is not None or is_complete:
            rows.append([f"{verdict.number}. {verdict.text}", figure, limit, verdict.word()])
    if rows:
        table("Budgets", ["", "figure", "limit", "verdict"], rows)
