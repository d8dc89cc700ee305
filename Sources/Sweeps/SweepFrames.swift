// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Frames
internal import Sensors
internal import SystemPackage

/// The frames of some points: there already, or rendered when their turn comes.
struct SweepFrames {
  private enum Kind {
    case given(FrameSet)
    case rendered(SimulationOptions, name: String, at: FilePath, there: FrameSet?)
  }

  private let kind: Kind
  private let probes: PopulationProbes

  /// - Throws: `FileError` for a set that cannot be opened; `SweepError` with code `badPlan` for one that was
  ///   changed since it was planned.
  init(
    _ source: FrameSource, in folder: SweepFolder, template: SimulationOptions,
    probes: PopulationProbes
  ) throws {
    self.probes = probes
    if let given = source.folder {
      let set = try FrameSet(opening: FilePath(given))
      guard set.digest == source.digest else {
        throw SweepError.badPlan("\(given) was changed while it was opened; start again")
      }
      kind = .given(set)
      return
    }
    let options = try FrameSource.options(
      template, source.markerPixels ?? 0, source.quality ?? 0)
    let name = "frames-" + SHA256Digest(of: source.canonicalText).prefix(6)
    let path = folder.work(name)
    // One that an interrupted session rendered; sets appear whole or not at all.
    let there = try? FrameSet(opening: path)
    let isSame = there?.manifest.generator.arguments == source.simulate
    if there != nil, !isSame { folder.removeWork(name) }
    kind = .rendered(options, name: name, at: path, there: isSame ? there : nil)
  }

  /// Frames to handle when the set is run so many times.
  func work(runs: Int) -> Int {
    switch kind {
    case .given(let set): set.manifest.frames.count * runs
    case .rendered(let options, _, _, let there):
      options.totalFrames * (runs + (there == nil ? 1 : 0))
    }
  }

  /// The set, rendered if need be; `step` is called for each frame that is.
  ///
  /// - Throws: as `Simulator.run`.
  func frames(workers: Int, step: @escaping @Sendable () -> Void) async throws -> FrameSet {
    switch kind {
    case .given(let set): return set
    case .rendered(_, _, _, .some(let there)): return there
    case .rendered(let options, _, let path, .none):
      try await Simulator.run(options, probes: probes, to: path, workers: workers) { _ in step() }
      return try FrameSet(opening: path)
    }
  }

  /// Removes what was rendered, and nothing else.
  func remove(from folder: SweepFolder) {
    if case .rendered(_, let name, _, _) = kind { folder.removeWork(name) }
  }
}
