// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Logging

/// How much is told, in the words of swift-log: what is named and all that matters more.
package enum LogLevel: String, CaseIterable, Hashable, Sendable {
  case trace, debug, info, notice, warning, error, critical

  var level: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    case .critical: .critical
    }
  }
}

/// What a line looks like.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
  /// `2026-01-31T12:00:00.123Z warning camera-gone: ... camera=cam-03`, for people.
  case text
  /// One JSON object a line, for machines.
  case json
}
