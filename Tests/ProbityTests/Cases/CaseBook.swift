import Diagnostics
import FEEL
import Probity

/// A rule book for tests of tests; everything in it is invented.
enum CaseBook {
  static let rules = """
    probity: 1
    types:
      - type: provider
        record: true
        key: id
        facts:
          - {fact: id, type: text}
          - {fact: beds, type: number, allowed: "[0..500]"}
          - {fact: services, type: list<text>, allowed: [home care, day care]}
          - {fact: staff, type: list<worker>}
          - {fact: registration, type: registration}
      - type: registration
        facts:
          - {fact: status, type: text, allowed: [active, cancelled]}
          - {fact: since, type: date}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: regulated, type: boolean}
          - {fact: online, type: boolean}
          - {fact: issued, type: date}
      - type: council
        record: true
        key: id
        facts:
          - {fact: id, type: text}
    """
  static let providers = """
    probity: 1
    record: provider
    parameters:
      - {parameter: renewal, title: Renewal, type: years and months duration, local: true, stricter: lower, values: {2000-01-01: P3Y, 2026-07-01: P2Y}}
    decisions:
      - decision: size
        table:
          hit: first
          inputs: [beds]
          outputs: {band: text, places: number}
          rows:
            - ["< 10", small, 1]
            - ["[10..99]", medium, 2]
      - decision: licensed
        value: registration.status = "active" and beds > 0
      - decision: lapsed
        of: worker
        value: regulated and issued < date("2000-01-01")
    rules:
      - rule: dbs-renewal
        title: DBS certificates are renewed on time
        severity: major
        each: worker in staff
        when: worker.regulated and not(worker.online)
        let: {due: worker.issued + renewal}
        require: due >= today()
        message: "{worker.ref} fell due on {due}"
        source: Invented
      - rule: registered
        title: The provider is registered
        severity: critical
        require: licensed
        message: Not registered
        source: Invented
      - rule: banded
        title: The provider is of a band
        severity: minor
        require:
          - that: size.places / (beds - 7) > 0
            message: Too many places
          - that: size.band = "small"
            severity: advisory
        source: Invented
        since: 2026-01-01
      - rule: sized
        title: Not in the policy
        severity: minor
        require: beds > 0 and beds <= 500
        source: Invented
      - rule: sound
        title: Nothing of a worker has lapsed
        severity: minor
        each: w in staff
        require: not(w.lapsed)
        source: Invented
    """
  static let councils = """
    probity: 1
    record: council
    rules:
      - {rule: council-named, title: Named, severity: minor, require: supplied(id), source: Invented}
    """
  static let policy = """
    probity: 1
    policy: core
    title: Core
    record: provider
    when: list contains(services, "home care")
    rules:
      - dbs-renewal
      - {rule: registered, enforcement: mandatory}
      - banded
    parameters: {renewal: P1Y}
    verdict:
      hit: first
      inputs: [failed.critical, not_evidenced.total]
      outputs: {verdict: text}
      rows:
        - ["> 0", "-", refuse]
        - ["-", "> 0", defer]
        - ["-", "-", accredit]
    """
  static let plain = "probity: 1\npolicy: plain\ntitle: Plain\nrecord: provider\nrules: [registered]\n"
  static let bases = """
    probity: 1
    record: provider
    bases:
      - base: whole
        facts:
          id: P-1
          beds: 5
          services: [home care]
          staff:
            - {ref: W-1, regulated: true, online: false, issued: 2024-05-01}
            - {ref: W-2, regulated: false}
          registration: {status: active, since: 2020-01-01}
    """

  /// The book, with files of tests read against it; `record: provider` stands at the top of each.
  static func load(_ tests: String...) -> (files: [TestFile], loaded: Loaded) {
    load(files: tests.map { Array("probity: 1\nrecord: provider\n\($0)\n".utf8) })
  }

  /// The same with a file as it stands.
  static func load(bytes: [UInt8]) -> (files: [TestFile], loaded: Loaded) { load(files: [bytes]) }

  private static let book = {
    var loader = Loader()
    for (path, text) in [("types", rules), ("providers", providers), ("councils", councils)] {
      loader.addRules(SourceFile(path: "rules/\(path).yaml", address: path, bytes: Array(text.utf8)))
    }
    for (path, text) in [("core", policy), ("plain", plain)] {
      loader.addPolicy(SourceFile(path: "policies/\(path).yaml", bytes: Array(text.utf8)))
    }
    return loader.load()
  }()

  private static func load(files: [[UInt8]]) -> (files: [TestFile], loaded: Loaded) {
    var loaded = book
    let tests = ([Array(bases.utf8)] + files).enumerated().map { number, bytes in
      SourceFile(path: "rules/\(number).test.yaml", bytes: bytes)
    }
    return (Loader.tests(tests, loaded: &loaded), loaded)
  }
}
