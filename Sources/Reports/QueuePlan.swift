// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Pipeline

/// What the queues of a pipeline can hold, in words.
struct QueuePlan {
  private let configuration: RunConfiguration

  init(_ configuration: RunConfiguration) { self.configuration = configuration }

  var text: String {
    let (intake, flight) = (configuration.intakeLimits, configuration.flightLimits)
    let bytes = intake.bytes < .max ? " or \(Text.bytes(intake.bytes))" : ""
    return
      "\(Text.count(intake.elements)) frames\(bytes) before a worker; \(Text.count(flight.frames)) in "
      + "flight, which keep \(Text.bytes(configuration.mostKeptBytes)) at most"
  }
}
