// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CTurboJPEG

/// A picture in planes: full-resolution luma and 4:2:0 chroma, as JPEG stores it.
package struct PlanarImage: Sendable {
  package let width: Int
  package let height: Int
  /// `width * height` samples.
  package var luma: [UInt8]
  /// `chromaWidth * chromaHeight` samples each; 128 is no colour.
  package var blue: [UInt8]
  package var red: [UInt8]

  package var chromaWidth: Int { (width + 1) / 2 }
  package var chromaHeight: Int { (height + 1) / 2 }

  /// A mid-gray picture.
  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
    luma = [UInt8](repeating: 128, count: width * height)
    let chroma = ((width + 1) / 2) * ((height + 1) / 2)
    blue = [UInt8](repeating: 128, count: chroma)
    red = [UInt8](repeating: 128, count: chroma)
  }
}

/// Encodes planar pictures as baseline JPEG, 4:2:0.
@safe package final class JPEGEncoder {
  private let handle: tjhandle

  package init() {
    guard let fresh = unsafe tjInitCompress() else {
      fatalError("TurboJPEG cannot make a compressor: out of memory")
    }
    unsafe handle = fresh
  }

  deinit { unsafe _ = tjDestroy(handle) }

  /// The JPEG of `image`.
  ///
  /// - Parameter quality: 1 (smallest) to 100.
  /// - Throws: `FrameError` with code `notEncoded`.
  package func encode(
    _ image: PlanarImage, quality: Int, frame: @autoclosure () -> String
  ) throws(FrameError) -> [UInt8] {
    // With 4:2:0 the library reads luma planes of even width and height.
    guard image.width > 0, image.height > 0, image.width % 2 == 0, image.height % 2 == 0 else {
      throw FrameError(
        .notEncoded, frame: frame(),
        "cannot be encoded: \(image.width)x\(image.height) is not even in both directions")
    }
    let subsampling = CInt(TJSAMP_420.rawValue)
    let capacity = tjBufSize(CInt(image.width), CInt(image.height), subsampling)
    var status: CInt = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(capacity)) { buffer, count in
      var target = buffer.baseAddress
      var size = capacity
      unsafe image.luma.withUnsafeBufferPointer { y in
        unsafe image.blue.withUnsafeBufferPointer { u in
          unsafe image.red.withUnsafeBufferPointer { v in
            var planes = unsafe [y.baseAddress, u.baseAddress, v.baseAddress]
            unsafe status = tjCompressFromYUVPlanes(
              handle, &planes, CInt(image.width), nil, CInt(image.height), subsampling, &target,
              &size, CInt(quality), CInt(TJFLAG_NOREALLOC))
          }
        }
      }
      count = status == 0 ? Int(size) : 0
    }
    guard status == 0 else {
      let text = unsafe tjGetErrorStr2(handle).map { unsafe String(cString: $0) } ?? "unknown error"
      throw FrameError(.notEncoded, frame: frame(), "cannot be encoded: \(text)")
    }
    return bytes
  }
}
