import Diagnostics
import Synchronization
import YAML

extension DiagnosticCode {
  /// A file that does not say in which version of the language it is written.
  fileprivate static let version = DiagnosticCode("RULE301")
}

/// Reads the files of a rule book and its policies, and checks them together.
///
/// Everything is collected before anything is checked, so that files may come in any order and every problem is found
/// in one run.
public struct Loader: Sendable {
  private var sources = SourceMap()
  private var diagnostics = Diagnostics()
  private var ruleFiles: [RuleFile] = []
  private var policyFiles: [Fields] = []
  /// Whether a file that could not be read to its end may have held names that others use.
  private var isIncomplete = false

  /// A loader without files.
  public init() {}

  /// Adds a file from `rules/`.
  public mutating func addRules(_ file: SourceFile) {
    addRules([file]) { count, body in for index in 0..<count { body(index) } }
  }

  /// Adds files from `rules/`.
  ///
  /// - Parameter perform: calls its second argument once for each number below its first, on as many threads as it likes,
  ///   and returns when all is done. How files are read into trees, and these into sections, is spread by it.
  public mutating func addRules(
    _ files: [SourceFile], spreadBy perform: (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void
  ) {
    let names = files.map { sources.add(name: $0.path, bytes: $0.bytes) }
    let read = Mutex([ReadFile?](repeating: nil, count: files.count))
    perform(files.count) { index in
      let file = ReadFile(files[index], as: names[index])
      read.withLock { $0[index] = file }
    }
    for file in read.withLock({ $0 }) {
      guard let file else { continue }
      diagnostics.report(contentsOf: file.diagnostics)
      if file.isCutShort { isIncomplete = true }
      if let rules = file.rules { ruleFiles.append(rules) }
    }
  }

  /// A file from `rules/`, as it is read without knowing of any other.
  private struct ReadFile {
    var diagnostics = Diagnostics()
    /// Nil where the file is no mapping.
    let rules: RuleFile?
    let isCutShort: Bool

    init(_ file: SourceFile, as name: FileID) {
      let root = YAML.parse(file.bytes, file: name, into: &diagnostics)
      isCutShort = Loader.isCutShort(root)
      guard let fields = Fields(root, "a file of rules", keys: RuleFile.keys, into: &diagnostics) else {
        rules = nil
        return
      }
      Loader.checkVersion(of: fields, into: &diagnostics)
      rules = RuleFile(address: file.address, fields: fields, into: &diagnostics)
    }
  }

  /// Adds a file from `policies/`. A mapping or a list of waivers is passed over, since others read those.
  public mutating func addPolicy(_ file: SourceFile) {
    let root = parse(file)
    let keys = Set(root.entries?.compactMap(\.key.text) ?? [])
    if !keys.contains("policy"), keys.contains("mapping") || keys.contains("waivers") { return }
    guard let fields = Fields(root, "a policy", keys: PolicyLoader.keys, into: &diagnostics) else { return }
    Self.checkVersion(of: fields, into: &diagnostics)
    policyFiles.append(fields)
  }

  /// Checks everything that was added.
  ///
  /// - Complexity: linear in the size of the files.
  public mutating func load() -> Loaded {
    var loader = RuleBookLoader(files: ruleFiles, isIncomplete: isIncomplete, diagnostics: diagnostics)
    loader.load()
    var policies = PolicyLoader(loader)
    policies.load(policyFiles)
    return Loaded(
      book: policies.book, policies: policies.policies, sources: sources, diagnostics: policies.diagnostics)
  }

  private mutating func parse(_ file: SourceFile) -> YAML.Node {
    let id = sources.add(name: file.path, bytes: file.bytes)
    return YAML.parse(file.bytes, file: id, into: &diagnostics)
  }

  /// Whether a syntax error ended the tree before the file's end, which leaves a hole in its last branch.
  static func isCutShort(_ node: YAML.Node) -> Bool {
    switch node.kind {
    case .missing: true
    case .scalar: false
    case .sequence(let items): items.last.map(isCutShort) ?? false
    case .mapping(let entries): entries.last.map { $0.key.isMissing || isCutShort($0.value) } ?? false
    }
  }

  /// Reports a file that is not in the version of the language that this reads.
  static func checkVersion(of fields: Fields, into diagnostics: inout Diagnostics) {
    guard fields.has("probity") else {
      if !fields.node.hasHoles {
        diagnostics.report(
          Diagnostic(
            .version, .error, "the file does not say that it is written in `probity: 1`", at: fields.place,
            help: ["begin it with the line `probity: 1`"]))
      }
      return
    }
    guard let node = fields["probity"], node.text != "1" else { return }
    diagnostics.report(
      Diagnostic(
        .version, .error, "this version of the language is not known", at: node.span,
        help: ["what is read here is `probity: 1`"]))
  }
}
