//! The names of Apple's APIs and of the SDKs that report calls: data in `apis.toml`, not code.
//!
//! Asked only about calls that are not resolved in the project.

use smol_str::SmolStr;

/// A call to something outside the project, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutsideCall {
    /// The type of the receiver, or the type named before the dot, without module and generic arguments;
    /// none where it is unknown, and for free functions.
    pub receiver: Option<SmolStr>,
    /// The names of the receiver chain as written, outermost last: `DispatchQueue.main.async` gives
    /// `["DispatchQueue", "main"]`; empty for a free function or a constructor.
    pub chain: Vec<SmolStr>,
    /// The base name: `reportNewIncomingCall`, `Task`, `init` where a constructor is written out.
    pub name: SmolStr,
    /// The argument labels in order, `None` for `_`; trailing closures included (the first has none).
    pub labels: Vec<Option<SmolStr>>,
}

/// What a call to an API outside the project means for the duty to report a call.
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
    /// words say why.
    TakenForReport(SmolStr),
    /// Its closure arguments run before it returns, at least possibly: `forEach`, `queue.sync`, `withLock`.
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
    /// It reports nothing and keeps nothing: standard library, logging, analytics.
    Harmless,
}
