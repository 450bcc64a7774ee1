import Diagnostics
import Probity
import ProbityReports

/// The workbooks in which records' missing facts are asked for: one for all of them, or one for each.
struct Forms: ~Copyable {
  private let checkings: [Checking]
  private let type: Vocabulary.RecordType
  private let vocabulary: Vocabulary
  private let isSeparate: Bool
  private let path: String
  /// Kept until all are known, since the columns are those of all of them.
  private var requests: [(request: RecordRequest, record: Record)] = []
  private var names: Set<String> = []

  /// - Parameter path: of the workbook, or of the folder of separate ones.
  init(checkings: [Checking], type: Vocabulary.RecordType, vocabulary: Vocabulary, isSeparate: Bool, path: String) {
    self.checkings = checkings
    self.type = type
    self.vocabulary = vocabulary
    self.isSeparate = isSeparate
    self.path = path
  }

  mutating func add(_ request: RecordRequest, of record: Record) throws {
    guard !request.facts.isEmpty else { return }
    guard isSeparate else { return requests.append((request, record)) }
    if names.isEmpty { try makeFolder() }
    try WorkbookFile.write(
      plan(of: [(request, record)], title: "Evidence asked of \(record.name ?? record.key)"),
      named: Paths.join(path, fileName(of: record.key)))
  }

  /// Writes what is left to write.
  consuming func finish() throws {
    guard !isSeparate else { return }
    try WorkbookFile.write(plan(of: requests, title: "Evidence asked for"), named: path)
  }

  private func plan(of requests: [(request: RecordRequest, record: Record)], title: String) -> FormPlan {
    var wanted: Set<String> = []
    for fact in requests.lazy.flatMap(\.request.facts) {
      let path = fact.fact.pathOfItems
      wanted.insert(path)
      for column in fact.columns { wanted.insert("\(path)[].\(column.path)") }
    }
    let purpose = FormBuilder.Purpose(of: checkings, title: title, instructions: FormText.answer)
    var builder = FormBuilder(FormLayout(type, in: vocabulary, wanted: wanted), for: purpose)
    for (request, record) in requests { builder.add(request, of: record) }
    return builder.finished()
  }

  private func makeFolder() throws {
    guard let reason = Files.makeFolder(path) else { return }
    throw complaint(.unwritable, "the folder `\(path)` cannot be made: \(reason)")
  }

  /// A name of a file after a record's key, of which anything may be part.
  private mutating func fileName(of key: String) -> String {
    let plain = key.unicodeScalars.map { scalar -> Character in
      let isPlain =
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-_ ".unicodeScalars.contains(scalar)
      return isPlain ? Character(scalar) : "_"
    }
    var base = ""
    for character in plain where base.utf8.count < Self.mostNameBytes { base.append(character) }
    var name = base
    var number = 1
    while !names.insert(name.lowercased()).inserted {
      number += 1
      name = "\(base) (\(number))"
    }
    return name + ".xlsx"
  }

  private static let mostNameBytes = 120
}
