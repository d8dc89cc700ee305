// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Pipeline
internal import Reports
internal import SystemPackage

/// What `bus bridge` and `bus replay` do when events go to a stream.
enum StreamCarrier {
  /// How long to wait at the end for what is not acknowledged.
  static let patience = Duration.seconds(300)

  /// Carries a log there, as `bus forward` does, and on from where that had come to.
  static func bridge(
    _ path: FilePath, to location: NATSLocation, consumer: String?, follow: Bool, stop: StopSignal
  ) async throws -> CarryReport {
    ForwardProgress.warn(location)
    let forward = try await RunningForward.start(
      from: path, to: location, consumer: consumer, observer: ForwardProgress.observe)
    if !follow { forward.finish(within: patience) }
    let report = await forward.value(stoppedBy: stop)
    if !stop.isRaised, let shortfall = report.shortfall(outbox: "sqlite:\(path)") {
      Console.error("sightline: \(shortfall)")
      throw ExitCode(ExitStatus.failure)
    }
    return CarryReport(report)
  }

  /// Tells events again there, at their pace.
  static func replay(
    _ replay: LogReplay, to location: NATSLocation, stop: StopSignal,
    progress: (LogReplay.Tally) -> Void
  ) async throws -> (LogReplay.Tally, CarryReport) {
    ForwardProgress.warn(location)
    let outbox = MemoryOutbox()
    let forward = try await RunningForward.start(
      from: outbox, to: location, observer: ForwardProgress.observe)
    let tally = try await replay.run(until: { stop.isRaised }, progress: progress) { events in
      _ = await outbox.append(events.map(\.record), until: { stop.isRaised })
    }
    forward.finish(within: patience)
    let report = await forward.value(stoppedBy: stop)
    let missing = report.waiting + report.parked
    if !stop.isRaised, missing > 0 {
      let why = report.parkedReason ?? report.trouble
      Console.error(
        "sightline: \(missing) events did not arrive\(why.map { ": \($0)" } ?? ""); they are still in the "
          + "log, so put that right and replay again")
      throw ExitCode(ExitStatus.failure)
    }
    return (tally, CarryReport(report))
  }
}

extension CarryReport {
  /// Of what a stream acknowledged.
  init(_ report: ForwardReport) {
    self.init(
      events: report.forwarded, bytes: report.bytes,
      appended: report.forwarded - report.duplicates, duplicates: report.duplicates)
  }
}
