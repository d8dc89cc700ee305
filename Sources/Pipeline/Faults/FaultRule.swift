// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What may go wrong while a run is under way.
package enum FaultKind: String, CaseIterable, Codable, Hashable, Sendable {
  /// A camera stands still; what it captured meanwhile comes all at once, late.
  case stall
  /// A camera is gone and comes back; what it would have captured is lost.
  case away
  /// A camera's clock is wrong by a fixed time.
  case skew
  /// A camera's clock jumps back, and right again after a while.
  case back
  /// A frame comes twice.
  case twice
  /// A frame is cut short.
  case truncated
  /// A frame's bytes are no JPEG.
  case garbage
  /// Searches wait before they begin.
  case matcher
  /// Commits of the log wait before they begin.
  case disk

  /// What a rule of this kind must say.
  enum Form { case period, jump, offset, share, calls }

  var form: Form {
    switch self {
    case .stall, .away: .period
    case .back: .jump
    case .skew: .offset
    case .twice, .truncated, .garbage: .share
    case .matcher, .disk: .calls
    }
  }

  /// Whether it befalls cameras, and not a part of the pipeline.
  package var isOfCameras: Bool { form != .calls }

  /// What a rule of this kind looks like, without the kind.
  package var example: String {
    switch form {
    case .period: "every 20 s for 3 s at cam-01"
    case .jump: "every 20 s for 3 s by 2 s at cam-01"
    case .offset: "by -300 ms at cam-02"
    case .share: "2 %"
    case .calls: "every 10 for 200 ms"
    }
  }

  /// For people.
  package var words: String {
    switch self {
    case .stall: "Cameras stand still, and deliver late what they captured meanwhile."
    case .away: "Cameras are gone for a time, and what they would have captured is lost."
    case .skew: "Cameras' clocks are wrong by a fixed time."
    case .back: "Cameras' clocks jump back for a time."
    case .twice: "A share of the frames comes twice."
    case .truncated: "A share of the frames is cut short."
    case .garbage: "A share of the frames holds no JPEG."
    case .matcher: "Every so many batches of searches wait."
    case .disk: "Every so many commits of the log wait."
    }
  }
}

/// One rule of what goes wrong, such as `stall every 20 s for 3 s at cam-01`.
package struct FaultRule: Hashable, Sendable {
  package let kind: FaultKind
  /// From one beginning to the next: seconds of capture time, or calls.
  package internal(set) var period = 0.0
  /// How long it lasts, in seconds: of capture time for cameras, else of the clock.
  package internal(set) var seconds = 0.0
  /// How wrong the clock is, in seconds.
  package internal(set) var offset = 0.0
  /// Of the frames, 0...1.
  package internal(set) var share = 0.0
  /// Ids of the cameras that it befalls; all if empty.
  package internal(set) var cameras: [String] = []

  init(_ kind: FaultKind) { self.kind = kind }
}

extension FaultRule: CustomStringConvertible {
  /// The rule as it may be written; the same for rules that do the same.
  package var description: String {
    let terms =
      switch kind.form {
      case .period: "every \(period) s for \(seconds) s"
      case .jump: "every \(period) s for \(seconds) s by \(offset) s"
      case .offset: "by \(offset) s"
      case .share: "\(share)"
      case .calls: "every \(period) for \(seconds) s"
      }
    return "\(kind.rawValue) \(terms)"
      + (cameras.isEmpty ? "" : " at \(cameras.joined(separator: ","))")
  }
}
