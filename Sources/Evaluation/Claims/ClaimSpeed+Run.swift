// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

extension ClaimSpeed {
  /// These speeds, with those of searches together as labelled searches on the same machine had them, where
  /// their gallery was nearly as large as the claimed one: measured beats taken as linear.
  package func measured(by results: [AccuracyResult], gallerySize: Int) -> ClaimSpeed {
    var speed = self
    for result in results
    where result.machine.cpu == machine.cpu && result.machine.cores == machine.cores {
      for point in result.points
      where Double(point.gallerySize) >= 0.9 * Double(gallerySize) && point.cost.searched > 0 {
        guard
          let place = speed.engines.firstIndex(where: {
            $0.name == point.matcher.name && $0.measuredSize < point.gallerySize
          })
        else { continue }
        let products = Double(point.cost.searched) * Double(point.gallerySize)
        speed.engines[place].batch = point.cost.batch
        speed.engines[place].secondsInBatch = point.cost.wallSeconds / products
        speed.engines[place].cpuSecondsInBatch = point.cost.cpuSeconds / products
        speed.engines[place].measuredSize = point.gallerySize
        speed.source +=
          "; \(point.matcher.name) searches together by \(point.cost.searched) of the run"
      }
    }
    return speed
  }
}
