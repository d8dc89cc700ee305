// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import Population
package import SystemPackage

/// Making a gallery on disk from a population: parallel, resumable, all or nothing.
///
/// Work is done in a hidden folder beside the final place. A chunk's data is on the device before the
/// journal names it; the manifest is written when all chunks are, and the folder gets its name last. So
/// a gallery that opens is whole, and what a crash leaves is taken up where the journal ends.
package struct GalleryCreation: Sendable {
  /// What a crash could come between; for tests.
  package enum Step: Hashable, Sendable {
    case started, allocated, wrote(chunk: Int), noted(chunk: Int), manifest, journalRemoved
  }

  /// What was done.
  package struct Outcome: Sendable {
    package let manifest: GalleryManifest
    /// Templates that an earlier, interrupted creation had left.
    package let resumed: Int
  }

  package let path: FilePath
  package let layout: GalleryLayout
  let population: Population
  let encoder: TemplateEncoder
  /// Throws where a test wants the process to have died.
  package var onStep: (@Sendable (Step) throws -> Void)?

  /// A plan; nothing is touched yet. `chunkTemplates` is for tests.
  package init(
    _ population: Population, size: Int, encoding: GalleryEncoding, at path: FilePath,
    chunkTemplates: Int? = nil
  ) throws(GalleryError) {
    self.path = path
    self.population = population
    layout = try GalleryLayout(
      encoding: encoding, size: size, dimension: Population.dimension,
      chunkTemplates: chunkTemplates)
    encoder = TemplateEncoder(population, encoding)
  }

  /// Names all that decides the bytes.
  private var plan: SHA256Digest {
    SHA256Digest(
      of: """
        sightline gallery plan
        population=\(population.digest.hex)
        encoding=\(layout.encoding.rawValue)
        size=\(layout.size)
        chunk-templates=\(layout.chunkTemplates)

        """)
  }

  /// Makes the gallery, or what is left of it.
  ///
  /// The bytes do not depend on `threads`, nor on how often the work was interrupted. `progress` is
  /// called from those threads with the templates on the device so far, those of an earlier attempt
  /// included, and how many these were.
  /// - Parameter fresh: start over, even if an earlier attempt could be taken up.
  /// - Throws: `FileError` or `GalleryError`; `cancelled` leaves what is finished to be taken up.
  package func run(
    threads: Int, fresh: Bool = false,
    progress: (@Sendable (_ done: Int, _ resumed: Int) -> Void)? = nil
  ) async throws -> Outcome {
    guard path.lastComponent?.kind == .regular else {
      throw GalleryError(.badArgument, "\(path) names no folder; give it a name")
    }
    try refuseExisting()
    let work = try WorkFolder(for: path)
    try refuseExisting()
    try onStep?(.started)
    if fresh { try start(work) }
    if let manifest = finished(work) {
      try publish(work)
      return Outcome(manifest: manifest, resumed: layout.size)
    }
    var chunks = try takeUp(work)
    try work.requireSpace(for: layout)
    let files = try work.openFiles(layout)
    try onStep?(.allocated)
    try recheck(&chunks, work, files, last: threads)
    let before = chunks.keys.reduce(0) { $0 + layout.templates(ofChunk: $1).count }
    progress?(before, before)
    let made = try await makeChunks(beside: chunks, work, files, threads, before, progress)
    let digests = layout.files.indices.map { file in
      (0..<layout.chunkCount).compactMap { made[$0]?[file] }
    }
    let manifest = GalleryManifest(
      layout: layout, population: population.description, rows: nil, chunks: digests)
    try work.attempt { try files.synchronize() }
    try WholeFile.write(try manifest.json(), to: work.path.appending(GalleryManifest.fileName))
    try onStep?(.manifest)
    try publish(work)
    return Outcome(manifest: manifest, resumed: before)
  }

  private func refuseExisting() throws(FileError) {
    guard !DiskSpace.exists(path) else {
      throw FileError(.exists, path, "already exists; remove it or choose another name")
    }
  }

  /// The manifest, if an earlier attempt came as far as writing it.
  private func finished(_ work: WorkFolder) -> GalleryManifest? {
    guard let gallery = try? StoredGallery.open(work.path), gallery.layout == layout,
      gallery.description.population == population.digest
    else { return nil }
    return gallery.manifest
  }

  private func publish(_ work: WorkFolder) throws {
    work.remove(CreationJournal.fileName)
    try onStep?(.journalRemoved)
    try work.publish()
  }

  /// Empties the work folder.
  private func start(_ work: WorkFolder) throws {
    work.remove(GalleryManifest.fileName)
    try work.cutJournal(to: 0)
    try work.note(CreationJournal.heading(plan))
  }

  /// The chunks an earlier attempt finished, by its journal.
  private func takeUp(_ work: WorkFolder) throws -> [Int: [SHA256Digest]] {
    work.remove(GalleryManifest.fileName)
    let journal = CreationJournal(
      try work.readJournal(), files: layout.files.count, chunkCount: layout.chunkCount)
    guard let journal else {
      try start(work)
      return [:]
    }
    guard journal.plan == plan else {
      throw GalleryError(
        .otherPlan,
        "\(work.path) is an unfinished gallery of another size, seed or encoding; "
          + "finish it with its own options, remove it, or start over with --fresh")
    }
    try work.cutJournal(to: journal.wholeBytes)
    return journal.chunks
  }

  /// Reads the latest chunks back, where damage by a crash would be; if one is not as noted, all.
  private func recheck(
    _ chunks: inout [Int: [SHA256Digest]], _ work: WorkFolder, _ files: DataFiles, last: Int
  ) throws {
    func holds(_ chunk: Int) throws -> Bool {
      let templates = layout.templates(ofChunk: chunk)
      let found = try work.attempt {
        try zip(files.descriptors, layout.files).map {
          try $0.digest(of: $1.bytes(of: templates))
        }
      }
      return found == chunks[chunk]
    }
    let latest = chunks.keys.sorted().suffix(max(last, 1) + 1)
    if try latest.allSatisfy(holds) { return }
    let whole = try chunks.keys.filter(holds)
    chunks = chunks.filter { whole.contains($0.key) }
    // Written anew, so that the line of a damaged chunk does not outlive it.
    try start(work)
    for (chunk, digests) in chunks { try work.note(CreationJournal.line(chunk, digests)) }
  }

  /// Makes what is missing beside `chunks`; returns the digests of all.
  private func makeChunks(
    beside chunks: [Int: [SHA256Digest]], _ work: WorkFolder, _ files: DataFiles, _ threads: Int,
    _ before: Int, _ progress: (@Sendable (Int, Int) -> Void)?
  ) async throws -> [Int: [SHA256Digest]] {
    let state = CreationState(chunks, templates: before)
    let missing = (0..<layout.chunkCount).filter { chunks[$0] == nil }
    do {
      try await WorkerThreads.run(threads: threads, items: missing.count) { _, item in
        guard !state.failed else { return }
        do {
          let chunk = missing[item]
          let templates = layout.templates(ofChunk: chunk)
          let digests = try work.attempt {
            let writer = ChunkWriter(layout, files.descriptors)
            let digests = try unsafe writer.write(templates) { piece, parts, floats in
              unsafe encoder.write(piece, into: parts, floats: floats)
            }
            try files.synchronize()
            return digests
          }
          try onStep?(.wrote(chunk: chunk))
          let done = try state.finish(chunk, digests, templates: templates.count, in: work)
          try onStep?(.noted(chunk: chunk))
          progress?(done, before)
        } catch {
          state.fail(error)
        }
      }
    } catch {
      throw GalleryError(
        .cancelled, "interrupted; the same command goes on where it was (\(work.path))")
    }
    try state.rethrow()
    return state.chunks
  }
}
