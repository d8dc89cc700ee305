#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Makes keys for tests of NATS, by openssl and the formats' descriptions; shares nothing with our code.

    nkeys.py user FOLDER        writes FOLDER/user.nk, prints the public key
    nkeys.py operator FOLDER    writes FOLDER/user.creds, prints lines of server configuration
"""
import base64
import binascii
import hashlib
import json
import os
import subprocess
import sys
import time

PREFIX = {"user": 20 << 3, "account": 0, "operator": 14 << 3}
DER = bytes.fromhex("302e020100300506032b657004220420")


def text(payload):
    crc = binascii.crc_hqx(payload, 0)
    return base64.b32encode(payload + crc.to_bytes(2, "little")).decode().rstrip("=")


class Key:
    def __init__(self, kind, folder):
        self.raw = os.urandom(32)
        prefix = PREFIX[kind]
        first, second = (18 << 3) | (prefix >> 5), (prefix & 31) << 3
        self.seed = text(bytes([first, second]) + self.raw)
        self.der = os.path.join(folder, kind + ".der")
        with open(self.der, "wb") as file:
            file.write(DER + self.raw)
        public = subprocess.run(
            ["openssl", "pkey", "-inform", "DER", "-in", self.der, "-pubout", "-outform", "DER"],
            check=True, capture_output=True).stdout[-32:]
        self.public = text(bytes([prefix]) + public)

    def jwt(self, subject, name, claims):
        def part(value):
            data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
            return base64.urlsafe_b64encode(data).decode().rstrip("=")

        body = {"iat": int(time.time()), "iss": self.public, "name": name, "sub": subject,
                "nats": dict(claims, version=2)}
        digest = hashlib.sha512(json.dumps(body).encode()).digest()[:32]
        body["jti"] = base64.b32encode(digest).decode().rstrip("=")
        signed = part({"typ": "JWT", "alg": "ed25519-nkey"}) + "." + part(body)
        path = self.der + ".txt"
        with open(path, "w") as file:
            file.write(signed)
        signature = subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", self.der, "-in", path],
            check=True, capture_output=True).stdout
        return signed + "." + part(signature)


def main():
    what, folder = sys.argv[1:]
    user = Key("user", folder)
    if what == "user":
        with open(os.path.join(folder, "user.nk"), "w") as file:
            file.write(user.seed + "\n")
        print(user.public)
        return
    operator, account = Key("operator", folder), Key("account", folder)
    limits = {"subs": -1, "data": -1, "payload": -1}
    storage = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    # JetStream wants an account for the servers' own affairs.
    os.makedirs(os.path.join(folder, "system"), exist_ok=True)
    system = Key("account", os.path.join(folder, "system"))
    operator_jwt = operator.jwt(operator.public, "op", {"type": "operator", "system_account": system.public})
    account_jwt = operator.jwt(
        account.public, "acc",
        {"type": "account", "limits": dict(
            limits, imports=-1, exports=-1, wildcards=True, conn=-1, leaf=-1, **storage)})
    system_jwt = operator.jwt(
        system.public, "sys",
        {"type": "account", "limits": dict(limits, imports=-1, exports=-1, wildcards=True, conn=-1, leaf=-1)})
    user_jwt = account.jwt(user.public, "me", dict(limits, type="user", pub={}, sub={}))
    with open(os.path.join(folder, "user.creds"), "w") as file:
        file.write("-----BEGIN NATS USER JWT-----\n%s\n------END NATS USER JWT------\n\n" % user_jwt)
        file.write("-----BEGIN USER NKEY SEED-----\n%s\n------END USER NKEY SEED------\n" % user.seed)
    print('operator: "%s"' % operator_jwt)
    print("resolver: MEMORY")
    print('system_account: %s' % system.public)
    print('resolver_preload: { %s: "%s", %s: "%s" }' % (
        account.public, account_jwt, system.public, system_jwt))


main()
