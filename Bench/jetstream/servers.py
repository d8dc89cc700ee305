# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Servers, outboxes and checks for the measurements of the NATS bus. Standard library only."""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from read_stream import ask  # noqa: E402

STREAM = "SIGHTINGS"


def program():
    names = [os.environ.get("SIGHTLINE_NATS_SERVER"), ROOT + "/.build/nats/bin/nats-server",
             "/usr/sbin/nats-server"]
    for name in names:
        if name and os.access(name, os.X_OK):
            return name
    sys.exit("no NATS server here; scripts/setup --nats installs one")


def sightline():
    path = os.environ.get("SIGHTLINE", ROOT + "/.build/release/sightline")
    if not os.access(path, os.X_OK):
        sys.exit("no sightline at %s; run `swift build -c release --product sightline`" % path)
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Node:
    def __init__(self, folder, name, port, routes=(), cluster_port=None):
        self.port, self.folder, self.name = port, os.path.join(folder, name), name
        os.makedirs(self.folder, exist_ok=True)
        self.config = os.path.join(self.folder, "server.conf")
        # Whoever reads a long stream on a busy machine is slow, and would be dropped at 64 MB.
        text = ('server_name: %s\nlisten: "127.0.0.1:%d"\nmax_pending: 1GB\n'
                'jetstream { store_dir: "%s/store" }\n' % (name, port, self.folder))
        if cluster_port:
            text += 'cluster { name: bench, listen: "127.0.0.1:%d", routes: [%s] }\n' % (
                cluster_port, ", ".join('"nats://127.0.0.1:%d"' % p for p in routes))
        with open(self.config, "w") as file:
            file.write(text)
        self.process = None
        self.start()

    def start(self):
        log = open(os.path.join(self.folder, "server.log"), "ab")
        self.process = subprocess.Popen([program(), "-c", self.config], stdout=log, stderr=log)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        sys.exit("the server %s did not start; see %s/server.log" % (self.name, self.folder))

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def cpu(self):
        with open("/proc/%d/stat" % self.process.pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def request(self, subject, value=None):
        return ask("127.0.0.1", self.port, subject, value)

    def info(self):
        return self.request("$JS.API.STREAM.INFO." + STREAM)


def cluster(folder, count):
    if count == 1:
        return [Node(folder, "one", free_port())]
    ports = [free_port() for _ in range(2 * count)]
    return [Node(folder, "n%d" % i, ports[i], ports[count:], ports[count + i]) for i in range(count)]


def url(nodes, settings=""):
    return "nats://%s/%s%s" % (",".join("127.0.0.1:%d" % n.port for n in nodes), STREAM, settings)


def version():
    return subprocess.run([program(), "--version"], capture_output=True, text=True).stdout.strip()


def new_outbox(path):
    """An empty bus file: what a run makes, without its events."""
    made = subprocess.run(
        [sightline(), "run", ROOT + "/SampleFrames", "--gallery-size", "1000", "--bus", "sqlite:" + path],
        capture_output=True, text=True)
    if made.returncode:
        sys.exit("cannot make an outbox: " + made.stderr)
    outbox = sqlite3.connect(path, timeout=30)
    for table in ("events", "open_sightings", "last_events", "checkpoints", "runs"):
        outbox.execute("DELETE FROM " + table)
    outbox.commit()
    return outbox


def append(outbox, numbers, size, cameras):
    """Events as a run would write them, as far as the bus looks at them."""
    rows = []
    for i in numbers:
        camera = "cam-%04d" % (i % cameras)
        head = '{"n":%d,"source":"urn:sightline:bench:camera:%s","pad":"' % (i, camera)
        body = head + "x" * (size - len(head) - 2) + '"}'
        rows.append(("%032d" % i, "org.sightline.sighting.bench", "s", camera, i, body))
    outbox.executemany(
        "INSERT INTO events (id, type, subject, partition_key, time_us, body) VALUES (?,?,?,?,?,?)", rows)
    outbox.commit()


def check(node, events, cameras):
    """Lost, twice and out of order, as another program reads the stream."""
    text = subprocess.run(
        [sys.executable, os.path.join(HERE, "read_stream.py"), "127.0.0.1:%d" % node.port, STREAM],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    seen, last, swapped = {}, {}, 0
    for line in text.splitlines():
        _, subject, id, _ = line.split()
        number = int(id)
        seen[number] = seen.get(number, 0) + 1
        if number < last.get(subject, -1):
            swapped += 1
        last[subject] = number
    return {
        "lost": events - len(seen), "twice": sum(1 for n in seen.values() if n > 1),
        "out_of_order": swapped, "on_stream": sum(seen.values())}


def resident(pid):
    """Resident memory now and at most, in MiB."""
    values = {}
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            if line.startswith(("VmRSS", "VmHWM")):
                values[line.split(":")[0]] = int(line.split()[1]) / 1024
    return values["VmRSS"], values["VmHWM"]


def load():
    return "load %.2f, %d cores" % (os.getloadavg()[0], os.cpu_count())


class Folder:
    def __enter__(self):
        self.path = subprocess.run(["mktemp", "-d", "-t", "sightline-nats-XXXXXX"],
                                   capture_output=True, text=True, check=True).stdout.strip()
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


__all__ = [name for name in dir() if not name.startswith("_")]
_ = signal
