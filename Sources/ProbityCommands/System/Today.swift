import FEEL

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The one place that asks the clock for the date.
enum Today {
  /// The date in UTC, so that it does not depend on how the machine is set up.
  static func date() throws -> CivilDate {
    guard let date = CivilDate(dayNumber: time(nil) / 86_400) else {
      throw complaint(.noDate, "the clock shows no date", help: "say which with --as-of")
    }
    return date
  }
}

/// Measures how long something takes.
enum Stopwatch {
  /// Nanoseconds of a clock that only goes forward.
  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }
}
