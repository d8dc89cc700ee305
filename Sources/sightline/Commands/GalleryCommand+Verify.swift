// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Galleries
internal import Pipeline
internal import Reports
internal import SystemPackage

extension GalleryCommand {
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read a gallery whole and compare every chunk with its SHA-256.",
      discussion: """
        Of a simulated gallery some templates are drawn again and compared too, since a digest cannot \
        tell where templates came from. Exit status 1 if anything differs.
        """)

    @Argument(help: "Folder of the gallery.")
    var gallery: String

    @OptionGroup var threads: ThreadsOption

    func run() async throws {
      let opened = try StoredGallery.open(FilePath(gallery))
      let progress = Progress("gallery verify", unit: "MB")
      let start = Monotonic.now()
      let count = threads.count
      let found = try await GalleryCommand.interruptible {
        try await GalleryVerification.run(opened, threads: count) { done, total in
          progress.update(done / 1_000_000, of: total / 1_000_000)
        }
      }
      progress.finish()
      let seconds = GalleryCommand.seconds(since: start)
      for damage in found.damages { Console.error("sightline: \(damage)") }
      guard found.damages.isEmpty else { throw ExitCode(ExitStatus.failure) }
      if opened.manifest.simulated { try opened.requireSimulated() }
      try Console.output(
        "\(gallery): all \(opened.layout.chunkCount) chunks are as they were written "
          + "(\(GalleryCommand.gigabytes(found.byteCount)) in \(Text.fixed(seconds, 2)) s, "
          + "\(Text.fixed(Double(found.byteCount) / seconds / 1e9, 2)) GB/s)")
    }
  }
}
