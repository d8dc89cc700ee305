// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension SimulationOptions {
  /// The arguments of `sightline simulate` that say the same, in one fixed order and all spelled out,
  /// so that a later change of a default does not change what an old manifest means.
  package var arguments: [String] {
    var out = [
      "--cameras", "\(cameras)", "--seconds", "\(seconds)", "--fps", "\(framesPerSecond)",
      "--size", "\(size)", "--seed", "\(seed)", "--crowd", "\(crowd)", "--mated", "\(mated)",
      "--enrolled", "\(enrolled)", "--blur", joined(blur), "--exposure", joined(exposure),
      "--noise", joined(noise), "--quality", joined(quality),
      "--distance", joined(distance.map(\.rawValue)), "--dropped", "\(dropped)",
      "--truncated", "\(truncated)", "--garbage", "\(garbage)",
    ]
    if let people { out += ["--people", "\(people)"] }
    if crossing { out.append("--crossing") }
    if revisits { out.append("--revisits") }
    return out
  }

  private func joined<Value>(_ values: [Value]) -> String {
    values.map { "\($0)" }.joined(separator: ",")
  }
}
