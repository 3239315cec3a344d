//! `pushlint completions SHELL` and `pushlint man`: what a shell and `man` know of the command line.

use std::io::Write;

use clap::CommandFactory;
use clap::builder::PossibleValuesParser;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::cli::Cli;
use crate::error::{Error, did_you_mean};
use crate::rules;

/// Writes the completions of a shell.
pub(super) fn completions(shell: Shell, out: &mut dyn Write) -> Result<u8, Error> {
    // The command line takes any word for a rule, and tells what was meant; a shell offers those that there are.
    let rules = PossibleValuesParser::new(rules::RULES.iter().map(|rule| rule.id));
    let mut command = Cli::command();
    for name in ["only", "skip", "enable"] {
        command = command.mut_arg(name, |arg| arg.value_parser(rules.clone()));
    }
    command = command.mut_subcommand("explain", |explain| {
        explain.mut_arg("words", |words| words.value_parser(rules.clone()))
    });
    let mut script = Vec::new();
    generate(shell, &mut command, env!("CARGO_PKG_NAME"), &mut script);
    match shell {
        Shell::Fish => script = for_fish(&command, &String::from_utf8_lossy(&script)).into_bytes(),
        Shell::Zsh => script = for_zsh(&String::from_utf8_lossy(&script)).into_bytes(),
        _ => {}
    }
    super::unless_closed(out.write_all(&script).and_then(|()| out.flush()))?;
    Ok(0)
}

/// What fish needs beyond what is generated for it: values after `--option ` and a blank, where the line cannot be
/// parsed yet, and the words that may stand behind a command.
fn for_fish(program: &clap::Command, script: &str) -> String {
    let parse = "argparse -s (__fish_pushlint_global_optspecs) -- $cmd 2>/dev/null\n";
    let without_last = parse.replace("$cmd", "$cmd[1..-2]");
    let mut script = script.replacen(parse, &format!("{parse}    or {without_last}"), 1);
    let positionals = |command: &clap::Command| {
        let words = command.get_positionals().flat_map(clap::Arg::get_possible_values);
        let words: Vec<String> = words.map(|word| word.get_name().to_owned()).collect();
        let when = format!("__fish_pushlint_using_subcommand {}", command.get_name());
        (!words.is_empty())
            .then(|| format!("complete -c pushlint -n \"{when}\" -f -a \"{}\"\n", words.join(" ")))
    };
    script.extend(program.get_subcommands().filter_map(positionals));
    script
}

/// What zsh needs beyond what is generated for it: there the first word is a path, and only the second one a command.
/// The first word may be either; behind a path stand options and paths.
fn for_zsh(script: &str) -> String {
    const BEGIN: &str = "_arguments \"${_arguments_options[@]}\" : \\\n";
    const END: &str = "        esac\n    ;;\nesac\n}\n";
    let root =
        script.split_once(BEGIN).and_then(|(_, rest)| rest.split_once("\":: :_pushlint_commands\" \\\n"));
    let Some((options, paths)) = root.and_then(|(root, _)| root.rsplit_once("'::paths ")) else {
        return script.to_owned();
    };
    let either = "_pushlint_commands_or_paths() {\n    \
                  _alternative 'commands:command:_pushlint_commands' 'files:file:_files'\n}\n";
    let behind_a_path = format!("(*)\n{BEGIN}{options}'*:paths {paths}&& ret=0\n;;\n{END}\n{either}");
    script
        .replacen(&format!("'::paths {paths}"), "", 1)
        .replacen("\":: :_pushlint_commands\"", "\":: :_pushlint_commands_or_paths\"", 1)
        .replace("$line[2]", "$line[1]")
        .replacen(END, &behind_a_path, 1)
}

/// Writes the manual page of the program or of one of its commands, whose words are named.
pub(super) fn man(words: &[String], out: &mut dyn Write) -> Result<u8, Error> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut command = &program;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            let known = command.get_subcommands().map(clap::Command::get_name);
            Error::Usage(format!("unknown command `{}`{}", words.join(" "), did_you_mean(word, known)))
        })?;
    }
    let mut page = Vec::new();
    let source = format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let written =
        Man::new(command.clone()).source(source).render(&mut page).and_then(|()| out.write_all(&page));
    super::unless_closed(written.and_then(|()| out.flush()))?;
    Ok(0)
}
