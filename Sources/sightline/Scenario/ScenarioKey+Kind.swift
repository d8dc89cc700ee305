// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Population
internal import Settings

extension ScenarioKey {
  /// What a value may be; numbers may have units.
  enum Kind: Hashable {
    case text, number, count, share, seconds, flag
    /// Seconds, with the unit that the option wants.
    case duration
    /// One of these and nothing else.
    case choice([String])
    /// Values with commas between, or a list.
    case list
    /// An option that may be given several times; on one line with semicolons between. In a file it has a
    /// place of its own, outside the commands' sections.
    case lines

    /// What the option's own type takes.
    static func choice(of type: (some ExpressibleByArgument & CaseIterable).Type) -> Kind {
      .choice(type.allValueStrings)
    }

    /// A quality line; the option takes either case.
    static var line: Kind {
      let names = QualityLine.all.map(\.name)
      return .choice(names + names.map { $0.lowercased() })
    }
  }
}

extension ScenarioKey.Kind {
  /// The value as the option takes it; `nil` where it is none of this kind.
  func argument(_ text: String) -> String? {
    func plain(_ value: Double) -> String {
      Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
    switch self {
    case .text, .list, .lines: return text.isEmpty ? nil : text
    case .choice(let choices): return choices.contains(text) ? text : nil
    case .number: return Double(text).map { _ in text }
    case .count:
      // A seed may have digits that a double would lose.
      if UInt64(text) != nil { return text }
      return Quantity.count.value(of: text).flatMap { Int(exactly: $0) }.map { "\($0)" }
    case .share: return Quantity.share.value(of: text).map(plain)
    case .seconds: return Quantity.seconds.value(of: text).map(plain)
    case .duration: return Quantity.seconds.value(of: text).map { plain($0) + "s" }
    case .flag: return ["true", "false"].contains(text.lowercased()) ? text.lowercased() : nil
    }
  }

  /// Why `text` is none of this kind, and what to write.
  func refusal(of text: String) -> String {
    let wanted =
      switch self {
      case .text, .list, .lines: "a value"
      case .choice(let choices): "a choice" + Suggestion.words(text, of: choices)
      case .number: "a number"
      case .count: Quantity.count.example
      case .share: Quantity.share.example
      case .seconds, .duration: Quantity.seconds.example
      case .flag: "true or false"
      }
    return "'\(text)' is not \(wanted)"
  }
}
