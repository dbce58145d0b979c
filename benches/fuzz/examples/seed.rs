//! Writes the inputs of `trace_forged` that say what stands in the base traces.

use flagfall_fuzz::{BASES, Forged};
use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/trace_forged");
    for (number, base) in BASES.iter().enumerate() {
        std::fs::write(folder.join(format!("base-{number}")), Forged::input_of(base))?;
    }
    Ok(())
}
