// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import SystemPackage
internal import Yams

/// A mapping of a YAML file that a person wrote. What is wrong in it is told with its line.
package struct SettingsMap: Sendable {
  /// The largest file that is read.
  private static let limit = 1 << 16
  /// The most values that a file may hold: far more than people write, far fewer than anchors of anchors make.
  private static let mostValues = 10_000

  private let file: String
  /// Line of the file on which this mapping begins, from 1.
  private let line: Int
  private let values: [String: Value]
  /// Keys with nothing behind them, by line: left out, but known or not all the same.
  private var empty: [String: Int] = [:]

  private struct Value: Sendable {
    enum Content: Sendable {
      case text(String)
      case list([SettingsText])
      case map(SettingsMap)
    }
    let content: Content
    let line: Int
  }

  /// Reads a file whose outermost node is a mapping; one of nothing but comments is an empty one.
  ///
  /// - Throws: `FileError` or `SettingsError`.
  package init(contentsOf path: FilePath) throws {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, limit: Self.limit)
    } catch {
      guard error.code == .malformed else { throw error }
      // Too large: people do not write such files, so it is wrong usage.
      throw SettingsError(.notYAML, "\(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SettingsError(.notYAML, "\(path): is not UTF-8 text; save it as such")
    }
    try self.init(text: text, file: path.string)
  }

  /// Reads the text of a file; `file` is its name in messages.
  package init(text: String, file: String) throws(SettingsError) {
    if let line = Self.lineOfAliases(text) {
      throw SettingsError(
        .notYAML, "\(file):\(line): over \(Self.mostAliases) aliases; write the values themselves")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw SettingsError(.notYAML, Self.words(of: error, file))
    }
    guard let root, !Self.isNull(root) else {
      self.init(file: file, line: 1, values: [:])
      return
    }
    guard let mapping = root.mapping else {
      throw SettingsError(
        .notYAML, "\(file):\(root.mark?.line ?? 1): write lines of the form 'key: value'")
    }
    var left = Self.mostValues
    try self.init(mapping, file: file, line: root.mark?.line ?? 1, left: &left)
  }

  private init(file: String, line: Int, values: [String: Value]) {
    (self.file, self.line, self.values) = (file, line, values)
  }

  private init(
    _ mapping: Node.Mapping, file: String, line: Int, left: inout Int
  ) throws(SettingsError) {
    var values: [String: Value] = [:]
    var empty: [String: Int] = [:]
    for (key, node) in mapping {
      let line = key.mark?.line ?? line
      guard let name = key.scalar?.string else {
        throw SettingsError(.notYAML, "\(file):\(line): a key must be a word")
      }
      let place = SettingsText.Place(file: file, line: line, key: name)
      left -= 1 + (node.sequence?.count ?? 0)
      guard left >= 0 else {
        throw place.error(
          .notYAML, "the file holds over \(Self.mostValues) values; write fewer, and no anchors")
      }
      let content: Value.Content
      switch node {
      case .scalar(let scalar):
        // `key:` with nothing behind it is a key that was left out.
        if Self.isNull(node) {
          empty[name] = line
          continue
        }
        content = .text(scalar.string)
      case .sequence(let sequence):
        var list: [SettingsText] = []
        for item in sequence {
          guard let text = item.scalar?.string else {
            throw place.error(.badValue, "a list may hold plain values only")
          }
          list.append(
            SettingsText(text, .init(file: file, line: item.mark?.line ?? line, key: name)))
        }
        content = .list(list)
      case .mapping(let inner):
        content = .map(try SettingsMap(inner, file: file, line: line, left: &left))
      case .alias:
        throw place.error(.notYAML, "write the value itself, not an alias")
      }
      values[name] = Value(content: content, line: line)
    }
    self.init(file: file, line: line, values: values)
    self.empty = empty
  }

  /// The most uses of anchors: each may stand for ten others, and a parser that compares keys reads them all.
  private static let mostAliases = 20

  /// The line where there are too many of what could be aliases, which no scenario or claim needs.
  private static func lineOfAliases(_ text: String) -> Int? {
    var (line, found) = (1, 0)
    var before: UInt8 = 0x0A
    for byte in text.utf8 {
      if byte == UInt8(ascii: "*"), " \t\n\r,[{:?-".utf8.contains(before) {
        found += 1
        if found > mostAliases { return line }
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      before = byte
    }
    return nil
  }

  private static func isNull(_ node: Node) -> Bool {
    node.scalar != nil && node.tag.description == Tag.Name.null.rawValue
  }

  private static func words(of error: any Error, _ file: String) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "\(file):\(mark.line): is not YAML: \(problem)"
    case .duplicatedKeysInMapping(let keys, let context):
      "\(file):\(context.mark.line): \(keys.joined(separator: ", ")): given twice; keep one"
    default: "\(file): is not YAML text; write lines of the form 'key: value'"
    }
  }

  // MARK: - Reading

  /// Refuses keys that are not `known`, the first in the file first.
  package func requireKeys(_ known: [String]) throws(SettingsError) {
    let strange = values.mapValues(\.line).merging(empty) { first, _ in first }
      .filter { !known.contains($0.key) }.min { $0.value < $1.value }
    guard let strange else { return }
    throw SettingsError(
      .unknownKey,
      "\(file):\(strange.value): unknown key '\(strange.key)'"
        + Suggestion.words(strange.key, of: known))
  }

  /// The plain value of a key; `nil` where the key is not there.
  package func text(_ key: String) throws(SettingsError) -> SettingsText? {
    guard let value = values[key] else { return nil }
    guard case .text(let text) = value.content else { throw wrong(key, value, "one plain value") }
    return SettingsText(text, place(key, value))
  }

  /// The values of a key, one or a list.
  package func list(_ key: String) throws(SettingsError) -> [SettingsText]? {
    guard let value = values[key] else { return nil }
    switch value.content {
    case .text(let text): return [SettingsText(text, place(key, value))]
    case .list(let list): return list
    case .map: throw wrong(key, value, "one value or a list")
    }
  }

  package func map(_ key: String) throws(SettingsError) -> SettingsMap? {
    guard let value = values[key] else { return nil }
    guard case .map(let map) = value.content else {
      throw wrong(key, value, "indented lines of the form 'key: value'")
    }
    return map
  }

  /// The error of a key that ought to be there.
  package func missing(_ key: String, _ remedy: String) -> SettingsError {
    SettingsError(.missingKey, "\(file): has no '\(key)'; \(remedy)")
  }

  private func place(_ key: String, _ value: Value) -> SettingsText.Place {
    SettingsText.Place(file: file, line: value.line, key: key)
  }

  private func wrong(_ key: String, _ value: Value, _ wanted: String) -> SettingsError {
    place(key, value).error(.badValue, "needs \(wanted)")
  }
}

/// A value as it was written, and where.
package struct SettingsText: Hashable, Sendable {
  package struct Place: Hashable, Sendable {
    let file: String
    let line: Int
    let key: String

    package func error(_ code: SettingsError.Code, _ words: String) -> SettingsError {
      SettingsError(code, "\(file):\(line): \(key): \(words)")
    }
  }

  package let string: String
  package let place: Place

  init(_ string: String, _ place: Place) {
    self.string = string
    self.place = place
  }

  /// The value as a number of some kind.
  package func number(_ kind: Quantity) throws(SettingsError) -> Double {
    guard let value = kind.value(of: string) else {
      throw place.error(.badValue, "'\(string)' is not \(kind.example)")
    }
    return value
  }
}
