// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Synchronization
import SystemPackage
import Testing

/// What forwarding told.
private final class Told: Sendable {
  let events = Mutex<[ForwardObservation]>([])
}

/// An outbox in a folder of its own, and what forwarding from it told.
final class JetStreamShop {
  let shop: Workshop
  let log: SQLiteLog
  private let heard = Told()

  init() throws {
    shop = try Workshop()
    log = try SQLiteLog(shop.path())
  }

  func append(_ range: Range<Int>, cameras: Int = 5) async throws {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1000) {
      let records = (start..<min(start + 1000, range.upperBound)).map {
        Self.record($0, cameras: cameras)
      }
      _ = try await log.commit(CommitBatch(records: records))
    }
  }

  static func record(_ number: Int, cameras: Int = 5) -> BusRecord {
    let camera = "cam-\(number % cameras)"
    let pad = String(repeating: "x", count: 500)
    return BusRecord(
      id: "id-\(number)", type: "org.sightline.sighting.opened", subject: "s", partitionKey: camera,
      timeMicroseconds: Int64(number),
      body: Array(
        "{\"n\":\(number),\"pad\":\"\(pad)\",\"source\":\"urn:sightline:test:camera:\(camera)\"}"
          .utf8))
  }

  static func location(_ text: String) throws -> NATSLocation {
    guard case .nats(let location) = try BusLocation(text) else {
      throw BusError(.unknownLocation, text)
    }
    return location
  }

  func start(_ text: String) async throws -> RunningForward {
    try await RunningForward.start(
      from: shop.path(), to: try Self.location(text)
    ) { [heard] event in
      heard.events.withLock { $0.append(event) }
    }
  }

  /// Forwards everything there is.
  @discardableResult
  func forward(_ text: String, within limit: Duration = .seconds(60)) async throws -> ForwardReport
  {
    let forward = try await start(text)
    forward.finish(within: limit)
    return await forward.value()
  }

  /// What connecting says is wrong.
  func refusal(_ text: String) async -> BusError? {
    do {
      let forward = try await start(text)
      forward.finish(within: .zero)
      _ = await forward.value()
      return nil
    } catch {
      return error as? BusError
    }
  }

  var troubles: [BusError] {
    heard.events.withLock { told in
      told.compactMap { if case .trouble(let error) = $0 { error } else { nil } }
    }
  }

  /// Checks that each of `total` events is there once, in its camera's order.
  static func check(
    _ messages: [NATSServer.Message], total: Int, cameras: Int = 5,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(messages.count == total, "lost or twice", sourceLocation: location)
    var last: [String: Int] = [:]
    for message in messages {
      let number = Int(message.id.dropFirst(3)) ?? -1
      #expect(
        message.subject == "sightline.sighting.test.cam-\(number % cameras)",
        sourceLocation: location)
      #expect(number > last[message.subject] ?? -1, "out of order", sourceLocation: location)
      last[message.subject] = number
    }
  }
}

extension Workshop {
  /// Asks a server's interface, as an administrator's tool would.
  static func request(_ server: NATSServer, _ subject: String, _ body: String = "") throws {
    let script = """
      import socket, sys
      host, port = sys.argv[1].rsplit(":", 1)
      s = socket.create_connection((host, int(port)), timeout=10)
      f = s.makefile("rb")
      f.readline()
      s.sendall(b'CONNECT {"verbose":false}\\r\\nSUB r 1\\r\\n')
      body = sys.argv[3].encode()
      s.sendall(b"PUB %s r %d\\r\\n%s\\r\\n" % (sys.argv[2].encode(), len(body), body))
      while True:
          words = f.readline().split()
          if words and words[0] == b"MSG":
              assert b'"error"' not in f.read(int(words[-1])), "refused"
              break
      """
    try run("/usr/bin/python3", ["-c", script, server.address, subject, body])
  }
}
