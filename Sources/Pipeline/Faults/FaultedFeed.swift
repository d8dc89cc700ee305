// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames

/// What befell the bytes of a frame on their way from the camera.
package enum FrameDamage: Hashable, Sendable {
  /// Only this share of them came, from the first on.
  case truncated(Double)
  /// They are no JPEG.
  case garbage

  /// What came of `bytes`: a part of them, so that nothing is copied.
  func applied(to bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    switch self {
    case .truncated(let share):
      let kept = Int(Double(bytes.count) * share)
      return unsafe UnsafeBufferPointer(rebasing: bytes[..<kept])
    case .garbage:
      // A JPEG begins with 0xFF 0xD8: from its second byte on it is none.
      return unsafe UnsafeBufferPointer(rebasing: bytes.dropFirst())
    }
  }
}

/// The frames of a set as cameras with faults deliver them.
///
/// A pure function of frames, rules and seed, whatever the clock and the threads: the same run tells the
/// same events. Frames of one camera keep their order. O(n log n) for n frames.
package struct FaultedFeed: Sendable {
  /// A fault that befalls a frame, by which rule, and the number of its episode.
  package struct Strike: Hashable, Sendable {
    package let kind: FaultKind
    package let rule: Int
    package let episode: Int
  }

  package struct Delivery: Hashable, Sendable {
    /// Index in the manifest.
    package let frame: Int
    /// When it comes, in microseconds on the frame set's clock.
    package internal(set) var at: Int64
    /// What the camera's clock is wrong by, in microseconds.
    package internal(set) var shift: Int64 = 0
    package internal(set) var damage: FrameDamage?
    /// It came before.
    package internal(set) var isCopy = false
    /// It never comes: only its time passes.
    package internal(set) var isLost = false
    package internal(set) var strikes: [Strike] = []
  }

  /// In the order in which they come.
  package let deliveries: [Delivery]

  /// - Parameter cameras: ids by number; a fault of a camera depends on its number.
  package init(
    _ frames: [FrameSetManifest.Frame], cameras: [String], rules: [FaultRule], seed: UInt64
  ) {
    let rules = rules.enumerated().filter { $0.element.kind.isOfCameras }
    let start = frames.first?.capturedAt ?? 0
    let numbers = Dictionary(
      cameras.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var deliveries: [Delivery] = []
    deliveries.reserveCapacity(frames.count)
    for (index, frame) in frames.enumerated() {
      var delivery = Delivery(frame: index, at: frame.capturedAt)
      var comesTwice: [Strike] = []
      for (place, rule) in rules where rule.cameras.isEmpty || rule.cameras.contains(frame.camera) {
        let chance = FaultChance(
          seed: seed, rule: place, camera: numbers[frame.camera] ?? 0)
        let moment = Double(frame.capturedAt - start) / 1e6
        guard let struck = chance.strike(rule, at: moment, sequence: frame.seq) else { continue }
        let strike = Strike(kind: rule.kind, rule: place, episode: struck.episode)
        switch rule.kind {
        case .away: delivery.isLost = true
        case .stall:
          delivery.at = max(delivery.at, start + Int64((struck.end * 1e6).rounded(.up)))
        case .skew: delivery.shift += Int64((rule.offset * 1e6).rounded())
        case .back: delivery.shift -= Int64((rule.offset * 1e6).rounded())
        case .truncated:
          delivery.damage = delivery.damage ?? .truncated(0.3 + 0.4 * struck.draw)
        case .garbage:
          delivery.damage = .garbage
          // What there is nothing left of was not cut.
          delivery.strikes.removeAll { $0.kind == .truncated }
        case .twice:
          if comesTwice.isEmpty { comesTwice.append(strike) }
          continue
        case .matcher, .disk: continue
        }
        // A frame that is garbage already cannot become that once more.
        let isSame = rule.kind.form == .share && delivery.strikes.contains { $0.kind == rule.kind }
        if !isSame { delivery.strikes.append(strike) }
      }
      if delivery.isLost {
        // Nothing else can befall what never comes.
        delivery = Delivery(
          frame: index, at: frame.capturedAt, isLost: true,
          strikes: delivery.strikes.filter { $0.kind == .away })
      }
      deliveries.append(delivery)
      if !comesTwice.isEmpty, !delivery.isLost {
        var copy = delivery
        copy.isCopy = true
        copy.strikes = comesTwice
        deliveries.append(copy)
      }
    }
    if rules.contains(where: { $0.element.kind == .stall }) {
      // What follows a stalled frame of its camera cannot overtake it.
      var latest = [Int64](repeating: .min, count: cameras.count)
      for index in deliveries.indices {
        guard let camera = numbers[frames[deliveries[index].frame].camera] else { continue }
        latest[camera] = max(latest[camera], deliveries[index].at)
        deliveries[index].at = latest[camera]
      }
      let order = deliveries.indices.sorted {
        (deliveries[$0].at, $0) < (deliveries[$1].at, $1)
      }
      deliveries = order.map { deliveries[$0] }
    }
    self.deliveries = deliveries
  }
}

/// Whether and when a rule strikes one camera: by a hash, so that nobody's asking changes it.
private struct FaultChance {
  let seed: UInt64
  let rule: Int
  let camera: Int

  struct Struck {
    var episode: Int
    /// When the episode ends, in seconds.
    var end = 0.0
    /// Uniform in 0 ..< 1.
    var draw = 0.0
  }

  /// - Parameter moment: seconds since the set's first frame.
  func strike(_ rule: FaultRule, at moment: Double, sequence: Int) -> Struck? {
    switch rule.kind.form {
    case .period, .jump:
      // Cameras do not fail together: each has a phase of its own.
      let phase = unit(0) * (rule.period - rule.seconds)
      let episode = ((moment - phase) / rule.period).rounded(.down)
      let begin = phase + episode * rule.period
      guard episode >= 0, moment < begin + rule.seconds else { return nil }
      return Struck(episode: Int(episode), end: begin + rule.seconds)
    case .offset: return Struck(episode: 0)
    case .share:
      guard unit(1 + 2 * sequence) < rule.share else { return nil }
      return Struck(episode: sequence, draw: unit(2 + 2 * sequence))
    case .calls: return nil
    }
  }

  /// Uniform in 0 ..< 1, for this number (SplitMix64; Steele, Lea and Flood, 2014).
  private func unit(_ number: Int) -> Double {
    var word = seed
    for part in [0x0FA7, rule, camera, number] {
      word = (word ^ UInt64(bitPattern: Int64(part))) &+ 0x9E37_79B9_7F4A_7C15
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      word ^= word >> 31
    }
    return Double(word >> 11) * 0x1p-53
  }
}
