//! What a file is to the project, told from its path.

use crate::source::Role;

/// Folders that tools fill: dependencies, build products, documentation, assets. Nothing in them is read
/// unless somebody names a path inside.
const NOT_ENTERED: &[&str] = &["Pods", "Carthage", "DerivedData", "SourcePackages", "node_modules", "vendor"];

/// Bundles that look like folders and hold no source of the app (a `.docc` tutorial holds Swift that is text).
const BUNDLES: &[&str] = &[
    "xcodeproj",
    "xcworkspace",
    "xcassets",
    "xcframework",
    "framework",
    "docc",
    "playground",
    "bundle",
    "xcdatamodeld",
];

/// Code of others that lies in the repository by hand: may be called, is not reported on.
const VENDORED: &[&str] =
    &["Vendor", "Vendors", "Vendored", "ThirdParty", "Third Party", "third_party", "3rdparty"];

const TESTS: &[&str] = &[
    "Test",
    "Tests",
    "test",
    "tests",
    "Specs",
    "Mock",
    "Mocks",
    "__mocks__",
    "Stubs",
    "Fakes",
    "Test Helpers",
    "TestHelpers",
    "TestSupport",
    "TestUtils",
    "TestingSupport",
    "TestDoubles",
    "Test Doubles",
    "Doubles",
    "Spies",
    "Previews",
    "Preview Content",
];

/// Whether a walk stays out of a folder of this name.
pub(super) fn is_not_entered(name: &str) -> bool {
    NOT_ENTERED.contains(&name) || name.rsplit_once('.').is_some_and(|(_, kind)| BUNDLES.contains(&kind))
}

/// Whether somebody may miss sources from a folder that a walk stays out of: no bundle of resources or settings.
pub(super) fn may_hold_sources(name: &str) -> bool {
    let kind = name.rsplit_once('.').map(|(_, kind)| kind);
    NOT_ENTERED.contains(&name) || matches!(kind, Some("docc" | "playground"))
}

/// The role of a file from its path with `/` between the parts, relative to the project or to the folder that
/// was asked for inside a test folder.
pub fn of_path(path: &str) -> Role {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let mut role = Role::Own;
    for folder in folders.split('/') {
        if VENDORED.contains(&folder) || is_not_entered(folder) {
            return Role::Vendored;
        }
        if TESTS.contains(&folder) || folder.ends_with("Tests") || is_double(folder) {
            role = Role::Test;
        }
    }
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let is_test = ["Tests", "Spy", "Previews", "+Preview"].iter().any(|end| stem.ends_with(end));
    if is_test || is_double(stem) { Role::Test } else { role }
}

/// Whether a name has the word "mock" of its own: `CallServiceMock`, `MockProvider`, `AutoMockable.generated`.
fn is_double(name: &str) -> bool {
    let mut rest = name;
    while let Some((_, after)) = rest.split_once("Mock") {
        let tail = after.strip_prefix("able").or_else(|| after.strip_prefix('s')).unwrap_or(after);
        if !tail.starts_with(|next: char| next.is_lowercase()) {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_doubles_are_no_product_code() {
        for path in [
            "AppTests/CallTests.swift",
            "App/Mocks/Provider.swift",
            "Sources/CallServiceMock.swift",
            "Sources/MockCallService.swift",
            "ElementX/Sources/Mocks/Generated/GeneratedMocks.swift",
            "App/Preview Content/Sample.swift",
            "Packages/Kit/Tests/KitTests/A.swift",
            "App/Testing/Doubles/Registry.swift",
            "App/Testing/PushRegistryDelegateSpy.swift",
        ] {
            assert_eq!(of_path(path), Role::Test, "{path}");
        }
    }

    #[test]
    fn a_name_that_only_resembles_a_test_is_product_code() {
        for path in [
            "App/LinkPreviewView.swift",
            "CallKitTest/AppDelegate.swift",
            "App/Mockingbird.swift",
            "App/Latest.swift",
            "App/Contest/Contestant.swift",
        ] {
            assert_eq!(of_path(path), Role::Own, "{path}");
        }
    }

    #[test]
    fn code_of_others_is_vendored() {
        for path in ["ios/Pods/A/A.swift", "App/ThirdParty/B.swift", "Vendor/KitTests/C.swift"] {
            assert_eq!(of_path(path), Role::Vendored, "{path}");
        }
    }
}
