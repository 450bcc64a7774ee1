import Diagnostics
import Probity
import Testing

/// Files with what is said about them written below the lines that it is said of:
///
/// ```
/// severity: majr
///           ^^^^ error RULE305 `majr` is not a `severity` = did you mean `major`?
/// ```
///
/// A line `=== rules/a.yaml` starts a file, and its address is what stands between `rules/` and `.yaml`. Where there is
/// none, the text is `rules/rules.yaml`. Every file begins with `probity: 1` unless it says otherwise itself.
struct AnnotatedFiles {
  private var files: [(path: String, lines: [String], hasHeading: Bool)] = []

  init(_ text: String) {
    var lines: [String] = []
    var path: String?
    func finished() -> (path: String, lines: [String], hasHeading: Bool) {
      (path ?? "rules/rules.yaml", lines, path != nil)
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("=== ") {
        if path != nil || !lines.isEmpty { files.append(finished()) }
        path = String(line.dropFirst(4))
        lines = []
      } else if !Self.isMark(line) {
        lines.append(line)
      }
    }
    files.append(finished())
  }

  private static func isMark(_ line: String) -> Bool {
    line.drop { $0 == " " }.hasPrefix("^")
  }

  private static func saysVersion(_ lines: [String]) -> Bool { lines.contains { $0.contains("probity:") } }

  /// Loads the files, after those given, as a loader would, and waivers last.
  func load(after others: [SourceFile] = []) -> Loaded {
    var loader = Loader()
    for file in others { loader.addRules(file) }
    var waiverFiles: [SourceFile] = []
    for (path, lines, _) in files {
      let versioned = Self.saysVersion(lines)
      let text = (versioned ? "" : "probity: 1\n") + lines.joined(separator: "\n") + "\n"
      var file = SourceFile(path: path, bytes: Array(text.utf8))
      if path.hasPrefix("policies/") {
        loader.addPolicy(file)
      } else if path.hasPrefix("waivers") {
        waiverFiles.append(file)
      } else {
        file.address = String(path.dropFirst("rules/".count).dropLast(".yaml".count))
        loader.addRules(file)
      }
    }
    var loaded = loader.load()
    for file in waiverFiles {
      _ = Loader.waivers(file, book: loaded.book, sources: &loaded.sources, into: &loaded.diagnostics)
    }
    return loaded
  }

  /// The files with what was said about them.
  func annotated(with loaded: Loaded) -> String {
    var marks: [String: [Int: [String]]] = [:]
    var homeless: [String] = []
    for diagnostic in loaded.diagnostics.sorted {
      guard let span = diagnostic.span else {
        homeless.append("\(diagnostic.severity.rawValue) \(diagnostic.code) \(diagnostic.message)")
        continue
      }
      let start = loaded.sources.location(Int(span.start), in: span.file)
      let end = loaded.sources.location(Int(span.end), in: span.file)
      let line = String(decoding: loaded.sources.line(start.line, of: span.file), as: UTF8.self)
      // A place of several lines is marked on its first.
      let last = end.line == start.line ? end.column : line.count + 1
      var mark = String(repeating: " ", count: start.column - 1)
      mark += String(repeating: "^", count: max(last - start.column, 1))
      mark += " \(diagnostic.severity.rawValue) \(diagnostic.code) \(diagnostic.message)"
      if let label = diagnostic.label { mark += " | \(label)" }
      for related in diagnostic.related {
        let place = loaded.sources.location(Int(related.span.start), in: related.span.file)
        let text = String(decoding: loaded.sources.line(place.line, of: related.span.file), as: UTF8.self)
        let words = text.split(separator: " ").filter { $0 != "-" }.prefix(3).joined(separator: " ")
        mark += " & \(related.label): \(words)"
      }
      for help in diagnostic.help { mark += " = \(help)" }
      marks[loaded.sources.name(of: span.file), default: [:]][start.line, default: []].append(mark)
    }
    var result: [String] = homeless
    for (path, lines, hasHeading) in files {
      if hasHeading { result.append("=== \(path)") }
      let added = Self.saysVersion(lines) ? 0 : 1
      // What is said of a line that was added has no line to stand below.
      if added == 1 { result += marks[path]?[1] ?? [] }
      for (index, line) in lines.enumerated() {
        result.append(line)
        result += marks[path]?.removeValue(forKey: index + 1 + added) ?? []
      }
      // Where the file ends too early, what is said stands behind its last line.
      result += marks[path]?.removeValue(forKey: lines.count + 1 + added) ?? []
    }
    return result.joined(separator: "\n")
  }
}

/// A vocabulary for the tests, with one type of record.
let providerVocabulary = SourceFile(
  path: "rules/vocabulary.yaml", address: "vocabulary",
  bytes: Array(
    """
    probity: 1
    types:
      - type: provider
        record: true
        title: Care provider
        key: id
        name: legal_name
        facts:
          - {fact: id, type: text, label: Provider reference}
          - {fact: legal_name, type: text}
          - {fact: services, type: list<text>, allowed: [domiciliary care, day care]}
          - {fact: employees, type: number, allowed: ">= 0"}
          - {fact: registered, type: boolean}
          - {fact: registered_on, type: date}
          - {fact: manager, type: person}
          - {fact: staff, type: list<worker>}
          - {fact: visits, type: list<visit>}
      - type: person
        facts:
          - {fact: name, type: text, sensitive: true}
          - {fact: in_post, type: boolean}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: person, type: person}
          - {fact: hours, type: number, allowed: "[0..168]"}
          - {fact: issued, type: date}
      - type: visit
        key: day
        facts:
          - {fact: day, type: date}
          - {fact: kind, type: text, allowed: [first, routine]}
          - {fact: areas, type: list<area>}
      - type: area
        facts:
          - {fact: area, type: text}
          - {fact: mark, type: number, allowed: "[1..9]"}

    """.utf8))

/// A row: a name, and annotated files.
struct LoadCase: Sendable, CustomStringConvertible {
  var name: String
  var text: String

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }

  var description: String { name }
}

/// Loads a row's files, below what all rows of a suite have, and expects what is written below their lines.
func check(_ c: LoadCase, after others: [SourceFile] = [], below common: String = "") {
  let files = AnnotatedFiles(common + c.text)
  let annotated = files.annotated(with: files.load(after: others))
  #expect(annotated == common + c.text)
}
