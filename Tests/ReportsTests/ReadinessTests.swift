// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Reports
import Testing

@Suite("Readiness")
struct ReadinessTests {
  private let phases: [PipelineSnapshot.Phase] = [.opening, .running, .stopping, .ended]

  @Test("Ready is who takes frames and writes events; where they are forwarded to changes nothing")
  func states() {
    for phase in phases {
      for stuck in [nil, 7.2] {
        let alone = Readiness(phase, stuckSeconds: stuck, forwarding: nil)
        #expect(alone.isReady == (phase == .running && stuck == nil))
        #expect((alone.text == "ready\n") == alone.isReady)
        for away in [nil, 0, 40, 4e6] {
          let other = Readiness(
            phase, stuckSeconds: stuck, forwarding: .init(waiting: 12, awaySeconds: away))
          #expect(other.isReady == alone.isReady)
          #expect(other.text.hasPrefix(alone.text))
          #expect(other.text.contains("away for \(Int(away ?? 0)) s: 12 wait") == (away != nil))
        }
      }
    }
    #expect(Readiness(.running, stuckSeconds: 7.2, forwarding: nil).text.contains("for 7 s"))
  }
}
