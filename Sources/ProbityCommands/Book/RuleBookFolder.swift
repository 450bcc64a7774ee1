import Diagnostics
import Probity
import ProbityRecords

/// Where a rule book lies: a folder of rules, with a folder of policies beside it.
struct RuleBookFolder {
  var rules: String
  var policies: String

  init(rules: String, policies: String) {
    self.rules = rules
    self.policies = policies
  }

  /// The rule book within a folder; `.` is left out of the names of its files.
  init(root: String) {
    self.init(rules: Paths.join(root, "rules"), policies: Paths.join(root, "policies"))
  }

  /// The rule book that the user names: the folder that holds `rules`, or the folder of rules itself.
  init(named folder: String) {
    if Files.kind(of: Paths.join(folder, "rules")) == .directory {
      self.init(root: folder)
    } else {
      self.init(rules: folder, policies: Paths.join(Paths.parent(folder), "policies"))
    }
  }

  /// The rule book that a file belongs to: the folder above the innermost `rules` or `policies` it lies in.
  init?(around path: String) {
    var folder = Paths.parent(path)
    while true {
      let name = Paths.last(Paths.isRelative(folder) ? Paths.resolved(folder) : folder)
      if name == "rules" || name == "policies" {
        let root = Paths.parent(folder)
        guard Files.kind(of: Paths.join(root, "rules")) == .directory else { return nil }
        self.init(root: root)
        return
      }
      let parent = Paths.parent(folder)
      if Paths.areSame(parent, folder) || Files.kind(of: parent) == .missing { return nil }
      folder = parent
    }
  }

  /// The rule book that is meant: one that a path is, or lies in; else that of the current folder, or one further down.
  init(of paths: [String]) {
    for path in paths {
      if Files.kind(of: Paths.join(path, "rules")) == .directory {
        self.init(root: path)
        return
      }
      if let folder = RuleBookFolder(around: Paths.join(path, "any")) {
        self = folder
        return
      }
    }
    self.init(root: ".")
    if Files.kind(of: rules) == .directory { return }
    for path in paths where Files.kind(of: path) == .directory {
      for file in (try? Files.yamlFiles(below: path)) ?? [] {
        if let folder = RuleBookFolder(around: file) {
          self = folder
          return
        }
      }
    }
  }

  /// Its files, read.
  ///
  /// - Parameter others: files that may lie elsewhere and are read with it, each once.
  func files(with others: [String] = []) throws -> [BookFile] {
    guard Files.kind(of: rules) == .directory else {
      throw complaint(
        .noRuleBook, "there is no folder of rules `\(rules)`",
        help: "run it in the folder that holds `rules` and `policies`, or name that folder with --rules")
    }
    var files = try list(rules).map { path in
      let bytes = try readFile(path)
      return BookFile(
        path: path, address: Paths.withoutExtension(Paths.relative(path, to: rules)),
        kind: Paths.isTestFile(path) ? .tests : .rules, bytes: bytes)
    }
    let policyPaths = Files.kind(of: policies) == .directory ? try list(policies) : []
    var known = Set(files.compactMap { Paths.identity(of: $0.path) })
    for path in policyPaths + others {
      if let identity = Paths.identity(of: path), !known.insert(identity).inserted { continue }
      let bytes = try readFile(path)
      // What nobody can tell is taken for what its place says.
      let kind = Paths.isTestFile(path) ? .tests : FileKind(of: bytes) ?? .policy
      files.append(
        BookFile(path: path, address: Paths.withoutExtension(Paths.last(path)), kind: kind, bytes: bytes))
    }
    return files
  }

  private func list(_ folder: String) throws -> [String] {
    do {
      return try Files.yamlFiles(below: folder)
    } catch {
      throw complaint(.unreadableFile, "`\(folder)` cannot be read: \(error.reason)")
    }
  }
}

/// A file of a rule book.
struct BookFile {
  var path: String
  /// Of a file of rules: where it stands below `rules`.
  var address: String
  var kind: FileKind
  var bytes: [UInt8]

  var source: SourceFile { SourceFile(path: path, address: address, bytes: bytes) }
}

extension Loader {
  /// So many bytes take longer to read than other threads take to start.
  private static let largeBook = 200_000

  /// Rules and policies, checked; waivers and mappings are checked against what comes of it.
  static func load(_ files: [BookFile]) -> Loaded {
    var loader = Loader()
    return loader.load(files)
  }

  /// The same, by a loader that keeps the files' trees.
  mutating func load(_ files: [BookFile]) -> Loaded {
    let rules = files.filter { $0.kind == .rules }
    let isLarge = rules.reduce(0) { $0 + $1.bytes.count } >= Self.largeBook
    addRules(rules.map(\.source)) { count, body in
      Threads.forEach(of: count, on: isLarge ? Threads.available : 1, body)
    }
    for file in files where file.kind == .policy { addPolicy(file.source) }
    return load()
  }
}

/// A file that the command cannot do without.
func readFile(_ path: String) throws -> [UInt8] {
  do {
    return try Files.read(path)
  } catch {
    throw complaint(.unreadableFile, "`\(path)` cannot be read: \(error.reason)")
  }
}
