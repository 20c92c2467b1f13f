# SPDX-License-Identifier: Apache-2.0
"""Chromium without a window, told what to do over a pipe (https://chromedevtools.github.io/devtools-protocol)."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

# For how long any answer may take on a busy machine, in seconds.
PATIENCE = 120


class Browser:
    """A browser with a profile of its own, until the end of a `with`."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="cloakroom-browser-")
        read_commands, self.commands = os.pipe()
        self.answers, write_answers = os.pipe()
        program = shutil.which("chromium")
        if program is None:
            sys.exit("chromium is missing: run `make deps`")
        # --remote-debugging-pipe reads from descriptor 3, and writes to 4. Root has no sandbox in Chromium.
        descriptors = {read_commands: 3, write_answers: 4}
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{read_commands} 4>&{write_answers}', "chromium", program,
             "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu",
             "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--mute-audio",
             "--hide-scrollbars", f"--user-data-dir={self.profile}", "about:blank"],
            pass_fds=tuple(descriptors), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for descriptor in descriptors:
            os.close(descriptor)
        self.number = 0
        self.buffer = b""
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _receive(self, deadline, what):
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit(f"{what}: Chromium does not answer within {PATIENCE} s")
            part = os.read(self.answers, 1 << 20)
            if not part:
                sys.exit(f"{what}: Chromium has ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, session=None, **parameters):
        """The result of a command. Events that come meanwhile are kept."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            message = self._receive(deadline, method)
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def await_event(self, method, session):
        deadline = time.monotonic() + PATIENCE
        while True:
            for index, event in enumerate(self.events):
                if event.get("method") == method and event.get("sessionId") == session:
                    return self.events.pop(index)["params"]
            self.events.append(self._receive(deadline, method))


class Tab:
    """A page of a size, in a colour scheme, with or without scripts."""

    def __init__(self, browser, width, height, scheme, scripts=True):
        self.browser = browser
        # Cookies, storage and caches of its own.
        context = browser.ask("Target.createBrowserContext")["browserContextId"]
        self.target = browser.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)

    def ask(self, method, **parameters):
        return self.browser.ask(method, self.session, **parameters)

    def open(self, url):
        self.ask("Page.navigate", url=url)
        self.browser.await_event("Page.loadEventFired", self.session)

    def pass_time(self, milliseconds):
        """Lets the page's timers and clocks run ahead, but not past answers that it waits for."""
        self.ask("Emulation.setVirtualTimePolicy", policy="pauseIfNetworkFetchesPending", budget=milliseconds)
        self.browser.await_event("Emulation.virtualTimeBudgetExpired", self.session)

    def evaluate(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression[:80]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def complaints(self):
        """What the page's console and the browser have said against it: exceptions, what the policy forbids, failed requests."""
        texts = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            parameters = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                texts.append(details.get("exception", {}).get("description") or details["text"])
            elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
                texts.append(" ".join(str(one.get("value")) for one in parameters["args"]))
            elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                texts.append(f'{parameters["entry"]["text"]} ({parameters["entry"].get("url", "")})')
        return texts

    def picture(self, path):
        """Of the whole page."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        data = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self):
        self.browser.ask("Target.closeTarget", targetId=self.target)
        self.browser.events = [one for one in self.browser.events if one.get("sessionId") != self.session]
