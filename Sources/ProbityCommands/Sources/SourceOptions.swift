import ArgumentParser
import Diagnostics
import Probity
import ProbityRecords

/// Where the sources of a mapping are, for every command that reads records.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .customLong("source"),
    help: ArgumentHelp(
      "A file of one of the mapping's sources; may be given several times.",
      discussion: """
        A folder stands for the files in it that the source's `file` names, or all; among the records it stands for \
        those of every source.
        """,
      valueName: "name=file"),
    transform: SourceFile.init)
  var sources: [SourceFile] = []

  @Option(
    help: ArgumentHelp(
      "A form that came back; may be given several times.",
      discussion:
        "What it says fills in what the records leave open; where they differ, neither counts and both are named.",
      valueName: "file"))
  var answers: [String] = []

  /// The forms that came back, read.
  func answers(of type: Vocabulary.RecordType, in vocabulary: Vocabulary) -> Answers? {
    answers.isEmpty ? nil : Answers(answers.map { Files.input($0) }, of: type, in: vocabulary)
  }

  /// A file and the source it is of.
  struct SourceFile: Sendable {
    let source: String
    let path: String

    init(_ text: String) throws {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex, text.index(after: equals) != text.endIndex
      else { throw ValidationError("`\(text)` is not NAME=FILE, such as staff=staff.csv.") }
      source = String(text[..<equals])
      path = String(text[text.index(after: equals)...])
    }
  }

  /// The files of records in the order given, and those of the sources that are joined in, by name.
  struct Inputs {
    var records: [InputFile] = []
    var joined: [String: [InputFile]] = [:]
  }

  /// Finds out which file is of which source.
  ///
  /// - Parameter paths: the files that are named as records, and folders of files of any source.
  func inputs(_ paths: [String], for mapping: Mapping?, until interruption: Interruption?) throws -> Inputs {
    let names = mapping?.sourceNames ?? []
    var files: [String: [String]] = [:]
    var records: [String] = []
    for path in paths {
      guard Files.kind(of: path) == .directory, let mapping, !names.isEmpty else {
        records.append(path)
        continue
      }
      for name in try Files.names(in: path) {
        // A file may be of several sources: the same sheet, read with two filters.
        for source in names where mapping.expects(name, of: source) {
          let file = Paths.join(path, name)
          if source == mapping.recordSource { records.append(file) } else { files[source, default: []].append(file) }
        }
      }
    }
    for file in sources {
      guard names.contains(file.source) else {
        let nearest = NearMiss.nearest(to: file.source, among: names)
        throw complaint(
          .unknownSource, "there is no source `\(file.source)` in the mapping",
          help: nearest.map { "did you mean `\($0)`?" }
            ?? (names.isEmpty ? "the mapping has no `sources`" : "its sources are \(list(names))"))
      }
      let paths = try Files.kind(of: file.path) == .directory ? self.files(in: file, for: mapping) : [file.path]
      if file.source == mapping?.recordSource {
        records += paths
      } else {
        files[file.source, default: []] += paths
      }
    }
    let missing = names.filter { $0 == mapping?.recordSource ? records.isEmpty : files[$0] == nil }
    guard missing.isEmpty else {
      throw complaint(
        .missingSource, "no file is given for \(list(missing))", help: "write `--source \(missing[0])=FILE`")
    }
    return Inputs(
      records: records.map { Files.input($0, until: interruption) },
      joined: files.mapValues { $0.map { Files.input($0, until: interruption) } })
  }

  /// The files of a folder that is given for one source: those that its `file` names, or all where it names none.
  private func files(in folder: SourceFile, for mapping: Mapping?) throws -> [String] {
    let names = try Files.names(in: folder.path)
    let namesFiles = mapping?.namesFiles(of: folder.source) ?? false
    let expected = names.filter { name in
      Files.kind(of: Paths.join(folder.path, name)) == .file
        && (!namesFiles || mapping?.expects(name, of: folder.source) == true)
    }
    guard !expected.isEmpty else {
      throw complaint(.missingSource, "`\(folder.path)` holds no file of `\(folder.source)`")
    }
    return expected.map { Paths.join(folder.path, $0) }
  }

  private func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
