import Diagnostics
import Dispatch
import Foundation
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
    let rules = files.filter { $0.kind == .rules }
    let isLarge = rules.reduce(0) { $0 + $1.bytes.count } >= largeBook
    loader.addRules(rules.map(\.source)) { count, body in
      if isLarge {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
      } else {
        for index in 0..<count { body(index) }
      }
    }
    for file in files where file.kind == .policy { loader.addPolicy(file.source) }
    return loader.load()
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

/// Paths as text, with `/` between their parts.
enum Paths {
  static func join(_ folder: String, _ name: String) -> String {
    folder == "." || folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// The folder that something lies in: `.` for a bare name, and `..` or `/` do not end there.
  static func parent(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if path == "/" { return "/" }
    if path == "." || path.isEmpty { return ".." }
    if last(String(path)) == ".." { return String(path) + "/.." }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func last(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? path
  }

  /// Whether a folder is named by where it lies from here alone: `.`, `../..`.
  static func isRelative(_ folder: String) -> Bool { last(folder) == "." || last(folder) == ".." }

  /// The path without `.`, `..` and links; the path itself where there is no such file.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  static func relative(_ path: String, to folder: String) -> String {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  static func withoutExtension(_ path: String) -> String {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return path }
    return String(path[..<dot])
  }

  /// Whether a file's name says that it holds tests.
  static func isTestFile(_ path: String) -> Bool { path.hasSuffix(".test.yaml") || path.hasSuffix(".test.yml") }

  /// What tells a file from every other, whatever the path by which it is named.
  struct Identity: Hashable {
    fileprivate let device: dev_t
    fileprivate let number: ino_t
  }

  /// Nil where there is no such file.
  static func identity(of path: String) -> Identity? {
    var status = stat()
    return stat(path, &status) == 0 ? Identity(device: status.st_dev, number: status.st_ino) : nil
  }

  static func areSame(_ first: String, _ second: String) -> Bool {
    guard let identity = identity(of: first) else { return false }
    return identity == self.identity(of: second)
  }
}
