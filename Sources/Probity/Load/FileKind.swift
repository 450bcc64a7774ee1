import Diagnostics
import YAML

/// What a file of a rule book holds.
public enum FileKind: Sendable, CaseIterable {
  case rules, policy, waivers, mapping, tests

  /// What its keys say; nil where they say nothing, as in an empty file.
  public init?(of bytes: [UInt8]) {
    var ignored = Diagnostics()
    let root = YAML.parse(bytes, file: FileID(rawValue: 0), into: &ignored)
    let keys = Set(root.entries?.compactMap(\.key.text) ?? [])
    if !keys.isDisjoint(with: ["bases", "cases", "tables"]) {
      self = .tests
    } else if keys.contains("policy") {
      self = .policy
    } else if keys.contains("waivers") {
      self = .waivers
    } else if keys.contains("mapping") || keys.contains("facts") {
      self = .mapping
    } else if !keys.isDisjoint(with: ["rules", "types", "parameters", "decisions", "clauses"]) {
      self = .rules
    } else {
      return nil
    }
  }
}
