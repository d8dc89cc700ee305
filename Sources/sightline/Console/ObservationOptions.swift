// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Logs
internal import Telemetry

/// How a running pipeline may be watched.
struct ObservationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Give metrics in Prometheus' text format at http://ADDRESS/metrics, and /healthz and /readyz, on an \
      address of this machine only: 127.0.0.1:9464, or port 0 for a free one, which is told.
      """, valueName: "address"))
  var metrics: String?

  @Option(
    help: ArgumentHelp(
      "What is told on standard error while it runs: this and what matters more.",
      valueName: "trace|debug|info|notice|warning|error|critical"))
  var logLevel: LogLevel = .notice

  @Option(help: "text: lines for people. json: one object a line.")
  var logFormat: LogFormat = .text

  @Flag(
    help: "Lines of progress also where standard error is a terminal that could show a live view.")
  var noLive = false

  func check() throws { _ = try address() }

  func address() throws -> LoopbackAddress? {
    do {
      return try metrics.map { text throws(TelemetryError) in try LoopbackAddress(text) }
    } catch {
      throw ValidationError("--metrics: \(error)")
    }
  }
}

extension LogLevel: ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
