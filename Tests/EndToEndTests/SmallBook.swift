/// A rule book of one rule, with a record that fails it.
enum SmallBook {
  static let rules = """
    probity: 1
    types:
      - type: provider
        record: true
        key: id
        facts:
          - {fact: id, type: text}
          - {fact: staff, type: number}
          - {fact: secret, type: text, sensitive: true}
    rules:
      - rule: enough-staff
        title: There is enough staff
        severity: major
        require: staff >= 3
        message: Only {staff}, said {secret}
        source: Invented
    """
  static let policy = "probity: 1\npolicy: small\ntitle: Small\nrules: [enough-staff]\n"

  /// Runs its policy, in its folder.
  static let check = ["check", "--policy", "small", "--rules", "book", "--as-of", "2026-06-30"]

  private static let secret = String(repeating: "hush ", count: 300)

  /// Some megabytes of records, good and bad ones, so that they come in several blocks.
  static let manyRecords: String = (0..<2500).map { number in
    switch number % 500 {
    case 7: "{\"secret\": \"without an identifier\"}\n"
    case 8: "{\"id\": \"cut\n"
    case 9: "{\"id\": \"unknown\"}\n"
    default: #"{"id": "P-\#(number)", "staff": \#(number % 7), "secret": "\#(secret)"}"# + "\n"
    }
  }.joined()

  static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(rules, to: "book/rules/care/staff.yaml")
    try scratch.write(policy, to: "book/policies/home/small.yaml")
    try scratch.write(policy.replacing("policy: small", with: "policy: elsewhere"), to: "elsewhere.yaml")
    try scratch.write("{\"id\": \"A\", \"staff\": 2.50, \"secret\": \"hush\"}\n", to: "a.jsonl")
    return scratch
  }
}
