//! What an example of project files leaves out: the Xcode project around them, and the code that asks for pushes.

use std::collections::BTreeSet;
use std::path::Path;

use crate::examples::Files;

/// The target of a file that names none.
pub(crate) const APP: &str = "App";

/// Code that asks for VoIP pushes and reports a call for each.
const APP_DELEGATE: &str = r"import CallKit
import PushKit
import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate, PKPushRegistryDelegate {
    private let provider = CXProvider(configuration: CXProviderConfiguration())
    private var registry: PKPushRegistry?

    func application(_ application: UIApplication,
                     didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        let registry = PKPushRegistry(queue: .main)
        registry.delegate = self
        registry.desiredPushTypes = [.voIP]
        self.registry = registry
        return true
    }

    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {
        provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in completion() }
    }
}
";

/// A file of an example, and the target that it belongs to.
pub(crate) struct Member {
    pub(crate) path: String,
    pub(crate) target: String,
}

/// Adds an Xcode project where there are project files and no project of their own. Where no code asks for pushes an
/// app delegate does. A target that is not the app is an extension of it. What no block shows, the project names and nobody sees.
pub(crate) fn complete(files: &mut Files, members: &mut Vec<Member>) {
    let has_project = files.keys().any(|path| has_extension(path, "pbxproj"));
    if files.keys().all(|path| is_swift(path)) && members.iter().all(|member| member.target == APP) {
        return;
    }
    let asks = |text: &String| text.contains("PKPushRegistry");
    if !has_project && !files.values().any(asks) {
        files.insert("AppDelegate.swift".to_owned(), APP_DELEGATE.to_owned());
        members.push(Member { path: "AppDelegate.swift".to_owned(), target: APP.to_owned() });
    }
    if !has_project {
        files.insert("App.xcodeproj/project.pbxproj".to_owned(), project(members));
    }
}

/// Whether a file is Swift.
pub(crate) fn is_swift(path: &str) -> bool {
    has_extension(path, "swift")
}

fn has_extension(path: &str, wanted: &str) -> bool {
    Path::new(path).extension().is_some_and(|kind| kind == wanted)
}

fn project(members: &[Member]) -> String {
    let names: BTreeSet<&str> = members.iter().map(|member| member.target.as_str()).chain([APP]).collect();
    let targets: Vec<String> = names.iter().map(|name| target(name, members)).collect();
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!(
        "// !$*UTF8*$!\n{{ rootObject = Project; objects = {{ Project = {{ isa = PBXProject; targets = ({}); \
         buildConfigurationList = \"all lists\"; }};\n{}\n{} }}; }}\n",
        names.join(", "),
        configurations("all", "", "CODE_SIGN_ENTITLEMENTS = Unseen.entitlements;"),
        targets.join("\n")
    )
}

/// The objects of a target.
fn target(name: &str, members: &[Member]) -> String {
    let paths = || members.iter().filter(|member| member.target == name).map(|member| member.path.as_str());
    let reference = |path: &str| {
        format!("\"{path}\" = {{ isa = PBXFileReference; path = \"{path}\"; sourceTree = SOURCE_ROOT; }};")
    };
    let sources: Vec<&str> = paths().filter(|path| is_swift(path)).collect();
    let compiled: Vec<String> = sources.iter().map(|path| format!("\"compile {path}\"")).collect();
    let compiled = compiled.join(", ");
    let kind = if name == APP { "application" } else { "app-extension" };
    let mut objects: Vec<String> = sources.iter().map(|path| reference(path)).collect();
    objects.extend(
        sources
            .iter()
            .map(|path| format!("\"compile {path}\" = {{ isa = PBXBuildFile; fileRef = \"{path}\"; }};")),
    );
    // A file of settings says where the others are.
    let (base, settings) = match paths().find(|path| has_extension(path, "xcconfig")) {
        Some(config) => {
            objects.push(reference(config));
            (format!("baseConfigurationReference = \"{config}\";"), String::new())
        }
        None => {
            let info = paths().find(|path| has_extension(path, "plist")).unwrap_or("Unseen.plist");
            let entitlements =
                paths().find(|path| has_extension(path, "entitlements")).unwrap_or("Unseen.entitlements");
            let settings =
                format!("INFOPLIST_FILE = \"{info}\"; CODE_SIGN_ENTITLEMENTS = \"{entitlements}\";");
            (String::new(), settings)
        }
    };
    objects.push(format!(
        "\"{name}\" = {{ isa = PBXNativeTarget; name = \"{name}\"; productType = \"com.apple.product-type.{kind}\"; \
         buildPhases = (\"sources {name}\"); buildConfigurationList = \"{name} lists\"; }};"
    ));
    objects.push(format!("\"sources {name}\" = {{ isa = PBXSourcesBuildPhase; files = ({compiled}); }};"));
    objects.push(configurations(name, &base, &settings));
    objects.join("\n")
}

/// The two configurations of a target, or of the project.
fn configurations(name: &str, base: &str, settings: &str) -> String {
    let of = |configuration: &str| {
        format!(
            "\"{name} {configuration}\" = {{ isa = XCBuildConfiguration; name = {configuration}; {base} \
             buildSettings = {{ SDKROOT = iphoneos; {settings} }}; }};"
        )
    };
    format!(
        "\"{name} lists\" = {{ isa = XCConfigurationList; buildConfigurations = (\"{name} Debug\", \"{name} Release\"); }};\n{}\n{}",
        of("Debug"),
        of("Release")
    )
}
