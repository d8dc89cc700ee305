// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Faces
internal import Frames
package import Matching
internal import Pipeline
internal import Synchronization

/// What became of one marker in one frame.
package struct LoggedCapture: Hashable, Sendable {
  /// Camera, sequence number of the frame, and marker.
  package struct Key: Hashable, Sendable {
    package let camera: String
    package let sequence: Int
    package let marker: Int

    package init(camera: String, sequence: Int, marker: Int) {
      self.camera = camera
      self.sequence = sequence
      self.marker = marker
    }
  }

  /// Whether it was embedded, and so searched; else it was below the quality floor (FTX).
  package let isEmbedded: Bool
  /// Best first.
  package let candidates: [Candidate]

  package init(isEmbedded: Bool, candidates: [Candidate]) {
    self.isEmbedded = isEmbedded
    self.candidates = candidates
  }
}

/// Collects what a run saw, marker by marker, for it to be held against the truth afterwards.
final class CaptureLog: Sendable {
  private let captures = Mutex<[LoggedCapture.Key: LoggedCapture]>([:])

  @Sendable func record(_ frame: ProcessedFrame) {
    guard !frame.faces.isEmpty else { return }
    let (camera, sequence) = (frame.ticket.frame.camera, frame.ticket.frame.seq)
    captures.withLock { captures in
      for face in frame.faces {
        var isEmbedded = false
        if case .embedded = face.outcome { isEmbedded = true }
        captures[.init(camera: camera, sequence: sequence, marker: face.face.marker)] =
          LoggedCapture(isEmbedded: isEmbedded, candidates: face.candidates)
      }
    }
  }

  var all: [LoggedCapture.Key: LoggedCapture] { captures.withLock { $0 } }
}
