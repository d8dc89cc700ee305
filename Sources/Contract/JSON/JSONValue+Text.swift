// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension JSONValue {
  /// Indented, keys in order, so that the same value gives the same text.
  package var text: String {
    var out = ""
    write(to: &out, indent: "")
    return out
  }

  private func write(to out: inout String, indent: String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let value):
      out += isWhole && value.magnitude < 9e15 ? "\(Int64(value))" : "\(value)"
    case .string(let text): Self.quote(text, to: &out)
    case .array(let values):
      guard !values.isEmpty else {
        out += "[]"
        return
      }
      for (index, value) in values.enumerated() {
        out += (index == 0 ? "[\n" : ",\n") + indent + "  "
        value.write(to: &out, indent: indent + "  ")
      }
      out += "\n\(indent)]"
    case .object(let members):
      guard !members.isEmpty else {
        out += "{}"
        return
      }
      for (index, key) in members.keys.sorted().enumerated() {
        out += (index == 0 ? "{\n" : ",\n") + indent + "  "
        Self.quote(key, to: &out)
        out += ": "
        members[key]?.write(to: &out, indent: indent + "  ")
      }
      out += "\n\(indent)}"
    }
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
