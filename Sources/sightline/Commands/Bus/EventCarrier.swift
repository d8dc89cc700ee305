// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Pipeline
internal import Reports
internal import SystemPackage

/// How `bus bridge` and `bus replay` carry events, to a log and to a stream.
enum EventCarrier {
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

  /// Carries a stream into a log, and on from where its consumer had come to.
  static func collect(
    _ location: NATSLocation, into target: BusLocation, consumer: String?, follow: Bool,
    stop: StopSignal
  ) async throws -> CarryReport {
    ForwardProgress.warn(location)
    let told = SourceProgress()
    let source = try JetStreamSource(
      location, consumer: consumer ?? ConsumerName.standard(for: target), follow: follow,
      patience: patience, until: { stop.isRaised }, observer: { told.observe($0) })
    // The source first: a target should not be made for a source that is not there.
    try await source.connect()
    var report = try await carry(source, to: target, follow: follow, stop: stop)
    report.skipped = await source.skipped
    if report.skipped > 0 {
      Console.error(
        "sightline: \(report.skipped) messages are no events of ours, are not in the log and will not come "
          + "again")
    }
    return report
  }

  /// Takes what `source` has to a log, which is made if it is missing, and lets go of both.
  static func carry(
    _ source: any EventSource, to target: BusLocation, follow: Bool, stop: StopSignal
  ) async throws -> CarryReport {
    let counts = CommitCounts()
    let progress = CountProgress("bus bridge")
    let tally: BusBridge.Tally
    do {
      let bus = try target.openBus { counts.add($0.receipt) }
      do {
        tally = try await BusBridge(from: source, to: bus).run(
          follow: follow, until: { stop.isRaised }, progress: { progress.update($0.events) })
      } catch {
        try? await bus.close()
        throw error
      }
      try await bus.close()
    } catch {
      try? await source.close()
      throw error
    }
    try await source.close()
    progress.finish()
    return CarryReport(
      events: tally.events, bytes: tally.bytes, appended: counts.appended,
      duplicates: counts.duplicates)
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
