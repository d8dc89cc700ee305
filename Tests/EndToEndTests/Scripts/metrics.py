# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Runs a command with --metrics and asks for its pages while it works; prints what it saw as JSON."""
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time

from prometheus_client.parser import text_string_to_metric_families

process = subprocess.Popen(
    sys.argv[1:] + ["--metrics", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
port = None
for line in process.stderr:
    found = re.search(r"metrics at http://127\.0\.0\.1:(\d+)/metrics", line)
    if found:
        port = int(found.group(1))
        break
threading.Thread(target=process.stderr.read, daemon=True).start()


def ask(path, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


seen = {"readiness": [list(ask("/readyz"))]}
seen |= {"healthz": ask("/healthz")[0], "missing": ask("/")[0], "posted": ask("/metrics", "POST")[0]}
# Until frames have passed, or the run is over.
while process.poll() is None:
    try:
        status, words = ask("/readyz")
        seen["readiness"].append([status, words])
        if status == 200:
            seen["ready"] = status
            page = ask("/metrics")[1]
            values = {}
            for family in text_string_to_metric_families(page):
                for sample in family.samples:
                    labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
                    values[f"{sample.name}{{{labels}}}"] = sample.value
            seen["metrics"] = values
    except (ConnectionError, http.client.HTTPException):
        break
    time.sleep(0.05)
seen["summary"] = json.loads(process.stdout.read())
seen["status"] = process.wait()
with socket.socket() as probe:
    seen["closed"] = probe.connect_ex(("127.0.0.1", port)) != 0
print(json.dumps(seen))
