//! What the targets of an Xcode project make of the files that lie in it.

mod project;

use project::Project;

/// A target that compiles a folder.
fn target(id: &str, name: &str, product: &str, folder: &str) -> String {
    format!(
        "{id} = {{ isa = PBXNativeTarget; name = {name}; productType = \"com.apple.product-type.{product}\";
            buildConfigurationList = L; fileSystemSynchronizedGroups = ({id}G); }};
        {id}G = {{ isa = PBXFileSystemSynchronizedRootGroup; path = {folder}; sourceTree = SOURCE_ROOT; }};"
    )
}

fn pbxproj(targets: &[(&str, &str, &str, &str)]) -> String {
    let ids: Vec<&str> = targets.iter().map(|(id, ..)| *id).collect();
    let all: String =
        targets.iter().map(|(id, name, product, folder)| target(id, name, product, folder)).collect();
    format!(
        "{{ rootObject = P; objects = {{
            P = {{ isa = PBXProject; targets = ({}); buildConfigurationList = L; }};
            L = {{ isa = XCConfigurationList; buildConfigurations = (R); }};
            R = {{ isa = XCBuildConfiguration; name = Release; buildSettings = {{ SDKROOT = iphoneos; }}; }};
            {all}
        }}; }}",
        ids.join(", ")
    )
}

const HANDLER: &str = "import CallKit
import PushKit

final class Pushes: NSObject, PKPushRegistryDelegate {
    private let reporter = Reporter()

    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {
        reporter.ring()
        completion()
    }
}
";

const REPORTS: &str = "import CallKit

final class Reporter {
    private let provider = CXProvider(configuration: CXProviderConfiguration())

    func ring() {
        provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }
    }
}
";

const IS_SILENT: &str = "final class Reporter {
    func ring() {
        print(\"ring\")
    }
}
";

const MISSING: &str = "`Pushes.pushRegistry` never reports a call";

#[test]
fn code_of_an_extension_does_not_report_for_the_app() {
    let both = pbxproj(&[("A", "App", "application", "App"), ("E", "Service", "app-extension", "Service")]);
    let project = |app, service| {
        Project::new(&[
            ("App.xcodeproj/project.pbxproj", both.as_str()),
            ("App/Pushes.swift", HANDLER),
            ("App/Reporter.swift", app),
            ("Service/Reporter.swift", service),
        ])
    };
    let lost = project(IS_SILENT, REPORTS).run(&["--format", "short", "--only", "missing-call-report"]);
    assert!(lost.status == 1 && lost.out.contains(MISSING), "{}{}", lost.out, lost.err);
    let reported = project(REPORTS, IS_SILENT).run(&["--format", "short", "--only", "missing-call-report"]);
    assert_eq!(reported.told(), (0, ""), "{}", reported.err);
}

#[test]
fn code_that_no_target_names_belongs_to_all() {
    let both = pbxproj(&[("A", "App", "application", "App"), ("E", "Service", "app-extension", "Service")]);
    let project = Project::new(&[
        ("App.xcodeproj/project.pbxproj", both.as_str()),
        ("App/Pushes.swift", HANDLER),
        ("Calls/Reporter.swift", REPORTS),
    ]);
    let said = project.run(&["--format", "short", "--only", "missing-call-report"]);
    assert_eq!(said.told(), (0, ""), "{}", said.err);
}

#[test]
fn of_many_apps_that_only_share_code_some_are_left_out_and_that_is_said() {
    let ids: Vec<[String; 3]> =
        (0..7).map(|at| [format!("T{at}"), format!("Demo{at}"), format!("Demos/{at}")]).collect();
    let targets: Vec<(&str, &str, &str, &str)> = ids
        .iter()
        .map(|[id, name, folder]| (id.as_str(), name.as_str(), "application", folder.as_str()))
        .collect();
    let targets = pbxproj(&targets);
    // The last one has calls.
    let import = |at| if at == 6 { "CallKit" } else { "UIKit" };
    let start = |at| {
        let start = "@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate {}\n";
        (format!("Demos/{at}/Demo.swift"), format!("import {}\n\n{start}", import(at)))
    };
    let starts: Vec<(String, String)> = (0..7).map(start).collect();
    let files = |pushes| {
        let mut files = vec![("App.xcodeproj/project.pbxproj", targets.as_str())];
        files.extend(starts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        files.extend([("Shared/Pushes.swift", pushes), ("Shared/Reporter.swift", IS_SILENT)]);
        Project::new(&files).run(&["--format", "short", "--only", "missing-call-report"])
    };
    let shared = files(HANDLER);
    assert!(shared.status == 1 && shared.out.contains(MISSING), "{}{}", shared.out, shared.err);
    let told = "Demos/4: this app and 1 more have no code about pushes and calls of their own";
    assert!(shared.err.contains(told), "{}", shared.err);
    let none = files("struct Pushes {}");
    assert!(none.status == 0 && !none.err.contains("no code about pushes"), "{}{}", none.out, none.err);
}

#[test]
fn two_apps_with_a_start_of_their_own_are_not_one() {
    let both = pbxproj(&[("A", "One", "application", "One"), ("B", "Two", "application", "Two")]);
    let start = "import UIKit\n\n@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate {}\n";
    let project = Project::new(&[
        ("App.xcodeproj/project.pbxproj", both.as_str()),
        ("One/AppDelegate.swift", start),
        ("One/Pushes.swift", HANDLER),
        ("One/Reporter.swift", IS_SILENT),
        ("Two/AppDelegate.swift", start),
        ("Two/Reporter.swift", REPORTS),
    ]);
    let said = project.run(&["--format", "short", "--only", "missing-call-report"]);
    assert!(said.status == 1 && said.out.contains(MISSING), "{}{}", said.out, said.err);
}

#[test]
fn where_an_app_asks_for_pushes_is_shown_rather_than_where_it_takes_them() {
    let asks = "import PushKit

final class Registration {
    private let registry = PKPushRegistry(queue: .main)

    func begin(_ pushes: Pushes) {
        registry.delegate = pushes
        registry.desiredPushTypes = [.voIP]
    }
}
";
    let said = |files: &[(&str, &str)]| {
        let one = pbxproj(&[("A", "App", "application", "App")]);
        let mut all = vec![
            ("App.xcodeproj/project.pbxproj", one.as_str()),
            ("App/Pushes.swift", HANDLER),
            ("App/Reporter.swift", REPORTS),
        ];
        all.extend(files);
        Project::new(&all).run(&["--format", "json", "--only", "missing-push-entitlement"]).out
    };
    let both = said(&[("App/Registration.swift", asks)]);
    assert!(
        both.contains("the app asks for VoIP pushes here") && both.contains("App/Registration.swift"),
        "{both}"
    );
    let taken = said(&[]);
    assert!(
        taken.contains("the app takes VoIP pushes here") && taken.contains("App/Pushes.swift"),
        "{taken}"
    );
}

#[test]
fn an_extension_is_judged_by_what_it_has() {
    let hands_on = "import CallKit
import UserNotifications

final class Service: UNNotificationServiceExtension {
    func hand(_ payload: [AnyHashable: Any]) {
        CXProvider.reportNewIncomingVoIPPushPayload(payload) { _ in }
    }
}
";
    let both = pbxproj(&[("A", "App", "application", "App"), ("E", "Service", "app-extension", "Service")]);
    let project = Project::new(&[
        ("App.xcodeproj/project.pbxproj", both.as_str()),
        ("App/Pushes.swift", HANDLER),
        ("App/Reporter.swift", REPORTS),
        ("Service/Service.swift", hands_on),
    ]);
    let said = project.run(&["--format", "short", "--only", "missing-filtering-entitlement"]);
    assert!(
        said.out.contains("the extension `Service` hands VoIP pushes to the app"),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn code_in_a_local_package_is_that_of_the_app_that_is_built_with_it() {
    let manifest = "// swift-tools-version: 6.0
import PackageDescription
let package = Package(
    name: \"Kit\",
    products: [.library(name: \"CallKitSupport\", targets: [\"Calls\"])],
    targets: [.target(name: \"Calls\")]
)
";
    let said = |needs| {
        let project = Project::new(&[
            ("App.xcodeproj/project.pbxproj", with_products(needs, "AnotherOne").as_str()),
            (
                "App/App.swift",
                "import UIKit\n\n@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate {}\n",
            ),
            ("Packages/Kit/Package.swift", manifest),
            ("Packages/Kit/Sources/Calls/Pushes.swift", HANDLER),
            ("Packages/Kit/Sources/Calls/Reporter.swift", REPORTS),
        ]);
        project.run(&["--format", "short", "--only", "missing-voip-background-mode"])
    };
    let found = said("CallKitSupport");
    assert!(found.out.contains("missing-voip-background-mode"), "{}{}", found.out, found.err);
    assert_eq!(said("SomethingElse").told(), (0, ""));
}

/// An app and an extension, each with products of a package beside them.
fn with_products(app: &str, service: &str) -> String {
    format!(
        "{{ rootObject = P; objects = {{
            P = {{ isa = PBXProject; targets = (A, E); buildConfigurationList = L; packageReferences = (K); }};
            K = {{ isa = XCLocalSwiftPackageReference; relativePath = Packages/Kit; }};
            L = {{ isa = XCConfigurationList; buildConfigurations = (R); }};
            R = {{ isa = XCBuildConfiguration; name = Release;
                buildSettings = {{ SDKROOT = iphoneos; GENERATE_INFOPLIST_FILE = YES; }}; }};
            A = {{ isa = PBXNativeTarget; name = App; productType = \"com.apple.product-type.application\";
                buildConfigurationList = L; packageProductDependencies = (D); }};
            D = {{ isa = XCSwiftPackageProductDependency; productName = {app}; }};
            E = {{ isa = PBXNativeTarget; name = Service; productType = \"com.apple.product-type.app-extension\";
                buildConfigurationList = L; packageProductDependencies = (F); }};
            F = {{ isa = XCSwiftPackageProductDependency; productName = {service}; }};
        }}; }}"
    )
}

#[test]
fn a_product_of_a_package_has_the_sources_of_its_targets_and_of_what_they_depend_on() {
    let said = |manifest: &str, product: &str| {
        let project = Project::new(&[
            ("App.xcodeproj/project.pbxproj", with_products(product, "Other").as_str()),
            (
                "App/App.swift",
                "import UIKit\n\n@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate {}\n",
            ),
            ("Packages/Kit/Package.swift", manifest),
            ("Packages/Kit/Sources/Calls/Pushes.swift", HANDLER),
            ("Packages/Kit/Sources/Calls/Reporter.swift", REPORTS),
        ]);
        let found = project.run(&["--format", "short", "--only", "missing-voip-background-mode"]);
        found.out.contains("missing-voip-background-mode")
    };
    let package = |products: &str, targets: &str| {
        format!(
            "// swift-tools-version: 6.0\nimport PackageDescription\nlet package = Package(name: \"Kit\",
                products: [{products}],\n    targets: [{targets}])\n"
        )
    };
    let two =
        r#".library(name: "Calling", targets: ["Calls"]), .library(name: "Chatting", targets: ["Chat"])"#;
    let apart = package(two, r#".target(name: "Calls"), .target(name: "Chat", path: "Chat")"#);
    assert!(said(&apart, "Calling"));
    assert!(!said(&apart, "Chatting"), "no target of the product has the code");

    let together = package(
        two,
        r#".target(name: "Calls"), .target(name: "Chat", dependencies: [.target(name: "Base"), .product(name: "X", package: "x")]),
           .target(name: "Base", dependencies: ["Calls"])"#,
    );
    assert!(said(&together, "Chatting"), "a target that it depends on has the code");

    let elsewhere = package(
        two,
        r#".target(name: "Calls", dependencies: ["Chat"], path: "Sources/Old"), .target(name: "Chat")"#,
    );
    assert!(!said(&elsewhere, "Calling"), "the target is in another folder");

    let commented = package(
        two,
        "\n// .target(name: \"Chat\", dependencies: [\"Calls\"]),\n.target(name: \"Calls\"), .target(name: \"Chat\")",
    );
    assert!(!said(&commented, "Chatting"), "what is a comment says nothing");

    // Where the manifest computes its targets, a product may have all that lies there.
    let computed = package(two, r#"target("Calls"), target("Chat")"#);
    assert!(said(&computed, "Chatting"));
}

#[test]
fn a_target_of_a_package_has_what_its_manifest_says_of_its_folder() {
    let said = |target: &str| {
        let manifest = format!(
            "// swift-tools-version: 6.0\nimport PackageDescription\nlet package = Package(name: \"Kit\",
                products: [.library(name: \"Calling\", targets: [\"Calls\"])],\n    targets: [{target}])\n"
        );
        let project = Project::new(&[
            ("App.xcodeproj/project.pbxproj", with_products("Calling", "Other").as_str()),
            (
                "App/App.swift",
                "import UIKit\n\n@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate {}\n",
            ),
            ("Packages/Kit/Package.swift", manifest.as_str()),
            ("Packages/Kit/Calls/Push/Pushes.swift", HANDLER),
            ("Packages/Kit/Calls/Call/Reporter.swift", REPORTS),
        ]);
        let found = project.run(&["--format", "short", "--only", "missing-voip-background-mode"]);
        found.out.contains("missing-voip-background-mode")
    };
    assert!(said(r#".target(name: "Calls", path: "Calls")"#));
    assert!(!said(r#".target(name: "Calls", path: "Other")"#), "the only target lies elsewhere");
    assert!(!said(r#".target(name: "Calls", path: "Calls", exclude: ["Push"])"#));
    assert!(!said(r#".target(name: "Calls", path: "Calls", exclude: ["Push/Pushes.swift"])"#));
    assert!(said(r#".target(name: "Calls", path: "Calls", exclude: ["Call", "Push/Old.swift"])"#));
    assert!(!said(r#".target(name: "Calls", path: "Calls", sources: ["Call"])"#));
    assert!(said(r#".target(name: "Calls", path: "Calls", sources: ["Call", "./Push"])"#));
    // What the manifest computes is not seen, and may be anything.
    assert!(said(r#".target(name: "Calls", path: "Calls", exclude: left, sources: taken)"#));
    assert!(said(r#".target(name: "Calls", path: folder)"#));
}

#[test]
fn a_package_runs_on_what_its_manifest_says() {
    let handler = HANDLER.replace("reporter.ring()", "if #available(iOS 14, *) { reporter.ring() }");
    for (platforms, status) in [(".iOS(.v13)", 1), (".iOS(.v14)", 0), (".iOS(\"14.1\")", 0)] {
        let manifest = format!(
            "import PackageDescription\nlet package = Package(name: \"Kit\", platforms: [{platforms}])\n"
        );
        let project = Project::new(&[
            ("Package.swift", &manifest),
            ("Sources/Kit/Pushes.swift", &handler),
            ("Sources/Kit/Reporter.swift", REPORTS),
        ]);
        let said = project.run(&["--quiet", "--format", "short"]);
        assert_eq!((said.status, said.err.as_str()), (status, ""), "{platforms}: {}", said.out);
    }
}

#[test]
fn an_app_whose_registry_an_sdk_owns_is_judged_without_a_word_of_pushkit() {
    let coordinator = "import SinchRTC

final class Coordinator: NSObject, SinchManagedPushDelegate {
    private let reporter = Reporter()

    func managedPush(_ managedPush: SinchManagedPush, didReceiveIncomingPushWithPayload payload: [AnyHashable: Any],
                     for type: String) {
        reporter.ring()
    }
}
";
    for (reporter, status) in [(REPORTS, 0), (IS_SILENT, 1)] {
        let project = Project::new(&[("Coordinator.swift", coordinator), ("Reporter.swift", reporter)]);
        let said = project.run(&[]);
        assert_eq!(said.status, status, "{}", said.out);
        assert!(said.err.contains("1 push handler, "), "{}", said.err);
    }
}
