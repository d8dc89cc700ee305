// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline
package import Telemetry

/// All that a picture of a running pipeline is drawn from.
package struct LiveFrame: Sendable {
  /// What runs: a command and its input.
  package var title: String
  package var now: PipelineSnapshot
  /// A snapshot of a few seconds ago, for rates; `nil` where there is none yet.
  package var before: PipelineSnapshot?
  /// What is going on before frames flow, or which load is tried.
  package var status: String?
  /// Until the end, where that is known apart from the frames that are still to come.
  package var secondsLeft: Double?
  package var process: ProcessFacts?
  package var processBefore: ProcessFacts?

  package init(title: String, now: PipelineSnapshot, before: PipelineSnapshot? = nil) {
    self.title = title
    self.now = now
    // Of another run: nothing can be compared.
    self.before = before?.beganAt == now.beganAt ? before : nil
  }

  /// Seconds between the two snapshots, or since the beginning.
  var span: Double {
    guard let before else { return now.seconds }
    return Double(now.takenAt &- before.takenAt) / 1e9
  }

  /// What a count has grown by each second.
  func rate(_ count: (PipelineSnapshot) -> Int) -> Double {
    let grown = count(now) - (before.map(count) ?? 0)
    return span > 0 ? max(0, Double(grown) / span) : 0
  }

  /// Share of the time of its threads in which a stage was at work.
  func utilisation(_ stage: Stage) -> Double {
    let busy = (now.measures.busy[stage] ?? 0) &- (before?.measures.busy[stage] ?? 0)
    let threads = stage.isWorkers ? Double(now.workers) : 1
    // A look before the stages began has measured nothing.
    let since = max(before?.measuredAt ?? 0, now.beganAt ?? now.measuredAt)
    let span = now.measuredAt > since ? Double(now.measuredAt - since) / 1e9 : 0
    return span > 0 ? min(1, Double(busy) / 1e9 / span / threads) : 0
  }

  /// By the time that frames come in, or else by those that are still to come, where that is known.
  var left: Double? {
    if let secondsLeft { return secondsLeft }
    guard let expected = now.expectedFrames, now.phase == .running else { return nil }
    let frames = now.frames
    // Frames that never came are expected all the same, so the end may come before.
    return TimeLeft.seconds(
      done: frames.decoded + frames.failed + frames.dropped, of: expected, elapsed: now.seconds,
      planned: now.plannedSeconds)
  }
}
