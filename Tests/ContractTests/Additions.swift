// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Contract

/// Tells what one schema takes away from or changes in an earlier one.
enum Additions {
  /// Paths with what is wrong; empty if `new` only adds optional fields where `old` is open to them.
  static func breaks(from old: JSONValue, to new: JSONValue, at path: String = "$") -> [String] {
    guard let was = old.object, let now = new.object else {
      return old == new ? [] : ["\(path) changed"]
    }
    var breaks: [String] = []
    for key in Set(was.keys).union(now.keys).sorted() {
      switch key {
      case "description", "title", "$id", "$schema": continue
      case "properties": breaks += properties(was, now, path)
      case "required":
        let names = [was, now].map { Set(($0["required"]?.array ?? []).compactMap(\.string)) }
        if names[0] != names[1] { breaks.append("\(path).required changed") }
      case "enum":
        // A reader that knows all words of old must know all of new.
        if was["enum"] != now["enum"] { breaks.append("\(path).enum changed") }
      case "items":
        breaks += Self.breaks(
          from: was["items"] ?? .null, to: now["items"] ?? .null, at: "\(path)[]")
      default:
        if was[key] != now[key] { breaks.append("\(path).\(key) changed") }
      }
    }
    return breaks
  }

  private static func properties(
    _ was: [String: JSONValue], _ now: [String: JSONValue], _ path: String
  ) -> [String] {
    let old = was["properties"]?.object ?? [:]
    let new = now["properties"]?.object ?? [:]
    let isClosed = was["additionalProperties"] == .bool(false)
    return Set(old.keys).union(new.keys).sorted().flatMap { name -> [String] in
      guard let before = old[name] else {
        return isClosed ? ["\(path).\(name) was added where nothing may be"] : []
      }
      guard let after = new[name] else { return ["\(path).\(name) is gone"] }
      return breaks(from: before, to: after, at: "\(path).\(name)")
    }
  }
}
