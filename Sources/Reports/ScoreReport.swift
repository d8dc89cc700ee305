// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation

/// The object that `score --json` prints.
package struct ScoreReport: Codable, Hashable, Sendable {
  package var runID: String
  /// `finished`, `stopped`, or `running`, which a killed run stays.
  package var runState: String
  package var right: Int
  package var wrong: Int
  /// Of `wrong`: those a later revision took back.
  package var retracted: Int
  package var missed: Int
  /// Mated appearances that count: `right` + `missed`.
  package var appearances: Int
  package var repeated: Int
  /// Right sightings of appearances below the minimum marker size.
  package var belowSize: Int
  package var nonMated: Int
  package var minimumMarkerPixels: Double
  /// `right` / `appearances` with its 95 % Wilson interval; absent without appearances.
  package var found: Double?
  package var foundInterval95: [Double]
  /// Wrong names the model expects of the non-mated appearances: from one search each, to one for each
  /// quality tier. Their markers may be of any size.
  package var expectedWrong: [Double]
  package var gallerySize: Int

  private enum CodingKeys: String, CodingKey {
    case runID = "run_id"
    case runState = "run_state"
    case retracted
    case right, wrong, missed, appearances, repeated
    case belowSize = "below_size"
    case nonMated = "non_mated"
    case minimumMarkerPixels = "minimum_marker_px"
    case found
    case foundInterval95 = "found_ci95"
    case expectedWrong = "expected_wrong"
    case gallerySize = "gallery_size"
  }

  /// `tiers` is the number of quality tiers of the frame set.
  package init(_ score: SightingScore, of run: RecordedRun, tiers: Int) {
    runID = run.runID
    runState = run.state
    retracted = score.retracted
    right = score.right
    wrong = score.wrong
    missed = score.missed
    appearances = score.appearances
    repeated = score.repeated
    belowSize = score.belowSize
    nonMated = score.nonMated
    minimumMarkerPixels = score.minimumMarker
    found = score.found.rate
    foundInterval95 = [score.found.interval.lowerBound, score.found.interval.upperBound]
    let least = run.searchFPIR * Double(score.nonMated)
    expectedWrong = [least, least * Double(tiers)]
    gallerySize = run.gallerySize
  }

  package var text: String {
    let rate =
      found.map {
        " (\(Text.fixed($0, 3)), 95 % interval \(Text.fixed(foundInterval95[0], 3)) to "
          + "\(Text.fixed(foundInterval95[1], 3)))"
      } ?? ""
    var rows: [String] = []
    if runState != "finished" {
      rows.append("This run is not finished (\(runState)): what it has not seen counts as missed.")
    }
    rows += [
      "Run \(runID) against the truth, gallery of \(Text.count(gallerySize))",
      "  right     \(right) of \(appearances) appearances of enrolled people whose marker reached "
        + "\(Text.fixed(minimumMarkerPixels, 0)) px\(rate)",
      "  missed    \(missed)",
      "  wrong     \(wrong) sightings with a wrong name"
        + (retracted > 0 ? ", \(retracted) of them taken back later" : "")
        + "; the model expects \(Text.fixed(expectedWrong[0], 2)) to "
        + "\(Text.fixed(expectedWrong[1], 2)), as each person is searched once to once a tier",
      "  non-mated \(nonMated) appearances of people who are not in the gallery",
    ]
    if repeated > 0 { rows.append("  repeated  \(repeated) sightings of a pass named already") }
    if belowSize > 0 {
      rows.append("  extra     \(belowSize) right among appearances too small to count")
    }
    return rows.joined(separator: "\n")
  }
}
