//! One rich report in every format: what each format promises, and what its consumers require.

mod github;
mod gitlab;
mod golden;
mod human;
mod json;
mod markdown;
#[path = "../project/mod.rs"]
mod project;
mod rdjson;
mod sample;
mod sarif;
mod short;
mod summary;
mod xcode;

use pushlint::render::{self, Format, RenderOptions};
use pushlint::report::Report;

/// The bytes of a format, as text.
fn rendered(report: &Report, format: Format, options: &RenderOptions) -> String {
    let mut out = Vec::new();
    render::write(report, format, options, &mut out).expect("writing into memory");
    String::from_utf8(out).expect("every format is UTF-8")
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in Format::ALL {
        let once = rendered(&sample::report(), format, &RenderOptions::default());
        let twice = rendered(&sample::report(), format, &RenderOptions::default());
        assert_eq!(once, twice, "{}", format.word());
    }
}

#[test]
fn no_format_tells_where_the_project_lies_on_the_machine() {
    // Xcode alone needs to be told.
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Xcode) {
        let written = rendered(&sample::report(), format, &RenderOptions::default());
        assert!(!written.contains(sample::CHECKOUT), "{}", format.word());
    }
}

#[test]
fn a_failing_writer_is_told() {
    for format in Format::ALL {
        let mut full: &mut [u8] = &mut [0; 16];
        let result = render::write(&sample::report(), format, &RenderOptions::default(), &mut full);
        assert!(result.is_err(), "{}", format.word());
    }
}
