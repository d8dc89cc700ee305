// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
package import SystemPackage

/// What `plan.json` of a run folder holds.
struct PlanRecord: Codable {
  static let currentFormat = 1

  var formatVersion: Int
  var plan: AccuracyPlan
  var outcomesDigest: SHA256Digest

  init(_ plan: AccuracyPlan) {
    formatVersion = Self.currentFormat
    self.plan = plan
    outcomesDigest = plan.outcomesDigest
  }

  private struct Version: Codable {
    var formatVersion: Int
  }

  /// - Throws: `FileError`; `EvaluationError` with code `newerVersion`, or `badRun` for a damaged file.
  static func read(_ path: FilePath) throws -> PlanRecord {
    let damaged = EvaluationError.badRun(
      "\(path) is damaged or no plan of `sightline accuracy`; choose another folder")
    let data = Data(try WholeFile.read(path, limit: 1 << 26))
    // The version first, to tell a later one from a damaged one.
    guard let version = try? AccuracyFolder.decoder.decode(Version.self, from: data) else {
      throw damaged
    }
    guard version.formatVersion <= currentFormat else {
      throw EvaluationError(
        .newerVersion,
        "\(path) is of format \(version.formatVersion), and this sightline reads up to "
          + "\(currentFormat); use a newer one, or another folder")
    }
    guard let record = try? AccuracyFolder.decoder.decode(PlanRecord.self, from: data),
      record.outcomesDigest == record.plan.outcomesDigest
    else { throw damaged }
    return record
  }
}

/// The outcomes in a run folder, to be read: by exporters, and to compare runs search by search.
package struct AccuracyRecording: Sendable {
  package let path: FilePath
  package let plan: AccuracyPlan

  /// - Throws: as `PlanRecord.read`.
  package init(_ path: FilePath) throws {
    self.path = path
    plan = try PlanRecord.read(path.appending(AccuracyFolder.planName)).plan
  }

  /// All outcomes of a point, in the order of its probes.
  ///
  /// - Throws: `FileError`; `EvaluationError` with code `badRun` where searches are still to be made.
  package func outcomes(of point: AccuracyPoint) throws -> [SearchOutcome] {
    let file = try OutcomeFile(
      path.appending(AccuracyFolder.outcomesName).appending("\(plan.id(of: point)).outcomes"),
      canonicalText: plan.canonicalText(of: point), readOnly: true)
    let wanted = plan.mated + plan.nonMated
    guard file.outcomes.count == wanted else {
      throw EvaluationError.badRun(
        "\(path) has \(file.outcomes.count) of \(wanted) searches of point \(plan.id(of: point)); run its "
          + "`sightline accuracy` again to finish it")
    }
    return file.outcomes
  }

  /// Columns of a point's outcomes.
  package func sample(of point: AccuracyPoint) throws -> SearchSample {
    SearchSample(try outcomes(of: point), room: min(plan.k, point.gallerySize))
  }

  /// The point of this id or number, counted from 1; the only one if there is but one.
  ///
  /// - Throws: `EvaluationError` with code `badPlan`.
  package func point(_ name: String?) throws -> AccuracyPoint {
    guard let name else {
      guard plan.points.count == 1 else {
        throw EvaluationError.badPlan(
          "\(path) has \(plan.points.count) points: choose one with --point and its number")
      }
      return plan.points[0]
    }
    if let number = Int(name), plan.points.indices.contains(number - 1) {
      return plan.points[number - 1]
    }
    guard let point = plan.points.first(where: { plan.id(of: $0) == name }) else {
      throw EvaluationError.badPlan(
        "\(path) has no point \(name): give a number from 1 to \(plan.points.count), or an id of its "
          + "result")
    }
    return point
  }
}
