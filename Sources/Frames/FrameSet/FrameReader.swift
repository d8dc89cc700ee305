// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import SystemPackage

/// Reads the bytes of frames one after another into memory that is kept.
///
/// One worker owns one reader.
package final class FrameReader {
  private var bytes = [UInt8]()
  /// The folder of the set with a slash, then the file that is read, then a zero.
  private var path: [UInt8]
  private let folderCount: Int
  private var hasher = SHA256Hasher()
  /// How often memory had to be taken: a few times, however many frames are read.
  package private(set) var allocations = 0

  package init(_ set: FrameSet) {
    path = unsafe set.folder.withPlatformString {
      unsafe UnsafeRawBufferPointer(start: $0, count: strlen($0)).map { $0 }
    }
    if !path.isEmpty { path.append(UInt8(ascii: "/")) }
    folderCount = path.count
  }

  /// Reads `frame`, checks it against the manifest and hands its bytes to `body`.
  ///
  /// - Throws: `FrameError` with code `unreadable` or `digestMismatch`, or what `body` throws.
  package func withBytes<R>(
    of frame: FrameSetManifest.Frame,
    _ body: (UnsafeBufferPointer<UInt8>) throws(FrameError) -> R
  ) throws(FrameError) -> R {
    let count = try read(frame)
    let result = unsafe bytes.withUnsafeBufferPointer { all -> Result<R, FrameError> in
      let found = unsafe UnsafeBufferPointer(rebasing: all[..<count])
      guard count == frame.bytes,
        unsafe hasher.digest(of: UnsafeRawBufferPointer(found)) == frame.sha256
      else {
        return .failure(
          FrameError(
            .digestMismatch, frame: frame.name,
            "is not the file that the manifest lists: it was changed or cut"))
      }
      do throws(FrameError) {
        return .success(try unsafe body(found))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func read(_ frame: FrameSetManifest.Frame) throws(FrameError) -> Int {
    // One byte more than listed, so that a longer file is noticed without being read whole.
    let room = frame.bytes + 1
    guard frame.bytes >= 0, frame.bytes < 1 << 30 else {
      throw FrameError(.unreadable, frame: frame.name, "is listed with \(frame.bytes) bytes")
    }
    if bytes.count < room {
      // A quarter more than asked for, so that slowly growing frames do not take memory each.
      bytes = [UInt8](repeating: 0, count: room + room / 4)
      allocations += 1
    }
    do {
      let descriptor = try open(frame.file)
      defer { try? descriptor.close() }
      var count = 0
      while count < room {
        let got = try unsafe bytes.withUnsafeMutableBytes { all in
          try unsafe descriptor.read(into: .init(rebasing: all[count..<room]))
        }
        if got == 0 { break }
        count += got
      }
      return count
    } catch {
      throw FrameError(
        .unreadable, frame: frame.name,
        "cannot read \(frame.file): \((error as? Errno)?.advice ?? "\(error)")")
    }
  }

  /// Opens a file of the set: the manifest's check has refused paths that lead out of it. A `FilePath` would
  /// take memory for every frame.
  private func open(_ file: String) throws -> FileDescriptor {
    path.removeSubrange(folderCount...)
    path.append(contentsOf: file.utf8)
    path.append(0)
    return try unsafe path.withUnsafeBytes { path in
      guard let start = unsafe path.assumingMemoryBound(to: CChar.self).baseAddress else {
        throw Errno.noSuchFileOrDirectory
      }
      return try unsafe FileDescriptor.open(start, .readOnly)
    }
  }
}

extension FrameSetManifest.Frame {
  /// Camera and sequence number, such as `cam-02/000013`.
  package var name: String {
    let digits = String(seq)
    return camera + "/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
