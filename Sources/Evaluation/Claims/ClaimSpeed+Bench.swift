// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
package import SystemPackage

extension ClaimSpeed {
  /// The object that `sightline bench match --json` prints, as far as a claim needs it.
  private struct Bench: Decodable {
    struct Row: Decodable {
      struct Agreement: Decodable {
        struct Share: Decodable { let rate: Double? }
        let mates: Share
      }
      let matcher: String
      let threads: Int
      let batch: Int
      let bytesPerTemplate: Int
      /// `nil` in a row that is invalid.
      let nsPerTemplateProbe: Double?
      let cpuNsPerTemplateProbe: Double?
      let agreement: Agreement?
    }
    struct Gallery: Decodable { let size: Int }
    struct Memory: Decodable { let totalBytes: Int }
    struct Computer: Decodable {
      let cpu: String
      let cores: Int
      let memory: Memory
    }
    struct Conditions: Decodable { let loadBefore: Double }

    let rows: [Row]
    let gallery: Gallery
    let machine: Computer
    let conditions: Conditions?
  }

  /// Reads the speeds of a bench: of each matcher the rows with most threads, the smallest and the
  /// fastest batch.
  ///
  /// - Throws: `FileError`, or `EvaluationError` when the file holds no speeds of searches.
  package init(bench path: FilePath) throws {
    let bytes = try WholeFile.read(path, limit: 1 << 26)
    let bad = { (words: String) in EvaluationError(.badMeasurement, "\(path): \(words)") }
    let bench: Bench
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      bench = try decoder.decode(Bench.self, from: Data(bytes))
    } catch {
      throw bad("is no result of `sightline bench match --json`; make one and give its name")
    }
    guard bench.machine.cores > 0, bench.machine.memory.totalBytes > 0 else {
      throw bad("says nothing about the machine; make it again with this sightline")
    }
    let sound = bench.rows.filter {
      ($0.nsPerTemplateProbe ?? 0) > 0 && $0.batch > 0 && $0.bytesPerTemplate > 0
    }
    var names: [String] = []
    for row in sound where !names.contains(row.matcher) { names.append(row.matcher) }
    let engines = names.compactMap { name -> Engine? in
      let threads = sound.filter { $0.matcher == name }.map(\.threads).max()
      let rows = sound.filter { $0.matcher == name && $0.threads == threads }
      guard let alone = rows.min(by: { $0.batch < $1.batch }),
        let best = rows.min(by: {
          ($0.nsPerTemplateProbe ?? 0) < ($1.nsPerTemplateProbe ?? 0)
        })
      else { return nil }
      return Engine(
        name: name, bytesPerTemplate: alone.bytesPerTemplate, measuredSize: bench.gallery.size,
        threads: alone.threads, secondsAlone: (alone.nsPerTemplateProbe ?? 0) * 1e-9,
        batch: best.batch, secondsInBatch: (best.nsPerTemplateProbe ?? 0) * 1e-9,
        cpuSecondsAlone: alone.cpuNsPerTemplateProbe.map { $0 * 1e-9 },
        cpuSecondsInBatch: best.cpuNsPerTemplateProbe.map { $0 * 1e-9 },
        mateRecall: alone.agreement?.mates.rate)
    }
    guard !engines.isEmpty else {
      throw bad("holds no sound row; run the bench with --scenario offline --batch 1,64")
    }
    self.init(
      source: "the bench in \(path.lastComponent?.string ?? path.string)",
      machine: Machine(
        cpu: bench.machine.cpu, cores: bench.machine.cores,
        memoryBytes: bench.machine.memory.totalBytes, load: bench.conditions?.loadBefore ?? 0),
      engines: engines)
  }
}
