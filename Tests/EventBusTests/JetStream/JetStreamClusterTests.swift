// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Testing

/// The short form of `Bench/jetstream/failures.py`.
@Suite(
  "JetStream, three servers", .serialized,
  .enabled(if: NATSServer.isInstalled, NATSServer.howToInstall), .timeLimit(.minutes(4)))
struct JetStreamClusterTests {
  let shop: JetStreamShop

  init() throws { shop = try JetStreamShop() }

  private func cluster() throws -> [NATSServer] {
    let ports = (0..<3).map { _ in NATSServer.freePort() }
    let routes = ports.map { "\"nats://127.0.0.1:\($0)\"" }.joined(separator: ", ")
    return try (0..<3).map { index in
      try NATSServer(
        shop.shop.folder, name: "n\(index)",
        "cluster { name: c, listen: \"127.0.0.1:\(ports[index])\", routes: [\(routes)] }")
    }
  }

  @Test(
    "A leader killed or frozen under way costs no event, doubles none and swaps none of a camera",
    arguments: [false, true])
  func leader(freezes: Bool) async throws {
    let servers = try cluster()
    // An array may go after its last use, and its servers with it, while one of them is still read.
    defer { withExtendedLifetime(servers) {} }
    let places = servers.map(\.address).joined(separator: ",")
    let total = 6000
    var started: RunningForward?
    // A cluster takes a few seconds to be one.
    for _ in 0..<60 where started == nil {
      do {
        started = try await shop.start("nats://\(places)/SIGHTINGS?replicas=3")
      } catch {
        try await Task.sleep(for: .milliseconds(500))
      }
    }
    let forward = try #require(started)
    var victim: NATSServer?
    for start in stride(from: 0, to: total, by: 150) {
      try await shop.append(start..<(start + 150), cameras: 20)
      try await Task.sleep(for: .milliseconds(40))
      if start == total / 3 {
        let name = try leaderName(servers)
        let leader = try #require(servers.first { $0.name == name })
        if freezes { leader.freeze() } else { leader.kill() }
        victim = leader
      }
    }
    try await Task.sleep(for: .seconds(6))
    if freezes { victim?.thaw() } else { try victim?.start() }
    forward.finish(within: .seconds(90))
    let report = await forward.value()
    #expect(report.waiting == 0, "\(report)")
    let other = try #require(servers.first { $0.name != victim?.name })
    JetStreamShop.check(try other.messages(), total: total, cameras: 20)
  }

  /// Who leads the stream, once it is there.
  private func leaderName(_ servers: [NATSServer]) throws -> String {
    let script = """
      import sys, time
      sys.path.insert(0, sys.argv[1])
      from read_stream import ask
      host, port = sys.argv[2].split(":")
      for _ in range(100):
          info = ask(host, int(port), "$JS.API.STREAM.INFO.SIGHTINGS")
          name = info.get("cluster", {}).get("leader")
          if name: break
          time.sleep(0.1)
      print(name)
      """
    return try Workshop.run(
      "/usr/bin/python3", ["-c", script, NATSServer.tools, servers[0].address])
  }
}
