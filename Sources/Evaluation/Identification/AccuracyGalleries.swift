// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Galleries
package import Population

/// The galleries of a plan before any template is read.
package enum AccuracyGalleries {
  /// The population of all of them, and their sizes. A folder says its own population; `seed` decides that
  /// of procedural galleries, 1 if not given, and `relatives` and `cells` are parts of theirs.
  ///
  /// - Throws: `FileError` for a folder that cannot be opened; `GalleryError` for vectors from elsewhere;
  ///   `EvaluationError` with code `badPlan` where folder and seed disagree.
  package static func open(
    _ galleries: [GalleryArgument], seed: UInt64?, relatives: Relatives? = nil,
    cells: DemographicCells? = nil
  ) throws -> (population: Population, sizes: [Int]) {
    var population: Population?
    let sizes = try galleries.map { argument -> Int in
      guard case .stored(let path) = argument else {
        guard case .procedural(let size) = argument else { return 0 }
        return size
      }
      let gallery = try StoredGallery.open(path)
      try gallery.requireSimulated()
      guard let drawn = gallery.manifest.population else { return 0 }
      guard seed == nil || seed == drawn.seed else {
        throw EvaluationError.badPlan(
          "\(path) was drawn with seed \(drawn.seed); leave --seed out, or give that")
      }
      guard relatives == nil, cells == nil else {
        throw EvaluationError.badPlan(
          "\(path) says who is in it; leave --nation and --cells out, which are for procedural galleries"
        )
      }
      population = try Population(drawn)
      return gallery.count
    }
    if let population { return (population, sizes) }
    var description = PopulationDescription(seed: seed ?? 1)
    description.relatives = relatives
    description.cells = cells
    return (try Population(description), sizes)
  }
}
