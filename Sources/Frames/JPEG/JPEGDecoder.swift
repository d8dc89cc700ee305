// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CTurboJPEG

/// Decodes JPEG frames with libjpeg-turbo's TurboJPEG API.
///
/// Holds one `tjhandle`, so use one decoder a worker. Decoding allocates nothing of ours once the
/// buffer has grown to the largest frame.
@safe package final class JPEGDecoder {
  /// The size a JPEG header states, in pixels.
  package struct Header: Hashable, Sendable {
    package let width: Int
    package let height: Int
  }

  /// Decoded pixels, and what the library complained of if they may be damaged.
  package struct Decoded {
    package let pixels: PixelView
    /// Full-resolution size from the header.
    package let header: Header
    /// A warning-level corruption, such as a premature end of data: the pixels are kept.
    package let warning: String?
  }

  /// Largest number of full-resolution pixels a header may ask for.
  package let pixelLimit: Int
  private var handle: tjhandle

  /// - Parameter pixelLimit: headers above it are refused before any allocation; the default takes
  ///   8K video (33 million pixels) and little more.
  package init(pixelLimit: Int = 40_000_000) {
    unsafe handle = Self.makeHandle()
    self.pixelLimit = pixelLimit
  }

  private static func makeHandle() -> tjhandle {
    guard let fresh = unsafe tjInitDecompress() else {
      fatalError("TurboJPEG cannot make a decompressor: out of memory")
    }
    return unsafe fresh
  }

  /// Replaces the handle. libjpeg-turbo 2.1 leaves it in the middle of a header that failed, and every
  /// later frame would fail with it or be read by its tables.
  private func reset() {
    unsafe _ = tjDestroy(handle)
    unsafe handle = Self.makeHandle()
  }

  deinit { unsafe _ = tjDestroy(handle) }

  /// Reads the header alone.
  package func header(
    of bytes: UnsafeBufferPointer<UInt8>, frame: @autoclosure () -> String
  ) throws(FrameError) -> Header {
    var (width, height, subsampling, colorspace): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
    let status = unsafe tjDecompressHeader3(
      handle, bytes.baseAddress, UInt(bytes.count), &width, &height, &subsampling, &colorspace)
    // A warning here (stray bytes between markers) still leaves a usable header.
    if status != 0, unsafe tjGetErrorCode(handle) != CInt(TJERR_WARNING.rawValue) {
      let message = lastMessage()
      reset()
      throw FrameError(.corrupt, frame: frame(), "not decodable: \(message)")
    }
    guard width > 0, height > 0 else {
      reset()
      throw FrameError(.corrupt, frame: frame(), "not decodable: it holds no image")
    }
    guard Int(width) * Int(height) <= pixelLimit else {
      reset()
      throw FrameError(
        .tooLarge, frame: frame(),
        "its header asks for \(width)x\(height) pixels, above the limit of \(pixelLimit)")
    }
    return Header(width: Int(width), height: Int(height))
  }

  /// Decodes `bytes` into `buffer` at the given scale.
  ///
  /// - Throws: `FrameError` with code `corrupt` or `tooLarge`, naming the frame. A warning-level
  ///   corruption does not throw: see `Decoded.warning`.
  package func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, as format: PixelFormat = .gray,
    scale: DecodeScale = .full, into buffer: PixelBuffer, frame: @autoclosure () -> String
  ) throws(FrameError) -> Decoded {
    let header = try unsafe header(of: bytes, frame: frame())
    let width = scale.scaled(header.width)
    let height = scale.scaled(header.height)
    let stride = width * format.bytesPerPixel
    let base = unsafe buffer.reserve(stride * height)
    let status = unsafe tjDecompress2(
      handle, bytes.baseAddress, UInt(bytes.count), base, CInt(width), CInt(stride), CInt(height),
      CInt((format == .gray ? TJPF_GRAY : TJPF_RGB).rawValue), CInt(TJFLAG_LIMITSCANS))
    var warning: String?
    if status != 0 {
      let isWarning = unsafe tjGetErrorCode(handle) == CInt(TJERR_WARNING.rawValue)
      let message = lastMessage()
      reset()
      guard isWarning else {
        throw FrameError(.corrupt, frame: frame(), "not decodable: \(message)")
      }
      warning = message
    }
    let pixels = unsafe PixelView(
      base: base, width: width, height: height, stride: stride, format: format)
    return Decoded(pixels: pixels, header: header, warning: warning)
  }

  private func lastMessage() -> String {
    guard let text = unsafe tjGetErrorStr2(handle) else { return "unknown error" }
    return unsafe String(cString: text)
  }
}
