//! The `flagfall` command; see [`flagfall::cli`].

fn main() -> std::process::ExitCode {
    flagfall::cli::main(std::env::args_os())
}
