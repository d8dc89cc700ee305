// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Synchronization
package import SystemPackage

/// Reading a whole gallery back and comparing every chunk with its SHA-256, on many threads.
package struct GalleryVerification: Sendable {
  /// A chunk that is not what was written.
  package struct Damage: Hashable, Sendable, CustomStringConvertible {
    package let file: FilePath
    package let chunk: Int
    /// Templates whose rows are in the chunk.
    package let templates: Range<Int>
    /// Where the chunk is in the file.
    package let bytes: Range<Int>

    package var description: String {
      "\(file): chunk \(chunk) is damaged: templates \(templates.lowerBound) to "
        + "\(templates.upperBound - 1), bytes \(bytes.lowerBound) to \(bytes.upperBound - 1)"
    }
  }

  /// Damaged chunks by file and place; none when all is well.
  package let damages: [Damage]
  /// Bytes that were read.
  package let byteCount: Int

  /// Verifies an open gallery; memory stays at 1 MiB a thread.
  ///
  /// Files are read rather than looked at through the map, so that a bad disk is an error and not a
  /// signal. `progress` is called from the threads with the bytes read so far.
  /// - Throws: `FileError` when a file cannot be read; `GalleryError.cancelled`.
  package static func run(
    _ gallery: StoredGallery, threads: Int,
    progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) async throws -> GalleryVerification {
    let layout = gallery.layout
    let paths = layout.files.map { gallery.path.appending($0.name) }
    let files = DataFiles()
    for path in paths {
      do {
        _ = try files.open(path, .readOnly)
      } catch {
        throw unreadable(path, error)
      }
    }
    let descriptors = files.descriptors
    let total = layout.memoryBytes
    let read = Atomic<Int>(0)
    let found = Mutex<[Damage]>([])
    let failure = FirstError()
    let chunks = layout.chunkCount
    do {
      try await WorkerThreads.run(threads: threads, items: chunks * paths.count) { _, item in
        guard !failure.isSet else { return }
        let (file, chunk) = (item / chunks, item % chunks)
        let templates = layout.templates(ofChunk: chunk)
        let bytes = layout.files[file].bytes(of: templates)
        do {
          let digest = try descriptors[file].digest(of: bytes) { piece in
            progress?(read.wrappingAdd(piece, ordering: .relaxed).newValue, total)
          }
          if digest != gallery.manifest.chunks[file][chunk] {
            let damage = Damage(
              file: paths[file], chunk: chunk, templates: templates, bytes: bytes)
            found.withLock { $0.append(damage) }
          }
        } catch {
          failure.set(unreadable(paths[file], error))
        }
      }
    } catch {
      throw GalleryError(.cancelled, "verification was interrupted")
    }
    try failure.rethrow()
    let damages = found.withLock { $0 }
      .sorted { ($0.file.string, $0.chunk) < ($1.file.string, $1.chunk) }
    return GalleryVerification(damages: damages, byteCount: total)
  }

  private static func unreadable(_ path: FilePath, _ error: any Error) -> FileError {
    FileError(.unreadable, path, "cannot read: \((error as? Errno)?.advice ?? "\(error)")")
  }
}
