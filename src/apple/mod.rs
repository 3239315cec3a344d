//! What Apple's project files say: targets and what they compile, packages, Info.plist, entitlements, build settings.
//!
//! Property lists keep the places of their keys and values ([`plist`]); build settings are merged as Xcode does
//! it ([`settings`]); [`Target`] is what rules ask. What cannot be read or depends on the build alone is *unknown*,
//! never absent: a rule that asks for something missing stays silent then.

pub mod files;
pub mod generator;
pub mod info;
mod packages;
mod pbxproj;
pub mod plist;
mod project;
pub mod settings;
pub mod target;
pub mod xcconfig;

pub use files::Files;
pub use info::{Found, InfoPlist};
pub use packages::MANIFEST;
pub use project::Project;
pub(crate) use target::version;
pub use target::{Configuration, Entitlements, Product, Target};
