// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension ImpostorModel {
  /// FPIR in `gallerySize` templates at the thresholds k / 100 for k in `hundredths`, in their order.
  ///
  /// Rows of the grid are kept, so that whole curves for many sizes cost little more than one: the first
  /// call takes 1 to 2 ms a threshold, later ones some 20 microseconds.
  package func fpirs(atHundredths hundredths: ClosedRange<Int>, gallerySize: Int) -> [Double] {
    precondition(
      hundredths.lowerBound >= -100 && hundredths.upperBound <= 100, "a cosine lies from -1 to 1")
    return gridRates(
      from: hundredths.lowerBound, through: hundredths.upperBound, gallerySize: gallerySize,
      count: 1)
  }
}
