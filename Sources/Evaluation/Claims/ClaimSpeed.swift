// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How fast one machine searches, by encoding of the gallery: what a claim's effort is reckoned from.
package struct ClaimSpeed: Codable, Hashable, Sendable {
  package struct Machine: Codable, Hashable, Sendable {
    package var cpu: String
    package var cores: Int
    package var memoryBytes: Int
    /// Load average when it was measured.
    package var load: Double

    package init(cpu: String, cores: Int, memoryBytes: Int, load: Double) {
      self.cpu = cpu
      self.cores = cores
      self.memoryBytes = memoryBytes
      self.load = load
    }
  }

  /// One encoding, searched by all threads of the machine.
  package struct Engine: Codable, Hashable, Sendable {
    /// `exact`, `int8` or `sketch`.
    package var name: String
    package var bytesPerTemplate: Int
    /// Templates of the gallery that was searched.
    package var measuredSize: Int
    package var threads: Int
    /// Seconds a template for one probe on its own.
    package var secondsAlone: Double
    /// Probes that share a pass, and seconds a template and probe then.
    package var batch: Int
    package var secondsInBatch: Double
    /// The same of CPU time, all threads together, which other programs on the machine disturb less.
    package var cpuSecondsAlone: Double?
    package var cpuSecondsInBatch: Double?
    /// Share of exact search's mates that it lists, where that was measured with it.
    package var mateRecall: Double?

    package init(
      name: String, bytesPerTemplate: Int, measuredSize: Int, threads: Int, secondsAlone: Double,
      batch: Int, secondsInBatch: Double, cpuSecondsAlone: Double? = nil,
      cpuSecondsInBatch: Double? = nil, mateRecall: Double? = nil
    ) {
      self.name = name
      self.bytesPerTemplate = bytesPerTemplate
      self.measuredSize = measuredSize
      self.threads = threads
      self.secondsAlone = secondsAlone
      self.batch = batch
      self.secondsInBatch = secondsInBatch
      self.cpuSecondsAlone = cpuSecondsAlone
      self.cpuSecondsInBatch = cpuSecondsInBatch
      self.mateRecall = mateRecall
    }
  }

  /// Where the figures are from, in words.
  package var source: String
  package var machine: Machine
  package var engines: [Engine]

  package init(source: String, machine: Machine, engines: [Engine]) {
    self.source = source
    self.machine = machine
    self.engines = engines
  }
}
