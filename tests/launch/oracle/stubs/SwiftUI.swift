// As SwiftUI does it: the `App` struct is built, then the delegate that its adaptor names.
import UIKit

public protocol Scene {}
public struct Text { public init(_ text: String) {} }
public struct WindowGroup: Scene { public init(_ content: () -> Text) {} }

@propertyWrapper
public struct UIApplicationDelegateAdaptor<Delegate: UIApplicationDelegate> {
    public var wrappedValue: Delegate { fatalError("nothing asks for it") }
    public init(_ delegate: Delegate.Type) { launch = { Delegate.main() } }
}
public var launch: () -> Void = {}

public protocol App {
    associatedtype Body: Scene
    var body: Body { get }
    init()
}
extension App {
    public static func main() {
        _ = Self()
        launch()
    }
}
