import Diagnostics
import Probity
import ProbityRecords

/// A rule book without errors, and what else a run needs that is checked against it.
struct CheckedBook {
  private(set) var loaded: Loaded
  private let folder: RuleBookFolder
  private let requests: [String]
  /// In the order of the policies.
  private let policyPaths: [String]

  /// Loads the rule book that policies are of.
  ///
  /// - Parameters:
  ///   - policies: names of policies, or their files; at least one.
  ///   - rules: the rule book, where the user names it.
  init(policies: [String], rules: String?) throws {
    requests = policies
    let files = policies.filter(Self.isFile)
    for policy in policies where !files.contains(policy) {
      guard policy.hasSuffix(".yaml") || policy.hasSuffix(".yml") || policy.contains("/") else { continue }
      let reason = Files.kind(of: policy) == .directory ? "it is a directory" : "no such file"
      throw complaint(.unreadableFile, "`\(policy)` cannot be read: \(reason)")
    }
    folder =
      rules.map { RuleBookFolder(named: $0) } ?? files.first.flatMap { RuleBookFolder(around: $0) }
      ?? RuleBookFolder(root: ".")
    let all = try folder.files(with: files)
    policyPaths = all.filter { $0.kind == .policy }.map(\.path)
    loaded = Loader.load(all)
    if loaded.diagnostics.hasErrors { throw Complaint(loaded.diagnostics, in: loaded.sources) }
  }

  init(policy: String, rules: String?) throws { try self.init(policies: [policy], rules: rules) }

  private static func isFile(_ policy: String) -> Bool { Files.kind(of: policy) == .file }

  /// The policy that was asked for, the first where there are several.
  func policy() throws -> Policy { try policy(requests[0]) }

  /// The policies that were asked for, each once, in their order; they are about records of one type.
  func policies() throws -> [Policy] {
    var policies: [Policy] = []
    for request in requests {
      let policy = try policy(request)
      if policies.contains(where: { $0.name == policy.name }) { continue }
      if let first = policies.first, first.recordType != policy.recordType {
        throw complaint(
          .wrongRecords,
          "policy `\(first.name)` is about `\(first.recordType)`, and policy `\(policy.name)` about `\(policy.recordType)`",
          help: "ask for each type of record in a run of its own")
      }
      policies.append(policy)
    }
    return policies
  }

  private func policy(_ request: String) throws -> Policy {
    let names = loaded.policies.map(\.name)
    if Self.isFile(request) {
      guard let index = policyPaths.firstIndex(where: { Paths.areSame($0, request) }),
        loaded.policies.indices.contains(index)
      else { throw complaint(.notAPolicy, "`\(request)` holds no policy", help: list(names)) }
      return loaded.policies[index]
    }
    if let policy = loaded.policy(named: request) { return policy }
    let nearest = NearMiss.nearest(to: request, among: names)
    throw complaint(
      .unknownPolicy, "there is no policy `\(request)` in `\(folder.policies)`",
      help: nearest.map { "did you mean `\($0)`?" } ?? list(names))
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty
      ? "there are no policies" : "the policies are \(names.sorted().map { "`\($0)`" }.joined(separator: ", "))"
  }

  mutating func waivers(in path: String) throws -> [Waiver] {
    let file = SourceFile(path: path, bytes: try readFile(path))
    let waivers = Loader.waivers(
      file, book: loaded.book, sources: &loaded.sources, into: &loaded.diagnostics)
    if loaded.diagnostics.hasErrors { throw Complaint(loaded.diagnostics, in: loaded.sources) }
    return waivers
  }

  mutating func mapping(in path: String) throws -> Mapping {
    let bytes = try readFile(path)
    let file = loaded.sources.add(name: path, bytes: bytes)
    let mapping = Mapping.load(
      bytes, file: file, vocabulary: loaded.book.vocabulary, into: &loaded.diagnostics)
    guard let mapping else { throw Complaint(loaded.diagnostics, in: loaded.sources) }
    return mapping
  }

  /// What the records of a run are.
  func recordType(of policy: Policy, _ mapping: Mapping?, file: String?) throws -> Vocabulary.RecordType {
    if let mapping, mapping.record != policy.recordType {
      throw complaint(
        .wrongRecords,
        "`\(file ?? mapping.name)` makes records of type `\(mapping.record)`, and policy `\(policy.name)` is about "
          + "`\(policy.recordType)`")
    }
    guard let type = loaded.book.vocabulary[policy.recordType] else {
      throw complaint(.wrongRecords, "the vocabulary has no type `\(policy.recordType)`")
    }
    return type
  }

  /// Warnings about the rule book go beside the report.
  func showWarnings() { Complaint(loaded.diagnostics, in: loaded.sources).show() }
}
