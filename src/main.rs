//! The `pushlint` binary: arguments and streams in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    pushlint::command::main(std::env::args_os())
}
