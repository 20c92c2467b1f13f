#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at the status page in Chromium: every state, at the width of a desk and of a phone, light and dark, with and without scripts.

It looks at the pages that the Swift tests have written to .build/status-page/pages, and then at that of a real gate with a real daemon, behind
nginx. With --url it looks at the page there, which then should be at work. Pictures are in .build/status-page.
"""

import argparse
import contextlib
import http.server
import pathlib
import subprocess
import sys
import threading
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from browser import Browser, Tab
from checking import Tally, await_true
from live_site import LiveSite

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = ROOT / ".build/status-page"
FINDINGS = (ROOT / "scripts/status-page-findings.js").read_text()

SIZES = {"desk": (1280, 900), "phone": (360, 780)}
SCHEMES = ("light", "dark")
STATES = ("data", "empty", "warnings", "away", "hostile")

tally = Tally()


class Pages(http.server.ThreadingHTTPServer):
    """Answers as the gate would: each request for a state gets its next page."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Page)
        self.steps = {}
        self.broken = False
        # Set by a test: what is sent in the place of a state.
        self.instead = {}

    def url(self, state, visit):
        return f"http://127.0.0.1:{self.server_port}/{state}/{visit}/status?html"

    def next(self, path):
        state = path.strip("/").split("/")[0]
        step = self.steps.get(path, 0)
        self.steps[path] = step + 1
        pages = sorted((OUTPUT / "pages" / self.instead.get(state, state)).iterdir(), key=lambda one: int(one.name))
        if not pages:
            sys.exit("there are no pages: run `swift test --filter StatusSampleFiles`")
        return pages[min(step, len(pages) - 1)].read_bytes()


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.server.broken:
            head, body = b"Status: 502\r\nContent-Type: text/html", b"<html><h1>502 Bad Gateway</h1></html>"
        else:
            head, body = self.server.next(self.path.split("?")[0]).split(b"\r\n\r\n", 1)
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        self.send_response(int(fields[0][1]))
        for name, value in fields[1:]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def without_expected(complaints, state):
    """The browser says of each 503 that it is one. A policy may only be complained of by a test for it."""
    return [one for one in complaints if not (state == "away" and "503" in one)]


def await_drawn(tab):
    """The first points come when the page has asked three times."""
    await_true(lambda: not any(one.startswith("Collecting") for one in texts(tab, ".plot .note")), "the page draws nothing")


def look(browser, url, state, size, scheme, scripts, seconds):
    """Opens the page, lets it run for some time, and says what is wrong with what is seen."""
    where = f"{state}, {size}, {scheme}" + ("" if scripts else ", without scripts")
    tab = Tab(browser, *SIZES[size], scheme, scripts)
    tab.open(url)
    if scripts and seconds:
        tab.pass_time(seconds * 1000)
    elif scripts:
        await_drawn(tab)
    tab.picture(OUTPUT / (where.replace(", ", "-").replace(" ", "-") + ".png"))
    if not scripts:
        # What is evaluated would not run either; the page's own script is past.
        tab.ask("Emulation.setScriptExecutionDisabled", value=False)
    tally.check(f"{where}: findings", [], tab.evaluate(FINDINGS))
    tally.check(f"{where}: complaints", [], without_expected(tab.complaints(), state))
    return tab


def texts(tab, selector):
    return tab.evaluate(f"[...document.querySelectorAll({selector!r})].map(one => one.textContent.trim())")


def look_at_all(browser, pages):
    for state in STATES:
        for size in SIZES:
            for scheme in SCHEMES:
                visit = f"{size}-{scheme}"
                tab = look(browser, pages.url(state, visit), state, size, scheme, True, 100)
                tally.check(f"{state}: it asks again", True, pages.steps[f"/{state}/{visit}/status"] > 40)
                drawn = tab.evaluate("document.querySelectorAll('.plot path').length")
                tally.check(f"{state}, {visit}: lines are drawn", state not in ("empty", "away"), drawn > 0)
                tab.close()
        look(browser, pages.url(state, "plain"), state, "desk", "light", False, 0).close()
        look(browser, pages.url(state, "plain-phone"), state, "phone", "dark", False, 0).close()


def look_at_faults(browser, pages):
    """What is looked for is found, when it is there."""
    faults = {
        "contrast": "document.querySelector('h1').style.color = 'rgb(220, 220, 220)'",
        "the page is": "document.querySelector('h1').style.marginLeft = '2000px'",
        "on top of each other": "document.querySelector('#locks h2').style.marginBottom = '-1.5rem'",
        "an empty chart": "document.querySelector('#requests .plot').replaceChildren()",
        "broken": "document.querySelector('.figure').style.width = '1rem'",
        "is outside": "document.querySelector('#locks .note').style.transform = 'translateX(-100px)'",
        "no scope": "document.querySelector('th').removeAttribute('scope')",
    }
    for finding, fault in faults.items():
        tab = Tab(browser, *SIZES["desk"], "light")
        tab.open(pages.url("data", f"fault-{len(finding)}"))
        tab.pass_time(10_000)
        # In one step: the page is renewed every 2 s, and the fault would be gone.
        found = tab.evaluate(f"{fault};\n{FINDINGS}")
        tally.check(f"found: {finding}", True, any(finding in one for one in found))
        tab.close()


def look_at_beginning(browser, pages):
    """Before the second sample nothing is drawn, and that is said."""
    tab = Tab(browser, *SIZES["desk"], "light")
    tab.open(pages.url("data", "beginning"))
    tally.check("the first sample", ["Collecting: the first points come in 4 s."] * 4, texts(tab, ".plot .note"))
    tally.check("the first sample: findings", [], tab.evaluate(FINDINGS))
    tab.close()


def look_at_texts(browser, pages):
    """What visitors write stays text, and nothing of it runs."""
    tab = look(browser, pages.url("hostile", "texts"), "hostile", "desk", "light", True, 10)
    tally.check("no script of a visitor runs", True, tab.evaluate("document.title").startswith("Cloakroom: "))
    tally.check("no element of a visitor", 0, tab.evaluate("document.querySelectorAll('img, [onerror], [onmouseover]').length"))
    tally.check("directions are not changed", True, "\uFFFDdrowssap\uFFFD" in texts(tab, "#sessions .legend bdi"))
    tally.check("the texts are shown", True, "<script>document.title='taken'</script>" in texts(tab, "#locks .request bdi"))
    # The policy stops what got past all that.
    tab.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))")
    tally.check("the policy stops scripts", True, tab.evaluate("document.title").startswith("Cloakroom: "))
    tab.close()


def look_at_pools(browser, pages):
    """One of several pools can be chosen, and stays chosen."""
    tab = Tab(browser, *SIZES["desk"], "light")
    tab.open(pages.url("data", "pools"))
    tab.pass_time(20_000)
    tally.check("pools to choose from", ["all", "shop", "blog", "intranet"], texts(tab, "#choice option"))
    tally.check("sessions of all", ["shop", "blog", "intranet"], texts(tab, "#sessions .legend bdi"))
    tab.evaluate("{ const one = document.querySelector('#choice select'); one.value = 'blog'; one.onchange(); }")
    tab.pass_time(10_000)
    tally.check("sessions of one", ["blog"], texts(tab, "#sessions .legend bdi"))
    tally.check("the choice stays", "blog", tab.evaluate("document.querySelector('#choice select').value"))
    tab.close()


def look_at_outages(browser, pages):
    """A gate that does not answer is said, as is a daemon that goes and comes back."""
    tab = Tab(browser, *SIZES["desk"], "light")
    tab.open(pages.url("data", "outage"))
    tab.pass_time(10_000)
    pages.broken = True
    tab.pass_time(10_000)
    said = texts(tab, "#summary")[0]
    tally.check("the gate is away", True, said.startswith("The gate does not answer since ") and said.endswith("; trying again"))
    tally.check("the figures are old", True, texts(tab, "#as-of")[0].startswith("Figures of "))
    tally.check("the gate is away: findings", [], tab.evaluate(FINDINGS))
    tab.picture(OUTPUT / "gate-away.png")
    pages.broken = False
    tab.pass_time(6_000)
    tally.check("the gate is back", ["All is well"], texts(tab, "#summary"))
    pages.instead["data"] = "away"
    tab.pass_time(6_000)
    tally.check("the daemon is away", ["The daemon does not answer"], texts(tab, "#summary"))
    tally.check("the daemon is away: no figures of it", [], texts(tab, "#pools h2"))
    pages.instead.clear()
    tab.pass_time(12_000)
    tally.check("the daemon is back", ["All is well"], texts(tab, "#summary"))
    tally.check("it is drawn again", True, tab.evaluate("document.querySelectorAll('#requests path').length") > 0)
    tally.check("the daemon is back: findings", [], tab.evaluate(FINDINGS))
    tab.picture(OUTPUT / "daemon-back.png")
    tab.close()


def look_at_live(browser, binaries):
    """The page of a real gate, with a real daemon behind it and nginx in front; and its metrics."""
    with LiveSite(binaries) as site:
        for size in SIZES:
            for scheme in SCHEMES:
                tab = look(browser, f"{site.page}?html", "live", size, scheme, True, 0)
                # Once the lock was held for 10 s while somebody waits, it is warned of.
                tally.check("live: the summary", True, texts(tab, "#summary")[0] in ("All is well", "1 thing wants attention"))
                seen = " ".join(texts(tab, "#locks"))
                tally.check("live: who holds the lock, and who waits", True, "POST /slow.php" in seen and "GET /fast.php" in seen)
                tally.check("live: lines are drawn", True, tab.evaluate("document.querySelectorAll('#requests path').length") > 0)
                tab.close()
        look(browser, f"{site.page}?html", "live", "desk", "light", False, 0).close()
        with urllib.request.urlopen(f"{site.page}?openmetrics") as answer:
            metrics = answer.read()
        tally.check("live: requests are counted", True, b'cloakroom_gate_events_total{event="admitted"}' in metrics)
        done = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True)
        tally.check("live: what promtool says", (0, b""), (done.returncode, done.stdout + done.stderr))
        request = urllib.request.Request(f"{site.page}?openmetrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        with urllib.request.urlopen(request) as answer:
            families = list(text_string_to_metric_families(answer.read().decode()))
        tally.check("live: OpenMetrics", True, len(families) > 20)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="look at this page only: the HTML page of a real gate, with ?html")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / ".build/debug", help="where cloakroomd and cloakroom-fcgi are")
    arguments = parser.parse_args()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        if arguments.url:
            for size in SIZES:
                for scheme in SCHEMES:
                    look(browser, arguments.url, "live", size, scheme, True, 0).close()
        else:
            pages = Pages()
            threading.Thread(target=pages.serve_forever, daemon=True).start()
            look_at_all(browser, pages)
            for part in (look_at_faults, look_at_beginning, look_at_texts, look_at_pools, look_at_outages):
                part(browser, pages)
            pages.shutdown()
            look_at_live(browser, arguments.binaries)
    print(f"status page: {tally.passed} checks passed, {tally.failed} failed; pictures are in {OUTPUT.relative_to(ROOT)}")
    sys.exit(1 if tally.failed else 0)


main()
