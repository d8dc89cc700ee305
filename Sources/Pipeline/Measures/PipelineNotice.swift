// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something about a pipeline that is worth a line in a log.
package struct PipelineNotice: Hashable, Sendable {
  /// How much it matters, in the words of swift-log.
  package enum Level: String, CaseIterable, Hashable, Sendable {
    case debug, info, notice, warning, error
  }

  package struct Detail: Hashable, Sendable {
    package let key: String
    package let value: String
  }

  package var level: Level
  /// What happened, for machines: `camera-gone`.
  package var code: String
  /// One line, for people.
  package var message: String
  /// Keys as the README lists them: `camera`, `stage`, `reason`, `count`, `run`, ...
  package var details: [Detail]

  package init(
    _ level: Level, _ code: String, _ message: String,
    _ details: KeyValuePairs<String, String> = [:]
  ) {
    self.level = level
    self.code = code
    self.message = message
    self.details = details.map { Detail(key: $0.key, value: $0.value) }
  }
}
