import CallKit
import PushKit
import UIKit

@main
final class AppDelegate: NSObject, UIApplicationDelegate, PKPushRegistryDelegate {
    let registry = PKPushRegistry(queue: .main)
    var provider: CXProvider?

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        registry.desiredPushTypes = [.voIP]
        registry.delegate = self
        provider = CXProvider(configuration: CXProviderConfiguration())
        return true
    }

    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {}

    func pushRegistry(
        _ registry: PKPushRegistry,
        didReceiveIncomingPushWith payload: PKPushPayload,
        for type: PKPushType,
        completion: @escaping () -> Void
    ) {
        guard let id = payload.dictionaryPayload["id"] as? String else { return completion() }
        provider?.reportNewIncomingCall(with: UUID(uuidString: id)!, update: CXCallUpdate()) { _ in completion() }
    }
}
