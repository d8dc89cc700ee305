// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import Faces
internal import Frames
internal import Logs
internal import Pipeline

extension ScenarioKeys {
  /// Options of `bench pipeline`, in the order of its help.
  static let benchPipeline: [ScenarioKey] = [
    .init(
      name: "scenario", kind: .choice(of: PipelinePlan.Scenario.self), standard: "cameras",
      words: "How frames are offered."),
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
    .init(
      name: "matcher", kind: .choice(of: MatcherChoice.self), standard: "auto",
      words: "What searches."),
    .init(name: "fpir", kind: .share, standard: "0.003", words: "The rate to aim for."),
    .init(
      name: "track-gap", kind: .duration, standard: "2s", words: "How long a track may go unseen."),
    .init(name: "captures", kind: .count, standard: "3", words: "Best captures that are fused."),
    .init(
      name: "least-captures", kind: .count, standard: "2", words: "Searches a decision needs."),
    .init(
      name: "update-every", kind: .duration, standard: "1s",
      words: "Least time between updates of a sighting."),
    .init(
      name: "scale", kind: .choice(of: DecodeScale.self), standard: "1/1",
      words: "Part of the resolution to decode."),
    .init(
      name: "locate", kind: .choice(of: LocateMode.self), standard: "frame",
      words: "frame, or the set's boxes."),
    .init(
      name: "decimation", kind: .number, standard: "2.0", words: "Smaller to look for markers."),
    .init(name: "threads", kind: .count, standard: nil, words: "Workers and matcher threads."),
    .init(
      name: "bus", kind: .choice(of: PipelineStageOptions.BusChoice.self), standard: "sqlite",
      words: "sqlite or none."),
    .init(
      name: "queue-frames", kind: .count, standard: nil, words: "Frames that may wait."),
    .init(
      name: "queue-bytes", kind: .count, standard: "67108864", words: "Their bytes."),
    .init(
      name: "when-full", kind: .choice(of: QueuePolicy.self), standard: "drop-oldest",
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
    .init(
      name: "log-level", kind: .choice(of: LogLevel.self), standard: "notice",
      words: "What is told as it runs."),
    .init(
      name: "log-format", kind: .choice(of: LogFormat.self), standard: "text",
      words: "text or json."),
    .init(name: "no-live", kind: .flag, standard: "false", words: "Lines, never a live view."),
    .init(name: "fault", kind: .lines, standard: nil, words: "What goes wrong meanwhile."),
    .init(name: "limit", kind: .lines, standard: nil, words: "What must hold at the end."),
    .init(name: "out", kind: .text, standard: nil, words: "A file for the JSON object."),
    .init(name: "trace", kind: .text, standard: nil, words: "A file for frames' ways."),
  ]
}
