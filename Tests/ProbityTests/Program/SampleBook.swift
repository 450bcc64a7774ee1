import FEEL
import Probity

/// An invented rule book: facts of every kind that columns hold and some that they do not, parameters, and decision
/// tables of every hit policy. Generated decisions and rules are added to it.
enum SampleBook {
  static let file = SourceFile(path: "sample.yaml", address: "sample", bytes: Array(text.utf8))

  static let vocabulary = Vocabulary(types: loaded([]).book.vocabulary.types)

  /// What its records are.
  static let recordType = vocabulary["provider"]?.context ?? ContextType(members: [])

  /// The sample with further files of rules.
  static func loaded(_ files: [SourceFile]) -> Loaded {
    var loader = Loader()
    for file in [file] + files { loader.addRules(file) }
    loader.addPolicy(SourceFile(path: "policy.yaml", bytes: Array(policy.utf8)))
    return loader.load()
  }

  private static let policy = """
    probity: 1
    policy: everything
    title: Every rule there is
    source: Invented for tests
    rules: ["*"]
    verdict:
      hit: first
      inputs: [failed.total, not_evidenced.total, error.total]
      outputs: {verdict: text}
      rows:
        - ["> 0", "-", "-", refuse]
        - ["-", "> 0", "-", defer]
        - ["-", "-", "> 0", look again]
        - ["-", "-", "-", accept]
    """

  private static let text = """
    probity: 1
    record: provider
    types:
      - type: provider
        record: true
        key: id
        facts:
          - {fact: id, type: text}
          - {fact: active, type: boolean}
          - {fact: licensed, type: boolean}
          - {fact: score, type: number, allowed: "[0..100]"}
          - {fact: turnover, type: number}
          - {fact: balance, type: number}
          - {fact: grade, type: text, allowed: [A, B, C]}
          - {fact: town, type: text}
          - {fact: trading_town, type: text}
          - {fact: founded, type: date}
          - {fact: inspected, type: date, allowed: '[@"2000-01-01"..@"2026-12-31"]'}
          - {fact: notice, type: days and time duration}
          - {fact: contract_length, type: years and months duration}
          - {fact: opens, type: time}
          - {fact: services, type: list<text>}
          - {fact: ratings, type: list<number>, allowed: "[1..5]"}
          - {fact: closures, type: list<date>}
          - {fact: office, type: office}
          - {fact: staff, type: list<worker>}
          - {fact: insurance, type: list<cover>}
      - type: office
        facts:
          - {fact: city, type: text}
          - {fact: opened, type: date}
          - {fact: safe, type: boolean}
          - {fact: rooms, type: number}
          - {fact: contact, type: contact}
          - {fact: alarms, type: list<text>}
      - type: contact
        facts:
          - {fact: verified, type: boolean}
          - {fact: since, type: date}
          - {fact: tier, type: number, allowed: "[0..10]"}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: role, type: text, allowed: [carer, driver, manager]}
          - {fact: hired, type: date}
          - {fact: hours, type: number, allowed: "[0..168]"}
          - {fact: pay, type: number}
          - {fact: cleared, type: boolean}
          - {fact: leave, type: days and time duration}
          - {fact: languages, type: list<text>}
          - {fact: certificate, type: certificate}
          - {fact: visits, type: list<visit>}
      - type: certificate
        facts:
          - {fact: issued, type: date}
          - {fact: clear, type: boolean}
          - {fact: level, type: text, allowed: [basic, standard, enhanced]}
          - {fact: fee, type: number}
      - type: visit
        facts:
          - {fact: day, type: date}
          - {fact: minutes, type: number, allowed: ">= 0"}
          - {fact: kept, type: boolean}
      - type: cover
        facts:
          - {fact: kind, type: text}
          - {fact: amount, type: number, allowed: ">= 0"}
          - {fact: expires, type: date}
          - {fact: undertaken, type: boolean}
    parameters:
      - {parameter: minimum, type: number, values: {2000-01-01: 3}, local: true}
      - {parameter: fine_share, type: number, values: {2000-01-01: 0.33333}, local: true}
      - {parameter: renewal, type: years and months duration, values: {2000-01-01: P3Y}, local: true}
      - {parameter: look_ahead, type: days and time duration, values: {2000-01-01: P28D}, local: true}
      - {parameter: cut_off, type: date, values: {2000-01-01: 2026-01-31}, local: true}
      - {parameter: strict, type: boolean, values: {2000-01-01: true}, local: true}
      - {parameter: home_town, type: text, values: {2000-01-01: York}, local: true}
      - {parameter: not_yet, type: number, values: {2030-01-01: 1}, local: true}
      - {parameter: holidays, type: list<date>, values: {2000-01-01: [2026-06-30, 2026-05-31]}, local: true}
      - {parameter: towns, type: list<text>, values: {2000-01-01: [York, Łódź]}, local: true}
    decisions:
      - decision: band
        table:
          hit: first
          inputs: [score, active]
          outputs: {band: number}
          rows:
            - ["> 50", "true", 1]
            - ["> 10", "-", 2]
            - ["-", "false", 3]
      - decision: worker_band
        of: worker
        table:
          hit: unique
          inputs: [role, hours]
          outputs: {points: number, safe_hours: boolean, until: date}
          rows:
            - ['"carer"', "<= 37.5", "hours", "true", 'hired + @"P1Y"']
            - ['"carer", "driver"', "> 37.5", "minimum", "hours < 48", today()]
            - ['not("carer")', "-", "1", "cleared", "cut_off"]
      - decision: outlook
        table:
          hit: any
          inputs: ["count(staff)", "office.safe"]
          outputs: {outlook: {type: text, default: open}}
          rows:
            - ["> 1", "true", good]
            - ["> 0", "-", good]
            - ["0", "false", bad]
      - decision: priority_band
        table:
          hit: priority
          inputs: [turnover]
          outputs: {priority_band: {type: number, allowed: [3, 2, 1]}}
          rows:
            - [">= 0", 1]
            - [">= 10", 2]
      - decision: points
        table:
          hit: collect
          aggregate: sum
          inputs: [licensed, town]
          outputs: {points: number}
          rows:
            - ["true", "-", 1]
            - ["-", '"York"', 2]
    """
}
