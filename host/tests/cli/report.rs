//! `ntk report`: one page that holds everything, as a browser shows it.

use std::process::{Command, Stdio};

use crate::folder::Folder;
use crate::needs::has;
use crate::refusals::{assert_none, complaints};

const SWEEP: &str = "sweep --widths 1,2,8,16,64 --seeds 3 --max-steps 300 --target-mse 0.3";

/// Two claims, one with a word that must not become markup.
const LEDGER: &str = r#"{"claims":[
    {"id":"C10","where":"step 3","statement":"linear <b>rate</b>","expected":0.5,"measured":0.51,"low":0.4,"high":0.6,
     "tolerance":null,"verdict":"holds","data":[[1,2]]},
    {"id":"C2","where":"Def. 2","statement":"K = <grad, grad>","expected":"0","measured":1e-16,"low":null,"high":null,
     "tolerance":1e-12,"verdict":"holds","data":null}]}"#;

fn reported() -> Folder {
    let folder = Folder::new();
    folder.results(&format!("{SWEEP} --out s"));
    folder.write("ledger.json", LEDGER);
    folder.results("report --sweep s --ledger ledger.json --out page.html");
    folder
}

#[test]
fn the_page_needs_nothing_else() {
    let folder = reported();
    let page = folder.text("page.html");
    let outside = page.replace("http://www.w3.org/2000/svg", "").replace("http%3A", "");
    for word in ["http:", "https:", "src=", "@import", "url(", "<b>rate"] {
        assert!(!outside.contains(word), "{word}");
    }
    assert_eq!(page.matches("<figure ").count(), 7);
    assert!(page.contains("linear &lt;b&gt;rate&lt;/b&gt;") && page.contains("ChaCha8"));
    folder.results("report --sweep s --out other.html");
    assert!(!folder.text("other.html").contains("id=\"claims\""));
    let before = folder.files("s");
    folder.results("report --sweep s --ledger ledger.json --out page.html");
    assert_eq!((folder.text("page.html"), folder.files("s")), (page, before));
}

/// Rows of one claim, of which two are one-sided.
const ONE_SIDED: &str = r#"{"claims":[
    {"id":"C4","where":"Thm. 1","statement":"grows","expected":0.5,"measured":0.9,"low":0.8,"high":1.0,"test":"above",
     "tolerance":null,"verdict":"holds","data":[[1,2]]},
    {"id":"C4","where":"Thm. 1","statement":"falls","expected":-0.25,"measured":-0.9,"low":-1.0,"high":-0.8,"test":"below",
     "tolerance":null,"verdict":"holds","data":[[3,4]]},
    {"id":"C5","where":"Thm. 1","statement":"is","expected":2,"measured":2,"low":null,"high":null,"test":"near",
     "tolerance":1,"verdict":"holds","data":[[5,6]]}]}"#;

#[test]
fn the_page_says_what_it_shows() {
    let folder = reported();
    folder.write("ledger.json", ONE_SIDED);
    folder.results("report --sweep s --ledger ledger.json --out page.html");
    let page = folder.text("page.html");
    // A reader who comes from nowhere learns at once what this is.
    let opening = page.split("</header>").next().unwrap();
    for word in ["Example 3 of the lecture", "ReLU", "neural tangent kernel", "draws"] {
        assert!(opening.contains(word), "{word}");
    }
    assert!(page.contains(">&gt; 0.5000</td>") && page.contains(">&lt; -0.2500</td>"), "one-sided claims");
    // The verdict is the second column, so that the narrowest screen has it.
    let heads: Vec<&str> = page.split("<button type=\"button\">").skip(1).take(2).collect();
    assert!(heads[0].starts_with("claim<") && heads[1].starts_with("verdict<"), "{heads:?}");
    let names: Vec<&str> =
        page.split("<a download=\"").skip(1).map(|a| a.split('"').next().unwrap()).collect();
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
    assert!(["C4-1.json", "C4-2.json", "C5.json"].iter().all(|name| names.contains(name)), "{names:?}");
    // Which medians are those of unfinished trainings: with 300 steps, all of the narrow networks'.
    assert!(
        page.contains("ended by the cap") && page.contains(">3 of 3</td>") && page.contains(">0 of 3</td>")
    );
}

#[test]
fn what_makes_no_page_is_refused() {
    let folder = reported();
    std::fs::remove_file(folder.path("page.html")).unwrap();
    folder.write("list.json", "[]");
    folder.write("nameless.json", "{\"claims\":[{}]}");
    folder.write("text.json", "claims");
    std::fs::write(folder.path("s/bytes"), [0x89, b'P', b'N', b'G', 0xff]).unwrap();
    let mut found = Vec::new();
    #[rustfmt::skip]
    let refused: [(&str, &[&str]); 6] = [
        ("--sweep nowhere", &["nowhere/settings.json", "No such file"]),
        ("--sweep s --ledger nothing.json", &["nothing.json", "No such file"]),
        ("--sweep s --ledger list.json", &["list.json", "'claims'", "ntk verify"]),
        ("--sweep s --ledger nameless.json", &["nameless.json", "no id"]),
        ("--sweep s --ledger text.json", &["text.json", "no claims ledger"]),
        ("--sweep s --ledger s/bytes", &["bytes"]),
    ];
    for (options, fragments) in refused {
        found.extend(complaints(&folder.run(&format!("report {options} --out page.html")), 1, fragments));
        assert!(!folder.holds("page.html"), "{options}");
    }
    assert_none(&found);
}

/// Runs in the page before anything else: what goes wrong is kept.
const BEFORE: &str =
    "<script>window.wrong = []; addEventListener('error', (e) => wrong.push(e.message), true);</script>";

/// Runs after everything else: does what a reader would do, and leaves what was found as the title.
const AFTER: &str = r##"<script>
addEventListener("unhandledrejection", (e) => { document.title = "rejected: " + e.reason; });
(async () => {
  const check = (holds, what) => { if (!holds) wrong.push(what); };
  const figures = [...document.querySelectorAll("figure svg")];
  check(figures.length === 7, "seven figures");
  for (const svg of figures) {
    const box = svg.getBoundingClientRect();
    check(box.width > 200 && box.height > 200 && svg.checkVisibility(), "figure " + svg.parentNode.id + " is not seen");
    check(svg.querySelectorAll("text").length > 5, "no letters in " + svg.parentNode.id);
  }
  check(document.documentElement.scrollWidth <= innerWidth, "wider than the window: " + document.documentElement.scrollWidth);
  const words = (table, column) => [...table.tBodies[0].rows].map((row) => row.cells[column].textContent);
  const claims = document.querySelector("#claims table"), widths = document.querySelector("#widths table");
  const press = (table, column) => table.tHead.rows[0].cells[column].firstElementChild.click();
  press(claims, 0);
  check(words(claims, 0).join() === "C2,C10", "claims sort as " + words(claims, 0));
  press(widths, 0);
  check(words(widths, 0).join() === "1,2,8,16,64,inf", "widths sort as " + words(widths, 0));
  press(widths, 0);
  check(words(widths, 0).join() === "inf,64,16,8,2,1", "widths sort back as " + words(widths, 0));
  press(widths, 1);
  const errors = words(widths, 1).map(Number);
  check(errors.every((e, i) => i === 0 || errors[i - 1] <= e), "errors sort as " + errors);
  for (const link of document.querySelectorAll("a")) {
    const to = link.getAttribute("href");
    if (to.startsWith("#")) { check(document.querySelector(to), "nothing at " + to); continue; }
    const text = await (await fetch(to)).text();
    check(link.download && text.length > 20 === (text !== "[[1,2]]"), "no data behind " + link.download);
    if (link.download === "sweep.csv") check(text.startsWith("lift,engine,seed,width") && text.split("\n").length === 20, text);
  }
  const mark = document.querySelector("#panel-b circle[pointer-events]");
  mark.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  const tip = document.getElementById("tip");
  check(!tip.hidden && tip.textContent.startsWith("k = 1: median "), "hover says " + tip.textContent);
  document.title = "checked at " + innerWidth + ": " + (wrong.join("; ") || "all is well");
})();
</script>"##;

#[test]
fn a_browser_shows_it() {
    if !has("chromium", "chromium") {
        return;
    }
    let folder = reported();
    let page = folder.text("page.html").replace("<head>", &format!("<head>{BEFORE}"));
    folder.write("checked.html", page.replace("</body>", &format!("{AFTER}</body>")));
    for size in ["1280,900", "500,800"] {
        let output = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--enable-logging=stderr",
            ])
            .args(["--virtual-time-budget=5000", "--dump-dom", &format!("--window-size={size}")])
            .arg(format!("--user-data-dir={}", folder.path("profile").display()))
            .arg(format!("file://{}", folder.path("checked.html").display()))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let (shown, said) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let title =
            shown.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or("no page");
        assert!(
            title.starts_with("checked at ") && title.ends_with(": all is well"),
            "{size}: {title}\n{said}"
        );
        let console: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(console.is_empty(), "{console:?}");
    }
}
