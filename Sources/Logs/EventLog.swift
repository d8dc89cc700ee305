// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Logging

/// The log of a process: the one place that knows swift-log.
///
/// Others give a level, a code for machines, one line for people and details by key.
package struct EventLog: Sendable {
  private let logger: Logger

  /// - Parameter write: takes a line without its end; from any thread.
  package init(
    _ level: LogLevel, format: LogFormat, write: @escaping @Sendable (String) -> Void
  ) {
    var logger = Logger(label: "sightline") { _ in LineHandler(format: format, write: write) }
    logger.logLevel = level.level
    self.logger = logger
  }

  /// Writes a line if `level` is told.
  package func tell(
    _ level: LogLevel, _ code: String, _ message: String, _ details: [(key: String, value: String)]
  ) {
    guard level.level >= logger.logLevel else { return }
    var metadata: Logger.Metadata = ["code": "\(code)"]
    for (key, value) in details { metadata[key] = "\(value)" }
    logger.log(level: level.level, "\(message)", metadata: metadata)
  }
}
