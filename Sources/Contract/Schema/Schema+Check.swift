// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

extension Schema {
  /// What is wrong with a value, and where.
  package struct Fault: Hashable, Sendable, CustomStringConvertible {
    /// `data.candidates[0].score`; empty for the whole value.
    package let field: String
    package let what: String

    package var description: String { field.isEmpty ? what : "\(field): \(what)" }
  }

  /// Everything that is wrong with `value`, in the order of fields; empty if it is valid.
  package func faults(in value: JSONValue) -> [Fault] {
    var faults: [Fault] = []
    check(value, "", &faults)
    return faults
  }

  fileprivate func check(_ value: JSONValue, _ field: String, _ faults: inout [Fault]) {
    switch self {
    case .always(true): return
    case .always(false): faults.append(Fault(field: field, what: "must not be there"))
    case .rules(let rules): rules.check(value, field, &faults)
    }
  }
}

extension Schema.Rules {
  fileprivate func check(_ value: JSONValue, _ field: String, _ faults: inout [Schema.Fault]) {
    func wrong(_ what: String) { faults.append(Schema.Fault(field: field, what: what)) }
    if let kind, value.kind != kind, !(kind == "integer" && value.isWhole) {
      // Nothing else that could be said of it would help.
      return wrong("is \(Self.article(value.kind)), must be \(Self.article(kind))")
    }
    if let const, value != const { wrong("is \(Self.show(value)), must be \(Self.show(const))") }
    if let values, !values.contains(value) {
      wrong(
        "is \(Self.show(value)), must be one of \(values.map(Self.show).joined(separator: ", "))")
    }
    switch value {
    case .string(let text): checkText(text, wrong)
    case .number(let number): checkNumber(number, wrong)
    case .array(let elements):
      if let items {
        for (index, element) in elements.enumerated() {
          items.check(element, "\(field)[\(index)]", &faults)
        }
      }
    case .object(let members): checkMembers(members, field, &faults)
    default: break
    }
    checkCombined(value, field, &faults)
  }

  private func checkText(_ text: String, _ wrong: (String) -> Void) {
    if let leastLength, text.unicodeScalars.count < leastLength {
      wrong("has \(text.unicodeScalars.count) characters, must have \(leastLength) or more")
    }
    if let pattern, text.firstMatch(of: pattern.regex) == nil {
      wrong("is \(Self.show(.string(text))), must match \(pattern.text)")
    }
    if isDateTime, Timestamp(text) == nil {
      wrong("is no time in UTC such as 2026-03-01T09:00:00Z")
    }
  }

  private func checkNumber(_ number: Double, _ wrong: (String) -> Void) {
    if let minimum, number < minimum { wrong("is \(number), must be \(minimum) or more") }
    if let maximum, number > maximum { wrong("is \(number), must be \(maximum) or less") }
    if let above, number <= above { wrong("is \(number), must be more than \(above)") }
  }

  private func checkMembers(
    _ members: [String: JSONValue], _ field: String, _ faults: inout [Schema.Fault]
  ) {
    func place(_ name: String) -> String { field.isEmpty ? name : "\(field).\(name)" }
    for name in required where members[name] == nil {
      faults.append(Schema.Fault(field: place(name), what: "is missing"))
    }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      (properties[name] ?? others)?.check(value, place(name), &faults)
    }
  }

  private func checkCombined(
    _ value: JSONValue, _ field: String, _ faults: inout [Schema.Fault]
  ) {
    if let condition {
      let branch = condition.if.faults(in: value).isEmpty ? condition.then : condition.else
      branch.check(value, field, &faults)
    }
    if let not, not.faults(in: value).isEmpty {
      let names =
        if case .rules(let rules) = not { rules.required.joined(separator: ", ") } else { "" }
      faults.append(
        Schema.Fault(
          field: field,
          what: names.isEmpty ? "is what it must not be" : "must not have \(names)"))
    }
    for schema in all { schema.check(value, field, &faults) }
  }

  private static func article(_ kind: String) -> String {
    "aeio".contains(kind.prefix(1)) ? "an \(kind)" : kind == "null" ? "null" : "a \(kind)"
  }

  /// A value in a message: short, in one line.
  private static func show(_ value: JSONValue) -> String {
    switch value {
    case .array: "an array"
    case .object: "an object"
    default:
      value.text.count <= 60 ? value.text : value.text.prefix(57) + "..."
    }
  }
}
