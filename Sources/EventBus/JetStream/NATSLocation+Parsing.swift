// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import SystemPackage

extension NATSLocation {
  /// The settings a location may carry after `?`, for messages and help.
  package static let knownSettings =
    "ca, cert, key, nkey, creds, password-file, replicas, storage, max-bytes, max-age, max-messages, "
    + "discard, duplicates, kinds, prefix"

  /// Reads what follows the scheme. Throws `unknownLocation`; what it says holds no secret.
  init(rest: Substring, secure: Bool) throws(BusError) {
    func wrong(_ why: String) -> BusError {
      BusError(.unknownLocation, "\(why); write nats://[user@]host[:port][,…][/STREAM][?…]")
    }
    guard rest.hasPrefix("//") else { throw wrong("a NATS location begins with nats://") }
    let query = rest.firstIndex(of: "?")
    // Half a password may stand there, so that nothing of it is repeated.
    if let query, rest[query...].contains("@") {
      throw wrong("there is an @ behind the ?: in a password ? is %3F, and in a setting @ is %40")
    }
    let place = rest[rest.index(rest.startIndex, offsetBy: 2)..<(query ?? rest.endIndex)]
    let slash = place.firstIndex(of: "/")
    var hosts = place[..<(slash ?? place.endIndex)]

    self.init(servers: [])
    self.secure = secure
    if let at = hosts.lastIndex(of: "@") {
      let account = hosts[..<at]
      hosts = hosts[hosts.index(after: at)...]
      if let colon = account.firstIndex(of: ":") {
        passwordInText = Secret(Self.decoded(account[account.index(after: colon)...]))
        user = Self.decoded(account[..<colon])
      } else {
        user = Self.decoded(account)
      }
    }
    for text in hosts.split(separator: ",", omittingEmptySubsequences: false) {
      guard let server = Self.server(text) else {
        // Not the text itself: a password with a / ends up here.
        throw wrong(
          "a host is a name or an address, with a port from 1 to 65535; in a password / is %2F and ? is %3F"
        )
      }
      servers.append(server)
    }
    if let slash {
      let name = place[place.index(after: slash)...]
      guard name.isEmpty || EventSubject.isToken(name) else {
        throw wrong("a stream's name has letters, digits, - and _ only; in a password / is %2F")
      }
      if !name.isEmpty { stream.name = String(name) }
    }
    if let query {
      for pair in rest[rest.index(after: query)...].split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw wrong("'\(parts[0])' has no value") }
        try set(String(parts[0]), to: Self.decoded(parts[1]))
      }
    }
    guard (certificateFile == nil) == (keyFile == nil) else {
      throw wrong("cert and key come together")
    }
    let ways = [
      passwordFile != nil || passwordInText != nil, seedFile != nil, credentialsFile != nil,
    ]
    guard ways.count(where: { $0 }) <= 1 else {
      throw wrong("password, nkey and creds are three ways to log in: give one of them")
    }
    if authorityFile != nil || certificateFile != nil { self.secure = true }
  }

  private mutating func set(_ name: String, to value: String) throws(BusError) {
    switch name {
    case "ca": authorityFile = FilePath(value)
    case "cert": certificateFile = FilePath(value)
    case "key": keyFile = FilePath(value)
    case "nkey": seedFile = FilePath(value)
    case "creds": credentialsFile = FilePath(value)
    case "password-file": passwordFile = FilePath(value)
    default: try stream.set(name, to: value)
    }
  }

  private static func server(_ text: Substring) -> Server? {
    var host = text
    var port = 4222
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      if !rest.isEmpty {
        guard rest.first == ":", let number = Int(rest.dropFirst()) else { return nil }
        port = number
      }
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      guard let number = Int(text[text.index(after: colon)...]) else { return nil }
      port = number
    }
    let plain = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }
    guard !host.isEmpty, plain, (1...65_535).contains(port) else { return nil }
    return Server(host: String(host), port: port)
  }

  /// Percent-decoded; what is no escape stays as it is.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        // A sign would be read as part of the number.
        rest.prefix(2).allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
        let value = UInt8(String(Substring(rest.prefix(2))), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
