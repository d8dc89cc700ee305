// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// An answer: a status, and a text.
package struct HTTPResponse: Hashable, Sendable {
  package var status: Int
  package var contentType: String
  package var body: String

  package init(
    status: Int, contentType: String = "text/plain; charset=utf-8", body: String? = nil
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body ?? "\(status) \(Self.words(for: status))\n"
  }

  /// As it goes over the wire; the connection ends with it.
  func bytes(withBody: Bool) -> [UInt8] {
    let body = Array(self.body.utf8)
    let head = """
      HTTP/1.1 \(status) \(Self.words(for: status))\r
      Content-Type: \(contentType)\r
      Content-Length: \(body.count)\r
      Cache-Control: no-store\r
      X-Content-Type-Options: nosniff\r
      \(status == 405 ? "Allow: GET, HEAD\r\n" : "")Connection: close\r
      \r

      """
    return Array(head.utf8) + (withBody ? body : [])
  }

  private static func words(for status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 414: "URI Too Long"
    case 431: "Request Header Fields Too Large"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "Error"
    }
  }
}
