//! The picture for programs: everything that a [`Trace`] has.
//!
//! `schemas/trace.schema.json` describes it. The types here are the format and stand apart from the model: `version`
//! changes when a field goes or changes its meaning, not when one is added. Lines and columns begin at 1.

use std::io::{self, Write};

use serde::Serialize;

use crate::analysis::launch::{EventKind, RootKind};
use crate::trace::Trace;
use crate::trace::model::{
    ArmingTrace, End, HandlerTrace, LaunchTrace, Mark, Need, NeedKind, NeedState, Node, NodeKind, PathTrace,
    Place,
};

/// The version of the format.
const VERSION: u32 = 1;

/// Writes the picture for programs.
pub fn json(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    let document = TraceJson {
        version: VERSION,
        tool: ToolJson { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        launches: trace.launches.iter().map(LaunchJson::new).collect(),
        handlers: trace.handlers.iter().map(HandlerJson::new).collect(),
        findings: trace.marks.iter().map(FindingJson::new).collect(),
        elsewhere: &trace.elsewhere,
        unread: trace.unread.iter().map(|unread| unread.path.as_str()).collect(),
        is_proved: trace.is_proved,
        verdict: &trace.verdict,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct TraceJson<'a> {
    version: u32,
    tool: ToolJson,
    launches: Vec<LaunchJson<'a>>,
    handlers: Vec<HandlerJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    elsewhere: &'a [usize],
    unread: Vec<&'a str>,
    is_proved: bool,
    verdict: &'a [String],
}

#[derive(Serialize)]
struct ToolJson {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    path: &'a str,
    line: usize,
    utf16_column: usize,
}

impl<'a> PlaceJson<'a> {
    fn new(place: &'a Place) -> Self {
        Self { path: &place.path, line: place.line, utf16_column: place.utf16_column }
    }
}

#[derive(Serialize)]
struct LaunchJson<'a> {
    kind: &'static str,
    types: &'a [String],
    place: Option<PlaceJson<'a>>,
    turns: Vec<NodeJson<'a>>,
    armings: Vec<ArmingJson<'a>>,
}

impl<'a> LaunchJson<'a> {
    fn new(launch: &'a LaunchTrace) -> Self {
        let kind = match launch.kind {
            RootKind::App => "app",
            RootKind::Plugin => "plugin",
            RootKind::Nothing => "nothing",
        };
        Self {
            kind,
            types: &launch.types,
            place: launch.place.as_ref().map(PlaceJson::new),
            turns: launch.turns.iter().map(NodeJson::new).collect(),
            armings: launch.armings.iter().map(ArmingJson::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct ArmingJson<'a> {
    place: PlaceJson<'a>,
    own_queue: bool,
    needs: Vec<NeedJson<'a>>,
}

impl<'a> ArmingJson<'a> {
    fn new(arming: &'a ArmingTrace) -> Self {
        let needs = arming.needs.iter().map(NeedJson::new).collect();
        Self { place: PlaceJson::new(&arming.place), own_queue: arming.own_queue, needs }
    }
}

#[derive(Serialize)]
struct NeedJson<'a> {
    kind: &'static str,
    what: &'a str,
    state: &'static str,
    why: Option<&'a str>,
    place: Option<PlaceJson<'a>>,
}

impl<'a> NeedJson<'a> {
    fn new(need: &'a Need) -> Self {
        let kind = match need.kind {
            NeedKind::Delegate => "delegate",
            NeedKind::Provider => "provider",
            NeedKind::Holder => "holder",
            NeedKind::Sdk => "sdk",
        };
        let (state, why) = match &need.state {
            NeedState::Ready => ("ready", None),
            NeedState::OnDemand => ("on_demand", None),
            NeedState::SameTurn => ("same_turn", None),
            NeedState::SomePaths => ("some_paths", None),
            NeedState::LaterTurn => ("later_turn", None),
            NeedState::Never => ("never", None),
            NeedState::Unknown(why) => ("unknown", Some(why.as_str())),
        };
        Self { kind, what: &need.what, state, why, place: need.place.as_ref().map(PlaceJson::new) }
    }
}

#[derive(Serialize)]
struct NodeJson<'a> {
    kind: &'static str,
    text: &'a str,
    place: Option<PlaceJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arming: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<EndJson<'a>>,
    findings: &'a [usize],
    children: Vec<NodeJson<'a>>,
}

impl<'a> NodeJson<'a> {
    fn new(node: &'a Node) -> Self {
        let (kind, event, arming, end) = match &node.kind {
            NodeKind::Turn => ("turn", None, None, None),
            NodeKind::Call => ("call", None, None, None),
            NodeKind::Condition => ("condition", None, None, None),
            NodeKind::Event(event) => ("event", Some(event_word(*event)), None, None),
            NodeKind::Armed(number) => {
                ("event", Some(event_word(EventKind::RegistryArmed)), Some(*number), None)
            }
            NodeKind::End(end) => ("end", None, None, Some(EndJson::new(end))),
        };
        Self {
            kind,
            text: &node.text,
            place: node.place.as_ref().map(PlaceJson::new),
            event,
            arming,
            end,
            findings: &node.marks,
            children: node.children.iter().map(NodeJson::new).collect(),
        }
    }
}

fn event_word(kind: EventKind) -> &'static str {
    match kind {
        EventKind::RegistryCreated => "registry_created",
        EventKind::RegistryDelegateSet => "registry_delegate_set",
        EventKind::RegistryArmed => "registry_armed",
        EventKind::SdkRegistry => "sdk_registry",
        EventKind::SdkSetUp(_) => "sdk_set_up",
        EventKind::ProviderCreated => "provider_created",
        EventKind::ProviderDelegateSet => "provider_delegate_set",
        EventKind::HolderStored => "holder_stored",
    }
}

#[derive(Serialize)]
struct EndJson<'a> {
    outcome: &'static str,
    left: Option<PlaceJson<'a>>,
    is_ruled_out: bool,
}

impl<'a> EndJson<'a> {
    fn new(end: &'a End) -> Self {
        Self {
            outcome: end.outcome.word(),
            left: end.left.as_ref().map(PlaceJson::new),
            is_ruled_out: end.is_ruled_out,
        }
    }
}

#[derive(Serialize)]
struct HandlerJson<'a> {
    name: &'a str,
    selector: &'a str,
    place: PlaceJson<'a>,
    findings: &'a [usize],
    ways_out: usize,
    paths: Vec<PathJson<'a>>,
    tree: Vec<NodeJson<'a>>,
}

impl<'a> HandlerJson<'a> {
    fn new(handler: &'a HandlerTrace) -> Self {
        Self {
            name: &handler.name,
            selector: &handler.selector,
            place: PlaceJson::new(&handler.place),
            findings: &handler.marks,
            ways_out: handler.ways_out,
            paths: handler.paths.iter().map(PathJson::new).collect(),
            tree: handler.tree.iter().map(NodeJson::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct PathJson<'a> {
    outcome: &'static str,
    text: &'a str,
    place: PlaceJson<'a>,
    left: Option<PlaceJson<'a>>,
    is_ruled_out: bool,
    steps: Vec<StepJson<'a>>,
}

impl<'a> PathJson<'a> {
    fn new(path: &'a PathTrace) -> Self {
        Self {
            outcome: path.outcome.word(),
            text: &path.text,
            place: PlaceJson::new(&path.place),
            left: path.left.as_ref().map(PlaceJson::new),
            is_ruled_out: path.is_ruled_out,
            steps: path
                .steps
                .iter()
                .map(|(text, place)| StepJson { text, place: PlaceJson::new(place) })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct StepJson<'a> {
    text: &'a str,
    place: PlaceJson<'a>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'a str,
    level: &'static str,
    message: &'a str,
    place: PlaceJson<'a>,
}

impl<'a> FindingJson<'a> {
    fn new(mark: &'a Mark) -> Self {
        let place = PlaceJson::new(&mark.place);
        Self { rule: mark.rule, level: mark.level.word(), message: &mark.message, place }
    }
}
