// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Testing

@Suite(
  "JetStream: who may, and whom to trust", .serialized,
  .enabled(if: NATSServer.isInstalled, NATSServer.howToInstall), .timeLimit(.minutes(2)))
struct JetStreamSecurityTests {
  let shop: JetStreamShop
  private var folder: URL { shop.shop.folder }

  init() throws { shop = try JetStreamShop() }

  private func write(_ text: String, _ name: String) throws -> String {
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path()
  }

  private func python(_ what: String) throws -> String {
    return try Workshop.run(
      "/usr/bin/python3", [NATSServer.tools + "/nkeys.py", what, folder.path()])
  }

  @Test("The right password is taken; a wrong one, or none, is refused at once and told nowhere")
  func password() async throws {
    let server = try NATSServer(
      folder, "authorization { user: me, password: \"correct horse\" }")
    let right = try write("correct horse\n", "right")
    let wrong = try write("battery-staple", "wrong")
    try await shop.append(0..<50)
    let place = server.address
    #expect(try await shop.forward("nats://me@\(place)?password-file=\(right)").forwarded == 50)
    for text in [
      "nats://me@\(place)?password-file=\(wrong)", "nats://me:battery-staple@\(place)",
      "nats://\(place)", "nats://you@\(place)?password-file=\(right)",
      "nats://horse-token@\(place)",
    ] {
      let error = await shop.refusal(text)
      #expect(error?.code == .refused, "\(text): \(error as Any)")
      #expect(error.map { !"\($0)".contains("staple") && !"\($0)".contains("horse") } ?? false)
    }
    let missing = await shop.refusal("nats://me@\(place)?password-file=/no/such")
    #expect(missing?.message.contains("/no/such") == true)
  }

  @Test("A subject one may not publish to is told within seconds, and the events wait")
  func permission() async throws {
    let server = try NATSServer(
      folder,
      """
      authorization { users = [ { user: me, password: p, permissions: {
        publish: ["$JS.API.>"], subscribe: ["_INBOX.>"] } } ] }
      """)
    let file = try write("p", "pw")
    try await shop.append(0..<20)
    let report = try await shop.forward(
      "nats://me@\(server.address)?password-file=\(file)", within: .seconds(3))
    #expect(report.waiting == 20)
    let error = try #require(shop.troubles.first { $0.code == .notAllowed })
    #expect("\(error)".contains("sightline.sighting.test.cam-"), "\(error)")
  }

  @Test("Who may not listen to answers is told so at once")
  func deaf() async throws {
    let server = try NATSServer(
      folder,
      """
      authorization { users = [ { user: me, password: p, permissions: {
        publish: [">"], subscribe: { deny: ["_INBOX.>"] } } } ] }
      """)
    let file = try write("p", "pw")
    let error = await shop.refusal("nats://me@\(server.address)?password-file=\(file)")
    #expect(error?.code == .notAllowed, "\(error as Any)")
    #expect(error.map { "\($0)".contains("_INBOX.") } ?? false)
    // Whose line of the library found it says nothing to a user.
    #expect(error.map { !"\($0)".contains(".c:") } ?? false)
  }

  @Test("An nkey's seed logs in; another is refused; a file without one is told")
  func nkey() async throws {
    let key = try python("user")
    let server = try NATSServer(folder, "authorization { users = [ { nkey: \(key) } ] }")
    try await shop.append(0..<20)
    let place = server.address
    let seed = folder.appending(path: "user.nk").path()
    #expect(try await shop.forward("nats://\(place)?nkey=\(seed)").forwarded == 20)
    #expect(await shop.refusal("nats://\(place)")?.code == .refused)
    _ = try python("user")
    #expect(await shop.refusal("nats://\(place)?nkey=\(seed)")?.code == .refused)
    let nothing = try write("hello", "nothing")
    #expect(
      await shop.refusal("nats://\(place)?nkey=\(nothing)")?.message.contains("nothing") == true)
  }

  @Test("A credentials file logs in; without it one is refused")
  func credentials() async throws {
    let server = try NATSServer(folder, try python("operator"))
    try await shop.append(0..<20)
    let file = folder.appending(path: "user.creds").path()
    #expect(
      try await shop.forward("nats://\(server.address)?creds=\(file)").forwarded == 20)
    #expect(await shop.refusal("nats://\(server.address)")?.code == .refused)
  }

  @Test("Only a server with a good certificate for its name is spoken to")
  func certificates() async throws {
    let certificates = try Certificates(folder)
    let authority = certificates.path("ca.pem")
    let good = try NATSServer(folder, name: "good", certificates.lines("server"))
    try await shop.append(0..<20)
    #expect(
      try await shop.forward("tls://\(good.address)?ca=\(authority)").forwarded == 20)
    // Not encrypted, of an unknown authority, of the system's authorities.
    let stranger = certificates.path("stranger.pem")
    for text in [
      "nats://\(good.address)", "tls://\(good.address)?ca=\(stranger)", "tls://\(good.address)",
    ] {
      #expect(await shop.refusal(text)?.code == .refused, "\(text)")
    }
    for name in ["expired", "elsewhere"] {
      let server = try NATSServer(folder, name: name, certificates.lines(name))
      let error = await shop.refusal("tls://\(server.address)?ca=\(authority)")
      #expect(error?.code == .refused, "\(name): \(error as Any)")
      #expect(error?.message.contains("certificate") == true)
    }
    let plain = try NATSServer(folder, name: "plain")
    #expect(await shop.refusal("tls://\(plain.address)?ca=\(authority)")?.code == .refused)
  }

  @Test("Where clients show a certificate too, ours is shown, and without it we are refused")
  func clientCertificate() async throws {
    let certificates = try Certificates(folder)
    let key = try python("user")
    let seed = folder.appending(path: "user.nk").path()
    let server = try NATSServer(
      folder, name: "both",
      certificates.lines("server", verify: true)
        + "\nauthorization { users = [ { nkey: \(key) } ] }")
    try await shop.append(0..<20)
    let place = "tls://\(server.address)?ca=\(certificates.path("ca.pem"))"
    let ours = "&cert=\(certificates.path("client.pem"))&key=\(certificates.path("client.key"))"
    #expect(try await shop.forward(place + ours + "&nkey=\(seed)").forwarded == 20)
    #expect(await shop.refusal(place + ours)?.code == .refused)
    #expect(await shop.refusal(place + "&nkey=\(seed)") != nil)
  }
}
