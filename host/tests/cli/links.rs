//! Every link of every page leads somewhere: to a file of the repository, to a heading of a page, or out of
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap()
}

/// The pages below a folder; what is built or hidden is none.
fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "target" && name != "out" && !name.starts_with('.') {
            pages(&path, found);
        } else if path.extension().is_some_and(|e| e == "md" || e == "html") {
            found.push(path);
        }
    }
}

/// A page without its blocks of code.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a forge makes of a heading: lower case, words joined by hyphens, all but letters, digits, `-` and `_`
/// left out.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The places of a page that a link can name; a heading that comes again has a number.
fn anchors(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    if path.extension().is_some_and(|e| e == "html") {
        return text
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect();
    }
    let (mut seen, mut all) = (BTreeMap::new(), BTreeSet::new());
    for line in prose(&text).lines().filter(|line| line.starts_with('#')) {
        let name = anchor(line.trim_start_matches('#'));
        let again = seen.entry(name.clone()).and_modify(|n| *n += 1).or_insert(0);
        all.insert(if *again == 0 { name } else { format!("{name}-{again}") });
    }
    all
}

/// The targets of a page's links.
fn links(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let (text, before, after) = if path.extension().is_some_and(|e| e == "html") {
        (text, " href=\"", '"')
    } else {
        (prose(&text), "](", ')')
    };
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).map(str::to_owned).collect()
}

/// Why a link leads nowhere.
fn fault(page: &Path, target: &str) -> Option<String> {
    // Links between items of Rust are rustdoc's business, which checks them.
    let elsewhere =
        ["http://", "https://", "mailto:", "data:"].iter().any(|scheme| target.starts_with(scheme));
    let (file, place) = target.split_once('#').map_or((target, None), |(file, place)| (file, Some(place)));
    let item = !file.is_empty() && !file.contains(['/', '.']);
    if elsewhere || (item && !page.parent()?.join(file).exists()) {
        return None;
    }
    let path = if file.is_empty() { page.to_owned() } else { page.parent()?.join(file) };
    let Ok(path) = path.canonicalize() else { return Some(format!("there is no {target}")) };
    if !path.starts_with(root()) {
        return Some(format!("{target} is outside of the repository"));
    }
    let place = place.filter(|_| path.extension().is_some_and(|e| e == "md" || e == "html"))?;
    (!anchors(&path).contains(place)).then(|| format!("{target}: there is no such heading"))
}

#[test]
fn every_link_leads_somewhere() {
    let mut all = Vec::new();
    pages(&root(), &mut all);
    let (mut count, mut faults) = (0, Vec::new());
    for page in &all {
        for target in links(page) {
            count += 1;
            faults.extend(fault(page, &target).map(|why| format!("{}: {why}", page.display())));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(all.len() > 25 && count > 150, "{} pages, {count} links", all.len());
}

#[test]
fn what_leads_nowhere_is_found() {
    let page = root().join("README.md");
    for good in [
        "docs/program.md",
        "docs/program.md#what-may-go-wrong",
        "#two-commands",
        "host/figure1.png",
        "core",
        "`Item`",
    ] {
        assert_eq!(fault(&page, good), None, "{good}");
    }
    for bad in [
        "docs/none.md",
        "docs/program.md#what-goes-right",
        "#three-commands",
        "docs/play.html#none",
        "../outside.md",
    ] {
        assert!(fault(&page, bad).is_some(), "{bad}");
    }
    assert_eq!(
        anchor(" What the lecture says, and how often `it` holds"),
        "what-the-lecture-says-and-how-often-it-holds"
    );
}

/// Nobody finds a page that no other leads to.
#[test]
fn the_table_of_contents_has_every_page() {
    let contents: BTreeSet<String> = links(&root().join("docs/README.md"))
        .into_iter()
        .map(|target| target.split('#').next().unwrap_or("").to_owned())
        .collect();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || contents.contains(&name), "docs/README.md does not name {name}");
    }
}
