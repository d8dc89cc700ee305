// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Contract

/// Every event that differs from a given one in one place.
enum Changes {
  private static let values: [JSONValue] = [
    .null, .bool(true), .number(-1), .number(0), .number(0.5), .number(2), .number(1e20),
    .string(""), .string("x"), .string("2026-03-01T09:00:00.000000Z"), .array([]), .object([:]),
  ]

  /// Each value replaced by others, each member removed, a stranger added to each object.
  static func all(of value: JSONValue) -> [JSONValue] {
    var found = values.filter { $0 != value }
    switch value {
    case .object(let members):
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        var without = members
        without[name] = nil
        found.append(.object(without))
        for changed in all(of: member) {
          found.append(.object(members.merging([name: changed]) { $1 }))
        }
      }
      found.append(.object(members.merging(["stranger": .number(1)]) { $1 }))
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        for changed in all(of: element) {
          var other = elements
          other[index] = changed
          found.append(.array(other))
        }
      }
    default: break
    }
    return found
  }
}
