import Foundation

open class UIResponder { public init() {} }
public final class UIApplication {
    public enum LaunchOptionsKey: Hashable { case remoteNotification }
    public init() {}
}
public protocol UIApplicationDelegate {
    init()
    func application(_ application: UIApplication, willFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool
    func application(_ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool
}
extension UIApplicationDelegate {
    public static func main() {
        let delegate = Self()
        _ = delegate.application(UIApplication(), willFinishLaunchingWithOptions: nil)
        _ = delegate.application(UIApplication(), didFinishLaunchingWithOptions: nil)
        Process.finish()
    }
}
