// Signal sources may be shared between threads, which Dispatch does not say on every platform.
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Notices that the user wants the run to stop (SIGINT, or SIGTERM).
final class Interruption: Sendable {
  /// The signal that came, or 0.
  private let signal = Atomic<Int32>(0)

  private let sources: [any DispatchSourceSignal]

  /// Takes the signals over for the rest of the process.
  ///
  /// A run looks at ``number`` between records. One that cannot, because it waits for input, is ended after a moment.
  init() {
    sources = [SIGINT, SIGTERM].map { number in
      // Without this the signal would end the process before its source hears of it.
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      source.setEventHandler { [self] in
        signal.store(number, ordering: .relaxed)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(700)) {
          StandardError.write("probity: stopped; the report is not complete\n")
          _exit(ExitStatus.interrupted(by: number))
        }
      }
      source.resume()
    }
    // A closed pipe is an error of the write, which ends the run quietly.
    Foundation.signal(SIGPIPE, SIG_IGN)
  }

  /// The signal that asked for the end, nil while none has come.
  var number: Int32? {
    let number = signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
