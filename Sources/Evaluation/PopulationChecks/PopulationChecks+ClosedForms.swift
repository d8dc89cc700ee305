// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Population

extension PopulationChecks {
  private func threshold(_ size: Int) -> Double { model.threshold(fpir: 0.003, gallerySize: size) }

  private func fnir(
    _ size: Int, _ line: QualityLine, _ condition: CaptureCondition = .enrolment
  ) -> Double {
    model.fnir(
      threshold: threshold(size), gallerySize: size, line: line, condition: condition)
  }

  func closedForms() -> [PopulationCheck] {
    let large = 12_000_000
    let line = { (number: Int, line: QualityLine, miss: Double, missed: Double, share: Double) in
      PopulationCheck(
        number, "N = 12 million, line \(line.name), closed form",
        [
          Figure(
            "rank-1 miss", miss, within: share * miss, decimals: 5,
            measured: model.rankOneMiss(gallerySize: large, line: line)),
          Figure(
            "FNIR at FPIR .003", missed, within: share * missed, decimals: 5,
            measured: fnir(large, line)),
        ])
    }
    let exponents = [(QualityLine.b, 0.46), (.c, 0.38), (.d, 0.38)].map { line, expected in
      Figure(
        line.name, expected, within: 0.05, decimals: 2,
        measured: log(fnir(large, line) / fnir(1_600_000, line)) / log(7.5))
    }
    let single = model.threshold(fmr: 1e-4)
    return [
      line(11, .c, 0.0027, 0.0364, 0.03),
      line(12, .b, 0.0012, 0.0137, 0.10),
      PopulationCheck(13, "growth exponent of FNIR from 1.6 to 12 million", exponents),
      PopulationCheck(
        14, "T(12 million) - T(640,000) at FPIR .003",
        [
          Figure(
            "rise", 0.0348, within: 0.002, decimals: 4,
            measured: threshold(large) - threshold(640_000))
        ]),
      PopulationCheck(
        15, "FPIR where N x FMR = 1, N = 10,000; independence says .632",
        [
          Figure(
            "FPIR", 0.37, within: 0.03, decimals: 3,
            measured: model.fpir(threshold: single, gallerySize: 10_000))
        ]),
    ]
  }

  func conditions() -> [PopulationCheck] {
    [
      PopulationCheck(
        18, "kiosk, line C, 1.6 million, FPIR .003, closed form",
        [
          Figure(
            "FNIR", 0.173, within: 0.02, decimals: 4, measured: fnir(1_600_000, .c, .kiosk))
        ]),
      PopulationCheck(
        19, "12 years (-.06), line C, 3 million, FPIR .003, closed form",
        [
          Figure(
            "FNIR", 0.150, within: 0.02, decimals: 4,
            measured: fnir(3_000_000, .c, .shifted(by: -0.06)))
        ]),
    ]
  }
}
