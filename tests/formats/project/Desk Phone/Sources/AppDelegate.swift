import CallKit
import PushKit
import TelephonyVendor

final class AppDelegate: NSObject, PKPushRegistryDelegate {
    private let provider = CXProvider(configuration: CXProviderConfiguration())
    private let vendor = VendorPhone()

    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {}

    func pushRegistry(
        _ registry: PKPushRegistry,
        didReceiveIncomingPushWith payload: PKPushPayload,
        for type: PKPushType,
        completion: @escaping () -> Void
    ) {
        if payload.dictionaryPayload["vendor"] != nil {
            vendor.receive(payload)
            return completion()
        }
        Task {
            provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in completion() }
        }
    }
}
