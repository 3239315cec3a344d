//! `docs/trace.md` shows what is drawn. `UPDATE_README=1 cargo test --test trace` writes it there.

use std::fs;
use std::path::Path;

use pushlint::render::HumanOptions;
use pushlint::trace::Trace;

use super::{human, mermaid, report};

#[test]
fn the_page_shows_real_pictures() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/trace.md");
    let text = fs::read_to_string(&path).unwrap();
    let ring = Trace::new(&report("ring"));
    let clean = human(&Trace::new(&report("clean")), HumanOptions::default(), false);
    let proof = clean.rsplit_once("\n\n").unwrap().1;
    let drawn = [
        ("ring", format!("```text\n{}```\n", human(&ring, HumanOptions::default(), false))),
        ("clean", format!("```text\n{proof}```\n")),
        ("mermaid", format!("```mermaid\n{}```\n", mermaid(&ring))),
    ];
    let shown = drawn.iter().fold(text.clone(), |text, (name, drawn)| {
        let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
        let (before, rest) = text.split_once(&begin).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        format!("{before}{begin}{drawn}{end}{after}")
    });
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, shown).unwrap();
    } else {
        assert_eq!(text, shown, "`UPDATE_README=1 cargo test --test trace` writes it");
    }
}
