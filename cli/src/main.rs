//! The `flagfall` command; see [`flagfall_cli`].

fn main() -> std::process::ExitCode {
    flagfall_cli::main(std::env::args_os())
}
