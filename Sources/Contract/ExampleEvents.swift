// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// An event of each type, as a bus carries it.
package enum ExampleEvents {
  /// One JSON object a line.
  package static var lines: [String] {
    String(decoding: PackageResources.events_jsonl, as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }

  static func of(_ type: String) throws(ContractError) -> [JSONValue] {
    var found: [JSONValue] = []
    for line in lines {
      let value = try JSONValue(json: Array(line.utf8))
      if value["type"]?.string == type { found.append(value) }
    }
    return found
  }
}
