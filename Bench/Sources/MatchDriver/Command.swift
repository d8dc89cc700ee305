// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A line of standard input, taken apart.
struct Command {
  let name: String
  private let words: [String]

  init(_ line: String) throws {
    let all = line.split(separator: " ").map(String.init)
    guard let name = all.first else { throw DriverError("a command has a name") }
    self.name = name
    words = Array(all.dropFirst())
  }

  /// Word number `index` after the name.
  func text(_ index: Int) throws -> String {
    guard index < words.count else { throw DriverError("\(name) needs more words") }
    return words[index]
  }

  /// The same as a number of at least `low`.
  func number(_ index: Int, atLeast low: Int) throws -> Int {
    let text = try text(index)
    guard let value = Int(text), value >= low else {
      throw DriverError("\(name): \(text) is no number of \(low) or more")
    }
    return value
  }
}

/// A matcher as commands name it: `exact`, `sketch`, `sketch:list=8192`, `sketch-scan`.
struct MatcherName: Hashable {
  let kind: String
  let options: [String: Int]

  init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard let kind = parts.first else { throw DriverError("a matcher has a name") }
    self.kind = kind
    var options: [String: Int] = [:]
    if parts.count == 2 {
      for option in parts[1].split(separator: ",") {
        let pair = option.split(separator: "=")
        guard pair.count == 2, let value = Int(pair[1]) else {
          throw DriverError("\(text): an option is name=number")
        }
        options[String(pair[0])] = value
      }
    }
    self.options = options
  }
}
