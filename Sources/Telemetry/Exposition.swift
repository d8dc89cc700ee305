// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A page of metrics in Prometheus' text format 0.0.4.
///
/// Families come whole, each with its help and type; names and labels are ours and checked, label values may
/// hold anything.
package struct Exposition: Sendable {
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  package enum Kind: String, Sendable { case counter, gauge, histogram }

  package typealias Labels = KeyValuePairs<String, String>

  /// The page so far.
  package private(set) var text = ""
  private var names: Set<String> = []

  package init() {}

  /// Begins a family. Counters end in `_total`, and every family comes once.
  package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    precondition(Self.isName(name) && names.insert(name).inserted, "a family twice, or badly named")
    precondition(kind != .counter || name.hasSuffix("_total"), "counters end in _total")
    let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// A value of the family that was begun last.
  package mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
    line(name, labels.map { ($0.key, $0.value) }, Self.number(value))
  }

  package mutating func sample(_ name: String, _ value: Double) { sample(name, [:], value) }

  package mutating func sample(_ name: String, _ value: Int) { sample(name, [:], value) }

  package mutating func sample(_ name: String, _ labels: Labels, _ value: Int) {
    line(name, labels.map { ($0.key, $0.value) }, "\(value)")
  }

  /// One histogram of the family that was begun last.
  ///
  /// - Parameters:
  ///   - bounds: upper ends of the buckets, ascending, in the family's unit.
  ///   - cumulative: how many values are at or below each.
  package mutating func histogram(
    _ name: String, _ labels: Labels = [:], bounds: [Double], cumulative: [Int], count: Int,
    sum: Double
  ) {
    let labels = labels.map { ($0.key, $0.value) }
    for (bound, below) in zip(bounds, cumulative) {
      line(name + "_bucket", labels + [("le", Self.number(bound))], "\(min(below, count))")
    }
    line(name + "_bucket", labels + [("le", "+Inf")], "\(count)")
    line(name + "_sum", labels, Self.number(sum))
    line(name + "_count", labels, "\(count)")
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
    text += name
    if !labels.isEmpty {
      text += "{"
      for (index, (key, value)) in labels.enumerated() {
        precondition(Self.isLabel(key), "a label badly named")
        text += (index > 0 ? "," : "") + key + "=\"" + Self.escaped(value) + "\""
      }
      text += "}"
    }
    text += " " + value + "\n"
  }

  /// A label's value: backslash, quote and line feed are escaped, as the format asks, and other control
  /// characters are not let through.
  static func escaped(_ value: String) -> String {
    var out = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
    return "\(value)"
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x3A }
      && !(name.utf8.first.map(isDigit) ?? true)
  }

  private static func isLabel(_ name: String) -> Bool { isName(name) && !name.contains(":") }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
