// Lets one push in, and says what became of it.
import Foundation
import PushKit

@main
enum Run {
    static func main() {
        let center = PushCenter.shared
        center.pushRegistry(PKPushRegistry(), didReceiveIncomingPushWith: PKPushPayload(), for: .voIP) {}
        let before = World.reports
        var later = World.later
        let kept = [center.pending, center.helper.kept, CallManager.shared.pending, CallTools.pending]
        later += kept.compactMap { $0 }
        if before > 0 {
            print("outcome reported")
        } else if later.isEmpty {
            print(World.handedOut > 0 ? "outcome unseen" : "outcome missing")
        } else {
            // What is put off counts with the most that it may do: a run in which it does nothing says nothing.
            later.forEach { $0() }
            print(World.reports > 0 ? "outcome deferred" : "open")
        }
    }
}
