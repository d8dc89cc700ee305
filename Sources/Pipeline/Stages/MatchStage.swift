// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Faces
internal import Matching

/// Searches the faces of many frames, from any camera, in one batch.
///
/// A batch holds what has gathered while the last one was searched, up to its limits, and waits for more only
/// while the workers are behind: it grows under load and, unless told to wait, adds no delay without.
struct MatchStage {
  let matcher: any Matcher
  let embedder: FaceEmbedder
  /// Candidates a search.
  let k: Int
  let limits: BatchLimits
  /// Whether more frames wait for the workers than they are about to take.
  let isBehind: @Sendable () -> Bool
  let measures: MeasureRecorder
  let board: LiveBoard

  struct Tally: Sendable {
    var searches = 0
    /// Batches that were searched, and frames in them with faces to search.
    var batches = 0
    var frames = 0
  }

  func run(
    from input: BoundedQueue<ProcessedFrame>, to output: BoundedQueue<ProcessedFrame>
  ) async throws -> Tally {
    var tally = Tally()
    var batch = ProbeBatch(dimension: embedder.dimension)
    var gathering = BatchGathering(limits, isBehind: isBehind)
    while try await gathering.gather(from: input) {
      var frames = gathering.take()
      batch.removeAll()
      for frame in frames {
        measures.waited(.match, frame.times.queuedForMatch)
        try append(frame, to: &batch)
      }
      if batch.count > 0 {
        let start = Monotonic.now()
        let found = try await matcher.search(batch, k: k)
        let elapsed = Monotonic.now() &- start
        tally.searches += batch.count
        board.searched(batch.count)
        let searched = distribute(found, over: &frames)
        tally.batches += 1
        tally.frames += searched.count
        for frame in searched {
          // Every frame of a batch waits for the whole of it.
          frames[frame].times.match = elapsed
          frames[frame].times.marks.matchStarted = start
          frames[frame].times.marks.matched = start &+ elapsed
        }
        measures.worked(.match, elapsed, frames: searched.count)
      }
      for frame in frames { try await output.push(frame) }
    }
    return tally
  }

  private func append(_ frame: ProcessedFrame, to batch: inout ProbeBatch) throws {
    for face in frame.faces {
      guard case .embedded(let row, _) = face.outcome else { continue }
      do {
        try unsafe embedder.withEmbedding(row: row) { try unsafe batch.append($0) }
      } catch let error as MatchingError {
        throw PipelineError(
          .badProbe, "row \(row) of the frame set's probes cannot be searched: \(error.message)")
      }
    }
  }

  /// Gives each face its list, in the order the probes went in; returns the frames that had any.
  private func distribute(
    _ lists: CandidateLists, over frames: inout [ProcessedFrame]
  ) -> [Int] {
    var probe = 0
    var searched: [Int] = []
    for frame in frames.indices {
      let before = probe
      for face in frames[frame].faces.indices {
        guard case .embedded = frames[frame].faces[face].outcome else { continue }
        frames[frame].faces[face].candidates = Array(lists[probe])
        probe += 1
      }
      if probe > before { searched.append(frame) }
    }
    return searched
  }
}
