// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Synchronization

/// The decode stage alone: frames that are in memory already, to pixels that nobody reads.
package struct DecodeBench: Sendable {
  package let plan: DecodePlan
  private let observer: @Sendable (_ done: Int, _ total: Int) -> Void

  package init(
    _ plan: DecodePlan, observer: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) {
    self.plan = plan
    self.observer = observer
  }

  /// Rounds, with all cases in turn in each. Cancelled, it ends with the rounds that are done.
  ///
  /// - Throws: `FrameError` when a frame is not the one listed, `BenchmarkError` when none decodes.
  package func run() async throws -> DecodeResult {
    let load = Usage.load
    let held = try HeldFrames(plan.frameSet, limit: DecodePlan.heldBytes)
    let decoders = (0..<plan.threads).map { _ in Decoder() }
    let cases = plan.formats.flatMap { format in plan.scales.map { (format, $0) } }
    var rates = [[Double]](repeating: [], count: cases.count)
    var costs = rates
    var decoded = [Int](repeating: 0, count: cases.count)
    var done = 0
    // The first round warms up: buffers grow to the largest frame.
    rounds: for round in 0...plan.rounds {
      for (index, (format, scale)) in cases.enumerated() {
        if Task.isCancelled { break rounds }
        let made = try await measure(held.frames, format, scale, decoders)
        decoded[index] += made.frames
        if round > 0 {
          rates[index].append(Double(made.frames) / (Double(made.usage.wall) / 1e9))
          costs[index].append(Double(made.usage.cpu) / 1e6 / Double(made.frames))
        }
        done += 1
        observer(done, (plan.rounds + 1) * cases.count)
      }
    }
    return DecodeResult(
      frames: held.frames.count, meanBytes: held.meanBytes, meanPixels: held.meanPixels,
      threads: plan.threads,
      cases: cases.indices.map {
        .init(
          format: cases[$0].0.rawValue, scale: cases[$0].1.rawValue, decoded: decoded[$0],
          framesPerSecond: rates[$0],
          cpuMSPerFrame: costs[$0])
      }, allocations: decoders.reduce(0) { $0 + $1.buffer.allocations }, loadBefore: load,
      loadAfter: Usage.load, interrupted: rates.contains { $0.count < plan.rounds })
  }

  /// What a thread decodes with; each is used by one task at a time.
  private final class Decoder: @unchecked Sendable {
    let decoder = JPEGDecoder()
    let buffer = PixelBuffer()
  }

  /// Decodes all frames again and again until the time is over, each thread from a place of its own.
  private func measure(
    _ frames: [[UInt8]], _ format: PixelFormat, _ scale: DecodeScale, _ decoders: [Decoder]
  ) async throws -> (frames: Int, usage: Usage) {
    let start = Usage.now
    let end = start.wall &+ UInt64(plan.seconds * 1e9)
    let counted = try await withThrowingTaskGroup(of: Int.self) { group in
      for (number, own) in decoders.enumerated() {
        group.addTask {
          var count = 0
          var next = number * frames.count / decoders.count
          while Usage.wallNow < end {
            _ = try unsafe frames[next].withUnsafeBufferPointer {
              (bytes) throws(FrameError) in
              try unsafe own.decoder.decode(
                bytes, as: format, scale: scale, into: own.buffer, frame: "a frame")
            }
            count += 1
            next = next + 1 == frames.count ? 0 : next + 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return (max(counted, 1), Usage.now - start)
  }
}

/// The frames of a set that decode, in memory.
struct HeldFrames: Sendable {
  private(set) var frames: [[UInt8]] = []
  private(set) var meanBytes = 0.0
  private(set) var meanPixels = 0.0

  /// - Throws: `FrameError` when a frame is not the one listed, `BenchmarkError` when none decodes.
  init(_ set: FrameSet, limit: Int) throws {
    let reader = FrameReader(set)
    let decoder = JPEGDecoder()
    let buffer = PixelBuffer()
    var (bytes, pixels) = (0, 0)
    for frame in set.manifest.frames where bytes + frame.bytes <= limit {
      do throws(FrameError) {
        try unsafe reader.withBytes(of: frame) { found throws(FrameError) in
          let decoded = try unsafe decoder.decode(found, into: buffer, frame: frame.name)
          guard decoded.warning == nil else { return }
          unsafe frames.append(Array(found))
          bytes += frame.bytes
          pixels += decoded.header.width * decoded.header.height
        }
      } catch {
        // Cameras deliver frames that do not decode; a set that was changed is another matter.
        if error.code != .corrupt, error.code != .tooLarge { throw error }
      }
    }
    guard !frames.isEmpty else {
      throw BenchmarkError(
        .failed, "no frame of the set decodes; render one that does with `sightline simulate`")
    }
    meanBytes = Double(bytes) / Double(frames.count)
    meanPixels = Double(pixels) / Double(frames.count)
  }
}
