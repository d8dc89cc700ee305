// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Which captures of a set are dropped, truncated or replaced by garbage.
struct FaultPlan: Sendable {
  enum Fault: Sendable { case dropped, truncated, garbage }

  private let faults: [Int: Fault]
  private let framesPerCamera: Int

  /// Ranks all captures by a hash and gives the first ones their faults, so that counts are exact and
  /// a higher count keeps the faults of a lower one.
  init(_ options: SimulationOptions) {
    let frames = options.framesPerCamera
    framesPerCamera = frames
    let total = options.totalFrames
    let dropped = options.dropped.count(of: total)
    let truncated = options.truncated.count(of: total)
    let garbage = options.garbage.count(of: total)
    guard dropped + truncated + garbage > 0 else {
      faults = [:]
      return
    }
    let ranked = (0..<total).map { index in
      var draws = Draws(seed: options.seed, .fault, index / frames, index % frames)
      return (draws.next(), index)
    }.sorted { $0 < $1 }
    var out = [Int: Fault]()
    for (place, (_, index)) in ranked.prefix(dropped + truncated + garbage).enumerated() {
      out[index] =
        place < dropped ? .dropped : place < dropped + truncated ? .truncated : .garbage
    }
    faults = out
  }

  func fault(camera: Int, frame: Int) -> Fault? { faults[camera * framesPerCamera + frame] }
}
