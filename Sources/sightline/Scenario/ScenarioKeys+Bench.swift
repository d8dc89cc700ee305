// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension ScenarioKeys {
  /// Options of `bench pipeline`, in the order of its help.
  static let benchPipeline: [ScenarioKey] = [
    .init(
      name: "scenario", kind: .text, standard: "cameras",
      words: "cameras, server, offline, single or multi."),
    .init(
      name: "bound", kind: .text, standard: nil, words: "What p99 must stay under: p99=200ms."),
    .init(
      name: "find-max", kind: .flag, standard: "false", words: "Find the largest load.",
      rivals: ["cameras", "rate"]),
    .init(
      name: "cameras", kind: .count, standard: nil, words: "So many cameras.",
      rivals: ["find-max"]),
    .init(
      name: "rate", kind: .number, standard: nil, words: "So many frames a second.",
      rivals: ["find-max"]),
    .init(name: "fps", kind: .number, standard: nil, words: "Frames a second of each camera."),
    .init(name: "soak", kind: .flag, standard: "false", words: "Go on though frames are late."),
    .init(
      name: "gallery", kind: .text, standard: "procedural:100k",
      words: "A folder, or procedural:N."),
    .init(name: "matcher", kind: .text, standard: "auto", words: "exact, int8, sketch or auto."),
    .init(name: "fpir", kind: .share, standard: "0.003", words: "The rate to aim for."),
    .init(name: "scale", kind: .text, standard: "1/1", words: "1/1, 1/2, 1/4 or 1/8."),
    .init(name: "locate", kind: .text, standard: "frame", words: "frame, or the set's boxes."),
    .init(
      name: "decimation", kind: .number, standard: "2.0", words: "Smaller to look for markers."),
    .init(name: "threads", kind: .count, standard: nil, words: "Workers and matcher threads."),
    .init(name: "bus", kind: .text, standard: "sqlite", words: "sqlite or none."),
    .init(
      name: "queue-frames", kind: .count, standard: nil, words: "Frames that may wait."),
    .init(
      name: "queue-bytes", kind: .count, standard: "67108864", words: "Their bytes."),
    .init(
      name: "when-full", kind: .text, standard: "drop-oldest",
      words: "drop-oldest, drop-newest or block."),
    .init(name: "max-age", kind: .duration, standard: nil, words: "Drop what waited longer."),
    .init(name: "duration", kind: .duration, standard: "10s", words: "Least measured time."),
    .init(name: "warmup", kind: .duration, standard: "1s", words: "Time before it."),
    .init(name: "seed", kind: .count, standard: "1", words: "Seed of phases and arrivals."),
    .init(
      name: "checked", kind: .count, standard: "256", words: "Searches held against exact search."),
    .init(name: "batch", kind: .count, standard: "64", words: "Probes searched together."),
    .init(
      name: "batch-wait", kind: .duration, standard: nil, words: "How long one waits for more."),
    .init(
      name: "batch-backlog-wait", kind: .duration, standard: "20ms",
      words: "How long a batch waits for more while frames queue for a worker."),
    .init(
      name: "batch-per-camera", kind: .count, standard: "16",
      words: "Of one camera, while others wait."),
    .init(name: "metrics", kind: .text, standard: nil, words: "Address to give metrics on."),
    .init(name: "log-level", kind: .text, standard: "notice", words: "What is told as it runs."),
    .init(name: "log-format", kind: .text, standard: "text", words: "text or json."),
    .init(name: "no-live", kind: .flag, standard: "false", words: "Lines, never a live view."),
    .init(name: "fault", kind: .lines, standard: nil, words: "What goes wrong meanwhile."),
    .init(name: "limit", kind: .lines, standard: nil, words: "What must hold at the end."),
    .init(name: "out", kind: .text, standard: nil, words: "A file for the JSON object."),
    .init(name: "trace", kind: .text, standard: nil, words: "A file for frames' ways."),
  ]
}
