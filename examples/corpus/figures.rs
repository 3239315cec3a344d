//! The figures: how much of what the labels name was found, and how much of what was said is true.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::labels::Verdict;

/// Counts for one kind of thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    /// How many the labels name.
    pub(crate) labelled: usize,
    /// How many of those were found.
    pub(crate) found: usize,
    /// How much of what pushlint said is in the labels.
    pub(crate) right: usize,
    /// How much of it is not.
    pub(crate) wrong: usize,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.labelled += other.labelled;
        self.found += other.found;
        self.right += other.right;
        self.wrong += other.wrong;
    }

    /// What the figures of one repository look like in a line: found of labelled, and what is wrong.
    pub(crate) fn brief(self) -> String {
        let mut text = format!("{}/{}", self.found, self.labelled);
        if self.wrong > 0 {
            let _ = write!(text, " +{} wrong", self.wrong);
        }
        text
    }
}

/// The things that are scored, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Handlers,
    LostHandlers,
    Exits,
    StoredProperties,
    Order,
    OptionalChains,
    AsyncHandlers,
    TypesBeforeDelegate,
}

impl Kind {
    const ALL: [Kind; 8] = [
        Kind::Handlers,
        Kind::LostHandlers,
        Kind::Exits,
        Kind::StoredProperties,
        Kind::Order,
        Kind::OptionalChains,
        Kind::AsyncHandlers,
        Kind::TypesBeforeDelegate,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Handlers => "handlers recognised",
            Kind::LostHandlers => "handlers that lose calls",
            Kind::Exits => "exits",
            Kind::StoredProperties => "stored properties",
            Kind::Order => "order",
            Kind::OptionalChains => "optional chains",
            Kind::AsyncHandlers => "async handlers",
            Kind::TypesBeforeDelegate => "types before delegate",
        }
    }
}

/// All figures, of one repository or of many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    scores: BTreeMap<Kind, Score>,
    /// Handlers by label and by what pushlint says.
    verdicts: BTreeMap<(Verdict, Verdict), usize>,
    /// Errors where nothing is wrong.
    pub(crate) false_errors: usize,
    /// Errors of rules about which the labels say nothing.
    pub(crate) unjudged_errors: usize,
    /// Labelled exits found by an error, not only by a warning.
    pub(crate) exits_as_errors: usize,
    /// Handlers that pushlint answers with "unseen".
    pub(crate) unseen: usize,
    /// Handlers that pushlint found.
    pub(crate) answered: usize,
    /// Handlers answered with "unseen" though they can be judged.
    pub(crate) unseen_needlessly: usize,
    /// Stored properties found, and those at the level that the design says.
    pub(crate) levels: (usize, usize),
    /// Findings at places that decide nothing.
    pub(crate) undecided: usize,
}

impl Tally {
    /// The counts of a kind.
    pub(crate) fn score(&self, kind: Kind) -> Score {
        self.scores.get(&kind).copied().unwrap_or_default()
    }

    /// The counts of a kind, to be changed.
    pub(crate) fn score_mut(&mut self, kind: Kind) -> &mut Score {
        self.scores.entry(kind).or_default()
    }

    /// Notes what a label and pushlint say of a handler.
    pub(crate) fn note_verdict(&mut self, label: Verdict, said: Verdict) {
        *self.verdicts.entry((label, said)).or_default() += 1;
    }

    /// Adds the figures of another repository.
    pub(crate) fn add(&mut self, other: &Tally) {
        for (kind, score) in &other.scores {
            self.score_mut(*kind).add(*score);
        }
        for (pair, count) in &other.verdicts {
            *self.verdicts.entry(*pair).or_default() += count;
        }
        self.false_errors += other.false_errors;
        self.unjudged_errors += other.unjudged_errors;
        self.exits_as_errors += other.exits_as_errors;
        self.unseen += other.unseen;
        self.answered += other.answered;
        self.unseen_needlessly += other.unseen_needlessly;
        self.levels.0 += other.levels.0;
        self.levels.1 += other.levels.1;
        self.undecided += other.undecided;
    }

    /// The table that the README quotes.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{:<26}{:>5}{:>7}{:>9}{:>7}{:>7}{:>11}\n",
            "", "n", "found", "recall", "right", "wrong", "precision"
        );
        for kind in Kind::ALL {
            let score = self.score(kind);
            let _ = writeln!(
                text,
                "{:<26}{:>5}{:>7}{:>9}{:>7}{:>7}{:>11}",
                kind.word(),
                score.labelled,
                score.found,
                percent(score.found, score.labelled),
                score.right,
                score.wrong,
                percent(score.right, score.right + score.wrong),
            );
        }
        let _ = writeln!(
            text,
            "errors where nothing is wrong: {}; of rules that no label judges: {}; findings at places that decide nothing: {}",
            self.false_errors, self.unjudged_errors, self.undecided
        );
        let _ = writeln!(
            text,
            "exits found at level error: {} of {}; stored properties at the level of the design: {} of {}",
            self.exits_as_errors,
            self.score(Kind::Exits).labelled,
            self.levels.1,
            self.levels.0
        );
        let _ = writeln!(
            text,
            "handlers answered \"unseen\": {} of {} ({}); {} of them can be judged",
            self.unseen,
            self.answered,
            percent(self.unseen, self.answered),
            self.unseen_needlessly
        );
        text
    }

    /// What pushlint says of the handlers of each label.
    pub(crate) fn verdict_table(&self) -> String {
        let mut text = format!("{:<22}", "label \\ pushlint");
        for said in Verdict::ALL {
            let _ = write!(text, "{:>22}", said.word());
        }
        text.push('\n');
        for label in Verdict::ALL {
            let _ = write!(text, "{:<22}", label.word());
            for said in Verdict::ALL {
                let count = self.verdicts.get(&(label, said)).copied().unwrap_or_default();
                let _ = write!(text, "{count:>22}");
            }
            text.push('\n');
        }
        text
    }
}

/// A share in whole and tenth percents; a dash where there is nothing to share.
pub(crate) fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = part * 1000 / whole;
    format!("{}.{} %", tenths / 10, tenths % 10)
}
