// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Testing

@Suite("EER and FMR100 as verification toolkits compute them")
struct VerificationFigureTests {
  private typealias Figures = AccuracyResult.VerificationFigures

  @Test("On paper: four genuine and five impostor scores")
  func onPaper() throws {
    // t        .1   .2   .3   .4   .5   .6   .7   .8   .9
    // sort      i    i    i    g    i    g    i    g    g
    // FMR      5/5  4/5  3/5  2/5  2/5  1/5  1/5   0    0
    // FNMR      0    0    0    0   1/4  1/4  2/4  2/4  3/4
    let figures = try #require(
      Figures(genuine: [0.4, 0.6, 0.8, 0.9], impostors: [0.1, 0.2, 0.3, 0.5, 0.7]))
    // First t with FMR <= FNMR is .6 (.2, .25); before it .5 (.4, .25). .2 + .25 is less: (.2 + .25) / 2.
    #expect(abs(figures.eer - 0.225) < 1e-12)
    #expect(figures.eerThreshold == 0.6)
    // The FMR nearest to .01, .001 and 0 is 0, first at .8: FNMR 2/4.
    #expect(figures.fmr100 == 0.5 && figures.fmr1000 == 0.5 && figures.zeroFmr == 0.5)
    #expect(figures.fmr100Threshold == 0.8)
  }

  @Test("Separated scores have an EER of 0, and scores that never cross one of 1")
  func extremes() throws {
    let apart = try #require(Figures(genuine: [0.8, 0.9], impostors: [0.1, 0.2]))
    #expect(apart.eer == 0 && apart.fmr100 == 0)
    let upside = try #require(Figures(genuine: [0.1], impostors: [0.9]))
    // At .9: FMR 1, FNMR 1: they meet there.
    #expect(upside.eer == 1)
    #expect(Figures(genuine: [], impostors: [0.1]) == nil)
  }

  @Test("All scores equal: FMR is 1 and FNMR 0, the only threshold there is")
  func tied() throws {
    let figures = try #require(Figures(genuine: [0.5, 0.5], impostors: [0.5]))
    #expect(figures.fmr100 == 0 && figures.eer == 1)
  }
}
