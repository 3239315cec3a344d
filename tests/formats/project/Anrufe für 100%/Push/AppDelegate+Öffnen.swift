import PushKit

extension AppDelegate: PKPushRegistryDelegate {
    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {}

    func pushRegistry(
        _ registry: PKPushRegistry,
        didReceiveIncomingPushWith payload: PKPushPayload,
        for type: PKPushType,
        completion: @escaping () -> Void
    ) {
        /* 📞 100 % */ guard let anrufer = name(in: payload) else { return completion() }
        /* 🤙 */ callCenter?.ring(for: anrufer, then: completion)
    }

    private func name(in payload: PKPushPayload) -> String? {
        payload.dictionaryPayload["für"] as? String
    }
}
