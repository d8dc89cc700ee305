// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Settings

extension FaultRule {
  /// Reads a kind and what it needs: `stall every 20 s for 3 s at cam-01,cam-02`.
  ///
  /// - Throws: `PipelineError` with code `badFault`, one line.
  package init(_ text: String) throws(PipelineError) {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    let name = parts.first ?? ""
    guard let kind = FaultKind(rawValue: name) else {
      throw PipelineError(
        .badFault,
        "unknown fault '\(name)'" + Suggestion.words(name, of: FaultKind.allCases.map(\.rawValue)))
    }
    self = try FaultRule(kind, parts.count > 1 ? parts[1] : "")
  }

  /// Reads what a rule of `kind` says after its name.
  ///
  /// - Throws: `PipelineError` with code `badFault`, one line.
  package init(_ kind: FaultKind, _ text: String) throws(PipelineError) {
    self.init(kind)
    let clauses = Self.clauses(text)
    if kind.isOfCameras, let at = clauses?["at"] { cameras = try Self.cameras(at, of: text) }
    guard let clauses, take(clauses) else {
      throw PipelineError(
        .badFault, "'\(text)' is no \(kind.rawValue); write one such as '\(kind.example)'")
    }
    if kind.form == .period || kind.form == .jump, seconds >= period {
      throw PipelineError(
        .badFault, "'\(text)': lasts as long as its period; give a shorter time after 'for'")
    }
  }

  private static let words = ["every", "for", "by", "at"]

  /// The text after each word, by word; what comes before the first of them is under "".
  private static func clauses(_ text: String) -> [String: String]? {
    var found: [String: String] = [:]
    var word = ""
    for part in text.split(separator: " ").map(String.init) {
      if words.contains(part) {
        guard found[part] == nil else { return nil }
        word = part
        found[word] = ""
      } else {
        found[word] = found[word].map { $0.isEmpty ? part : $0 + " " + part } ?? part
      }
    }
    return found
  }

  /// Whether these are the clauses of the kind, all of them and no other, with values in range.
  private mutating func take(_ clauses: [String: String]) -> Bool {
    let wanted: [String] =
      switch kind.form {
      case .period, .calls: ["every", "for"]
      case .jump: ["every", "for", "by"]
      case .offset: ["by"]
      case .share: [""]
      }
    let extra = Set(clauses.keys).subtracting(wanted)
    guard wanted.allSatisfy({ clauses[$0] != nil }),
      extra.isEmpty || (extra == ["at"] && kind.isOfCameras)
    else { return false }
    if let every = clauses["every"] {
      let quantity: Quantity = kind.form == .calls ? .count : .seconds
      guard let value = quantity.value(of: every), value >= 0.001, value <= 1e6,
        quantity != .count || value == value.rounded()
      else { return false }
      period = value
    }
    if let lasting = clauses["for"] {
      guard let value = Quantity.seconds.value(of: lasting), value >= 0.001, value <= 3_600
      else {
        return false
      }
      seconds = value
    }
    if let by = clauses["by"] {
      guard let value = Quantity.seconds.value(of: by), value.magnitude <= 1e6, value != 0,
        kind != .back || value > 0
      else { return false }
      offset = value
    }
    if let part = clauses[""] {
      guard let value = Quantity.share.value(of: part), value > 0, value <= 1 else { return false }
      share = value
    }
    return true
  }

  /// Reads `cam-01, cam-02`, by what a frame set lets a camera's id be.
  private static func cameras(
    _ list: String, of text: String
  ) throws(PipelineError) -> [String] {
    let names = list.split(separator: ",", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    let isID = { (name: String) in
      !name.isEmpty
        && name.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
    if let strange = names.first(where: { !isID($0) }) {
      throw PipelineError(
        .badFault,
        "'\(text)': '\(strange)' is no camera's id, which has letters, digits, - and _ alone; write ids with "
          + "commas between, such as 'at cam-01,cam-02', or leave 'at' out for all cameras")
    }
    if let double = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw PipelineError(.badFault, "'\(text)': \(double) is named twice; name each camera once")
    }
    return names
  }
}

extension [FaultRule] {
  /// Refuses rules at cameras that are not there.
  ///
  /// - Throws: `PipelineError` with code `badFault`.
  package func check(cameras known: [String]) throws(PipelineError) {
    for rule in self {
      guard let strange = rule.cameras.first(where: { !known.contains($0) }) else { continue }
      throw PipelineError(
        .badFault,
        "\(rule.kind.rawValue): the frame set has no camera '\(strange)'"
          + Suggestion.words(strange, of: known))
    }
  }
}
