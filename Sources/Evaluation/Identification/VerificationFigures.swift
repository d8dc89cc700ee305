// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// EER and FMR100 as toolkits for verification compute them, so that ours can be held against theirs.
///
/// The genuine scores are those of mates, the impostor scores the best of each non-mated search: pooling
/// the scores of all pairs would make alarms look rarer by a factor of the list length. Conventions of
/// pyeer 0.5.6: thresholds are the scores that occur; FMR(t) is the share of impostors at t or above,
/// FNMR(t) that of genuine scores below; FMR100 is FNMR where FMR is nearest to .01, at the lowest such t;
/// EER by D. Maio et al., "FVC2000", IEEE TPAMI 24 (2002): the midpoint of the narrower pair of rates next
/// to where they cross.
extension AccuracyResult.VerificationFigures {
  /// `nil` without scores of both sorts. O(n log n).
  package init?(genuine: [Float], impostors: [Float]) {
    guard !genuine.isEmpty, !impostors.isEmpty else { return nil }
    let (genuine, impostors) = (genuine.sorted(), impostors.sorted())
    var thresholds: [Float] = []
    var fmr: [Double] = []
    var fnmr: [Double] = []
    var (g, i) = (0, 0)
    while g < genuine.count || i < impostors.count {
      let next =
        g == genuine.count
        ? impostors[i] : i == impostors.count ? genuine[g] : min(genuine[g], impostors[i])
      thresholds.append(next)
      fnmr.append(Double(g) / Double(genuine.count))
      fmr.append(Double(impostors.count - i) / Double(impostors.count))
      while g < genuine.count, genuine[g] == next { g += 1 }
      while i < impostors.count, impostors[i] == next { i += 1 }
    }
    let nearest = { (rate: Double) in
      var best = 0
      for index in fmr.indices where (fmr[index] - rate).magnitude < (fmr[best] - rate).magnitude {
        best = index
      }
      return best
    }
    self.genuine = genuine.count
    self.impostors = impostors.count
    let (hundred, thousand, zero) = (nearest(0.01), nearest(0.001), nearest(0))
    fmr100 = fnmr[hundred]
    fmr100Threshold = thresholds[hundred]
    fmr1000 = fnmr[thousand]
    fmr1000Threshold = thresholds[thousand]
    zeroFmr = fnmr[zero]
    guard let right = fmr.indices.first(where: { fmr[$0] <= fnmr[$0] }) else {
      // Every genuine score is below the best impostor: the curves do not cross at any score.
      (eer, eerThreshold) = (1, thresholds[0])
      return
    }
    let left = fmr[right] == fnmr[right] || right == 0 ? right : right - 1
    let chosen = fmr[left] + fnmr[left] <= fmr[right] + fnmr[right] ? left : right
    eer = (fmr[chosen] + fnmr[chosen]) / 2
    eerThreshold = thresholds[chosen]
  }
}
