# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Works a page of `sightline report` by keyboard, as a reader does, and prints what it showed as JSON.

Usage: drive_page.py BROWSER PROFILE PAGE. Talks to the browser over its debugging pipe.
"""
import json
import os
import subprocess
import sys
import time

FIGURES = ["threshold-value", "size-value", "wrong-of-100", "missed-of-100", "live"]
COMPLAINTS = ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")


class Page:
    def __init__(self, browser, profile, address):
        self.read_end, child_write = os.pipe()
        child_read, self.write_end = os.pipe()

        def at_three_and_four():
            # By way of high numbers, lest one of the two be overwritten.
            high = [os.dup2(child_read, 103), os.dup2(child_write, 104)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--user-data-dir=" + profile, "--remote-debugging-pipe", "about:blank"],
            preexec_fn=at_three_and_four, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(child_read)
        os.close(child_write)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Page"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=360, height=800, deviceScaleFactor=1,
                  mobile=False)
        self.call("Page.navigate", url=address)
        self.wait("document.documentElement.dataset.ready === 'true'")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                more = os.read(self.read_end, 1 << 16)
                if not more:
                    sys.exit("the browser has gone")
                self.buffer += more
            text, _, self.buffer = self.buffer.partition(b"\0")
            answer = json.loads(text)
            if answer.get("id") == self.number:
                return answer["result"]
            self.events.append(answer)

    def value(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def wait(self, expression):
        for _ in range(300):
            if self.value(expression):
                return
            time.sleep(0.1)
        sys.exit("waited in vain for " + expression)

    def press(self, key, code, times=1):
        for _ in range(times):
            for kind in ("keyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                          windowsVirtualKeyCode=code)

    def figures(self):
        before = self.value("document.getElementById('live').textContent")
        # What a screen reader is told, and the address, follow when the sliders rest.
        for _ in range(20):
            time.sleep(0.1)
            if self.value("document.getElementById('live').textContent") != before:
                break
        time.sleep(0.4)
        shown = {name: self.value(f"document.getElementById('{name}').textContent") for name in FIGURES}
        return shown | {"address": self.value("location.hash")}


page = Page(*sys.argv[1:])
shown = {"start": page.figures()}
stops = []
for _ in range(60):
    page.press("Tab", 9)
    stops.append(page.value("document.activeElement.id || document.activeElement.tagName"))
shown["stops"] = stops
page.value("document.getElementById('threshold').focus()")
page.press("ArrowRight", 39, 30)
shown["threshold"] = page.figures()
page.value("document.getElementById('size').focus()")
page.press("ArrowRight", 39, 100)
shown["size"] = page.figures()
page.value("document.getElementById('reset').click()")
shown["reset"] = page.figures()
page.value("""for (const option of document.getElementById('series').options) {
  document.getElementById('series').value = option.value;
  document.getElementById('series').dispatchEvent(new Event('change'));
}""")
time.sleep(0.5)
shown["nonsense"] = page.value("""[...document.querySelectorAll('svg *, td')].filter((e) =>
  /NaN|undefined|Infinity/.test(e.textContent + [...e.attributes].map((a) => a.value))).length""")
shown["overflow"] = page.value("document.documentElement.scrollWidth > innerWidth")
shown["complaints"] = [json.dumps(e) for e in page.events if e.get("method") in COMPLAINTS]
page.call("Browser.close")
page.process.wait(10)
print(json.dumps(shown))
