import Foundation
import Probity
import Testing

/// The rules and policies that are shipped.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The rule book and every policy, as the repository has them, and a policy more.
  static func load(and policy: SourceFile? = nil) throws -> Loaded {
    var loader = Loader()
    for file in try files(below: "rules") { loader.addRules(file) }
    for file in try files(below: "policies") { loader.addPolicy(file) }
    if let policy { loader.addPolicy(policy) }
    return loader.load()
  }

  /// The YAML files below a folder, by path.
  private static func files(below folder: String) throws -> [SourceFile] {
    let base = root.appending(path: folder)
    let paths = try #require(FileManager.default.enumerator(atPath: base.path)).compactMap { $0 as? String }
    return try paths.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }.sorted().map { path in
      SourceFile(
        path: "\(folder)/\(path)", address: String(path.dropLast(5)),
        bytes: Array(try Data(contentsOf: base.appending(path: path))))
    }
  }
}
