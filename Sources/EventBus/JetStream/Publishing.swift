// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS
internal import Glibc

/// What publishing keeps from one event to the next, so that little is made for each.
package struct Publishing {
  /// Where an event of a partition key went last.
  private struct Route {
    /// The key to the byte: as text, two spellings of one letter are equal.
    let key: [UInt8]
    let type: String
    /// The site as it stands in the body, and how far from its end.
    let site: [UInt8]
    let tail: Int
    let subject: String
  }

  /// Keys remembered; beyond them all are forgotten and learnt again.
  private static let most = 65_536

  /// The subject that every answer of this connection matches.
  package let answers: String
  private var routes: [String: Route] = [:]
  /// The answer's subject, up to the token, and room for that.
  private var reply: [CChar]
  private let prefix: Int

  package init(_ place: String, _ location: NATSLocation) throws(BusError) {
    let inbox = try Self.inbox(place, location)
    answers = inbox + ".*"
    reply = (inbox + ".").utf8.map { CChar(bitPattern: $0) }
    prefix = reply.count
    reply += [CChar](repeating: 0, count: 24)
  }

  /// A subject that nobody else listens at.
  static func inbox(_ place: String, _ location: NATSLocation) throws(BusError) -> String {
    var made: UnsafeMutablePointer<natsInbox>?
    try unsafe NATSError.check(natsInbox_Create(&made), place, location)
    defer { unsafe natsInbox_Destroy(made) }
    guard let made = unsafe made else {
      throw BusError(.failed, "\(place): no memory for a subscription")
    }
    return unsafe String(cString: made)
  }

  /// Where an event goes, as `NATSLocation.subject(of:)` tells it.
  package mutating func subject(of record: BusRecord, _ location: NATSLocation) -> String {
    // A camera's events mostly end alike: the site stands where it stood, and need not be looked for.
    if let route = routes[record.partitionKey], route.type == record.type,
      route.key.elementsEqual(record.partitionKey.utf8),
      EventSubject.site(inBody: record.body, at: record.body.count - route.tail) == route.site[...]
    {
      return route.subject
    }
    if routes.count >= Self.most { routes = [:] }
    let subject = location.subject(of: record)
    let site = EventSubject.site(inBody: record.body)
    guard record.partitionKey.utf8.count + site.count <= 512 else { return subject }
    routes[record.partitionKey] = Route(
      key: Array(record.partitionKey.utf8), type: record.type, site: Array(site),
      tail: record.body.count - site.startIndex,
      subject: subject)
    return subject
  }

  /// Calls `body` with the subject that the answer of `token` comes by.
  package mutating func withReply<Result>(
    to token: Int, _ body: (UnsafePointer<CChar>?) -> Result
  ) -> Result {
    // Digits from the end, then the zero that ends it.
    var digits: InlineArray<20, CChar> = .init(repeating: 0)
    var count = 0
    var rest = token
    repeat {
      digits[count] = CChar(UInt8(ascii: "0")) + CChar(rest % 10)
      rest /= 10
      count += 1
    } while rest > 0
    for index in 0..<count { reply[prefix + index] = digits[count - 1 - index] }
    reply[prefix + count] = 0
    return unsafe reply.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }

  /// The token in an answer's subject.
  package static func token(in subject: UnsafePointer<CChar>?) -> Int? {
    guard let subject = unsafe subject, let dot = unsafe strrchr(subject, 0x2e) else { return nil }
    var token = 0
    var digit = unsafe dot + 1
    while unsafe digit.pointee != 0 {
      let value = unsafe Int(digit.pointee) - 0x30
      guard (0...9).contains(value) else { return nil }
      let (tens, isOver) = token.multipliedReportingOverflow(by: 10)
      let (sum, isOverToo) = tens.addingReportingOverflow(value)
      guard !isOver, !isOverToo else { return nil }
      token = sum
      unsafe digit += 1
    }
    return unsafe digit > dot + 1 ? token : nil
  }
}
