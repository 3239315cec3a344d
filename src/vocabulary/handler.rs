//! The spellings of the method that receives a push.

/// Which method receives the push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandlerForm {
    /// `pushRegistry(_:didReceiveIncomingPushWith:for:completion:)`, iOS 11: the usual one.
    Completion,
    /// The same with `async` in place of the completion: its body starts after the delegate method returned.
    AsyncCompletion,
    /// `pushRegistry(_:didReceiveIncomingPushWith:for:)`, iOS 8, deprecated; called if the usual one is absent.
    Deprecated,
    /// `pushRegistry(_:didReceiveIncomingVoIPPushWith:metadata:withCompletionHandler:)`, iOS 26.4.
    Metadata,
    /// The same with `async` in place of the completion.
    AsyncMetadata,
    /// An SDK owns the registry, and hands every push to the app, which must report.
    Managed(ManagedBy),
}

/// An SDK that owns the registry and leaves the report to the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagedBy {
    /// `managedPush(_:didReceiveIncomingPushWithPayload:for:)`, older `forType:`.
    Sinch,
}

/// The base names of push handlers.
pub const HANDLER_NAMES: [&str; 2] = ["pushRegistry", "managedPush"];

/// The labels of the payload: each push handler has one of them.
pub const PAYLOAD_LABELS: [&str; 3] =
    ["didReceiveIncomingPushWith", "didReceiveIncomingPushWithPayload", "didReceiveIncomingVoIPPushWith"];

/// The form of a push handler, by base name and argument labels (`None` for `_`); none for everything that
/// the system never calls. Types do not matter: `PushKit` goes by the selector.
pub fn handler_form(name: &str, labels: &[Option<&str>], is_async: bool) -> Option<HandlerForm> {
    match (name, labels) {
        ("pushRegistry", [None, Some("didReceiveIncomingPushWith"), Some("for")]) => {
            Some(if is_async { HandlerForm::AsyncCompletion } else { HandlerForm::Deprecated })
        }
        // Left over from Swift 2: nobody calls it, so that the call is lost unless another form is there too.
        ("pushRegistry", [None, Some("didReceiveIncomingPushWith"), Some("forType")]) if !is_async => {
            Some(HandlerForm::Deprecated)
        }
        // With `async` on top of the completion it has another selector, and nobody calls it.
        ("pushRegistry", [None, Some("didReceiveIncomingPushWith"), Some("for"), Some("completion")]) => {
            (!is_async).then_some(HandlerForm::Completion)
        }
        ("pushRegistry", [None, Some("didReceiveIncomingVoIPPushWith"), Some("metadata")]) => {
            is_async.then_some(HandlerForm::AsyncMetadata)
        }
        (
            "pushRegistry",
            [None, Some("didReceiveIncomingVoIPPushWith"), Some("metadata"), Some("withCompletionHandler")],
        ) => (!is_async).then_some(HandlerForm::Metadata),
        ("managedPush", [None, Some("didReceiveIncomingPushWithPayload"), Some("for" | "forType")]) => {
            Some(HandlerForm::Managed(ManagedBy::Sinch))
        }
        _ => None,
    }
}
