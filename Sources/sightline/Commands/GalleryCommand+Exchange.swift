// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Galleries
internal import SystemPackage

extension GalleryCommand {
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write templates as one float32 file for other programs.",
      discussion:
        "int8 templates are multiplied out. templates.fbin of a float32 gallery needs no export.")

    @Argument(help: "Folder of the gallery.")
    var gallery: String

    @Option(help: ArgumentHelp("File to write: .fbin or .npy.", valueName: "file"))
    var to: String

    @Option(
      help: ArgumentHelp(
        "Templates a up to, but not including, b. (default: all)", valueName: "a..b"))
    var range: TemplateRange?

    func run() async throws {
      let opened = try StoredGallery.open(FilePath(gallery))
      let templates = range.map { $0.low..<($0.high ?? max($0.low, opened.count)) }
      let chosen = templates ?? 0..<opened.count
      let target = FilePath(to)
      let progress = Progress("gallery export", unit: "templates")
      try await GalleryCommand.interruptible {
        try opened.export(chosen, to: target) { done, total in
          try Task.checkCancellation()
          progress.update(done, of: total)
        }
      }
      progress.finish()
      Console.note("\(to): \(chosen.count) templates of \(opened.dimension)")
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a float32 gallery of somebody's vectors, for benchmarks.",
      discussion: """
        Such a gallery is marked simulated: false, and a run refuses it. Rows must be unit vectors \
        within 0.001, or --normalize makes them so.
        """)

    @Option(
      name: .customLong("from"),
      help: ArgumentHelp(
        "File to read: .fbin, .npy (float32), .hdf5 or .h5.", valueName: "file"))
    var source: String

    @Option(help: ArgumentHelp("Folder to make; must not exist.", valueName: "dir"))
    var out: String

    @Option(help: "Dataset of an HDF5 file.")
    var dataset: String = "train"

    @Flag(help: "Divide every row by its norm.")
    var normalize = false

    func run() async throws {
      var task = GalleryImport(from: FilePath(source), to: FilePath(out))
      task.dataset = dataset
      task.normalizes = normalize
      let progress = Progress("gallery import", unit: "vectors")
      let chosen = task
      let manifest = try await GalleryCommand.interruptible {
        try chosen.run { done, total in
          try Task.checkCancellation()
          progress.update(done, of: total)
        }
      }
      progress.finish()
      Console.note(
        "\(out): \(manifest.layout.size) vectors of \(manifest.layout.dimension), foreign: for "
          + "benchmarks only")
    }
  }
}

/// `a..b`, either end left out or not.
struct TemplateRange: ExpressibleByArgument {
  let low: Int
  let high: Int?

  init?(argument: String) {
    let ends = argument.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return nil }
    guard let low = ends[0].isEmpty ? 0 : Magnitude(argument: String(ends[0]))?.value else {
      return nil
    }
    let high = ends[1].isEmpty ? nil : Magnitude(argument: String(ends[1]))?.value
    guard ends[1].isEmpty || high != nil, low <= high ?? low else { return nil }
    self.low = low
    self.high = high
  }
}
