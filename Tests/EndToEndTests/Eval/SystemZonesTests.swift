import FEEL
import Testing

@testable import ProbityCommands

@Suite struct SystemZonesTests {
  /// Names come from expressions, which must not choose what is read.
  @Test(arguments: [
    "../../../etc/passwd", "/etc/passwd", "Europe/../../../../etc/passwd", "Europe/", "", "Europe//Paris", "Europe",
    "Europe/Paris\u{0}", ".", "..", "zone.tab", "Éurope/Paris",
  ])
  func noZone(_ name: String) {
    #expect(!SystemZones().knows(name))
    #expect(SystemZones().offset(of: name, atUTC: 0) == nil)
  }

  @Test func withoutFiles() {
    let zones = SystemZones(folder: "/no/such/folder")
    #expect(zones.knows("UTC") && zones.knows("Etc/UTC") && !zones.knows("Europe/Paris"))
    #expect(zones.offset(of: "UTC", atLocal: 0) == 0 && zones.offset(of: "Europe/Paris", atLocal: 0) == nil)
  }
}
