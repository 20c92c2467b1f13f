# SPDX-License-Identifier: Apache-2.0
"""The figure: ratios to phpredis without locking, as bars. One file, readable on light and on dark ground."""

import html

from .budgets import find
from .peers import BASE, PEERS

LABELS, PANEL, GAP = 178, 236, 18
ROW, HEAD, TOP = 19, 58, 74
# A longer bar is cut, and its number says how long it would be.
LONGEST = 2.5
PLOT = PANEL - 44

# Title, unit, the way to the peers' figures, and the name of the figure. A row of panels each.
PANELS = [
    [
        ("Session changed, one core", "time, less is better", "pinned/changed", "median"),
        ("Session unchanged, one core", "time, less is better", "pinned/unchanged", "median"),
        ("read_and_close, one core", "time, less is better", "pinned/read_and_close", "median"),
    ],
    [
        ("Session changed, all cores", "time, less is better", "unpinned/changed", "median"),
        ("Session unchanged, all cores", "time, less is better", "unpinned/unchanged", "median"),
        ("read_and_close, all cores", "time, less is better", "unpinned/read_and_close", "median"),
    ],
    [
        ("New session, one core", "time, less is better", "pinned/new", "median"),
        ("64 KiB changed, one core", "time, less is better", "pinned/64k", "median"),
        ("1 MiB changed, one core", "time, less is better", "pinned/1m", "median"),
    ],
    [
        ("PHP-FPM, changed, 8 clients", "requests/s, more is better", "http/8/changed", "per_second"),
        ("PHP-FPM, unchanged, 8 clients", "requests/s, more is better", "http/8/unchanged", "per_second"),
        ("Eight requests for one session", "requests/s, more is better", "together/eight-on-one", "per_second"),
    ],
]

STYLE = """
svg { font-family: system-ui, sans-serif; font-size: 12px; color-scheme: light dark; }
.ground { fill: #ffffff; } text { fill: #24292f; } .soft { fill: #57606a; }
.title { font-weight: 600; font-size: 13px; } .head { font-weight: 600; font-size: 17px; }
.bar { fill: #a8b3bf; } .own { fill: #1f6feb; } .base { fill: #6e7781; }
.one { stroke: #57606a; stroke-dasharray: 3 3; } .strong { font-weight: 600; }
.figure { stroke: #ffffff; stroke-width: 4px; paint-order: stroke; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117; } text { fill: #e6edf3; } .soft { fill: #9ba5b0; }
  .bar { fill: #48525d; } .own { fill: #4493f8; } .base { fill: #7d8590; } .one { stroke: #9ba5b0; }
  .figure { stroke: #0d1117; }
}
"""


def draw(results):
    """The figure as the text of an SVG file."""
    rows = [(row, shown) for row in PANELS if (shown := peers_of(results, row))]
    width = LABELS + 3 * PANEL + 3 * GAP
    height = TOP + sum(height_of(shown) for _, shown in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        "<title>Cloakroom and other session handlers for PHP, as ratios to phpredis without locking</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        text(16, 30, "PHP session handlers, as ratios to phpredis without locking (dashed: 1.0)", "head"),
        text(16, 50, subtitle(results["machine"]), "soft"),
    ]
    top = TOP
    for row, shown in rows:
        for place, peer in enumerate(shown):
            name = "strong" if is_own(peer.name) else ""
            parts.append(text(LABELS - 8, top + HEAD + ROW * place - 3, peer.title, name, "end"))
        for column, panel in enumerate(row):
            parts += draw_panel(results, panel, shown, LABELS + column * (PANEL + GAP), top)
        top += height_of(shown)
    return "\n".join([*parts, "</svg>", ""])


def peers_of(results, row):
    return [peer for peer in PEERS if any(find(results, f"{way}/{peer.name}") for _, _, way, _ in row)]


def height_of(shown):
    return HEAD + ROW * len(shown) + 12


def subtitle(machine):
    return f"2 KiB of session data, Unix sockets, {machine['cores']} cores of {machine['processor']}, Linux {machine['kernel'].split('-')[0]}"


def draw_panel(results, panel, shown, left, top):
    title, unit, way, figure = panel
    base = find(results, f"{way}/{BASE}/{figure}")
    parts = [text(left, top + 16, title, "title"), text(left, top + 32, unit, "soft")]
    if not base:
        return [*parts, text(left, top + HEAD, "not measured", "soft")]
    x = left + PLOT / LONGEST
    parts.append(f'<path class="one" d="M{x:.1f} {top + HEAD - 19} V{top + HEAD + ROW * len(shown) - 17}"/>')
    for place, peer in enumerate(shown):
        value = find(results, f"{way}/{peer.name}/{figure}")
        if value is None:
            continue
        ratio = value / base
        y = top + HEAD + ROW * place - 15
        length = max(1.0, PLOT * min(ratio, LONGEST) / LONGEST)
        kind = "own" if is_own(peer.name) else "base" if peer.name == BASE else "bar"
        parts.append(f'<rect class="{kind}" x="{left}" y="{y}" width="{length:.1f}" height="{ROW - 5}" rx="2"/>')
        if ratio > LONGEST:
            parts.append(f'<path class="ground" d="M{left + PLOT - 12} {y - 1} l4 0 l-6 {ROW - 3} l-4 0 z"/>')
        parts.append(text(left + length + 5, y + 11, f"{ratio:.2f}", "figure strong" if is_own(peer.name) else "figure"))
    return parts


def is_own(name):
    return name.startswith("cloakroom")


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y}" class="{kind}" text-anchor="{anchor}">{html.escape(words)}</text>'
