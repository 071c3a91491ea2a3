#!/usr/bin/env python3
"""build.py [--check]: compiles the core to WebAssembly and writes docs/play.html.

With --check it writes nothing and fails if the committed page is another one. The module is the same bytes in
every folder; another compiler makes other bytes, so --check then compares the rest of the page alone, and
tests/page.rs what the module computes. A machine needs what tests/tools/compiler.sh asks for:
rustup target add wasm32-unknown-unknown, or on Debian rust-web-src.
  CARGO_TARGET_DIR=dir   where to build (default target)
"""

import base64
import gzip
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = ROOT / "docs" / "play.html"
TARGET = "wasm32-unknown-unknown"
STYLES = (ROOT / "host" / "src" / "report" / "page.css", HERE / "page" / "play.css")
SCRIPTS = ("chart.js", "lab.js", "drag.js", "widths.js", "example.js", "main.js")


def compiled():
    """The module's bytes, and the compiler's version."""
    tools = ROOT / "tests" / "tools"
    rustc = subprocess.run([tools / "compiler.sh", TARGET], stdout=subprocess.PIPE, text=True).stdout.strip()
    if not rustc:
        sys.exit(f"build.py: no compiler for {TARGET} here; rustup target add {TARGET}, or on Debian install rust-web-src")
    build = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    flags = subprocess.run([tools / "rustc-anywhere", "--flags"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    # Vectors of two numbers have the same bits as two numbers, in half the time.
    environment = os.environ | {
        "RUSTC": rustc, "RUSTC_WRAPPER": str(tools / "rustc-anywhere"), "RUSTFLAGS": f"-Ctarget-feature=+simd128 {flags}",
    }
    for name in ("CARGO_TARGET_DIR", "CARGO_BUILD_TARGET"):
        environment.pop(name, None)
    command = "cargo rustc --locked -q -p ntk-play --lib --crate-type cdylib --profile page --target"
    subprocess.run([*command.split(), TARGET, "--target-dir", build], cwd=ROOT, env=environment, check=True)
    version = subprocess.run([rustc, "-V"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return (build / TARGET / "page" / "ntk_play.wasm").read_bytes(), " ".join(version.split()[:2])


def packed(module):
    letters = base64.b64encode(gzip.compress(module, 9, mtime=0)).decode()
    return "".join(letters[i : i + 110] + "\n" for i in range(0, len(letters), 110))


def assembled(module, compiler):
    """The page from its sources and a packed module. tests/page.rs does the same."""
    parts = {
        "style": "".join(style.read_text() for style in STYLES),
        "version": tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"],
        "compiler": compiler,
        "module": module,
        "core": (HERE / "page" / "core.js").read_text(),
        # One strict script: each part begins with the directive as a file of its own.
        "script": "\n".join((HERE / "page" / name).read_text() for name in SCRIPTS),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda name: parts[name[1]], (HERE / "page" / "page.html.in").read_text())


def unpacked(page):
    """Module and compiler of a page."""
    letters = re.search(r'id="module">\n([^<]*)</script>', page)[1]
    return gzip.decompress(base64.b64decode(letters)), re.search(r"WebAssembly by ([^<]*)</dd>", page)[1], letters


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    module, compiler = compiled()
    if not check:
        PAGE.write_text(assembled(packed(module), compiler))
        print(f"{PAGE.relative_to(ROOT)}: {PAGE.stat().st_size:,} bytes, module {len(module):,}, compressed {len(gzip.compress(module, 9)):,}")
        return
    page = PAGE.read_text()
    old, by, letters = unpacked(page)
    if page != assembled(letters, by):
        sys.exit("docs/play.html is not that of host/play/page; run host/play/build.py")
    if by != compiler:
        print(f"docs/play.html was compiled by {by}, this is {compiler}: the module's bytes were not compared")
    elif old != module:
        sys.exit("docs/play.html has another module than the sources; run host/play/build.py")
    else:
        print("docs/play.html is that of the sources")


if __name__ == "__main__":
    main()
