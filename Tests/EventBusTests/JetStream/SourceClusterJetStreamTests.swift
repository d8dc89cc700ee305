// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Testing

@Suite(
  "JetStream as a source, three servers", .serialized,
  .enabled(if: NATSServer.isInstalled, NATSServer.howToInstall), .timeLimit(.minutes(4)))
struct SourceClusterJetStreamTests {
  let shop: SourceShop

  init() throws { shop = try SourceShop() }

  /// Servers of a cluster say more of a request than a single one, and say it late.
  @Test("A cluster is read to its end without trouble, and on from the others when one is killed")
  func cluster() async throws {
    let ports = (0..<3).map { _ in NATSServer.freePort() }
    let routes = ports.map { "\"nats://127.0.0.1:\($0)\"" }.joined(separator: ", ")
    let servers = try (0..<3).map { index in
      try NATSServer(
        shop.shop.shop.folder, name: "n\(index)",
        "cluster { name: c, listen: \"127.0.0.1:\(ports[index])\", routes: [\(routes)] }")
    }
    defer { withExtendedLifetime(servers) {} }
    let records = try (0..<1500).map(SourceShop.sighting)
    _ = try await shop.shop.log.commit(CommitBatch(records: records))
    let place = "nats://" + servers.map(\.address).joined(separator: ",")
    var forwarded = 0
    // A cluster takes a few seconds to be one.
    for _ in 0..<60 where forwarded == 0 {
      do {
        forwarded = try await shop.shop.forward(place + "/SIGHTINGS?replicas=3").forwarded
      } catch {
        try await Task.sleep(for: .milliseconds(500))
      }
    }
    #expect(forwarded == 1500)

    let source = try shop.source(place)
    try await source.connect()
    var ids: [String] = []
    func read(_ count: Int) async throws {
      while ids.count < count {
        let events = try await source.next(limit: 40)
        ids += events.map(\.record.id)
        guard let last = events.last else { return }
        try await source.taken(through: last.sequence)
      }
    }
    try await read(800)
    #expect(shop.troubles.isEmpty, "\(shop.troubles)")
    // Whatever it did for the reader, the others do on.
    servers[0].kill()
    try await read(1500)
    await source.close()
    #expect(ids == (try servers[1].messages().map(\.id)))
  }
}
