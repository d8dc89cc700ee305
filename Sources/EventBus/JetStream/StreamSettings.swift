// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What is wanted of a stream. Settings that were not asked for are taken as the stream has them, and as
/// the defaults say when it is made.
package struct StreamSettings: Hashable, Sendable {
  package enum Storage: String, Sendable { case file, memory }
  /// What a full stream does: refuse what comes, so that it waits in the outbox, or drop its oldest.
  package enum Discard: String, Sendable { case new, old }

  package var name = "SIGHTINGS"
  /// First token of every subject.
  package var prefix = "sightline"
  /// Kinds of events that are forwarded, such as `sighting`; others stay where they are.
  package var kinds = ["sighting"]
  package var replicas: Int?
  package var storage: Storage?
  package var discard: Discard?
  package var maximumBytes: Int64?
  package var maximumMessages: Int64?
  package var maximumAge: Duration?
  /// How long the server remembers ids, to drop what is sent twice.
  package var duplicates: Duration?

  package init() {}

  package static let defaultDuplicates = Duration.seconds(120)
  /// A copy that was long under way, and the one sent for want of an acknowledgement, may come this far apart:
  /// two such waits and the time to notice a broken connection.
  package static let leastDuplicates =
    JetStreamContext.acknowledgeWithin * 2 + .seconds(10)

  /// The subjects a stream must take: one for each kind.
  package var subjects: [String] { kinds.map { "\(prefix).\($0).>" } }

  /// Sets what a location asks for by `name`. Throws `unknownLocation`, saying what would do.
  mutating func set(_ name: String, to value: String) throws(BusError) {
    func number(_ range: ClosedRange<Int64>) throws(BusError) -> Int64 {
      guard let number = Self.amount(value), range.contains(number) else {
        throw BusError(
          .unknownLocation,
          "\(name)=\(value): give a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    func word<Choice: RawRepresentable<String>>(
      _ type: Choice.Type, _ words: String
    ) throws(BusError) -> Choice {
      guard let choice = Choice(rawValue: value) else {
        throw BusError(.unknownLocation, "\(name)=\(value): give \(words)")
      }
      return choice
    }
    func time() throws(BusError) -> Duration {
      guard let time = Self.time(value) else {
        throw BusError(.unknownLocation, "\(name)=\(value): give a time such as 90s, 2m, 12h or 7d")
      }
      return time
    }
    func tokens(_ list: String) throws(BusError) -> [String] {
      let tokens = list.split(separator: ",", omittingEmptySubsequences: false)
      guard tokens.allSatisfy({ EventSubject.isToken($0) }) else {
        throw BusError(.unknownLocation, "\(name)=\(value): give letters, digits, - and _ only")
      }
      return tokens.map { String($0) }
    }
    switch name {
    case "replicas": replicas = Int(try number(1...5))
    case "storage": storage = try word(Storage.self, "file or memory")
    case "discard": discard = try word(Discard.self, "new or old")
    case "max-bytes": maximumBytes = try number(1...(1 << 60))
    case "max-messages": maximumMessages = try number(1...(1 << 60))
    case "max-age": maximumAge = try time()
    case "duplicates": duplicates = try time()
    case "kinds": kinds = try tokens(value)
    case "prefix":
      guard EventSubject.isToken(value) else {
        throw BusError(
          .unknownLocation, "\(name)=\(value): give one word of letters, digits, - and _")
      }
      prefix = value
    default:
      throw BusError(
        .unknownLocation,
        "NATS has no setting '\(name)' here; known are \(NATSLocation.knownSettings)")
    }
  }

  /// `4096`, `10k`, `500M`, `2G`, also with `B` after.
  private static func amount(_ text: String) -> Int64? {
    var digits = text[...]
    if digits.last == "B" { digits = digits.dropLast() }
    var unit: Int64 = 1
    switch digits.last {
    case "k": unit = 1000
    case "M": unit = 1_000_000
    case "G": unit = 1_000_000_000
    case "T": unit = 1_000_000_000_000
    default: break
    }
    if unit > 1 { digits = digits.dropLast() }
    guard let number = Int64(digits) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
  }

  private static func time(_ text: String) -> Duration? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()),
      (1...36_500).contains(number) || unit == 1 && (1...1_000_000_000).contains(number)
    else { return nil }
    return .seconds(number * unit)
  }
}
