import PushKit
import UIKit

@main
final class AppDelegate: NSObject, UIApplicationDelegate {
    var callCenter: CallCenter?
    var voipRegistry: PKPushRegistry?

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        let registry = PKPushRegistry(queue: .main)
        registry.desiredPushTypes = [.voIP]
        registry.delegate = self
        voipRegistry = registry
        callCenter = CallCenter()
        return true
    }
}
