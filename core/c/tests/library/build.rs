//! `build.sh` where rustup has the compilers: which commands it calls, against a rustup, a rustc and a cargo
//! that only write down how they were called. That these commands build an archive is seen by the jobs of
//! the boards with Debian's compiler, which differs in the compiler that is found and in nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::compilers::{folder, here};

const TARGET: &str = "thumbv7em-none-eabihf";

/// A compiler with the targets that rustup has added, and without the library's source.
const RUSTC: &str = r#"#!/bin/sh
case $* in
  -V) echo "rustc 1.95.0" ;;
  "--print target-libdir --target "*) echo "$FAKES/targets/$4" ;;
  "--print sysroot") echo "$FAKES/sysroot" ;;
  *) exit 9 ;;
esac
"#;
const RUSTUP: &str = r#"#!/bin/sh
[ $# -eq 3 ] && [ "$1 $2" = "target add" ] || exit 9
mkdir -p "$FAKES/targets/$3" && : >"$FAKES/targets/$3/libcore-0123456789abcdef.rlib"
"#;
/// Writes down where, with what and for what it was called, and puts a library where cargo puts it.
const CARGO: &str = r#"#!/bin/sh
echo "in $PWD, RUSTC $RUSTC, RUSTFLAGS $RUSTFLAGS, target ${CARGO_BUILD_TARGET:-none}: $*" >>"$FAKES/calls"
while [ $# -gt 0 ]; do
  case $1 in --target-dir) build=$2 ;; --target) target=$2 ;; --) break ;; esac
  shift
done
mkdir -p "$build/${target:-}/archive" && echo "$*" >"$build/${target:-}/archive/libntk_c.a"
"#;

/// A checkout with what the script reads, and the programs before all others.
struct Checkout {
    root: PathBuf,
    fakes: PathBuf,
}

impl Checkout {
    fn new() -> Self {
        let at = folder("rustup");
        let _ = fs::remove_dir_all(&at);
        let (root, fakes) = (at.join("checkout"), at.join("fakes"));
        for file in
            ["core/c/build.sh", "core/c/include/ntk.h", "core/c/src/shapes.rs", "tests/tools/compiler.sh"]
        {
            let place = root.join(file);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(here().join("../..").join(file), &place).unwrap();
        }
        // Debian's compiler, which may be here, is not on a machine with rustup alone.
        let finder = root.join("tests/tools/compiler.sh");
        let script = fs::read_to_string(&finder).unwrap();
        assert_eq!(script.matches(" rustc /usr/bin/rustc\"").count(), 1);
        fs::write(&finder, script.replace(" rustc /usr/bin/rustc\"", " rustc\"")).unwrap();
        fs::create_dir_all(&fakes).unwrap();
        for (name, text) in [("rustc", RUSTC), ("rustup", RUSTUP), ("cargo", CARGO)] {
            fs::write(fakes.join(name), text).unwrap();
            fs::set_permissions(fakes.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { root, fakes }
    }

    fn run(&self, program: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let path = format!("{}:{}", self.fakes.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root).env("PATH", path).env("FAKES", &self.fakes);
        for name in ["RUSTC", "CARGO_TARGET_DIR", "NTK_OUT", "NTK_ONLY", "NTK_SMALL", "NTK_FEATURES"] {
            command.env_remove(name);
        }
        command.env("RUSTFLAGS", "-Copt-level=0").env("CARGO_BUILD_TARGET", "wasm32-unknown-unknown");
        command.envs(environment.iter().copied()).output().unwrap()
    }

    fn build(&self, environment: &[(&str, &str)]) -> Output {
        let _ = fs::remove_file(self.fakes.join("calls"));
        self.run(&self.root.join("core/c/build.sh"), &[TARGET], environment)
    }

    /// What cargo was called with.
    fn calls(&self) -> Vec<String> {
        fs::read_to_string(self.fakes.join("calls")).unwrap().lines().map(str::to_owned).collect()
    }
}

#[test]
fn with_rustup_the_commands_are_the_right_ones() {
    let checkout = Checkout::new();
    let (root, rustc) = (checkout.root.display(), checkout.fakes.join("rustc"));
    let refused = checkout.build(&[]);
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && !checkout.fakes.join("calls").exists(), "{why}");
    // What it asks for, typed as it stands.
    let remedy = why.split(['\n', ';', ',']).find_map(|part| part.trim().strip_prefix("rustup ")).unwrap();
    assert_eq!(remedy, format!("target add {TARGET}"));
    let arguments: Vec<&str> = remedy.split(' ').collect();
    assert!(checkout.run(&checkout.fakes.join("rustup"), &arguments, &[]).status.success());

    let built = checkout.build(&[]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let archive = checkout.root.join(format!("target/ntk-c/{TARGET}/libntk.a"));
    assert_eq!(String::from_utf8(built.stdout).unwrap(), format!("{}\n", archive.display()));
    let call = |flags: &str, features: &str, part: &str| {
        format!(
            "in {root}, RUSTC {}, RUSTFLAGS {flags}, target none: rustc --locked -q -p ntk-c --lib --crate-type \
             staticlib --target-dir {root}/target --profile archive --target {TARGET} --features {features} --{part}",
            rustc.display()
        )
    };
    let streams = format!("{root}/target/{TARGET}/archive/streams");
    let rest = format!("--cfg ntk_part=\"rest\" -L native={streams} -l static=ntk_streams");
    let [of_streams, of_rest] = [" --cfg ntk_part=\"streams\"".to_owned(), format!(" {rest}")];
    let expected = [call(" ", "panic-handler", &of_streams), call(" ", "panic-handler", &of_rest)];
    assert_eq!(checkout.calls(), expected);
    // The library of the second call, into which the compiler has put that of the first.
    assert_eq!(fs::read_to_string(&archive).unwrap(), format!("-- {rest}\n"));
    let of_first = fs::read_to_string(format!("{streams}/libntk_streams.a")).unwrap();
    assert_eq!(of_first, "-- --cfg ntk_part=\"streams\"\n");
    let header = checkout.root.join("target/ntk-c/include/ntk.h");
    assert_eq!(fs::read(header).unwrap(), fs::read(here().join("include/ntk.h")).unwrap());

    let small = [("NTK_ONLY", "2x32"), ("NTK_SMALL", "1"), ("NTK_FEATURES", "panicking")];
    assert!(checkout.build(&small).status.success());
    let flags = "--cfg=ntk_one --cfg=ntk_only=\"2x32\" --cfg=ntk_small";
    assert_eq!(checkout.calls(), [call(flags, "panic-handler,panicking", "")]);
    let unknown = checkout.build(&[("NTK_ONLY", "9x99")]);
    assert!(!unknown.status.success() && !checkout.fakes.join("calls").exists());
}
