import ArgumentParser
import Diagnostics
import Probity
import ProbityRecords

/// Diagnoses the files of a rule book.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Find what is wrong in rules, policies, waivers, mappings and tests.",
    discussion: """
      Every problem is shown with its file, line and column, the line itself and what to do. A file is always checked \
      against the whole rule book it belongs to: the folder that holds rules and policies, above the file or here.

      EXAMPLES

        The rule book in the current folder:
          probity lint

        One file of it, and a list of waivers:
          probity lint rules/dbs.yaml Examples/waivers.yaml

      EXIT STATUS

        0   no errors
        1   errors; with --strict also warnings
        2   a file that cannot be read, or no rule book
      """)

  @Flag(help: "Count warnings as errors in the exit status.")
  var strict = false

  @Option(help: ArgumentHelp("The rule book: the folder that holds rules and policies.", valueName: "folder"))
  var rules: String?

  @Argument(help: "Files or folders; the whole rule book unless given.")
  var paths: [String] = []

  func run() throws {
    let folder = rules.map { RuleBookFolder(named: $0) } ?? RuleBookFolder(of: paths)
    var passedOver: [String] = []
    let targets = try paths.flatMap { try self.files($0, of: folder, passedOver: &passedOver) }
    let files = try folder.files(with: targets)
    var loader = Loader()
    var loaded = loader.load(files)
    let isBroken = loaded.diagnostics.hasErrors
    if !isBroken {
      loaded.diagnostics.report(contentsOf: TableReview.review(loaded.book, loaded.policies))
    }
    let rest = files.filter { $0.kind == .waivers || $0.kind == .mapping }
    for file in isBroken ? [] : rest { Self.check(file, against: &loaded) }
    let tests = files.filter { $0.kind == .tests }
    if !isBroken, !tests.isEmpty { _ = Loader.tests(tests.map(\.source), loaded: &loaded) }

    var shown = Diagnostics()
    let meant = Set(targets.compactMap { Paths.identity(of: $0) })
    let names = Set(files.map(\.path).filter { Paths.identity(of: $0).map(meant.contains) ?? false })
    for diagnostic in loaded.diagnostics.all {
      let isMeant = diagnostic.span.map { names.contains(loaded.sources.name(of: $0.file)) } ?? true
      if paths.isEmpty || isMeant { shown.report(diagnostic) }
    }
    let renderer = TextRenderer(colour: Terminal.showsColour(StandardOutput.descriptor))
    var text = renderer.render(shown, loaded.sources)
    text += closing(
      files: paths.isEmpty ? files.count : names.count, loaded, isClean: shown.all.isEmpty,
      elsewhere: loaded.diagnostics.all.count - shown.all.count, unchecked: isBroken ? rest.count + tests.count : 0)
    if !passedOver.isEmpty {
      text += "passed over, being of no rule book or of another: \(passedOver.joined(separator: ", "))\n"
    }
    if let failure = StandardOutput.write(Array(text.utf8)) {
      guard case .failed(let reason) = failure else { throw Ending(ExitStatus.closedPipe) }
      throw complaint(.unwritable, "standard output cannot be written: \(reason)")
    }
    let isBad = shown.hasErrors || strict && shown.all.contains { $0.severity == .warning }
    throw Ending(isBad ? ExitStatus.findings : ExitStatus.clean, keeping: [loader, loaded])
  }

  private static func check(_ file: BookFile, against loaded: inout Loaded) {
    if file.kind == .waivers {
      _ = Loader.waivers(
        file.source, book: loaded.book, sources: &loaded.sources, into: &loaded.diagnostics)
    } else {
      let id = loaded.sources.add(name: file.path, bytes: file.bytes)
      _ = Mapping.load(file.bytes, file: id, vocabulary: loaded.book.vocabulary, into: &loaded.diagnostics)
    }
  }

  /// The files that a path means; of a folder those that lie in the rule book, or hold something of one and lie in none.
  private func files(
    _ path: String, of folder: RuleBookFolder, passedOver: inout [String]
  ) throws -> [String] {
    switch Files.kind(of: path) {
    case .file: return [path]
    case .missing: throw complaint(.unreadableFile, "`\(path)` cannot be read: no such file")
    case .directory:
      let files: [String]
      do { files = try Files.yamlFiles(below: path) } catch {
        throw complaint(.unreadableFile, "`\(path)` cannot be read: \(error.reason)")
      }
      // Whether it is our rule book that holds what lies in a folder; nil where none does.
      var isOurs: [String: Bool?] = [:]
      let held = try files.filter { file in
        let parent = Paths.parent(file)
        let isInOurs: Bool? =
          isOurs[parent] ?? RuleBookFolder(around: file).map { Paths.areSame($0.rules, folder.rules) }
        isOurs[parent] = .some(isInOurs)
        return try isInOurs ?? (FileKind(of: readFile(file)) != nil)
      }
      if held.isEmpty { throw complaint(.notLinted, "`\(path)` holds no YAML files of the rule book") }
      let kept = Set(held)
      passedOver += files.filter { !kept.contains($0) }
      return held
    }
  }

  private func closing(files: Int, _ loaded: Loaded, isClean: Bool, elsewhere: Int, unchecked: Int) -> String {
    func count(_ number: Int, _ noun: String, _ nouns: String) -> String { "\(number) \(number == 1 ? noun : nouns)" }
    var text = ""
    if unchecked > 0 {
      text +=
        "\(count(unchecked, "file", "files")) of waivers, mappings or tests not checked until the rules have no errors\n"
    }
    if elsewhere > 0 {
      text += "\(count(elsewhere, "problem", "problems")) in other files of the rule book not shown\n"
    }
    let held =
      "\(count(loaded.book.rules.count, "rule", "rules")), "
      + "\(count(loaded.policies.count, "policy", "policies"))"
    return text + "\(count(files, "file", "files")) checked against \(held)\(isClean ? ": no problems" : "")\n"
  }
}
