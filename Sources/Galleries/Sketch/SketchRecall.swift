// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Population

/// What a search by sketch is asked to find of that which exact search finds.
package struct SketchRecall: Hashable, Sendable {
  /// Share of the mates of enrolled people, captured under `line`, that are to be on the list.
  package var mates: Double
  /// Share of the false alarms that are to be on it, at the threshold whose FPIR is `fpir`.
  package var alarms: Double
  package var fpir: Double
  package var line: QualityLine

  /// The defaults are asked well above the .995 and .99 that they are meant to keep, since the model is
  /// off by up to .004 (`Sketches.md`).
  package init(
    mates: Double = 0.997, alarms: Double = 0.997, fpir: Double = 0.01, line: QualityLine = .c
  ) {
    precondition(mates > 0 && mates < 1 && alarms > 0 && alarms < 1, "a recall is between 0 and 1")
    precondition(fpir > 0 && fpir < 1, "an FPIR is between 0 and 1")
    self.mates = mates
    self.alarms = alarms
    self.fpir = fpir
    self.line = line
  }
}
