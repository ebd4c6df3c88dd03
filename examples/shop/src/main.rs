//! The program: reads its options, serves, and says in one line why it can not.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    shop::run(std::env::args_os()).await
}
