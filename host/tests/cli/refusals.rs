//! What every refusal must look like, whatever was wrong.

use crate::folder::Run;

/// The longest error that is still read: a few lines of a terminal.
const LONGEST: usize = 600;

/// What is wrong with the way in which a run failed; empty if nothing is.
///
/// Exit code 1 means one line on standard error and nothing on standard output; exit code 2 one `error:` line
/// and the usage below it. Each fragment must occur.
pub(crate) fn complaints(run: &Run, code: i32, fragments: &[&str]) -> Vec<String> {
    let Run { command, code: found, stdout, stderr } = run;
    let errors = stderr.lines().filter(|line| line.starts_with("error: ")).count();
    let mut checks = vec![
        (*found == code, format!("exit code {found}, not {code}")),
        (!stderr.contains("panicked"), "a panic".to_owned()),
        (errors == 1, format!("{errors} lines start with 'error: '")),
        (stdout.is_empty(), format!("standard output has {:?}", stdout.chars().take(80).collect::<String>())),
        (stderr.len() <= LONGEST, format!("{} characters long", stderr.len())),
        (!stderr.contains(".ntk-"), "it names a temporary file that the user has never seen".to_owned()),
    ];
    if code == 1 {
        let body = stderr.strip_suffix('\n').unwrap_or(stderr);
        checks.push((!body.contains('\n'), format!("{} lines", body.lines().count())));
        checks.push((!body.replace('\n', "").contains(char::is_control), "control characters".to_owned()));
    }
    for fragment in fragments {
        checks.push((stderr.contains(fragment), format!("it does not say {fragment:?}")));
    }
    let said: String = stderr.chars().take(300).collect();
    let failed = checks.into_iter().filter(|(holds, _)| !holds);
    failed.map(|(_, why)| format!("ntk {command}\n    {why}\n    said: {said:?}")).collect()
}

/// Asserts that nothing is wrong; all complaints at once, so that a table is repaired in one go.
pub(crate) fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}
