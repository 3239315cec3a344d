//! The names of Apple's APIs and of the SDKs that report calls: data in `apis.toml`, not code.
//!
//! Asked only about calls that are not resolved in the project. No answer means that nothing is known about
//! the call: whether it is harmless then depends on what it is given.

mod handler;
mod load;
mod owed;
mod pattern;
mod setup;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;
use smol_str::SmolStr;

pub use handler::{HANDLER_NAMES, HandlerForm, ManagedBy, PAYLOAD_LABELS, handler_form};
pub use load::VocabularyError;
use load::starts_upper;
pub use owed::{ACTION_NAMES, Owed, is_given_action};
use pattern::{Owner, Pattern};
pub use setup::{Loses, Setup, SetupId};

use crate::unit::UserReporter;

/// A call to something outside the project, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutsideCall {
    /// The type of the receiver, or the type named before the dot, without module and generic arguments;
    /// none where it is unknown. For a member that a project type inherits, and for a function called by its
    /// bare name inside of such a type: the type's nearest ancestor outside the project.
    pub receiver: Option<SmolStr>,
    /// The names of the receiver chain as written, outermost last: `DispatchQueue.main.async` gives
    /// `["DispatchQueue", "main"]`; empty for a constructor and for what is called by its bare name.
    pub chain: Vec<SmolStr>,
    /// The base name: `reportNewIncomingCall`, `Task`, `init` where a constructor is written out.
    pub name: SmolStr,
    /// The argument labels in order, `None` for `_`; trailing closures included (the first has none).
    pub labels: Vec<Option<SmolStr>>,
}

/// What a call to an API outside the project means for the duty to report a call.
///
/// Closures given to anything but `RunsNow` run later, if at all; only for `Harmless` and `Diverges` is nothing
/// said about them. What is said about a closure holds for a function given by name and for a `#selector` too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It reports an incoming call to the system, at the moment of the call.
    Reports {
        /// Known from the code or documentation; `false` is "presumed" and only hands the duty out.
        is_proved: bool,
        /// It is asynchronous only (LiveCommunicationKit): counts as a report once it is awaited or run.
        is_async: bool,
    },
    /// It calls back into the app, before it returns, and the app reports there.
    CallsBack {
        /// The methods of the app that it may call: base names with labels, `didStartRinging(_:)`.
        methods: Vec<SmolStr>,
        /// Whether the callback is known to run before the call returns.
        is_synchronous: bool,
    },
    /// It looks like a report and is none: `reportCall(with:endedAt:reason:)`, JavaScript events…; the
    /// words say why, and go on from "`reportCall` is no report: it …".
    TakenForReport(SmolStr),
    /// Its closure arguments run before it returns, at least possibly: `forEach`, `queue.sync`, `withLock`.
    /// Of an `async` one (`MainActor.run`, `withTaskGroup`): before the `await` is over.
    RunsNow {
        /// They run exactly once (`sync`, `withLock`), rather than maybe never (`forEach`).
        is_certain: bool,
    },
    /// Its closure arguments run after the current turn: `async`, `asyncAfter`, `Task`.
    RunsLater,
    /// It does not return: `fatalError`.
    Diverges,
    /// It creates, arms and keeps a registry of its own (class O).
    OwnsRegistry,
    /// It runs the observers there are before it returns (`NotificationCenter.post`, a Combine subject's `send`):
    /// one in the project may report.
    Posts,
    /// It runs work that was put off before, or waits until it is done: `DispatchWorkItem.perform()`,
    /// `DispatchGroup.wait()`.
    Finishes,
    /// It fulfils an action of `CallKit` or `LiveCommunicationKit`, or lets it fail.
    Answers,
    /// It activates the audio session, where it is given `true`.
    Activates,
    /// It reports nothing and keeps nothing: standard library, logging, analytics.
    Harmless,
}

/// What an entry rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Apple's documentation or sample code.
    Apple,
    /// An answer of an Apple engineer.
    Dts,
    /// The SDK's source or sample was read.
    Code,
    /// The SDK's documentation.
    Docs,
    /// The SDK's maintainers said so, or a shipped fix proves it.
    Maintainer,
    /// Concluded from other facts.
    Inference,
    /// Nobody checked it.
    Unverified,
    /// The user said so in `pushlint.toml`.
    #[serde(skip)]
    User,
}

impl Basis {
    /// For people: what it is known from.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Apple => "Apple's documentation",
            Basis::Dts => "an answer of Apple's engineers",
            Basis::Code => "code",
            Basis::Docs => "documentation",
            Basis::Maintainer => "maintainers",
            Basis::Inference => "inference",
            Basis::Unverified => "unverified",
            Basis::User => "pushlint.toml",
        }
    }
}

/// What the vocabulary says about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'a> {
    /// What the call means.
    pub meaning: &'a Meaning,
    /// Whose API it is: `CallKit`, `react-native-callkeep`.
    pub name: &'a str,
    /// What this rests on.
    pub basis: Basis,
    /// The trap in it, or what the user can do: a sentence without a full stop.
    pub hint: Option<&'a str>,
    /// What the thread waits for in it.
    pub waits: Option<Waits>,
    /// The position of the argument that has to be a UUID: otherwise the call does nothing.
    pub identifier: Option<usize>,
    /// What has to be done before it reports.
    pub setup: Option<SetupId>,
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waits {
    /// Somebody signals a semaphore.
    Signal,
    /// Work that was begun elsewhere is over.
    Work,
    /// Some time passes.
    Time,
    /// Something arrives from the network.
    Download,
    /// The main queue is free.
    MainQueue,
    /// Events come in.
    Events,
}

/// An SDK with nothing to list, and why.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlisted {
    /// The SDK.
    pub name: SmolStr,
    /// Why there is no call of it to know.
    pub why: SmolStr,
}

/// All that is known about APIs outside the project.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    entries: Vec<Entry>,
    /// By base name.
    rules: HashMap<SmolStr, Vec<Rule>>,
    /// `Type.*`, by type.
    every_method: HashMap<SmolStr, Rule>,
    names: Names,
    setups: Vec<Setup>,
    unlisted: Vec<Unlisted>,
}

/// What some calls mean.
#[derive(Clone, Debug)]
struct Entry {
    name: SmolStr,
    basis: Basis,
    hint: Option<SmolStr>,
    waits: Option<Waits>,
    identifier: Option<usize>,
    setup: Option<SetupId>,
    /// None: it is known that nothing is known, so that no fallback applies.
    meaning: Option<Meaning>,
}

/// One pattern and where it leads.
#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    entry: usize,
    is_distinct: bool,
    any_receiver: bool,
    /// The rule holds only where the chain has one of these names.
    after: Vec<SmolStr>,
    is_users: bool,
}

/// Names of types and modules.
#[derive(Clone, Debug, Default)]
struct Names {
    modules: HashSet<SmolStr>,
    prefixes: Vec<SmolStr>,
    types: HashSet<SmolStr>,
    /// Apple's too, but what their methods do is up to the app.
    open: HashSet<SmolStr>,
    foreign: HashSet<SmolStr>,
    reporters: Vec<SmolStr>,
    registries: Vec<SmolStr>,
    /// What `PushKit` notes a report by.
    report_checks: Vec<SmolStr>,
    /// What asks whether something is allowed.
    permissions: Vec<SmolStr>,
    /// Types of the standard library that are values.
    values: Vec<SmolStr>,
    /// Classes without subclasses.
    leaves: Vec<SmolStr>,
    /// Methods that change the value they are called on, and leave no collection shorter.
    changing: Vec<SmolStr>,
    /// Methods that take something out of a collection.
    shortening: Vec<SmolStr>,
    /// Types of logging and analytics modules, with their entry.
    harmless: HashMap<SmolStr, usize>,
}

/// The vocabulary that comes with pushlint; read on first use.
///
/// # Panics
///
/// Never: that the embedded file can be read is tested.
pub fn standard() -> &'static Vocabulary {
    static STANDARD: OnceLock<Vocabulary> = OnceLock::new();
    STANDARD.get_or_init(|| load::load(include_str!("apis.toml")).expect("the embedded vocabulary is tested"))
}

/// Whether a type of the standard library is a value.
pub(crate) fn is_value_type(name: &str) -> bool {
    standard().names.values.iter().any(|other| other == name)
}

/// Whether a value of a type from elsewhere is one of no other type: it is a value itself, or of a class without subclasses.
pub(crate) fn is_leaf_type(name: &str) -> bool {
    is_value_type(name) || standard().names.leaves.iter().any(|other| other == name)
}

/// Whether a method of the standard library changes the value that it is called on.
pub(crate) fn is_changing(method: &str) -> bool {
    let names = &standard().names;
    names.changing.iter().chain(&names.shortening).any(|other| other == method)
}

/// The methods that take something out of a collection.
pub(crate) fn shortening() -> &'static [SmolStr] {
    &standard().names.shortening
}

/// Whether a type is Apple's, going by its name alone; ask only about types that the project does not declare.
pub fn is_apple_type(name: &str) -> bool {
    standard().names.is_apple(name)
}

/// Whether a module comes with Apple's SDKs.
pub fn is_apple_module(name: &str) -> bool {
    standard().names.modules.contains(name)
}

/// The types through which an app reports a call itself.
pub fn reporter_types() -> impl Iterator<Item = &'static str> {
    standard().names.reporters.iter().map(SmolStr::as_str)
}

/// The type through which an app reports a call itself, by its name.
pub fn reporter_type(name: &str) -> Option<&'static str> {
    reporter_types().find(|ty| *ty == name)
}

/// Whether a type is one through which an app reports a call itself.
pub fn is_reporter_type(name: &str) -> bool {
    reporter_type(name).is_some()
}

/// The types that are `PushKit`'s registry, or made like it.
pub fn registry_types() -> impl Iterator<Item = &'static str> {
    standard().names.registries.iter().map(SmolStr::as_str)
}

/// Whether a type is `PushKit`'s registry.
pub fn is_registry_type(name: &str) -> bool {
    registry_types().any(|ty| ty == name)
}

/// The names of that by which `PushKit` looks for a report: Apple's own, and private.
pub fn report_checks() -> impl Iterator<Item = &'static str> {
    standard().names.report_checks.iter().map(SmolStr::as_str)
}

/// Whether a text is the name of something by which `PushKit` looks for a report.
pub fn is_report_check(text: &str) -> bool {
    report_checks().any(|name| name == text)
}

/// Whether a method of this name asks whether the app may do something: its closure waits for the answer.
pub fn asks_permission(name: &str) -> bool {
    standard().names.permissions.iter().any(|asks| asks == name)
}

impl Vocabulary {
    /// This vocabulary with the user's entries, which win over all others.
    pub fn with_user(&self, reporters: &[UserReporter]) -> Result<Vocabulary, VocabularyError> {
        let mut vocabulary = self.clone();
        vocabulary.add_user(reporters)?;
        Ok(vocabulary)
    }

    /// Adds the user's entries, which win over all others.
    pub fn add_user(&mut self, reporters: &[UserReporter]) -> Result<(), VocabularyError> {
        load::add_user(self, reporters)
    }

    /// The names of all entries, in the order of the file; several entries may share a name.
    pub fn entry_names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// SDKs of which there is no call to know, and why.
    pub fn unlisted(&self) -> &[Unlisted] {
        &self.unlisted
    }

    /// What a call means; none where nothing is known about it.
    pub fn lookup(&self, call: &OutsideCall) -> Option<Match<'_>> {
        let call = self.names.plain(call);
        let listed = self.rules.get(call.name.as_str()).into_iter().flatten();
        let on_type = call.types_named().filter_map(|ty| self.every_method.get(ty));
        let best = listed
            .chain(on_type)
            .filter_map(|rule| Some((self.names.rank(rule, &call)?, rule)))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        match best {
            Some((_, rule)) => self.entries.get(rule.entry).and_then(Entry::as_match),
            None => self.fallback(&call),
        }
    }

    /// What the user says about a function of the project, by the names of its types, nearest first: of its own, and of those
    /// that it inherits from.
    pub fn said_by_user(
        &self,
        types: &[SmolStr],
        name: &SmolStr,
        labels: &[Option<SmolStr>],
    ) -> Option<&Meaning> {
        let listed = self.rules.get(name).into_iter().flatten();
        let all = listed.chain(types.iter().filter_map(|ty| self.every_method.get(ty)));
        let is_of_it = |rule: &&Rule| {
            let is_owner = match &rule.pattern.owner {
                Owner::Type(ty) => types.contains(ty),
                Owner::Any => true,
                Owner::Free => types.is_empty(),
            };
            rule.is_users && is_owner && rule.pattern.labels.as_ref().is_none_or(|known| known == labels)
        };
        let rule = all.filter(is_of_it).max_by_key(|rule| {
            (
                matches!(rule.pattern.owner, Owner::Type(_)),
                rule.pattern.name.is_some(),
                rule.pattern.labels.is_some(),
            )
        })?;
        self.entries.get(rule.entry)?.meaning.as_ref()
    }

    /// The types of which the user says something about every method.
    pub fn types_by_user(&self) -> impl Iterator<Item = &SmolStr> {
        self.every_method.iter().filter(|(_, rule)| rule.is_users).map(|(ty, _)| ty)
    }

    /// The base names of the functions that the user says something about.
    pub fn names_by_user(&self) -> impl Iterator<Item = &SmolStr> {
        let named = self.rules.iter().filter(|(_, rules)| rules.iter().any(|rule| rule.is_users));
        named.map(|(name, _)| name)
    }

    /// What is known from the type alone.
    fn fallback(&self, call: &OutsideCall) -> Option<Match<'_>> {
        // Whatever a logging or analytics module hands out logs or counts: its type may stand anywhere in front.
        let mut named = call.types_named().chain(call.is_free().then_some(call.name.as_str()));
        if let Some(entry) = named.find_map(|ty| self.names.harmless.get(ty)) {
            return self.entries.get(*entry).and_then(Entry::as_match);
        }
        self.names.is_harmless_by_type(call).then_some(Match {
            meaning: &Meaning::Harmless,
            name: "Apple's SDK",
            basis: Basis::Apple,
            hint: None,
            waits: None,
            identifier: None,
            setup: None,
        })
    }

    /// Whether some call of this base name has such a meaning, whatever its receiver and labels.
    pub fn may_mean(&self, name: &str, test: impl Fn(&Meaning) -> bool) -> bool {
        self.names_meaning(test).is_none_or(|names| names.contains(name))
    }

    /// The base names of calls that may have such a meaning, whatever their receiver and labels; none where a call of any
    /// name may.
    pub fn names_meaning(&self, test: impl Fn(&Meaning) -> bool) -> Option<BTreeSet<&str>> {
        let means = |rule: &Rule| {
            self.entries.get(rule.entry).and_then(|entry| entry.meaning.as_ref()).is_some_and(&test)
        };
        if self.every_method.values().any(means) {
            return None;
        }
        let named = self.rules.iter().filter(|(_, rules)| rules.iter().any(means));
        Some(named.map(|(name, _)| name.as_str()).collect())
    }

    /// The names one of which stands in front of a call of this base name on a type that is named there, if something is known
    /// about it; none where any type may.
    pub fn named_before(&self, name: &str) -> Option<BTreeSet<&str>> {
        let mut found: BTreeSet<&str> = self.every_method.keys().map(SmolStr::as_str).collect();
        for rule in self.rules.get(name).into_iter().flatten() {
            match &rule.pattern.owner {
                Owner::Type(ty) => found.extend([ty.as_str()]),
                Owner::Any if rule.after.is_empty() => return None,
                Owner::Any => found.extend(rule.after.iter().map(SmolStr::as_str)),
                Owner::Free => {}
            }
        }
        Some(found)
    }

    /// Whether a thread waits in some call of this base name, whatever its receiver and labels.
    pub fn may_wait(&self, name: &str) -> bool {
        let mut listed = self.rules.get(name).into_iter().flatten();
        listed.any(|rule| self.entries.get(rule.entry).is_some_and(|entry| entry.waits.is_some()))
    }

    fn add(&mut self, rule: Rule, call: &str) -> Result<(), VocabularyError> {
        match (&rule.pattern.name, &rule.pattern.owner) {
            (None, Owner::Type(ty)) => {
                let is_users = rule.is_users;
                let before = self.every_method.insert(ty.clone(), rule);
                if before.is_some_and(|before| before.is_users == is_users) {
                    return Err(VocabularyError::Twice { call: call.to_owned() });
                }
            }
            (Some(name), _) => {
                let rules = self.rules.entry(name.clone()).or_default();
                let is_same = |other: &Rule| {
                    other.pattern == rule.pattern
                        && other.after == rule.after
                        && other.is_users == rule.is_users
                };
                if rules.iter().any(is_same) {
                    return Err(VocabularyError::Twice { call: call.to_owned() });
                }
                rules.push(rule);
            }
            (None, _) => {}
        }
        Ok(())
    }
}

impl Entry {
    fn as_match(&self) -> Option<Match<'_>> {
        let meaning = self.meaning.as_ref()?;
        Some(Match {
            meaning,
            name: &self.name,
            basis: self.basis,
            hint: self.hint.as_deref(),
            waits: self.waits,
            identifier: self.identifier,
            setup: self.setup,
        })
    }
}

/// How well a rule fits: the user's own first, then the type, then the labels, then a method by its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_users: bool,
    owner: u8,
    is_after: bool,
    has_name: bool,
    has_labels: bool,
}

impl Names {
    fn is_apple(&self, name: &str) -> bool {
        if self.types.contains(name) || self.open.contains(name) {
            return true;
        }
        let has_prefix = self.prefixes.iter().any(|prefix| {
            name.strip_prefix(prefix.as_str()).is_some_and(|rest| {
                // A word follows: `UIView`, but neither `UInteger` nor `UICKeyChainStore`.
                starts_upper(rest) && rest.chars().nth(1).is_some_and(char::is_lowercase)
            })
        });
        has_prefix && !self.foreign.contains(name)
    }

    /// Whether a call reports nothing because the type that it belongs to is Apple's.
    fn is_harmless_by_type(&self, call: &OutsideCall) -> bool {
        if call.is_free() {
            return self.is_apple(&call.name);
        }
        let Some(ty) = call.probable_type() else { return false };
        if call.chain.is_empty() && !self.types.contains(ty) {
            // A bare name inside of a subclass may be a function that is declared anywhere.
            return false;
        }
        // A method of a provider that is not listed may be somebody's extension that reports.
        let is_reporter = self.reporters.iter().any(|reporter| reporter == ty);
        let is_protocol = ["Delegate", "DataSource", "Protocol"].iter().any(|end| ty.ends_with(end));
        self.is_apple(ty) && !is_reporter && !is_protocol && !self.open.contains(ty)
    }

    /// The call without the name of one of Apple's modules in front, and with a constructor under its type's name.
    fn plain(&self, call: &OutsideCall) -> OutsideCall {
        let mut call = call.clone();
        let is_module = |name: &SmolStr| self.modules.contains(name) && !self.types.contains(name);
        if call.chain.first().is_some_and(is_module) {
            call.chain.remove(0);
        }
        if call.chain.is_empty() && call.receiver.as_ref().is_some_and(is_module) {
            call.receiver = None;
        }
        if call.name == "init"
            && let Some(ty) = call.receiver.clone().or_else(|| call.chain.last().cloned())
            && starts_upper(&ty)
        {
            call.name = ty;
            call.receiver = None;
            call.chain.clear();
        } else if call.chain.is_empty() && call.receiver.as_ref() == Some(&call.name) {
            call.receiver = None;
        }
        call
    }

    fn rank(&self, rule: &Rule, call: &OutsideCall) -> Option<Rank> {
        let is_after = rule.after.is_empty() || call.chain.iter().any(|name| rule.after.contains(name));
        if !is_after || !rule.pattern.fits_labels(call) {
            return None;
        }
        let owner = match &rule.pattern.owner {
            Owner::Free if call.is_free() => Some(3),
            // A function called inside of a type that inherits from somewhere.
            Owner::Free => call.chain.is_empty().then_some(2),
            Owner::Type(ty) if call.types_named().any(|named| named == ty) => Some(3),
            // What stands before it tells as much as its type would.
            Owner::Any if !rule.after.is_empty() => Some(3),
            Owner::Type(_) => (rule.is_distinct && call.probable_type().is_none()).then_some(2),
            Owner::Any => {
                let is_open = |ty: &str| self.is_apple(ty) || rule.any_receiver;
                call.probable_type().is_none_or(is_open).then_some(1)
            }
        }?;
        Some(Rank {
            is_users: rule.is_users,
            owner,
            is_after: !rule.after.is_empty(),
            has_name: rule.pattern.name.is_some(),
            has_labels: rule.pattern.labels.is_some(),
        })
    }
}

/// Members through which a type hands out its one instance.
const SINGLETONS: &[&str] =
    &["current", "default", "general", "global", "instance", "main", "shared", "sharedInstance", "standard"];

impl OutsideCall {
    /// Whether it is a method of something, not a function.
    pub fn has_receiver(&self) -> bool {
        !self.is_free()
    }

    fn is_free(&self) -> bool {
        self.receiver.is_none() && self.chain.is_empty()
    }

    /// The receiver's type, or else every type (or module) named in the chain: one of them says whose API it is.
    fn types_named(&self) -> impl Iterator<Item = &str> {
        let in_chain = if self.receiver.is_none() { self.chain.as_slice() } else { &[] };
        self.receiver.iter().chain(in_chain.iter().filter(|name| starts_upper(name))).map(SmolStr::as_str)
    }

    /// The receiver's type where it is known, or follows from the chain: `Type` and `Type.shared`.
    fn probable_type(&self) -> Option<&str> {
        if let Some(receiver) = &self.receiver {
            return Some(receiver);
        }
        match self.chain.as_slice() {
            [ty] if starts_upper(ty) => Some(ty),
            [ty, member] if starts_upper(ty) && SINGLETONS.contains(&member.as_str()) => Some(ty),
            _ => None,
        }
    }
}
