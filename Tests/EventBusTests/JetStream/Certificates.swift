// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation

/// A private authority and certificates by it, made with openssl.
struct Certificates {
  let folder: URL

  init(_ folder: URL) throws {
    self.folder = folder.appending(path: "certificates")
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    try authority("ca")
    try authority("stranger")
    try make("server", name: "IP:127.0.0.1")
    try make("expired", name: "IP:127.0.0.1", days: "-1")
    try make("elsewhere", name: "DNS:elsewhere.example")
    try make("client", name: "DNS:client.example")
  }

  func path(_ name: String) -> String { folder.appending(path: name).path() }

  /// The lines of a server that shows this certificate, and wants one from its clients if `verify`.
  func lines(_ name: String, verify: Bool = false) -> String {
    """
    tls { cert_file: "\(path(name + ".pem"))", key_file: "\(path(name + ".key"))"
      ca_file: "\(path("ca.pem"))", verify: \(verify) }
    """
  }

  private func openssl(_ arguments: String) throws {
    try Workshop.run(
      "/bin/sh", ["-c", "cd '\(folder.path())' && openssl \(arguments) 2>/dev/null"])
  }

  private func authority(_ name: String) throws {
    try openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=\(name) "
        + "-keyout \(name).key -out \(name).pem")
  }

  private func make(_ name: String, name alternative: String, days: String = "3650") throws {
    try Data("subjectAltName=\(alternative)\n".utf8)
      .write(to: folder.appending(path: name + ".ext"))
    try openssl(
      "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) "
        + "-keyout \(name).key -out \(name).csr")
    try openssl(
      "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) "
        + "-extfile \(name).ext -out \(name).pem")
  }
}
