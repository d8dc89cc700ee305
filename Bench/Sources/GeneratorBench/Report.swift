// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation

/// What was measured, as JSON and as a page.
struct Report: Encodable {
  let machine: String
  let load: Double
  let version: String
  let openBLAS: String
  let variant: String
  let rounds: Int
  let identities: Int
  /// Nanoseconds an identity, by step and round.
  let nanoseconds: [String: [Double]]
  let medians: [String: Double]
  let perSecondAndCore: [String: Double]
  let ratios: [String: Double]

  init(
    machine: String, load: Double, version: String, openBLAS: String, variant: String, rounds: Int,
    identities: Int, times: [Step: [Double]]
  ) {
    (self.machine, self.load, self.version) = (machine, load, version)
    (self.openBLAS, self.variant) = (openBLAS, variant)
    (self.rounds, self.identities) = (rounds, identities)
    let names = times.map { ($0.key.rawValue, $0.value) }
    nanoseconds = Dictionary(uniqueKeysWithValues: names)
    let medians = nanoseconds.mapValues(Self.median)
    self.medians = medians
    perSecondAndCore = medians.mapValues { 1e9 / $0 }
    func of(_ step: Step) -> Double { medians[step.rawValue] ?? .nan }
    ratios = [
      "latent / words": of(.latent) / of(.words),
      "template / words": of(.template) / of(.words),
      "template / sgemm": of(.template) / of(.sgemm),
      "template / (words + sgemm)": of(.template) / (of(.words) + of(.sgemm)),
      "people / latent": of(.people) / of(.latent),
    ]
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }

  var markdown: String {
    func text(_ x: Double, _ places: Int) -> String { String(format: "%.\(places)f", x) }
    var lines = [
      "# The generator", "",
      "`Bench/generator \(rounds)`: \(machine), load \(text(load, 1)) before; version \(version), "
        + "kernels \(variant), OpenBLAS \(openBLAS).",
      "One thread, \(rounds) interleaved rounds of \(identities) identities, CPU time, medians "
        + "(least to most).", "",
      "| step | ns an identity | a second and core |", "| --- | ---: | ---: |",
    ]
    for step in Step.allCases {
      guard let all = nanoseconds[step.rawValue], let median = medians[step.rawValue],
        let least = all.min(), let most = all.max()
      else { continue }
      lines.append(
        "| \(step.title) | \(text(median, 1)) (\(text(least, 1)) to \(text(most, 1))) | "
          + "\(text(1e3 / median, 2)) million |")
    }
    lines += ["", "| ratio of medians | |", "| --- | ---: |"]
    for name in ratios.keys.sorted() {
      lines.append("| \(name) | \(text(ratios[name] ?? .nan, 2)) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
