import FEEL
import Foundation

/// The one place that reads the clock.
enum Today {
  /// The date in UTC, so that it does not depend on how the machine is set up.
  static func date() throws -> CivilDate {
    guard let date = CivilDate(dayNumber: time(nil) / 86_400) else {
      throw complaint(.noDate, "the clock shows no date", help: "say which with --as-of")
    }
    return date
  }
}
