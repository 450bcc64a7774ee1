public import FEEL
public import Probity

/// What is known of a run before its first record.
public struct RunDescription: Sendable {
  public var policy: String
  public var policyTitle: String
  public var source: String?
  /// The policies it extends, the nearest first.
  public var extends: [String]
  public var stage: Stage?
  public var asOf: CivilDate
  /// What the policy loosens on that date.
  public var relaxations: [Policy.Relaxation]
  /// The version of the program.
  public var version: String

  public init(
    policy: String, policyTitle: String, source: String? = nil, extends: [String] = [], stage: Stage? = nil,
    asOf: CivilDate, relaxations: [Policy.Relaxation] = [], version: String
  ) {
    self.policy = policy
    self.policyTitle = policyTitle
    self.source = source
    self.extends = extends
    self.stage = stage
    self.asOf = asOf
    self.relaxations = relaxations
    self.version = version
  }

  public init(of policy: Policy, asOf: CivilDate, version: String) {
    self.init(
      policy: policy.name, policyTitle: policy.title, source: policy.source, extends: Array(policy.lineage.dropFirst()),
      stage: policy.stage, asOf: asOf, relaxations: policy.relaxations.filter { asOf <= $0.until }, version: version)
  }
}
