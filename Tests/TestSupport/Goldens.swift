import Foundation
public import Testing

/// Compares text with the golden of a name in `Goldens/` beside the test.
///
/// With `PROBITY_RECORD=1` in the environment it writes the golden instead, and fails, so that no recording passes for a
/// test.
public func expectGolden(
  _ text: String, named name: String, testFile: String = #filePath, at location: SourceLocation = #_sourceLocation
) {
  let folder = URL(fileURLWithPath: testFile).deletingLastPathComponent().appendingPathComponent("Goldens")
  let file = folder.appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["PROBITY_RECORD"] == "1" {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(name)", sourceLocation: location)
    } catch {
      Issue.record("cannot write \(name): \(error)", sourceLocation: location)
    }
    return
  }
  guard let data = try? Data(contentsOf: file) else {
    Issue.record("there is no golden \(name); record it with PROBITY_RECORD=1", sourceLocation: location)
    return
  }
  let expected = String(decoding: data, as: UTF8.self)
  guard text != expected else { return }
  let was = Set(expected.split(separator: "\n"))
  let now = Set(text.split(separator: "\n"))
  let gone = was.subtracting(now).sorted().prefix(10).map { "- \($0)" }
  let new = now.subtracting(was).sorted().prefix(10).map { "+ \($0)" }
  Issue.record("\(name) differs:\n\((gone + new).joined(separator: "\n"))", sourceLocation: location)
}
