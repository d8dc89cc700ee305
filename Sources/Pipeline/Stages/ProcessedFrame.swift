// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Faces
package import Frames
package import Matching

/// A frame on its way in.
package struct FrameTicket: Sendable {
  package let frame: FrameSetManifest.Frame
  /// Index of its camera in the manifest, or of its feed.
  package let camera: Int
  /// The sequence whose order is kept: one for all cameras on the virtual clock, so that the log is the
  /// same whatever the threads; one a camera on the wall clock, so that none waits for another.
  package let lane: Int
  /// Counts the frames of its lane that came in, from 0, without gaps.
  package let order: Int
  /// Capture time as events tell it, in microseconds since 1970: the frame set's on the virtual clock,
  /// the scheduled time of day on the wall clock.
  package let capturedAt: Int64
  /// When the frame came in, on the monotonic clock: latency counts from here.
  package let admittedAt: UInt64
  /// The camera and the number of the frame as events tell them: the manifest's, unless a frame set stands
  /// for more cameras than it has.
  package let feed: String
  package let sequence: Int
  /// Whether the frame counts in a measurement; those of the time to warm up do not.
  package let isMeasured: Bool
  /// What befell its bytes.
  package var damage: FrameDamage?

  package init(
    frame: FrameSetManifest.Frame, camera: Int, lane: Int, order: Int, capturedAt: Int64,
    admittedAt: UInt64, feed: String? = nil, sequence: Int? = nil, isMeasured: Bool = true
  ) {
    self.frame = frame
    self.feed = feed ?? frame.camera
    self.sequence = sequence ?? frame.seq
    self.isMeasured = isMeasured
    self.camera = camera
    self.lane = lane
    self.order = order
    self.capturedAt = capturedAt
    self.admittedAt = admittedAt
  }
}

/// A face of a frame, as far as it got.
package struct FrameFace: Sendable {
  package let face: LocatedFace
  package let outcome: FaceEmbedder.Outcome
  /// Best first; empty when not embedded.
  package var candidates: [Candidate] = []
}

/// A frame that has passed the workers, whatever came of it.
package struct ProcessedFrame: Sendable {
  package enum Outcome: Sendable {
    /// Decoded, at this full-resolution size; `warning` says what may be damaged.
    case decoded(width: Int, height: Int, warning: String?)
    case failed(FrameError)
    case dropped(DropReason)
    /// It never came in: its camera was away.
    case absent
  }

  package let ticket: FrameTicket
  package let outcome: Outcome
  package var faces: [FrameFace] = []
  package var times = FrameTimes()
  /// What it keeps until the tracker has done with it; 0 until a worker has told.
  package var keptBytes = 0

  package init(
    ticket: FrameTicket, outcome: Outcome, faces: [FrameFace] = [], times: FrameTimes = FrameTimes()
  ) {
    self.ticket = ticket
    self.outcome = outcome
    self.faces = faces
    self.times = times
  }
}

extension ProcessedFrame {
  /// Bytes of a frame with so many faces, of which so many are searched for lists of `candidates`: neither
  /// pixels nor embeddings are among them, since a face is a box, a row of the probes and a list.
  package static func bytes(faces: Int, searched: Int, candidates: Int) -> Int {
    // What an array takes before its first element.
    let head = 32
    return MemoryLayout<ProcessedFrame>.stride + head + faces * MemoryLayout<FrameFace>.stride
      + searched * (head + candidates * MemoryLayout<Candidate>.stride)
  }

  /// Faces that are searched.
  var probes: Int {
    faces.count { face in
      if case .embedded(_, _) = face.outcome { true } else { false }
    }
  }
}

/// Where a frame's time went so far, in nanoseconds; waiting apart from work.
package struct FrameTimes: Sendable {
  package var untilDecode: UInt64 = 0
  package var decode: UInt64 = 0
  package var locateAndEmbed: UInt64 = 0
  package var queuedForMatch: UInt64 = 0
  package var match: UInt64 = 0
  package var marks = FrameMarks()
}

/// When a frame passed what, on the monotonic clock in nanoseconds; 0 for what it did not pass.
package struct FrameMarks: Sendable {
  /// The worker that had it.
  package var worker = 0
  package var started: UInt64 = 0
  package var read: UInt64 = 0
  package var decoded: UInt64 = 0
  package var located: UInt64 = 0
  package var embedded: UInt64 = 0
  package var matchStarted: UInt64 = 0
  package var matched: UInt64 = 0
  package var trackStarted: UInt64 = 0
  package var tracked: UInt64 = 0
}
