// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Makes a `Schema` of JSON.
enum SchemaReader {
  /// Words for people, and names.
  private static let silent: Set<String> = ["$schema", "$id", "title", "description", "examples"]

  static func read(_ json: JSONValue, _ path: String) throws(ContractError) -> Schema {
    if case .bool(let all) = json { return .always(all) }
    guard let members = json.object else { throw unknown("a \(json.kind)", path) }
    var rules = Schema.Rules()
    for (key, value) in members where !silent.contains(key) {
      try add(key, value, members, &rules, path)
    }
    return .rules(rules)
  }

  private static func add(
    _ key: String, _ value: JSONValue, _ members: [String: JSONValue], _ rules: inout Schema.Rules,
    _ path: String
  ) throws(ContractError) {
    let here = "\(path).\(key)"
    switch (key, value) {
    case ("type", .string(let kind)): rules.kind = kind
    case ("const", _): rules.const = value
    case ("enum", .array(let values)): rules.values = values
    case ("pattern", .string(let text)):
      guard let regex = try? Regex(text) else { throw unknown("pattern \(text)", path) }
      rules.pattern = .init(text: text, regex: regex)
    case ("format", .string("date-time")): rules.isDateTime = true
    case ("minLength", .number(let least)): rules.leastLength = Int(least)
    case ("minimum", .number(let bound)): rules.minimum = bound
    case ("maximum", .number(let bound)): rules.maximum = bound
    case ("exclusiveMinimum", .number(let bound)): rules.above = bound
    case ("required", .array(let names)): rules.required = names.compactMap(\.string)
    case ("properties", .object(let properties)):
      for (name, schema) in properties {
        rules.properties[name] = try read(schema, "\(here).\(name)")
      }
    case ("additionalProperties", _): rules.others = try read(value, here)
    case ("items", _): rules.items = try read(value, here)
    case ("if", _):
      rules.condition = (
        try read(value, here), try read(members["then"] ?? .bool(true), "\(path).then"),
        try read(members["else"] ?? .bool(true), "\(path).else")
      )
    case ("then", _), ("else", _):
      guard members["if"] != nil else { throw unknown("\(key) without if", path) }
    case ("not", _): rules.not = try read(value, here)
    case ("allOf", .array(let schemas)):
      for (index, schema) in schemas.enumerated() {
        rules.all.append(try read(schema, "\(here)[\(index)]"))
      }
    default: throw unknown("'\(key)'", path)
    }
  }

  private static func unknown(_ what: String, _ path: String) -> ContractError {
    ContractError(
      .unknownKeyword, "the schema has \(what) at \(path), which this validator does not know")
  }
}
