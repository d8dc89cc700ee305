# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Runs a command with a terminal on standard error, makes it narrower, interrupts it; prints what was seen as JSON."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios


class Screen:
    """As much of a terminal as a live view uses; anything else is an error."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.rows, self.row, self.column = [""], 0, 0
        self.broken = False
        self.rest = ""

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        while text:
            if text[0] == "\x1b":
                code = re.match(r"\x1b\[([0-9;]*)([A-Za-z])", text)
                if not code:
                    self.rest = text
                    return
                self.escape(code.group(1), code.group(2))
                text = text[code.end():]
                continue
            if text[0] == "\n":
                self.row += 1
                self.column = 0
                if self.row == len(self.rows):
                    self.rows.append("")
            elif text[0] == "\r":
                self.column = 0
            else:
                assert text[0] >= " ", repr(text[0])
                line = self.rows[self.row].ljust(self.column)
                self.rows[self.row] = line[: self.column] + text[0] + line[self.column + 1:]
                self.column += 1
                self.broken |= self.column > self.width
            text = text[1:]

    def narrow(self, width, height):
        """Breaks lines that are too long anew, as terminals do that keep what they show."""
        self.width, self.height, self.broken = width, height, False
        rows, row = [], self.row
        for index, line in enumerate(self.rows):
            if index == row:
                self.row = len(rows)
            rows += [line[at: at + width] for at in range(0, max(1, len(line)), width)]
        # What does not fit scrolls away.
        away = max(0, len(rows) - height)
        self.rows, self.row = rows[away:], self.row - away

    def escape(self, number, letter):
        if letter == "A":
            assert int(number) < self.height, number
            self.row -= int(number)
            assert self.row >= 0
        elif letter == "K":
            self.rows[self.row] = self.rows[self.row][: self.column]
        elif letter == "J":
            self.rows[self.row] = self.rows[self.row][: self.column]
            del self.rows[self.row + 1:]
        else:
            assert letter == "m", letter


def resize(descriptor, width, height):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


main, other = pty.openpty()
resize(other, 100, 30)
environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
environment["TERM"] = "xterm"
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=other, env=environment)
os.close(other)
screen = Screen(100, 30)
seen = {"pictures": 0, "before": False, "after": False}
step = 0
while True:
    ready, _, _ = select.select([main], [], [], 120)
    try:
        text = os.read(main, 65536).decode(errors="replace") if ready else ""
    except OSError:
        break
    if not text:
        break
    screen.feed(text)
    head = [line for line in screen.rows if line.startswith("CAMERA")]
    if head and screen.rest == "" and screen.rows[-1] == "":
        seen["pictures"] += 1
        whole = any(line.startswith("publish") for line in screen.rows) and len(head) == 1
        if step == 0 and whole:
            seen["before"] = not screen.broken
            screen.narrow(70, 22)
            resize(main, 70, 22)
            step = 1
        elif step == 1 and len(head[0]) <= 70 and len(screen.rows) <= 22 and whole:
            seen["after"] = all(len(line) <= 70 for line in screen.rows)
            process.send_signal(signal.SIGINT)
            step = 2
seen["summary"] = json.loads(process.stdout.read() or "null")
seen["status"] = process.wait()
seen["screen"] = screen.rows
print(json.dumps(seen))
