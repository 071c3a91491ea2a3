//! `ntk report`: writes a sweep as one web page.

use crate::cli::ReportArgs;
use crate::error::Failure;
use crate::experiment::interrupt::Interrupt;
use crate::files::output;
use crate::report::{Ledger, page};
use crate::sweep::{Curves, Saved};

pub(super) fn run(args: &ReportArgs) -> Result<(), Failure> {
    let ledger = args.ledger.as_deref().map(Ledger::read).transpose()?;
    let sweep = Saved::read(&args.sweep)?;
    let Some(&first) = sweep.plan.seeds.first() else {
        let folder = sweep.folder.display();
        return Err(Failure::new(format!("{folder} has no rows; finish its sweep first")));
    };
    let curves = match Curves::kept(&sweep.folder, &sweep.settings) {
        Some(curves) => curves,
        None => Curves::of(&sweep.folder, first, &sweep.settings, &Interrupt::default())?,
    };
    let page = page(&sweep, &curves, ledger.as_ref())?;
    output::replace_file(&args.out, page.as_bytes())?;
    output::print(format!("Written: {}\n", args.out.display()).as_bytes())
}
