//! `pushlint trace`: the picture says all that the analyses found, in every form.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod hostile;
mod page;
mod pictures;
mod properties;
mod unproved;

#[path = "../project/mod.rs"]
mod project;

use std::path::{Path, PathBuf};

use pushlint::check::{self, Options, Request};
use pushlint::config::Config;
use pushlint::render::{HumanOptions, TraceOptions, trace};
use pushlint::report::Report;
use pushlint::trace::Trace;

/// The folder of an app of ours.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The report on one, with its picture.
fn report(name: &str) -> Report {
    let folder = fixture(name);
    let options = Options { is_traced: true, ..Options::default() };
    check::run(&Request { paths: vec![folder.clone()], folder, options, ..Request::default() }).unwrap()
}

/// The report on texts that are one unit, with its picture.
fn report_on(files: &[(&str, &str)]) -> Report {
    check::traced_texts(files, &Config::default())
}

fn human(trace: &Trace, human: HumanOptions, is_unfolded: bool) -> String {
    let mut out = Vec::new();
    trace::human(trace, &TraceOptions { human, is_unfolded }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json(trace: &Trace) -> serde_json::Value {
    let mut out = Vec::new();
    trace::json(trace, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn mermaid(trace: &Trace) -> String {
    let mut out = Vec::new();
    trace::mermaid(trace, &TraceOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
