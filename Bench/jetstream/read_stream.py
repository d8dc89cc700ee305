#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Reads a JetStream stream from its beginning over a plain socket, knowing nothing of our code.

    read_stream.py HOST:PORT STREAM [--body]

Prints one line a message: sequence, subject, Nats-Msg-Id, Content-Type, and with --body the payload.
Ends when it has all that was there when it began.
"""
import json
import socket
import sys
import time


class Client:
    def __init__(self, host, port, timeout=30):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self.file = self.socket.makefile("rb", buffering=1 << 20)
        self.file.readline()
        self.early = []
        self.send(b'CONNECT {"verbose":false,"headers":true,"no_responders":true,"lang":"python"}\r\n')

    def send(self, data):
        self.socket.sendall(data)

    def message(self):
        """The next message as (subject, reply, headers, payload)."""
        return self.early.pop(0) if self.early else self.next()

    def next(self):
        while True:
            line = self.file.readline()
            if not line:
                raise EOFError("the server went away")
            words = line.split()
            if not words:
                continue
            if words[0] == b"PING":
                self.send(b"PONG\r\n")
            elif words[0] == b"-ERR":
                raise RuntimeError(line.decode())
            elif words[0] == b"MSG":
                body = self.file.read(int(words[-1]) + 2)[:-2]
                return words[1].decode(), words[3].decode() if len(words) == 5 else "", {}, body
            elif words[0] == b"HMSG":
                head, total = int(words[-2]), int(words[-1])
                data = self.file.read(total + 2)[:-2]
                headers = {}
                for entry in data[:head].split(b"\r\n")[1:]:
                    if b":" in entry:
                        key, value = entry.split(b":", 1)
                        headers[key.decode().lower()] = value.strip().decode()
                reply = words[3].decode() if len(words) == 6 else ""
                return words[1].decode(), reply, headers, data[head:]

    def request(self, subject, value=None):
        payload = json.dumps(value).encode() if value is not None else b""
        self.send(b"SUB _R.1 1\r\nPUB %s _R.1 %d\r\n%s\r\n" % (subject.encode(), len(payload), payload))
        # What was subscribed to before may come first.
        while (answer := self.next())[0] != "_R.1":
            self.early.append(answer)
        self.send(b"UNSUB 1\r\n")
        return json.loads(answer[3])


def again(body):
    """What `body` returns. While a cluster chooses a leader, what it is asked is not answered or refused: then it
    is asked again, on a new connection, so that late answers are not taken for others."""
    for _ in range(20):
        try:
            return body()
        except (TimeoutError, Unavailable) as error:
            last = error
            time.sleep(0.5)
    sys.exit("read_stream: %s" % last)


class Unavailable(Exception):
    pass


def ask(host, port, subject, value=None):
    """The answer to one question that may be asked more than once."""
    return again(lambda: Client(host, port, 5).request(subject, value))


def check(answer):
    if "error" in answer:
        if answer["error"].get("code") == 503:
            raise Unavailable(answer["error"]["description"])
        sys.exit("read_stream: " + answer["error"]["description"])
    return answer


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    for line in again(lambda: read(host, int(port), sys.argv[2], "--body" in sys.argv[3:])):
        print(line)


def read(host, port, stream, bodies):
    client = Client(host, port, 5)
    count = check(client.request("$JS.API.STREAM.INFO." + stream))["state"]["messages"]
    if count == 0:
        return []
    client.send(b"SUB _D.1 2\r\n")
    check(client.request(
        "$JS.API.CONSUMER.CREATE." + stream,
        {"stream_name": stream, "config": {
            "deliver_subject": "_D.1", "ack_policy": "none", "deliver_policy": "all",
            "replay_policy": "instant",
            # Bodies of a long stream would fill what a server holds for a reader before it drops it.
            "headers_only": not bodies}},
    ))
    out = []
    for _ in range(count):
        subject, reply, headers, body = client.message()
        line = "%s %s %s %s" % (
            reply.split(".")[5], subject, headers.get("nats-msg-id", "-"), headers.get("content-type", "-"))
        out.append(line + (" " + body.decode() if bodies else ""))
    return out


if __name__ == "__main__":
    main()
