// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What searches in the claimed gallery take, from speeds measured on a machine at hand.
///
/// Time and memory are taken as linear in the number of templates: an extrapolation for galleries
/// larger than the one measured, and no account of networks, spares, peaks or failures.
package struct ClaimEffort: Codable, Hashable, Sendable {
  /// Share of a machine's memory that templates may fill.
  package static let usableMemory = 0.9

  package struct Engine: Codable, Hashable, Sendable {
    package let name: String
    package let bytesPerTemplate: Int
    package let galleryBytes: Double
    package let measuredSize: Int
    package let mateRecall: Double?
    /// Machines such as the measured one that hold the gallery in memory.
    package let machinesToHold: Int
    /// Seconds for one search on one machine with memory enough.
    package let secondsAlone: Double
    /// The same in CPU time of all cores together; `nil` where it was not measured.
    package let cpuSecondsAlone: Double?
    /// Machines that share the gallery so that one search on its own is within the claimed time;
    /// `nil` where none is claimed.
    package let machinesInTime: Int?
    /// Probes that share a pass, how long the pass takes, and searches a second that makes.
    package let batch: Int
    package let secondsInBatch: Double
    package let searchesPerSecond: Double
    /// Machines that share the gallery so that it fits, and so that a probe that waits for one pass and
    /// is searched by the next has its answer in the claimed time.
    package let group: Int
    /// Empty without cameras.
    package let loads: [Load]
  }

  /// What a number of cameras takes.
  package struct Load: Codable, Hashable, Sendable {
    package let cameras: Int
    /// Average over the day.
    package let searchesPerSecond: Double
    package let machines: Double
    package let cores: Double
    package let memoryBytes: Double
  }

  package let speed: ClaimSpeed
  package let engines: [Engine]

  init?(_ claim: Claim, speed: ClaimSpeed) {
    guard let size = claim.gallerySize.map(Double.init) else { return nil }
    self.speed = speed
    let memory = Double(speed.machine.memoryBytes) * Self.usableMemory
    engines = speed.engines.map { engine in
      let bytes = size * Double(engine.bytesPerTemplate)
      let toHold = max(1, (bytes / memory).rounded(.up))
      let pass = size * engine.secondsInBatch * Double(engine.batch)
      let forTime = claim.seconds.map { max(1, (2 * pass / $0).rounded(.up)) } ?? 1
      let group = max(toHold, forTime)
      let rate = 1 / (size * engine.secondsInBatch)
      let loads = zip(claim.cameras, claim.facesPerDay).map { cameras, faces in
        let wanted = faces / 86_400
        let machines = group * max(1, (wanted / (rate * group)).rounded(.up))
        return Load(
          cameras: cameras, searchesPerSecond: wanted, machines: machines,
          cores: machines * Double(speed.machine.cores), memoryBytes: machines / group * bytes)
      }
      return Engine(
        name: engine.name, bytesPerTemplate: engine.bytesPerTemplate, galleryBytes: bytes,
        measuredSize: engine.measuredSize, mateRecall: engine.mateRecall,
        machinesToHold: Int(toHold), secondsAlone: size * engine.secondsAlone,
        cpuSecondsAlone: engine.cpuSecondsAlone.map { $0 * size },
        machinesInTime: claim.seconds.map {
          Int(max(toHold, (size * engine.secondsAlone / $0).rounded(.up)))
        },
        batch: engine.batch, secondsInBatch: pass, searchesPerSecond: rate, group: Int(group),
        loads: loads)
    }
  }
}
