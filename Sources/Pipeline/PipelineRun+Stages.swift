// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Frames
internal import Galleries
internal import Matching
internal import Sightings

/// What all stages of a run came to.
struct RunOutcome: Sendable {
  var source = FrameSource.Tally()
  var match = MatchStage.Tally()
  var track = TrackStage.Tally()
  var measures = StageMeasures()

  /// Frames that came in must have left by one door; a break is a fault of ours.
  func checkConservation() throws(PipelineError) {
    guard frames.inFlight == 0 else {
      throw PipelineError(
        .internalFault,
        "frames are not conserved: \(frames.entered) in, but \(frames.decoded) decoded, "
          + "\(frames.failed) failed and \(frames.dropped) dropped; please report this")
    }
  }

  var frames: FrameAccount {
    var account = track.frames
    account.entered = source.entered
    account.missing = source.missing
    return account
  }
}

extension PipelineRun {
  private enum Part: Sendable {
    case source(FrameSource.Tally)
    case worker(StageMeasures)
    case match(MatchStage.Tally)
    case track(TrackStage.Tally)
  }

  /// Starts all stages and waits until the last frame has passed the last one.
  func runStages(
    _ embedder: FaceEmbedder, _ matcher: any Matcher, _ machines: [SightingMachine],
    _ bus: any EventBus, _ latency: EventLatency, _ ticket: RunTicket
  ) async throws -> RunOutcome {
    let workers = configuration.threads
    let decode = BoundedQueue<FrameTicket>(
      capacity: configuration.queueFrames * workers,
      policy: configuration.clock == .wall ? .dropOldest : .block)
    let match = BoundedQueue<ProcessedFrame>(capacity: configuration.queueFrames * workers)
    let track = BoundedQueue<ProcessedFrame>(capacity: configuration.queueFrames * workers)
    // One entry for each frame between source and tracker, so that a worker that stalls on one frame
    // cannot make those behind it pile up where order is restored.
    let window = BoundedQueue<Void>(capacity: 4 * decode.capacity + 64)
    let source = FrameSource(
      configuration: configuration,
      resumeAfter: (ticket.resumedFrom ?? [:]).mapValues(\.frameSequence), window: window,
      stop: stop)
    let total = configuration.frameSet.manifest.frames.count
    let already = framesDone(source.resumeAfter)

    return try await withThrowingTaskGroup(of: Part.self) { group in
      group.addTask {
        let tally = try await source.run(into: decode, displacedTo: match)
        decode.finish()
        return .source(tally)
      }
      for number in 0..<workers {
        group.addTask(executorPreference: OwnThread("worker-\(number)")) { [configuration] in
          let worker = FrameWorker(configuration, embedder)
          return .worker(try await worker.run(from: decode, to: match))
        }
      }
      group.addTask { [configuration] in
        let stage = MatchStage(
          matcher: matcher, embedder: embedder, k: configuration.candidates)
        let tally = try await stage.run(from: match, to: track)
        track.finish()
        return .match(tally)
      }
      group.addTask { [observer, witness] in
        var stage = TrackStage(
          embedder: embedder, runID: ticket.runID, machines: machines,
          bus: bus, latency: latency, window: window, witness: witness
        ) { observer(.frames(done: already + $0, total: total)) }
        return .track(try await stage.run(from: track))
      }

      var outcome = RunOutcome()
      var working = workers
      for try await part in group {
        switch part {
        case .source(let tally): outcome.source = tally
        case .worker(let measures):
          outcome.measures.add(measures)
          working -= 1
          if working == 0 { match.finish() }
        case .match(let tally): outcome.match = tally
        case .track(let tally): outcome.track = tally
        }
      }
      outcome.measures.add(outcome.match.measures)
      outcome.measures.add(outcome.track.measures)
      return outcome
    }
  }
}
