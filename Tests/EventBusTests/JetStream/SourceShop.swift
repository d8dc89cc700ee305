// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Sightings
import Synchronization
import SystemPackage
import Testing

/// A log that is forwarded to a stream, and another that is filled from there.
final class SourceShop {
  struct Skip: Sendable {
    var subject: String
    var sequence: Int64
    var reason: String
  }

  private final class Told: Sendable {
    let events = Mutex<[SourceObservation]>([])
  }

  static let cameras = 7
  let shop: JetStreamShop
  var copy: FilePath { shop.shop.path("copy.db") }
  private let heard = Told()

  init() throws { shop = try JetStreamShop() }

  func server(_ lines: String = "", port: Int? = nil) throws -> NATSServer {
    try NATSServer(shop.shop.folder, port: port, lines)
  }

  static func sighting(_ number: Int) throws -> BusRecord {
    try BusRecord(
      SampleSighting.event(
        camera: "cam-\(number % cameras)", sighting: String(number, radix: 16).padded(16),
        phase: .opened, revision: 1, sequence: Int64(number / cameras + 1),
        lastSeen: Int64(number) * 1000))
  }

  static func truth(_ number: Int) throws -> BusRecord {
    try BusRecord(
      TruthEvent(
        deployment: "test",
        data: TruthData(
          appearanceID: String(number, radix: 16).padded(16),
          camera: .init(id: "cam-\(number % cameras)", name: "x"), subject: 7, isEnrolled: true,
          firstSeen: Timestamp(microseconds: 1), lastSeen: Timestamp(microseconds: 2),
          firstFrame: 0, lastFrame: 1, frames: 2, framesShown: 2, largestMarkerPixels: 40,
          provenance: .init(
            runID: "r", configurationDigest: "d", seed: 1, softwareVersion: "0"))))
  }

  /// Forwards so many events, and gives them.
  @discardableResult
  func fill(
    _ server: NATSServer, _ range: Range<Int>, truth: Int = 0, _ stream: String = "",
    user: String = ""
  ) async throws -> [BusRecord] {
    let records = try range.map(Self.sighting) + (0..<truth).map(Self.truth)
    _ = try await shop.log.commit(CommitBatch(records: records))
    let report = try await shop.forward("nats://\(user)\(server.address)\(stream)")
    #expect(report.waiting == 0 && report.parked == 0, "\(report)")
    return records
  }

  func source(
    _ text: String, consumer: String = "copy", follow: Bool = false,
    patience: Duration = .seconds(60), until stopped: @escaping @Sendable () -> Bool = { false }
  ) throws -> JetStreamSource {
    try JetStreamSource(
      JetStreamShop.location(text), consumer: consumer, follow: follow, patience: patience,
      until: stopped
    ) { [heard] event in
      heard.events.withLock { $0.append(event) }
    }
  }

  /// Carries all there is into the copy; gives how many events.
  func carry(_ text: String, consumer: String = "copy") async throws -> Int {
    let source = try source(text, consumer: consumer)
    try await source.connect()
    let bus = try BusLocation.sqlite(copy).openBus()
    do {
      let tally = try await BusBridge(from: source, to: bus).run(follow: false)
      try await bus.close()
      await source.close()
      return tally.events
    } catch {
      try await bus.close()
      await source.close()
      throw error
    }
  }

  /// What is wrong by the time it is connected, or, `carrying`, by the time it is done.
  func refusal(_ text: String, carrying: Bool = false) async -> BusError? {
    do {
      if carrying {
        _ = try await carry(text)
      } else {
        let source = try source(text)
        try await source.connect()
        await source.close()
      }
      return nil
    } catch {
      return error as? BusError
    }
  }

  func copied() async throws -> [BusRecord] {
    guard FileManager.default.fileExists(atPath: copy.string) else { return [] }
    return try await SQLiteLogReader(copy).events(limit: 100_000).map(\.record)
  }

  /// What the server says of a consumer: messages that were not acknowledged, and that wait.
  func standing(_ server: NATSServer, _ consumer: String = "copy") throws -> [Int] {
    let script = """
      import sys
      sys.path.insert(0, sys.argv[1])
      from read_stream import ask
      host, port = sys.argv[2].split(":")
      info = ask(host, int(port), "$JS.API.CONSUMER.INFO.SIGHTINGS." + sys.argv[3])
      print(info["num_ack_pending"], info["num_pending"])
      """
    return try Workshop.run(
      "/usr/bin/python3", ["-c", script, NATSServer.tools, server.address, consumer]
    ).split(separator: " ").compactMap { Int($0) }
  }

  /// Publishes as another program might.
  func publish(_ server: NATSServer, _ subject: String, _ body: String = "", bytes: Int = 0) throws
  {
    let script = """
      import socket, sys
      host, port = sys.argv[1].rsplit(":", 1)
      s = socket.create_connection((host, int(port)), timeout=30)
      f = s.makefile("rb")
      f.readline()
      body = sys.argv[3].encode() or b"x" * int(sys.argv[4])
      s.sendall(b'CONNECT {"verbose":false}\\r\\nSUB r 1\\r\\nPUB %s r %d\\r\\n' % (sys.argv[2].encode(), len(body)))
      s.sendall(body + b"\\r\\n")
      while True:
          words = f.readline().split()
          if words and words[0] == b"MSG":
              assert b'"seq"' in f.read(int(words[-1])), "not stored"
              break
      """
    try Workshop.run(
      "/usr/bin/python3", ["-c", script, server.address, subject, body, String(bytes)])
  }

  /// Waits for what must come; the suite's limit ends a wait for what does not.
  func until(_ isSo: () async throws -> Bool) async throws {
    while try await !isSo() { try await Task.sleep(for: .milliseconds(20)) }
  }

  var skips: [Skip] {
    heard.events.withLock { told in
      told.compactMap {
        if case .skipped(let subject, let sequence, let reason) = $0 {
          Skip(subject: subject, sequence: sequence, reason: reason)
        } else {
          nil
        }
      }
    }
  }

  /// What was told of each connection.
  var connections: [String] {
    heard.events.withLock { told in
      told.compactMap { if case .connected(let text) = $0 { text } else { nil } }
    }
  }

  var troubles: [BusError] {
    heard.events.withLock { told in
      told.compactMap { if case .trouble(let error) = $0 { error } else { nil } }
    }
  }
}

extension String {
  fileprivate func padded(_ count: Int) -> String {
    String(repeating: "0", count: max(0, count - utf8.count)) + self
  }
}
