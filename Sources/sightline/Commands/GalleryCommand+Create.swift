// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Files
internal import Galleries
internal import Pipeline
internal import Population
internal import SystemPackage

extension GalleryCommand {
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draw a gallery from the population model and write it to a folder.",
      discussion: """
        The same options give the same bytes, whatever the threads. Work that was interrupted, even by \
        kill -9, is taken up where it was by the same command; until it is done there is no folder of \
        that name.
        """)

    @Option(
      help: ArgumentHelp(
        "Number of templates; 100000, 100k and 1300m are understood.", valueName: "n"))
    var size: Magnitude

    @Option(
      help: """
        float32: 2,048 bytes a template, for exact search. int8: 516. sketch: 16, for a first pass \
        that is reranked.
        """)
    var encoding: GalleryEncoding = .float32

    @Option(help: "Seed of the population.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Folder to make; must not exist.", valueName: "dir"))
    var out: String

    @OptionGroup var threads: ThreadsOption

    @Flag(help: "Start over, even if unfinished work could be taken up.")
    var fresh = false

    func validate() throws {
      guard size.value >= 1 else { throw ValidationError("--size: give at least 1") }
    }

    func run() async throws {
      let creation = try GalleryCreation(
        Population(seed: seed), size: size.value, encoding: encoding, at: FilePath(out))
      let layout = creation.layout
      let available = SystemMemory.availableBytes.map {
        "; \(GalleryCommand.gigabytes($0)) are available here"
      }
      Console.note(
        "\(size.value) \(encoding.rawValue) templates: "
          + "\(GalleryCommand.gigabytes(layout.dataBytes)) on disk, and a search holds "
          + "\(GalleryCommand.gigabytes(layout.memoryBytes)) in memory\(available ?? "")")
      let start = Monotonic.now()
      let progress = Progress("gallery create", unit: "templates")
      let total = size.value
      let (count, fresh) = (threads.count, fresh)
      let outcome = try await GalleryCommand.interruptible {
        try await creation.run(threads: count, fresh: fresh) { done, resumed in
          progress.update(done - resumed, of: total - resumed)
        }
      }
      progress.finish()
      let seconds = GalleryCommand.seconds(since: start)
      let made = total - outcome.resumed
      let bytes = Double(layout.dataBytes) * Double(made) / Double(total)
      let before = outcome.resumed > 0 ? ", after \(outcome.resumed) made before" : ""
      Console.note(
        "\(out): \(made) templates\(before) in \(Int(seconds * 1000)) ms: "
          + "\(Int(Double(made) / seconds)) templates/s, \(Int(bytes / seconds / 1e6)) MB/s; "
          + "gallery digest \(outcome.manifest.description.digest.prefix(6))")
    }
  }
}
