// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Galleries
internal import Markers

/// What a run would take, before it begins.
extension RunConfiguration {
  /// Bytes that the stages keep, the gallery left out.
  package var stageBytes: Int {
    let pixels = frameSet.manifest.cameras.map { $0.width * $0.height }.max() ?? 0
    let jpeg = frameSet.manifest.frames.map(\.bytes).max() ?? 0
    // Decoded pixels, the locator's own copies of them, and the file's bytes.
    return threads * (8 * pixels / (scale.divisor * scale.divisor) + jpeg * 5 / 4)
  }

  /// Bytes of the list of the set's frames, while it is read and after: 1.8 kB a frame, measured with 19,200 and
  /// with 96,000.
  package var setBytes: Int { frameSet.manifest.frames.count * 1_800 }

  /// The most bytes that one frame can keep when it has passed a worker: a face for every marker there is, and a
  /// list for every appearance of its camera.
  package var largestFrameBytes: Int {
    var appearances: [String: Int] = [:]
    for appearance in frameSet.manifest.appearances {
      appearances[appearance.camera, default: 0] += 1
    }
    return ProcessedFrame.bytes(
      faces: MarkerFamily.count, searched: min(appearances.values.max() ?? 0, MarkerFamily.count),
      candidates: candidates)
  }

  /// The most bytes that frames between workers and tracker can keep: so many frames of the largest kind or,
  /// where that is less, what the window allows and what those find that had come in before it was full.
  package var mostKeptBytes: Int {
    let (flight, largest) = (flightLimits, largestFrameBytes)
    let before = intakeLimits.elements + threads + 1
    return min(flight.frames * largest, min(flight.bytes, .max / 2) + before * largest)
  }

  /// Bytes of the gallery in memory; `nil` for a folder, which is mapped.
  ///
  /// - Throws: `FileError`, `GalleryError` for a folder that is none.
  package func galleryBytes() throws -> Int? {
    let encoding = try gallery.encoding()
    guard case .procedural(let size) = gallery else { return nil }
    switch matcher == .auto ? MatcherChoice(fitting: encoding) : matcher {
    case .sketch: return size * 16
    case .int8: return size * 516
    case .exact, .auto: return size * 2_048
    }
  }

  /// Seconds; exact on the wall clock, else to a factor of two or so. The gallery's are not in it.
  package var estimatedSeconds: Double {
    if let planned = plannedSeconds() { return planned }
    let frames = frameSet.manifest.frames
    let pixels = frameSet.manifest.cameras.map { $0.width * $0.height }.max() ?? 0
    return Double(frames.count) * (0.003 + Double(pixels) * 2e-8) / Double(threads)
  }

  /// Seconds in which the frames after those of a run that is resumed are to come in; `nil` on the virtual
  /// clock, where they come as fast as they are taken. O(frames).
  ///
  /// - Parameter last: the last sequence number behind it, by camera.
  package func plannedSeconds(after last: [String: Int] = [:]) -> Double? {
    guard clock == .wall else { return nil }
    let frames = frameSet.manifest.frames
    guard let end = frames.last, let first = frames.first(where: { $0.seq > last[$0.camera] ?? -1 })
    else { return 0 }
    return Double(end.capturedAt - first.capturedAt) / 1e6
  }

  package var frameCount: Int { frameSet.manifest.frames.count }
  package var cameraCount: Int { frameSet.manifest.cameras.count }
}
