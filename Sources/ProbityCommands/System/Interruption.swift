import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The signal that asked for the end, or 0. A signal handler can reach nothing but what is global.
private let requested = Atomic<Int32>(0)

/// Notices that the user wants the run to stop (SIGINT, or SIGTERM).
struct Interruption: Sendable {
  /// How long a run has to notice by itself, in seconds.
  private static let patience: UInt32 = 2

  /// Takes the signals over for the rest of the process.
  ///
  /// A run looks at ``number`` between records and while it waits for input. One that cannot, because whoever reads its
  /// output takes nothing, is ended by an alarm.
  init() {
    // The global is there before a handler needs it: to make it is more than a handler may do.
    requested.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        requested.store(number, ordering: .relaxed)
        alarm(Interruption.patience)
      }
    }
    signal(SIGALRM) { _ in
      let words: StaticString = "probity: stopped; the report is not complete\n"
      _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
      _exit(ExitStatus.interrupted(by: requested.load(ordering: .relaxed)))
    }
    // Whoever started the process may have left them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGALRM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    // A closed pipe is an error of the write, which ends the run quietly.
    signal(SIGPIPE, SIG_IGN)
  }

  /// The signal that asked for the end, nil while none has come.
  var number: Int32? {
    let number = requested.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
