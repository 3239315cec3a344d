//! Which files belong to a run, and which of them are joined by name.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::path::PathBuf;

use pushlint::discover::{Discovery, Wanted, discover, split};
use pushlint::source::Role;
use tempfile::TempDir;

/// A folder with files, each `(path, text)`; a path that ends in `/` is a folder.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let absolute = folder.path().join(path);
        if path.ends_with('/') {
            fs::create_dir_all(&absolute).unwrap();
        } else {
            fs::create_dir_all(absolute.parent().unwrap()).unwrap();
            fs::write(&absolute, text).unwrap();
        }
    }
    folder
}

fn found(project: &TempDir, paths: &[&str]) -> Discovery {
    discover(&Wanted {
        paths: paths.iter().map(PathBuf::from).collect(),
        folder: project.path().canonicalize().unwrap(),
        threads: 2,
        ..Wanted::default()
    })
}

fn paths(discovery: &Discovery) -> Vec<&str> {
    discovery.files.iter().map(|file| file.path.as_str()).collect()
}

fn requested(discovery: &Discovery) -> Vec<&str> {
    discovery.files.iter().filter(|file| file.is_requested).map(|file| file.path.as_str()).collect()
}

/// Each unit as `folder: file file`.
fn units(discovery: &Discovery) -> Vec<String> {
    discovery
        .units
        .iter()
        .map(|unit| {
            let files: Vec<&str> = unit.files.iter().map(|at| discovery.files[*at].path.as_str()).collect();
            format!("{}: {}", unit.folder, files.join(" "))
        })
        .collect()
}

const PBXPROJ: &str = "// !$*UTF8*$!";
const PACKAGE: &str = "// swift-tools-version: 5.9\nimport PackageDescription\n";

#[test]
fn ignored_hidden_and_tool_filled_folders_are_left_out() {
    let project = project(&[
        (".gitignore", "build/\nSecret.swift\n"),
        (".ignore", "Generated\n"),
        ("App/A.swift", ""),
        ("App/Secret.swift", ""),
        ("App/Generated/G.swift", ""),
        ("build/B.swift", ""),
        (".build/checkouts/C.swift", ""),
        ("Pods/Kit/D.swift", ""),
        ("Carthage/Checkouts/E.swift", ""),
        ("DerivedData/F.swift", ""),
        ("SourcePackages/H.swift", ""),
        ("ios/node_modules/x/I.swift", ""),
        ("Docs.docc/J.swift", ""),
    ]);
    assert_eq!(paths(&found(&project, &[])), ["App/A.swift"]);
}

#[test]
fn what_is_named_is_read_even_if_ignored() {
    let project = project(&[
        (".git/", ""),
        (".gitignore", "Secret.swift\nbuild/\n"),
        ("App/A.swift", ""),
        ("App/Secret.swift", ""),
        ("build/B.swift", ""),
        ("Pods/Kit/D.swift", ""),
    ]);
    let by_name = found(&project, &["App/Secret.swift", "build", "Pods/Kit"]);
    assert_eq!(paths(&by_name), ["App/A.swift", "App/Secret.swift", "Pods/Kit/D.swift", "build/B.swift"]);
    assert_eq!(requested(&by_name), ["App/Secret.swift", "Pods/Kit/D.swift", "build/B.swift"]);
    assert!(by_name.files.iter().all(|file| file.role == Role::Own), "who names it wants to hear about it");
}

#[test]
fn the_scope_is_the_project_and_the_request_is_what_was_named() {
    let project = project(&[(".git/", ""), ("App/A.swift", ""), ("App/B.swift", ""), ("Kit/C.swift", "")]);
    let one = found(&project, &["App/A.swift"]);
    assert_eq!(units(&one), [": App/A.swift App/B.swift Kit/C.swift"]);
    assert_eq!(requested(&one), ["App/A.swift"]);
    assert_eq!(requested(&found(&project, &["App"])), ["App/A.swift", "App/B.swift"]);
}

#[test]
fn a_file_in_no_project_is_alone() {
    let project = project(&[("App/A.swift", ""), ("App/B.swift", "")]);
    assert_eq!(paths(&found(&project, &["App/A.swift"])), ["App/A.swift"]);
}

#[test]
fn loose_files_of_two_named_folders_are_joined_only_where_a_project_is_around_them() {
    let files = [("One/A.swift", ""), ("Two/My App/B.swift", ""), ("Two/C.swift", "")];
    let mut tree = files.to_vec();
    let named = ["One", "Two/My App"];
    assert_eq!(
        units(&found(&project(&tree), &named)),
        ["One: One/A.swift", "Two/My App: Two/My App/B.swift"]
    );
    tree.push(("pushlint.toml", ""));
    assert_eq!(
        units(&found(&project(&tree), &named)),
        [": One/A.swift Two/C.swift Two/My App/B.swift"],
        "the project says that they belong together"
    );
    let single = found(&project(&files), &["One/A.swift", "Two/C.swift"]);
    assert_eq!(units(&single), [": One/A.swift Two/C.swift"], "who names single files names them together");
}

#[test]
fn five_apps_side_by_side_are_five_units() {
    let project = project(&[
        ("One/One.xcodeproj/project.pbxproj", PBXPROJ),
        ("One/One/AppDelegate.swift", ""),
        ("Two/Two.xcodeproj/project.pbxproj", PBXPROJ),
        ("Two/Two/AppDelegate.swift", ""),
        ("Loose.swift", ""),
    ]);
    assert_eq!(
        units(&found(&project, &[])),
        [": Loose.swift", "One: One/One/AppDelegate.swift", "Two: Two/Two/AppDelegate.swift"]
    );
    assert_eq!(units(&found(&project, &["Two"])), [": Two/AppDelegate.swift"]);
}

#[test]
fn a_package_below_an_app_is_part_of_it() {
    let project = project(&[
        ("App.xcodeproj/project.pbxproj", PBXPROJ),
        ("App/A.swift", ""),
        ("Packages/Kit/Package.swift", PACKAGE),
        ("Packages/Kit/Sources/Kit/K.swift", ""),
    ]);
    let app = found(&project, &[]);
    assert_eq!(units(&app), [": App/A.swift Packages/Kit/Package.swift Packages/Kit/Sources/Kit/K.swift"]);
}

#[test]
fn packages_that_several_apps_refer_to_are_seen_by_each_and_join_no_apps() {
    let reference = r#"isa = XCLocalSwiftPackageReference; relativePath = "../Kit";"#;
    let project = project(&[
        ("Kit/Package.swift", PACKAGE),
        ("Kit/K.swift", ""),
        ("One/One.xcodeproj/project.pbxproj", reference),
        ("One/A.swift", ""),
        ("Two/Two.xcodeproj/project.pbxproj", reference),
        ("Two/A.swift", ""),
    ]);
    assert_eq!(
        units(&found(&project, &[])),
        ["One: Kit/K.swift Kit/Package.swift One/A.swift", "Two: Kit/K.swift Kit/Package.swift Two/A.swift"]
    );
}

#[test]
fn the_example_of_a_flutter_plugin_sees_the_plugin() {
    let project = project(&[
        ("pubspec.yaml", "name: calls\n"),
        ("ios/calls.podspec", ""),
        ("ios/Classes/CallsPlugin.swift", ""),
        ("example/pubspec.yaml", "name: example\ndependencies:\n  calls:\n    path: ../\n"),
        ("example/ios/Runner.xcodeproj/project.pbxproj", PBXPROJ),
        ("example/ios/Podfile", ""),
        ("example/ios/Runner/AppDelegate.swift", ""),
    ]);
    assert_eq!(
        units(&found(&project, &[])),
        ["example/ios: example/ios/Runner/AppDelegate.swift ios/Classes/CallsPlugin.swift"]
    );
}

#[test]
fn flutter_packages_of_one_repository_find_each_other_by_name() {
    let project = project(&[
        ("packages/calls/pubspec.yaml", "name: calls\n"),
        ("packages/calls/ios/Classes/P.swift", ""),
        ("app/pubspec.yaml", "name: app\ndependencies:\n  calls: ^1.0.0\n"),
        ("app/ios/Runner.xcodeproj/project.pbxproj", PBXPROJ),
        ("app/ios/Runner/A.swift", ""),
    ]);
    assert_eq!(
        units(&found(&project, &[])),
        ["app/ios: app/ios/Runner/A.swift packages/calls/ios/Classes/P.swift"]
    );
}

#[test]
fn the_example_in_a_library_sees_the_library() {
    let project = project(&[
        ("Calls.podspec", ""),
        ("Sources/Calls.swift", ""),
        ("Example/Example.xcodeproj/project.pbxproj", PBXPROJ),
        ("Example/Example/A.swift", ""),
        ("Example/Pods/Pods.xcodeproj/project.pbxproj", PBXPROJ),
    ]);
    assert_eq!(units(&found(&project, &[])), ["Example: Example/Example/A.swift Sources/Calls.swift"]);
}

#[test]
fn a_project_file_that_git_ignores_still_defines_its_app() {
    let project = project(&[
        (".git/", ""),
        (".gitignore", "*.xcodeproj\n"),
        ("One/One.xcodeproj/project.pbxproj", PBXPROJ),
        ("One/A.swift", ""),
        ("Two/Two.xcodeproj/project.pbxproj", PBXPROJ),
        ("Two/A.swift", ""),
    ]);
    assert_eq!(units(&found(&project, &[])), ["One: One/A.swift", "Two: Two/A.swift"]);
}

#[test]
fn a_model_named_like_a_project_file_defines_nothing() {
    let project = project(&[
        ("App.xcodeproj/project.pbxproj", PBXPROJ),
        ("App/Models/Project.swift", "struct Project {}"),
        ("App/Models/Package.swift", "struct Package {}"),
        ("App/A.swift", ""),
    ]);
    assert_eq!(units(&found(&project, &[])).len(), 1);
}

#[test]
fn who_names_the_xcode_project_means_the_app() {
    let project = project(&[("App.xcodeproj/project.pbxproj", PBXPROJ), ("App/A.swift", "")]);
    assert_eq!(requested(&found(&project, &["App.xcodeproj"])), ["App/A.swift"]);
}

#[test]
fn several_projects_are_shown_below_the_folder_above_them() {
    let project = project(&[("one/.git/", ""), ("one/A.swift", ""), ("two/.git/", ""), ("two/B.swift", "")]);
    let both = found(&project, &["one", "two/B.swift"]);
    assert_eq!(paths(&both), ["one/A.swift", "two/B.swift"]);
}

#[test]
fn a_folder_with_the_name_of_a_source_file_is_a_folder() {
    let project = project(&[("x.swift/A.swift", ""), ("B.swift", "")]);
    assert_eq!(paths(&found(&project, &[])), ["B.swift", "x.swift/A.swift"]);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_do_no_harm() {
    let project = project(&[("App/A.swift", "")]);
    std::os::unix::fs::symlink(project.path(), project.path().join("App/again")).unwrap();
    std::os::unix::fs::symlink("self", project.path().join("self")).unwrap();
    let all = found(&project, &[]);
    assert_eq!(paths(&all), ["App/A.swift"]);
    assert!(all.notices.is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed_unless_it_is_named() {
    let outside = project(&[("Shared.swift", ""), ("Kit/K.swift", "")]);
    let project = project(&[(".git/HEAD", ""), ("App/A.swift", "")]);
    let link = |from: PathBuf, to: &str| std::os::unix::fs::symlink(from, project.path().join(to)).unwrap();
    link(outside.path().join("Shared.swift"), "App/Shared.swift");
    link(outside.path().join("Kit"), "App/Kit");
    link("A.swift".into(), "App/Same.swift");
    link("nowhere".into(), "App/Lost.swift");
    link("notes.txt".into(), "App/notes");
    let all = found(&project, &[]);
    assert_eq!(paths(&all), ["App/A.swift"]);
    let told: Vec<(&str, bool)> =
        all.links.iter().map(|link| (link.path.as_str(), link.hides_swift())).collect();
    assert_eq!(
        told,
        [
            ("App/Kit/", true),
            ("App/Lost.swift", false),
            ("App/Same.swift", false),
            ("App/Shared.swift", true)
        ]
    );
    let named = found(&project, &["App/Shared.swift", "App/A.swift"]);
    assert_eq!(requested(&named), ["App/A.swift", "App/Shared.swift"]);
    assert!(named.links.iter().all(|link| link.path != "App/Shared.swift"));
}

#[cfg(unix)]
#[test]
fn a_socket_is_passed_over_and_told_where_it_is_named() {
    let project = project(&[("A.swift", "")]);
    let _listener = std::os::unix::net::UnixListener::bind(project.path().join("s.swift")).unwrap();
    assert_eq!(paths(&found(&project, &[])), ["A.swift"]);
    let named = found(&project, &["s.swift"]);
    assert!(
        named.notices[0].is_failure && named.notices[0].text.starts_with("is neither a file nor a folder")
    );
}

#[test]
fn what_is_not_there_is_named() {
    let project = project(&[("A.swift", "")]);
    let missing = found(&project, &["Missing", "A.swift"]);
    assert_eq!(missing.notices[0].path.as_deref(), Some("Missing"));
    assert_eq!(missing.notices[0].text, "cannot be read: no such file or directory");
    assert!(missing.notices[0].is_failure);
    assert_eq!(requested(&missing), ["A.swift"]);
}

/// The parts of the one unit of these files, whose apps start in the files whose name begins with `main`.
fn parts(files: &[&str]) -> Vec<String> {
    let mut all: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
    all.push((".git/", ""));
    let project = project(&all);
    let mut found = found(&project, &[]);
    let entries: Vec<usize> =
        (0..found.files.len()).filter(|at| found.files[*at].path.contains("/main")).collect();
    found.units = found.units.iter().flat_map(|unit| split(unit, &found.files, &entries)).collect();
    units(&found)
}

#[test]
fn two_apps_in_folders_of_their_own_share_what_lies_in_neither() {
    assert_eq!(
        parts(&["One/Sources/main.swift", "One/A.swift", "Two/main.swift", "Kit/K.swift"]),
        ["One: Kit/K.swift One/A.swift One/Sources/main.swift", "Two: Kit/K.swift Two/main.swift"]
    );
}

#[test]
fn one_app_with_two_starts_in_one_folder_stays_one() {
    assert_eq!(
        parts(&["App/main-ios.swift", "App/main-mac.swift", "Kit/K.swift"]),
        [": App/main-ios.swift App/main-mac.swift Kit/K.swift"]
    );
}

#[test]
fn a_product_that_one_folder_provides_is_found_by_its_name() {
    let app = "isa = PBXNativeTarget; productType = \"com.apple.product-type.application\";\n";
    let uses = format!("{app} productName = Kit; path = Core.framework;");
    let project = project(&[
        (".git/", ""),
        ("App/App.xcodeproj/project.pbxproj", &uses),
        ("App/A.swift", ""),
        ("Kit/Package.swift", &format!("{PACKAGE}products: [.library(\n name: \"Kit\", targets: [])]")),
        ("Kit/K.swift", ""),
        ("Core/Core.xcodeproj/project.pbxproj", PBXPROJ),
        ("Core/C.swift", ""),
    ]);
    assert_eq!(units(&found(&project, &[])), ["App: App/A.swift Core/C.swift Kit/K.swift Kit/Package.swift"]);
}

#[test]
fn an_example_does_not_take_the_app_around_it_for_its_library() {
    let app = "productType = \"com.apple.product-type.application\";";
    let project = project(&[
        ("App.xcodeproj/project.pbxproj", app),
        ("Package.swift", PACKAGE),
        ("App/A.swift", ""),
        ("Kit/Package.swift", PACKAGE),
        ("Kit/K.swift", ""),
        ("Kit/Example/Example.xcodeproj/project.pbxproj", app),
        ("Kit/Example/E.swift", ""),
    ]);
    assert_eq!(
        units(&found(&project, &[])),
        [
            ": App/A.swift Kit/K.swift Kit/Package.swift Package.swift",
            "Kit/Example: Kit/Example/E.swift Kit/K.swift Kit/Package.swift"
        ]
    );
}

#[test]
fn the_mac_half_of_a_flutter_plugin_is_left_out() {
    let project = project(&[
        ("pubspec.yaml", "name: calls\n"),
        ("ios/Classes/P.swift", ""),
        ("macos/Classes/P.swift", ""),
    ]);
    assert_eq!(units(&found(&project, &[])), [": ios/Classes/P.swift"]);
}

#[test]
fn a_test_host_does_not_swallow_the_library_that_it_tests() {
    let reference = "relativePath = \"../..\";";
    let project = project(&[
        ("Package.swift", PACKAGE),
        ("Sources/S.swift", ""),
        ("Tests/Host/Host.xcodeproj/project.pbxproj", reference),
        ("Tests/Host/H.swift", ""),
    ]);
    assert_eq!(units(&found(&project, &[])), [": Package.swift Sources/S.swift"]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let names: Vec<String> = (0..200).map(|at| format!("App/Part{}/File{at}.swift", at % 17)).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&files);
    let with = |threads| {
        let folder = project.path().canonicalize().unwrap();
        discover(&Wanted { folder, threads, ..Wanted::default() })
    };
    assert_eq!(paths(&with(1)), paths(&with(8)));
    assert_eq!(units(&with(1)), units(&with(8)));
}
