//! Project files: what is read of them, from which target's, and what a damaged or hostile one does.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pushlint::apple::plist::{self, Kind, NotUnderstood, Value};
use pushlint::apple::{Entitlements, Files, Found, Product, Project};
use pushlint::source::Sources;
use tempfile::TempDir;

const INFO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>CFBundleName</key>
	<string>R&#228;ume &amp; <![CDATA[<Rufe>]]></string>
	<!-- <key>Commented</key> -->
	<key>UIBackgroundModes</key>
	<array>
		<string>voip</string>
	</array>
	<key>LSRequiresIPhoneOS</key>
	<true/>
	<key>Version</key>
	<integer>7</integer>
</dict>
</plist>
"#;

fn parse(text: &str) -> Result<Value, NotUnderstood> {
    plist::parse(text.as_bytes(), text)
}

fn slice(text: &str, span: pushlint::source::Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

#[test]
fn values_of_an_xml_list_know_their_places() {
    let list = parse(INFO).unwrap();
    assert_eq!(list.text_of("CFBundleName"), Some("Räume & <Rufe>"));
    assert_eq!(list.get("LSRequiresIPhoneOS").map(|value| &value.kind), Some(&Kind::Bool(true)));
    assert_eq!(list.get("Commented"), None);
    let modes = list.entry("UIBackgroundModes").unwrap();
    assert_eq!(slice(INFO, modes.key_span), "<key>UIBackgroundModes</key>");
    assert_eq!(slice(INFO, modes.value.span), "<array>");
    assert_eq!(slice(INFO, modes.value.items()[0].span), "<string>voip</string>");
    assert_eq!(slice(INFO, list.span), "<dict>");
}

#[test]
fn the_old_form_is_read_with_its_places() {
    let text = "// !$*UTF8*$!\n{ /* all */ objects = { A1 /* it; } */ = {isa = PBXGroup; name = \"a \\\"b\\\" \\U00e4\"; children = (B, \"C D\",); }; }; data = <0f>; }";
    let list = parse(text).unwrap();
    let group = list.get("objects").and_then(|objects| objects.get("A1")).unwrap();
    assert_eq!(group.text_of("name"), Some("a \"b\" ä"));
    let children = group.get("children").unwrap();
    assert_eq!(children.items().iter().filter_map(Value::text).collect::<Vec<_>>(), ["B", "C D"]);
    assert_eq!(slice(text, group.entry("isa").unwrap().value.span), "PBXGroup");
    assert_eq!(slice(text, children.items()[1].span), "\"C D\"");
}

#[test]
fn a_binary_list_has_the_same_values_and_no_places() {
    let value = plist::parse(&binary(), "").unwrap();
    let modes = value.entry("UIBackgroundModes").unwrap();
    assert_eq!(modes.value.items().iter().filter_map(Value::text).collect::<Vec<_>>(), ["voip"]);
    assert!(modes.key_span.is_empty());
}

/// `{ UIBackgroundModes = (voip); }`, as `plutil -convert binary1` writes it.
fn binary() -> Vec<u8> {
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    let objects: [&[u8]; 4] = [b"\xD1\x01\x02", b"\x5F\x10\x11UIBackgroundModes", b"\xA1\x03", b"\x54voip"];
    for object in objects {
        offsets.push(bytes.len() as u8);
        bytes.extend(object);
    }
    trailer(&mut bytes, &offsets, 4);
    bytes
}

fn trailer(bytes: &mut Vec<u8>, offsets: &[u8], count: u8) {
    let table = bytes.len() as u8;
    bytes.extend(offsets);
    bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
    bytes.extend([0, 0, 0, 0, 0, 0, 0, count]);
    bytes.extend([0; 8]);
    bytes.extend([0, 0, 0, 0, 0, 0, 0, table]);
}

#[test]
fn a_small_binary_list_that_stands_for_an_endless_one_is_refused() {
    // Each array holds the next one twice, forty deep.
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for at in 0..40_u8 {
        offsets.push(bytes.len() as u8);
        bytes.extend([0xA2, at + 1, at + 1]);
    }
    offsets.push(bytes.len() as u8);
    bytes.extend(b"\x51x");
    trailer(&mut bytes, &offsets, 41);
    assert_eq!(plist::parse(&bytes, ""), Err(NotUnderstood::TooLarge));
}

#[test]
fn what_nests_without_end_is_refused() {
    for (open, close) in
        [("<array>", "</array>"), ("(", ")"), ("{a = ", "}"), ("<dict><key>a</key>", "</dict>")]
    {
        for depth in [1000, 100_000] {
            let text = open.repeat(depth) + &close.repeat(depth);
            assert_eq!(parse(&text), Err(NotUnderstood::TooDeep), "{open}");
        }
    }
}

#[test]
fn entities_of_ones_own_expand_to_nothing() {
    let mut laughs = "<!DOCTYPE plist [<!ENTITY a0 \"ha\">".to_owned();
    for at in 1..40 {
        write!(laughs, "<!ENTITY a{at} \"&a{0};&a{0};&a{0};\">", at - 1).unwrap();
    }
    let text = format!("{laughs}]><plist><dict><key>a</key><string>&a39;</string></dict></plist>");
    assert!(matches!(parse(&text), Err(NotUnderstood::Malformed { .. })), "{:?}", parse(&text));
}

#[test]
fn a_list_that_is_cut_anywhere_is_refused_or_whole() {
    let old = "{ a = \"b\"; c = (d, e); /* f */ g = { h = <0f>; }; }";
    for text in [INFO, old] {
        for (at, _) in text.char_indices() {
            let is_whole = ["", "</plist>"].contains(&text[at..].trim());
            assert!(is_whole || parse(&text[..at]).is_err(), "{:?}", &text[..at]);
        }
    }
    let whole = binary();
    for end in 0..whole.len() {
        let _ = plist::parse(&whole[..end], "");
    }
}

// ---- targets

/// The project of these texts, all of it in `App.xcodeproj`.
fn project(files: &[(&str, &str)]) -> (Project, Sources) {
    let texts: BTreeMap<PathBuf, Vec<u8>> =
        files.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect();
    let mut sources = Sources::default();
    let mut files = Files::given(Path::new(""), texts);
    let bundle = PathBuf::from("App.xcodeproj");
    let project = Project::read(&[bundle], &mut files, &mut sources);
    (project, sources)
}

/// A project file with these objects beside an app `App` with the groups and settings that are named.
fn pbxproj(target: &str, settings: &str, objects: &str) -> String {
    format!(
        "{{ rootObject = P; objects = {{
            P = {{ isa = PBXProject; mainGroup = G; targets = (T, E); buildConfigurationList = PL; }};
            PL = {{ isa = XCConfigurationList; buildConfigurations = (PR); }};
            PR = {{ isa = XCBuildConfiguration; name = Release; buildSettings = {{ SDKROOT = iphoneos; IPHONEOS_DEPLOYMENT_TARGET = 15.6; }}; }};
            T = {{ isa = PBXNativeTarget; name = App; productType = \"com.apple.product-type.application\"; buildConfigurationList = TL; {target} }};
            TL = {{ isa = XCConfigurationList; buildConfigurations = (TR); }};
            TR = {{ isa = XCBuildConfiguration; name = Release; {settings} }};
            E = {{ isa = PBXNativeTarget; name = Service; productType = \"com.apple.product-type.app-extension\"; buildConfigurationList = TL; }};
            {objects}
        }}; }}"
    )
}

fn compiles(project: &Project, path: &str) -> Vec<String> {
    project.targets_with(Path::new(path)).map(|target| target.name.clone()).collect()
}

#[test]
fn a_target_compiles_the_files_of_its_phase_wherever_their_groups_are() {
    let text = pbxproj(
        "buildPhases = (S);",
        "buildSettings = {};",
        "G = { isa = PBXGroup; children = (G1, F3); sourceTree = \"<group>\"; };
         G1 = { isa = PBXGroup; path = App; children = (G2, F1); sourceTree = \"<group>\"; };
         G2 = { isa = PBXGroup; name = Calls; children = (F2, F4); sourceTree = \"<group>\"; };
         F1 = { isa = PBXFileReference; path = A.swift; sourceTree = \"<group>\"; };
         F2 = { isa = PBXFileReference; path = B.swift; sourceTree = \"<group>\"; };
         F3 = { isa = PBXFileReference; path = ../Shared/C.swift; sourceTree = SOURCE_ROOT; };
         F4 = { isa = PBXFileReference; path = NotCompiled.swift; sourceTree = \"<group>\"; };
         S = { isa = PBXSourcesBuildPhase; files = (B1, B2, B3); };
         B1 = { isa = PBXBuildFile; fileRef = F1; }; B2 = { isa = PBXBuildFile; fileRef = F2; };
         B3 = { isa = PBXBuildFile; fileRef = F3; };",
    );
    let (project, _) = project(&[("App.xcodeproj/project.pbxproj", &text)]);
    assert_eq!(compiles(&project, "App/A.swift"), ["App"]);
    assert_eq!(compiles(&project, "App/B.swift"), ["App"]);
    assert_eq!(compiles(&project, "Shared/C.swift"), ["App"]);
    assert!(compiles(&project, "App/NotCompiled.swift").is_empty());
}

#[test]
fn a_synchronised_folder_belongs_to_its_target_apart_from_the_exceptions() {
    let text = pbxproj(
        "fileSystemSynchronizedGroups = (G1);",
        "buildSettings = {};",
        "G = { isa = PBXGroup; children = (G1); sourceTree = \"<group>\"; };
         G1 = { isa = PBXFileSystemSynchronizedRootGroup; path = App; exceptions = (X1, X2); sourceTree = \"<group>\"; };
         X1 = { isa = PBXFileSystemSynchronizedBuildFileExceptionSet; target = T; membershipExceptions = (Old/A.swift, Info.plist); };
         X2 = { isa = PBXFileSystemSynchronizedBuildFileExceptionSet; target = E; membershipExceptions = (Calls/Both.swift); };",
    );
    let (project, _) = project(&[("App.xcodeproj/project.pbxproj", &text)]);
    assert_eq!(compiles(&project, "App/Calls/B.swift"), ["App"]);
    assert!(compiles(&project, "App/Old/A.swift").is_empty());
    assert_eq!(compiles(&project, "App/Calls/Both.swift"), ["App", "Service"]);
    assert!(compiles(&project, "Application/B.swift").is_empty());
}

#[test]
fn settings_come_from_included_files_and_the_project_below_the_target() {
    let text = pbxproj(
        "",
        "baseConfigurationReference = F; buildSettings = { CODE_SIGN_ENTITLEMENTS = \"$(FOLDER)/App.entitlements\"; };",
        "F = { isa = PBXFileReference; path = Config/App.xcconfig; sourceTree = SOURCE_ROOT; };",
    );
    let (project, sources) = project(&[
        ("App.xcodeproj/project.pbxproj", &text),
        ("Config/App.xcconfig", "#include \"Base.xcconfig\"\nINFOPLIST_FILE = $(FOLDER)/Info.plist\n"),
        ("Config/Base.xcconfig", "FOLDER = Sources // where everything is\n"),
        ("Sources/Info.plist", INFO),
        (
            "Sources/App.entitlements",
            "<plist><dict><key>aps-environment</key><string>x</string></dict></plist>",
        ),
    ]);
    let app = project.targets.iter().find(|target| target.product == Product::App).unwrap();
    let configuration = &app.configurations[0];
    assert_eq!(configuration.deployment_target, Some((15, 6)));
    let Found::Present(modes, place) = configuration.info.as_ref().unwrap().words("UIBackgroundModes") else {
        panic!("the modes are there")
    };
    assert_eq!(
        (modes.as_slice(), sources.get(place.file).path.as_str()),
        (&["voip".to_owned()][..], "Sources/Info.plist")
    );
    assert!(
        matches!(&configuration.entitlements, Entitlements::Known(list) if list.root.get("aps-environment").is_some())
    );
}

#[test]
fn what_lies_in_a_file_that_is_not_there_is_unknown_and_not_missing() {
    let text = pbxproj(
        "",
        "baseConfigurationReference = F; buildSettings = { GENERATE_INFOPLIST_FILE = YES; };",
        "F = { isa = PBXFileReference; path = Secret.xcconfig; sourceTree = SOURCE_ROOT; };",
    );
    let (project, _) = project(&[("App.xcodeproj/project.pbxproj", &text)]);
    let configuration = &project.targets[0].configurations[0];
    assert!(configuration.info.is_none());
    assert!(matches!(configuration.entitlements, Entitlements::Unseen));
}

#[test]
fn includes_in_a_circle_end() {
    let text = pbxproj(
        "",
        "baseConfigurationReference = F; buildSettings = {};",
        "F = { isa = PBXFileReference; path = A.xcconfig; sourceTree = SOURCE_ROOT; };",
    );
    let twice = "#include \"A.xcconfig\"\n#include \"A.xcconfig\"\nA = $(A)\n";
    let (project, _) = project(&[("App.xcodeproj/project.pbxproj", &text), ("A.xcconfig", twice)]);
    assert_eq!(project.targets.len(), 2);
}

// ---- the program

/// The `clean` fixture with one file changed.
fn app(change: &str, from: &str, to: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("the fixture can be copied");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clean");
    for entry in walkdir::WalkDir::new(&fixture) {
        let entry = entry.expect("the fixture can be copied");
        let path =
            folder.path().join(entry.path().strip_prefix(&fixture).expect("the fixture can be copied"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).expect("the fixture can be copied");
        } else {
            fs::copy(entry.path(), path).expect("the fixture can be copied");
        }
    }
    fs::create_dir(folder.path().join(".git")).expect("the fixture can be copied");
    let path = folder.path().join(change);
    let text = fs::read_to_string(&path).expect("the fixture can be copied");
    assert!(text.contains(from), "{change} has no {from}");
    fs::write(path, text.replace(from, to)).expect("the fixture can be copied");
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pushlint"))
        .current_dir(folder.path())
        .args(args)
        .output()
        .expect("the fixture can be copied")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("the fixture can be copied")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("the fixture can be copied")
}

#[test]
fn a_hook_that_changes_only_the_info_plist_hears_what_concerns_it() {
    let folder = app("Clear/Info.plist", "<string>voip</string>", "");
    for asked in ["Clear/Info.plist", "Clear.xcodeproj/project.pbxproj", "Clear/Push/PushReceiver.swift"] {
        let output = run(&folder, &["--format", "short", asked]);
        assert_eq!(output.status.code(), Some(1), "{asked}: {}", stderr(&output));
        assert!(stdout(&output).starts_with("Clear/Info.plist:"), "{asked}: {}", stdout(&output));
        assert!(stdout(&output).contains("[missing-voip-background-mode]"), "{asked}: {}", stdout(&output));
    }
    let output = run(&folder, &["--format", "short", "Clear/Calls/Directory.swift"]);
    assert_eq!(stdout(&output), "");
}

#[test]
fn what_is_missing_in_the_entitlements_does_not_concern_the_info_plist() {
    let folder = app("Clear/Clear.entitlements", "aps-environment", "other");
    for (asked, is_told) in [("Clear/Clear.entitlements", true), ("Clear/Info.plist", false)] {
        let output = run(&folder, &["--format", "short", "--from-hook", asked]);
        let told = stdout(&output);
        assert_eq!(told.contains("[missing-push-entitlement]"), is_told, "{asked}: {told}");
    }
}

#[test]
fn a_project_file_that_is_named_and_not_understood_fails_the_run() {
    let folder = app("Clear/Info.plist", "<plist", "<<plist");
    for asked in [&["Clear/Info.plist"][..], &["--from-hook", "Clear/Info.plist"]] {
        let output = run(&folder, &[&["--quiet"], asked].concat());
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        let told = stderr(&output);
        assert!(told.starts_with("pushlint: Clear/Info.plist: was not understood: "), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    assert_eq!(run(&folder, &[]).status.code(), Some(0), "the rest of the app was asked for, and is checked");
}

#[test]
fn a_property_list_without_keys_says_nothing_of_the_app() {
    for text in ["garbage", "<plist version=\"1.0\"><array/></plist>"] {
        let folder = app("Clear/Info.plist", "voip", "voip");
        fs::write(folder.path().join("Clear/Info.plist"), text).expect("a file");
        let output = run(&folder, &["--format", "short", "--quiet"]);
        assert_eq!(stdout(&output), "", "{text}");
        assert!(
            stderr(&output).contains("was not understood: its root is no dictionary"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn an_editor_hears_about_the_info_plist_that_is_not_saved() {
    let folder = app("Clear/Info.plist", "<string>voip</string>", "<string>voip</string>");
    let text = fs::read_to_string(folder.path().join("Clear/Info.plist")).expect("the fixture can be copied");
    fs::write(folder.path().join("changed"), text.replace("<string>voip</string>", ""))
        .expect("the fixture can be copied");
    let input = fs::File::open(folder.path().join("changed")).expect("the fixture can be copied");
    let output = Command::new(env!("CARGO_BIN_EXE_pushlint"))
        .current_dir(folder.path())
        .args(["--format", "short", "--stdin-filename", "Clear/Info.plist", "-"])
        .stdin(input)
        .output()
        .expect("the fixture can be copied");
    assert!(stdout(&output).contains("[missing-voip-background-mode]"), "{}", stdout(&output));
}

#[test]
fn the_project_files_of_an_app_with_pushes_are_among_the_files() {
    let folder = app("Clear/Info.plist", "voip", "voip");
    let output = run(&folder, &["files"]);
    let listed: Vec<&str> = stdout(&output).lines().filter(|line| !line.contains(".swift")).collect();
    assert_eq!(listed, ["Clear.xcodeproj/project.pbxproj", "Clear/Clear.entitlements", "Clear/Info.plist"]);
}

#[test]
fn a_comment_in_the_info_plist_suppresses() {
    let folder = app(
        "Clear/Info.plist",
        "<key>UIBackgroundModes</key>",
        "<!-- pushlint:disable:next missing-voip-background-mode - a script writes it -->\n<key>UIBackgroundModes</key>",
    );
    let path = folder.path().join("Clear/Info.plist");
    let text = fs::read_to_string(&path).expect("the fixture can be copied");
    fs::write(&path, text.replace("<string>voip</string>", "")).expect("the fixture can be copied");
    let output = run(&folder, &["--format", "short"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), ""), "{}", stderr(&output));
}

#[test]
fn a_project_file_that_is_not_understood_is_one_notice_and_no_finding() {
    for (file, from, to) in [
        ("Clear/Info.plist", "<array>", "<array"),
        ("Clear.xcodeproj/project.pbxproj", "objects = {", "objects = {;("),
    ] {
        let folder = app(file, from, to);
        let output = run(&folder, &["--format", "short", "--quiet"]);
        assert_eq!(stdout(&output), "");
        assert_eq!(stderr(&output).matches("was not understood").count(), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains(file), "{}", stderr(&output));
    }
}

#[test]
fn a_merge_that_is_not_solved_is_told_as_one() {
    for file in ["Clear/Info.plist", "Clear.xcodeproj/project.pbxproj"] {
        let folder = app(file, "\n", "\n<<<<<<< HEAD\n");
        let output = run(&folder, &["--format", "short", "--quiet"]);
        assert_eq!(stdout(&output), "");
        let told = format!("pushlint: {file}: was not understood: line 2: a merge conflict is not solved;");
        assert!(stderr(&output).starts_with(&told), "{}", stderr(&output));
    }
}

#[test]
fn a_project_that_is_generated_and_not_there_is_told() {
    let generators = [
        ("XcodeGen", "project.yml", "targets:\n  Clear:\n    type: application\n"),
        ("Tuist", "Project.swift", "import ProjectDescription\n\nlet project = Project(name: \"Clear\")\n"),
        ("Bazel", "BUILD.bazel", "ios_application(name = \"Clear\")\n"),
        ("Expo", "app.json", "{ \"expo\": { \"name\": \"Clear\" } }\n"),
    ];
    for (tool, file, text) in generators {
        let folder = app("Clear/Info.plist", "<string>voip</string>", "");
        fs::remove_dir_all(folder.path().join("Clear.xcodeproj")).expect("the fixture can be copied");
        fs::write(folder.path().join(file), text).expect("the fixture can be copied");
        let output = run(&folder, &["--format", "short", "--quiet"]);
        assert_eq!(stdout(&output), "", "{tool}: what is not known is not missing");
        let told = format!("pushlint: {file}: {tool} makes the Xcode project, which is not here");
        assert!(stderr(&output).starts_with(&told), "{}", stderr(&output));
    }
}

#[test]
fn a_project_that_is_generated_and_there_is_not_said_to_be_missing() {
    for made in ["ios/App.xcodeproj", "App.xcodeproj"] {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("libraries/calls/ios");
        for path in [&folder.path().join(".git"), &folder.path().join(made), &library] {
            fs::create_dir_all(path).expect("a folder");
        }
        fs::write(folder.path().join("app.json"), r#"{ "expo": {} }"#).expect("a file");
        fs::write(library.join("Calls.podspec"), "Pod::Spec.new do |s|\nend\n").expect("a file");
        fs::write(library.join("Calls.swift"), "import PushKit\n\nfinal class Calls {}\n").expect("a file");
        let told = |folder: &TempDir| stderr(&run(folder, &["--quiet"])).to_owned();
        assert_eq!(told(&folder), "", "{made}");
        fs::remove_dir_all(folder.path().join(made)).expect("a folder");
        let without = told(&folder);
        assert!(without.starts_with("pushlint: app.json: Expo makes the Xcode project"), "{made}: {without}");
    }
}

#[test]
fn a_file_that_the_app_names_and_that_is_not_there_is_told() {
    let told = |change: &str, instead: &str| {
        let folder = app("Clear.xcodeproj/project.pbxproj", change, instead);
        let output = run(&folder, &["--format", "short", "--quiet"]);
        assert_eq!(stdout(&output), "", "what is not known is not missing");
        stderr(&output).lines().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        told("Clear/Info.plist", "Clear/Gone.plist"),
        [
            "pushlint: Clear.xcodeproj/project.pbxproj: the app `Clear` has `Clear/Gone.plist` for its Info.plist \
          (INFOPLIST_FILE), which is not here; what it says is not checked"
        ]
    );
    assert_eq!(
        told("Clear/Clear.entitlements", "Clear/Gone.entitlements"),
        [
            "pushlint: Clear.xcodeproj/project.pbxproj: the app `Clear` has `Clear/Gone.entitlements` for its entitlements \
          (CODE_SIGN_ENTITLEMENTS), which is not here; what it says is not checked"
        ]
    );
    assert_eq!(
        told("GENERATE_INFOPLIST_FILE = YES;\n\t\t\t\tINFOPLIST_FILE = Clear/Info.plist;", ""),
        [
            "pushlint: Clear.xcodeproj/project.pbxproj: the app `Clear` names no Info.plist (INFOPLIST_FILE), and none is \
          generated for it; what it says is not checked"
        ]
    );
}
