// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Testing

@Suite(
  "JetStream as a source: what is refused", .serialized,
  .enabled(if: NATSServer.isInstalled, NATSServer.howToInstall), .timeLimit(.minutes(3)))
struct SourceRefusalJetStreamTests {
  let shop: SourceShop

  init() throws { shop = try SourceShop() }

  @Test("A stream that is not there, or holds nothing of what is wanted, is told and not made")
  func streams() async throws {
    let server = try shop.server()
    let missing = await shop.refusal(server.url + "/NOWHERE")
    #expect(missing?.code == .missing && missing?.message.contains("NOWHERE") == true)
    _ = try await shop.fill(server, 0..<5)
    #expect(await shop.refusal(server.url) == nil)
    let other = await shop.refusal(server.url + "/SIGHTINGS?prefix=other")
    #expect(other?.code == .otherSettings)
    #expect(other?.message.contains("sightline.sighting.>") == true, "\(other as Any)")
    let settings = await shop.refusal(server.url + "/SIGHTINGS?replicas=3")
    #expect(settings?.code == .otherSettings && settings?.message.contains("replicas=1") == true)
    #expect(await shop.refusal(server.url + "/NOWHERE")?.code == .missing)
  }

  @Test(
    "A consumer of that name that would lose events, or their order, is refused",
    arguments: [
      (#""ack_policy":"explicit","deliver_policy":"all","deliver_subject":"d""#, "pushes"),
      (#""ack_policy":"explicit","deliver_policy":"all""#, "all subjects"),
      (
        #""ack_policy":"explicit","deliver_policy":"all","filter_subject":"sightline.sighting.a.>""#,
        "sightline.sighting.a.>"
      ),
      (
        #""ack_policy":"explicit","deliver_policy":"new","filter_subject":"sightline.sighting.>""#,
        "first message"
      ),
      (
        #""ack_policy":"all","deliver_policy":"all","filter_subject":"sightline.sighting.>""#,
        "each message"
      ),
      (
        #""ack_policy":"explicit","deliver_policy":"all","filter_subject":"sightline.sighting.>","max_deliver":3"#,
        "tries"
      ),
      (
        #""ack_policy":"explicit","deliver_policy":"all","filter_subject":"sightline.sighting.>","headers_only":true"#,
        "bodies"
      ),
      (
        #""ack_policy":"explicit","deliver_policy":"all","filter_subject":"sightline.sighting.>","max_batch":7"#,
        "one request"
      ),
    ])
  func consumers(settings: String, words: String) async throws {
    let server = try shop.server()
    _ = try await shop.fill(server, 0..<5)
    try Workshop.request(
      server, "$JS.API.CONSUMER.DURABLE.CREATE.SIGHTINGS.copy",
      #"{"stream_name":"SIGHTINGS","config":{"durable_name":"copy",\#(settings)}}"#)
    let error = await shop.refusal(server.url)
    #expect(error?.code == .otherSettings, "\(error as Any)")
    #expect(error?.message.contains(words) == true, "\(error as Any)")
    #expect(error?.message.contains("--consumer") == true)
  }

  @Test("A stream that loses what it is read of says so")
  func workQueue() async throws {
    let server = try shop.server()
    try Workshop.request(
      server, "$JS.API.STREAM.CREATE.SIGHTINGS",
      #"{"name":"SIGHTINGS","subjects":["sightline.sighting.>"],"retention":"workqueue","storage":"file"}"#
    )
    #expect(await shop.refusal(server.url) == nil)
    #expect(shop.connections.count == 1)
    #expect(shop.connections.first?.contains("work queue") == true, "\(shop.connections)")
  }

  @Test("A wrong password is refused at once and told nowhere")
  func password() async throws {
    let server = try shop.server("authorization { user: me, password: \"correct horse\" }")
    for text in [
      "nats://me:battery-staple@\(server.address)", "nats://\(server.address)",
      "nats://horse-token@\(server.address)",
    ] {
      let error = await shop.refusal(text)
      #expect(error?.code == .refused, "\(text): \(error as Any)")
      #expect(error.map { !"\($0)".contains("staple") && !"\($0)".contains("horse") } ?? false)
    }
  }

  @Test(
    "What an account may not do is told within seconds, with the subject",
    arguments: [
      "$JS.API.STREAM.INFO.>", "$JS.API.CONSUMER.INFO.>", "$JS.API.CONSUMER.DURABLE.CREATE.>",
      "$JS.API.CONSUMER.MSG.NEXT.>", "$JS.ACK.>",
    ])
  func permissions(denied: String) async throws {
    let server = try shop.server(
      """
      authorization { users = [ { user: all, password: p }, { user: me, password: p, permissions: {
        publish: { allow: [">"], deny: ["\(denied)"] }, subscribe: ["_INBOX.>"] } } ] }
      """)
    _ = try await shop.fill(server, 0..<20, user: "all:p@")
    let began = ContinuousClock.now
    let error = await shop.refusal("nats://me:p@\(server.address)", carrying: true)
    #expect(error?.code == .notAllowed, "\(error as Any)")
    let word = denied.split(separator: ".")[denied.hasPrefix("$JS.API") ? 2 : 1]
    #expect("\(error as Any)".contains(word), "\(error as Any)")
    // One answer that does not come is waited for.
    #expect(ContinuousClock.now - began < .seconds(30))
    #expect(try await shop.carry("nats://all:p@\(server.address)") <= 20)
    #expect(try await shop.copied().count == 20)
  }
}
