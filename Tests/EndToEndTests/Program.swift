import Foundation
import Testing

/// The project's folder, where the rule book and the examples are.
let projectFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().standardizedFileURL

/// How a run of the built program ended.
struct Run {
  var status: Int32
  var output: String
  var errors: String
}

/// Runs the program that was built beside the tests.
///
/// - Parameters:
///   - input: what it reads from standard input.
///   - environment: added to an environment that holds nothing else but the search path.
func probity(
  _ arguments: [String], in folder: URL = projectFolder, input: Data = Data(), environment: [String: String] = [:]
) throws -> Run {
  let process = Process()
  process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent().appending(path: "probity")
  process.arguments = arguments
  process.currentDirectoryURL = folder
  process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(environment) { $1 }
  // Files rather than pipes: neither side ever waits for the other, however much is written.
  let scratch = try Scratch()
  try scratch.write(input, to: "input")
  process.standardInput = try FileHandle(forReadingFrom: scratch.url("input"))
  for name in ["output", "errors"] { try scratch.write(Data(), to: name) }
  process.standardOutput = try FileHandle(forWritingTo: scratch.url("output"))
  process.standardError = try FileHandle(forWritingTo: scratch.url("errors"))
  try process.run()
  process.waitUntilExit()
  #expect(process.terminationReason == .exit, "the program ended by a signal")
  return Run(
    status: process.terminationStatus, output: try scratch.text("output"), errors: try scratch.text("errors"))
}

/// Runs the program in a scratch folder, or a folder below it.
func probity(_ arguments: [String], in scratch: Scratch, folder: String = ".") throws -> Run {
  // Otherwise the folder may be gone, its last use being over, before the program runs in it.
  try withExtendedLifetime(scratch) { try probity(arguments, in: scratch.url(folder)) }
}

/// A folder that is gone with its last user.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "probity-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ name: String) -> URL { folder.appending(path: name) }

  func write(_ data: Data, to name: String) throws {
    try FileManager.default.createDirectory(
      at: url(name).deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url(name))
  }

  func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  func text(_ name: String) throws -> String { String(decoding: try Data(contentsOf: url(name)), as: UTF8.self) }
}
