import ArgumentParser
import FEEL

/// What rules are held against and when, for every command that runs policies over records.
struct EvidenceOptions: ParsableArguments {
  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The date the records are judged at; today in UTC unless given.", valueName: "yyyy-mm-dd"),
    transform: readDate)
  var asOf: CivilDate?

  @Option(help: ArgumentHelp("The rule book: the folder that holds rules and policies.", valueName: "folder"))
  var rules: String?

  @Option(help: ArgumentHelp("A file of waivers.", valueName: "file"))
  var waivers: String?

  @Option(help: ArgumentHelp("What feeds which fact.", valueName: "file"))
  var mapping: String?

  @OptionGroup var sources: SourceOptions

  /// - Parameter records: the files that are named as records.
  func validate(records: [String]) throws {
    if records.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input can be read only once.") }
    if records.isEmpty, sources.sources.isEmpty { throw ValidationError("Name the files of records.") }
  }
}
