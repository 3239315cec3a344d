//! What a turn waits for: told by who calls a method of the app, or by what a closure is given to.

use super::timeline::WaitsFor;
use crate::facts::{Function, FunctionKind};
use crate::program::{FunctionRef, Program, TypeIndex};
use crate::vocabulary::asks_permission;

/// What a function waits for that nothing in the project calls.
pub(super) fn for_function(program: &Program, at: FunctionRef) -> WaitsFor {
    let function = program.function(at);
    let labels: Vec<&str> =
        function.params.iter().map(|param| param.label.as_deref().unwrap_or_default()).collect();
    let last = labels.last().copied().unwrap_or_default();
    match function.name.as_str() {
        "application" if last == "didRegisterForRemoteNotificationsWithDeviceToken" => WaitsFor::PushToken,
        "application" if last == "didRegister" => WaitsFor::Permission,
        "applicationDidBecomeActive" | "applicationWillEnterForeground" => WaitsFor::Person,
        // Of Flutter: its engine begins with the first view.
        "didInitializeImplicitFlutterEngine" => WaitsFor::Screen,
        // `scene(_:willConnectTo:options:)`, `sceneDidBecomeActive(_:)`
        name if name.starts_with("scene") && takes_scene(function) => WaitsFor::Screen,
        _ if is_touched(function) => WaitsFor::Person,
        name if is_of_screen(function, name)
            && program.owner(at).is_some_and(|owner| is_on_screen(program, owner)) =>
        {
            WaitsFor::Screen
        }
        _ => WaitsFor::Unknown,
    }
}

fn takes_scene(function: &Function) -> bool {
    let first = function.params.first().and_then(|param| param.ty.as_ref()).and_then(|ty| ty.name());
    first.is_some_and(|name| name.ends_with("Scene"))
}

/// A person's finger calls it.
fn is_touched(function: &Function) -> bool {
    function.attributes.iter().any(|attribute| attribute.name == "IBAction")
}

/// Whether a method of a view or a view controller is one that is called when it is loaded or shown.
fn is_of_screen(function: &Function, name: &str) -> bool {
    match function.kind {
        FunctionKind::Initializer => true,
        FunctionKind::Getter => name == "body",
        FunctionKind::Function => {
            matches!(name, "loadView" | "awakeFromNib" | "didMoveToWindow" | "didMoveToSuperview")
                || name.starts_with("view") && (name.contains("Load") || name.contains("Appear"))
        }
        _ => false,
    }
}

/// Whether a type is a view, or controls one.
pub(super) fn is_on_screen(program: &Program, ty: TypeIndex) -> bool {
    let names = program.outside_ancestors(ty);
    names.iter().any(|name| name.ends_with("ViewController") || name.ends_with("View") || *name == "Scene")
}

/// What a closure waits for, by the name of what it is given to.
pub(super) fn for_closure(given_to: &str) -> WaitsFor {
    match given_to {
        "Task" | "detached" | "immediate" | "async" | "asyncAfter" | "addOperation" | "perform" => {
            WaitsFor::Nothing
        }
        "onAppear" | "task" | "onChange" => WaitsFor::Screen,
        "onTapGesture" | "Button" => WaitsFor::Person,
        name if asks_permission(name) => WaitsFor::Permission,
        _ => WaitsFor::Unknown,
    }
}
