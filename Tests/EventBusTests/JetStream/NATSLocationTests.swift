// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Sightings
import SystemPackage
import Testing

@Suite("NATS locations")
struct NATSLocationTests {
  private func location(_ text: String) throws -> NATSLocation {
    guard case .nats(let location) = try BusLocation(text) else {
      throw BusError(.unknownLocation, "not NATS")
    }
    return location
  }

  @Test("Servers, stream, account and settings are read")
  func reading() throws {
    let plain = try location("nats://localhost")
    #expect(plain.servers.map(\.description) == ["localhost:4222"])
    #expect(plain.stream.name == "SIGHTINGS" && !plain.secure && plain.user == nil)
    #expect(plain.stream.subjects == ["sightline.sighting.>"])
    let full = try location(
      "tls://me@a:1,[::1]:2,c/S-1?ca=%2Fx%20y&replicas=3&max-bytes=10GB&max-age=7d&storage=memory"
        + "&discard=old&duplicates=90s&kinds=sighting,search&prefix=p&password-file=/pw")
    #expect(full.servers.map(\.description) == ["a:1", "[::1]:2", "c:4222"])
    #expect(full.secure && full.user == "me" && full.authorityFile == "/x y")
    #expect(full.stream.name == "S-1" && full.stream.replicas == 3)
    #expect(full.stream.maximumBytes == 10_000_000_000 && full.stream.storage == .memory)
    #expect(
      full.stream.maximumAge == .seconds(7 * 86_400) && full.stream.duplicates == .seconds(90))
    #expect(full.stream.subjects == ["p.sighting.>", "p.search.>"])
  }

  @Test("A password in the text is taken and never told")
  func secrets() throws {
    let text = "nats://me:hunter2@host/S"
    let found = try location(text)
    #expect(found.passwordInText?.text == "hunter2")
    #expect(found.description == "nats://me@host:4222/S")
    #expect(!String(reflecting: found).contains("hunter2"))
    #expect(!"\(try BusLocation(text))".contains("hunter2"))
    var dumped = ""
    dump(found, to: &dumped)
    #expect(!dumped.contains("hunter2"))
  }

  @Test(
    "What cannot be meant is refused without repeating a password",
    arguments: [
      "nats:", "nats://", "nats:host", "nats://h:0", "nats://h:70000", "nats://h:x", "nats://,h",
      "nats://h/a.b", "nats://h/S?replicas=9", "nats://h/S?replicas", "nats://h/S?colour=red",
      "nats://h/S?cert=x", "nats://u:hunter2@h/S?nkey=x", "nats://h/S?nkey=x&creds=y",
      "nats://u:hunter2@h:z", "nats://h/S?max-age=long", "nats://h/S?max-bytes=many",
      "nats://h/S?storage=tape", "nats://h/S?kinds=a.b", "nats://u:hunter2@h h/S",
      "nats://u:12?hunter2@h/S", "nats://u:12?a=hunter2@h/S", "nats://u:12?a=b&hunter2@h/S",
      "nats://h/S?prefix=a,b", "nats://h/S?prefix=", "nats://h/S?prefix=a.b",
    ])
  func refused(text: String) {
    let error = expectBusError(.unknownLocation) { _ = try BusLocation(text) }
    #expect(error.map { !"\($0)".contains("hunter2") } ?? false)
  }

  @Test("What is no escape stays as it is: two digits follow a %, and no sign")
  func escapes() throws {
    for (text, path) in [
      ("%2Fx", "/x"), ("%+9", "%+9"), ("%-0", "%-0"), ("%9", "%9"), ("%zz", "%zz"), ("a%", "a%"),
    ] {
      #expect(try location("nats://h?ca=\(text)").authorityFile == FilePath(path), "\(text)")
    }
  }

  @Test("A name without a password, which may be a token, is told nowhere")
  func token() throws {
    let token = try location("nats://s3cr3ttoken@host/S")
    #expect(!token.account.contains("s3cr3t") && !token.description.contains("s3cr3t"))
    let user = try location("nats://me@host/S?password-file=/pw")
    #expect(user.account.contains("'me'") && user.description == "nats://me@host:4222/S")
  }
}

@Suite("Subjects of events")
struct EventSubjectTests {
  @Test("Kind and site are found in the event")
  func parts() throws {
    #expect(EventSubject.kind(ofType: "org.sightline.sighting.opened") == "sighting")
    #expect(EventSubject.kind(ofType: "org.sightline.truth.recorded") == "truth")
    #expect(EventSubject.kind(ofType: "test.made") == "event")
    let event = try SampleSighting.event(phase: .opened, revision: 0, sequence: 1, lastSeen: 5)
    #expect(EventSubject.site(ofBody: try event.json()) == "test")
    #expect(EventSubject.site(ofBody: Array("{}".utf8)) == "local")
    #expect(EventSubject.site(ofBody: []) == "local")
  }

  @Test(
    "Any name becomes one token, and no two names the same",
    arguments: [
      "a.b", "a b", "a*b", "a>b", "a\tb", "ü", "", ".", String(repeating: "x", count: 65),
    ])
  func tokens(name: String) {
    let token = EventSubject.token(name)
    #expect(
      token.utf8.allSatisfy {
        let letter = $0 | 0x20
        return (97...122).contains(letter) || (48...57).contains($0) || $0 == 45 || $0 == 95
      })
    #expect((1...64).contains(token.utf8.count))
    #expect(token != EventSubject.token(name + "."))
    #expect(EventSubject.token("cam-01") == "cam-01")
  }
}
