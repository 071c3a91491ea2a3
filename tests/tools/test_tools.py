#!/usr/bin/env python3
"""Tests of what judges: that it fails when it should."""

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import boards
import budget
from absent import offends
from measure import OTHER_COMPILER, SLACK, own_instructions, verdict


class Verdict(unittest.TestCase):
    def test_the_same_compiler_is_held_to_the_number(self):
        for found, good in ((1000, True), (1001, False), (999, True), (1000 - 1000 * SLACK, True), (979, False)):
            self.assertEqual(verdict(found, 1000, True)[0], good, found)

    def test_another_compiler_has_a_tolerance(self):
        for found, good in ((1, True), (1000 * (1 + OTHER_COMPILER), True), (1251, False)):
            self.assertEqual(verdict(found, 1000, False)[0], good, found)

    def test_nothing_is_left_out(self):
        self.assertFalse(verdict(None, 1000, True)[0])
        self.assertFalse(verdict(1000, None, False)[0])
        self.assertTrue(verdict(0, 0, True)[0])
        self.assertFalse(verdict(4, 0, True)[0])


class Callgrind(unittest.TestCase):
    def test_only_what_the_image_itself_executes_is_counted(self):
        dump = """positions: line
events: Ir
summary: 160
ob=/x/instructions
fl=/x/main.rs
fn=counted
12 7
cob=/lib/libc.so.6
cfn=memset
calls=2 0
14 40
15 3

ob=/lib/libc.so.6
fn=memset
0 40
ob=/x/instructions
fn=other
20 100

totals: 160
"""
        self.assertEqual(own_instructions(dump, "/x/instructions"), 110)
        self.assertEqual(own_instructions(dump, "/x/another"), 0)


class Write(unittest.TestCase):
    key, columns = ("stack", "fit"), ["M0", "M4F"]

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.addCleanup(setattr, budget, "FILE", budget.FILE)
        self.addCleanup(setattr, budget, "README", budget.README)
        budget.FILE, budget.README = folder / "budget.toml", folder / "README.md"
        budget.README.write_text(f"before\n{budget.BEGIN}{budget.END}after\n")
        self.assertEqual(self.write({"M0": 100, "M4F": 50}), 0)

    def write(self, numbers, *reason, compiler="one"):
        results = {column: {self.key: number} for column, number in numbers.items()}
        with contextlib.redirect_stdout(io.StringIO()):
            return budget.write(budget.read(), results, compiler, reason, self.columns)

    def test_a_rise_needs_a_reason_of_its_row(self):
        before = budget.FILE.read_text()
        for reason in ([], ["why"], ["flash of fit: why"], ["stack of fit: "]):
            self.assertEqual(self.write({"M4F": 51}, *reason), 1, reason)
            self.assertEqual(budget.FILE.read_text(), before)
        self.assertEqual(self.write({"M4F": 51}, "flash: no", "stack of fit: why"), 0)
        self.assertEqual(budget.read().rows[self.key], {"M0": 100, "M4F": 51})
        self.assertEqual(budget.read().reasons[self.key], "why")
        self.assertEqual(self.write({"M4F": 50}, "stack of fit: another"), 0)
        self.assertEqual(budget.read().reasons[self.key], "why")

    def test_a_fall_and_a_first_measurement_need_none(self):
        self.assertEqual(self.write({"M4F": 40}), 0)
        self.assertEqual(budget.read().rows[self.key], {"M0": 100, "M4F": 40})
        self.assertEqual(budget.read().reasons, {})

    def test_another_compiler_must_measure_all(self):
        self.assertEqual(self.write({"M4F": 50}, compiler="two"), 1)
        self.assertEqual(self.write({"M0": 100, "M4F": 50}, compiler="two"), 0)

    def test_a_stale_table_is_seen(self):
        self.assertTrue(budget.is_fresh(budget.read(), self.columns))
        text = budget.README.read_text()
        self.assertTrue(text.startswith("before\n") and text.endswith("after\n"))
        budget.README.write_text(text.replace("50", "49"))
        self.assertFalse(budget.is_fresh(budget.read(), self.columns))


class Symbols(unittest.TestCase):
    def test_double_precision_is_known_by_its_names(self):
        for name in (
            "__aeabi_dadd __aeabi_d2f __aeabi_f2d __aeabi_i2d __aeabi_ul2d __aeabi_cdcmple __aeabi_dcmpun "
            "__adddf3 __muldf3 __divdf3 __extendsfdf2 __truncdfsf2 __fixdfsi __fixunsdfdi __floatsidf __floatundidf __ltdf2 "
            "_RNvNtNtCs2RekjfO9HEx_17compiler_builtins5float3add8___adddf3"
        ).split():
            self.assertTrue(offends("double", name), name)

    def test_single_precision_and_integers_are_not(self):
        for name in (
            "__aeabi_fadd __aeabi_f2iz __aeabi_i2f __aeabi_uidiv __aeabi_ldivmod __aeabi_lmul __aeabi_memcpy "
            "__addsf3 __divsf3 __fixsfsi __floatsisf __ltsf2 __divdi3 __muldi3 __udivdi3 __addtf3"
        ).split():
            self.assertFalse(offends("double", name), name)

    def test_a_heap_is_known_by_its_names(self):
        for name in "__rust_alloc __rust_dealloc __rdl_realloc malloc free _RNvCs_7___rustc12___rust_alloc".split():
            self.assertTrue(offends("heap", name), name)
        for name in "main free_list __aeabi_memcpy".split():
            self.assertFalse(offends("heap", name), name)


class Boards(unittest.TestCase):
    def test_the_tables_of_the_pages_are_those_of_the_file(self):
        for name, page in boards.PAGES.items():
            self.assertEqual(boards.with_table(name), page.read_text(), "boards.py --write")

    def test_every_board_has_a_job_or_is_checked_against_its_map(self):
        jobs = {job for line in boards.jobs() for job in line}
        for name, board in boards.BOARDS.items():
            self.assertIn(name if boards.emulated(name) else f"maps:{board['target']}", jobs)

    def test_every_map_is_of_a_board(self):
        maps = {path.stem for path in (boards.HERE / "boards").iterdir()}
        self.assertEqual(maps, {boards.map_of(name) for name in boards.BOARDS if not name.startswith("wasm")})


class Anywhere(unittest.TestCase):
    """What rustc-anywhere hands to the compiler."""

    def arguments(self, checkout, *given):
        tool = checkout / "tests/tools/rustc-anywhere"
        tool.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(boards.HERE / "tools/rustc-anywhere", tool)
        names = {"CARGO_CRATE_NAME": "c", "CARGO_PKG_NAME": "p", "CARGO_PKG_VERSION": "1.2", "CARGO_HOME": "/home"}
        done = subprocess.run([tool, "echo", *given], env=os.environ | names, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.replace(f"{checkout.resolve()}=", "CHECKOUT=")

    def test_packages_are_named_alike_in_every_folder(self):
        given = ["--cfg", 'feature="f"', "-C", "metadata=1234", "-C", "extra-filename=-1234"]
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder).resolve()
            here, there = (self.arguments(folder / name, *given) for name in ("a", "b/c"))
            self.assertEqual(here, there)
            self.assertIn('metadata=p-1.2,feature="f" -C extra-filename=-1234', here)
            self.assertIn("--remap-path-prefix=CHECKOUT=/ntk --remap-path-prefix=/home=/cargo", here)


class Compiler(unittest.TestCase):
    """compiler.sh tells a missing compiler from one that could not compile the library, on a full disk say."""

    def test_a_library_that_does_not_compile_is_no_missing_compiler(self):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "lib/rustlib/src/rust/library/core/Cargo.toml")
            source.parent.mkdir(parents=True)
            source.touch()
            for name, text in {
                "rustc": f'case $1 in -V) ;; -vV) echo release: 0 ;; *) echo "{folder}" ;; esac',
                "cargo": "exit 101",
            }.items():
                Path(folder, name).write_text(f"#!/bin/sh\n{text}\n")
                Path(folder, name).chmod(0o755)
            environment = os.environ | {"RUSTC": f"{folder}/rustc", "SYSROOT_CACHE": f"{folder}/cache"}
            result = subprocess.run(
                [Path(__file__).with_name("compiler.sh"), "no-such-target"], env=environment, capture_output=True, text=True
            )
            self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
            self.assertEqual(list(Path(folder).glob("cache/*/work.*")), [])


class Jobs(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def start(self, job, lines, **more):
        """Runs jobs, each the line of shell `job` with its name in $1."""
        command = [Path(__file__).parent / "jobs.py", self.folder / "jobs", "sh", "-euc", job, "sh"]
        environment = {k: v for k, v in os.environ.items() if k != "CI"} | more
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        process.stdin.write(lines)
        process.stdin.close()
        process.stdin = None
        return process

    def run_jobs(self, job, lines, **more):
        """What was printed, the counts, and the status."""
        process = self.start(job, lines, **more)
        *printed, counts = process.communicate(timeout=60)[0].splitlines()
        return printed, [int(word) for word in counts.split() if word.isdigit()], process.returncode

    def lane_of(self, printed):
        """{job: the folder it was run in}, from what `echo "$1 in $CARGO_TARGET_DIR"` printed."""
        return dict(line.split(" | ")[1].split(" in ") for line in printed if " in " in line)

    good = 'echo "1 passed, 0 failed, 0 skipped"'

    def test_counts_add_up(self):
        printed, counts, status = self.run_jobs('echo "$1 passed, 1 failed, 2 skipped"', "4 8\n16\n32")
        self.assertEqual(counts, [60, 4, 8])
        self.assertEqual(sum(" begins" in line for line in printed), 4)
        self.assertEqual(sum("s of processor" in line for line in printed), 4)
        self.assertNotEqual(status, 0)

    def test_a_skip_fails_where_nothing_may_be_skipped(self):
        job = 'echo "1 passed, 0 failed, 1 skipped"'
        self.assertEqual(self.run_jobs(job, "a\n")[2], 0)
        self.assertNotEqual(self.run_jobs(job, "a\n", CI="true")[2], 0)

    def test_a_line_has_one_folder_and_two_lines_have_two(self):
        printed, _, _ = self.run_jobs(f'sleep 0.3; echo "$1 in $CARGO_TARGET_DIR"; {self.good}', "a b c\nd e\nf")
        lanes = self.lane_of(printed)
        self.assertEqual(len({lanes[job] for job in "abc"}), 1)
        self.assertNotEqual(lanes["a"], lanes["d"])
        self.assertEqual({lanes[job] for job in "def"}, {lanes["d"]}, "the lane that is free takes the next line")

    def test_a_line_goes_where_it_was_built(self):
        lines = "a b\nc\nd\ne"
        job = f'case $1 in %s) sleep 1 ;; esac; echo "$1 in $CARGO_TARGET_DIR"; {self.good}'
        first = self.lane_of(self.run_jobs(job % "c", lines)[0])
        again = self.lane_of(self.run_jobs(job % "a", lines)[0])
        self.assertEqual(again, first)

    def test_a_job_that_stops_early_fails_and_the_rest_goes_on(self):
        printed, counts, _ = self.run_jobs(f"echo here $1; test $1 != b; {self.good}", "a b c\nd")
        self.assertEqual(counts, [3, 1, 0])
        self.assertTrue(any("b ends: stopped early, status 1" in line for line in printed))

    def test_a_job_that_never_ran_fails(self):
        (self.folder / "jobs/owners").mkdir(parents=True)
        (self.folder / "jobs/owners/a").write_text("another")
        printed, counts, status = self.run_jobs(self.good, "a b\nc")
        self.assertEqual(counts, [1, 2, 0])
        self.assertNotEqual(status, 0)
        self.assertTrue(any("b did not run" in line for line in printed))

    def interrupted(self, kind):
        begun, left = self.folder / "begun", self.folder / "left"
        job = f"(sleep 4; echo $1 >>{left}) & echo $1 >>{begun}; sh -c 'trap \"\" TERM; sleep 4; echo $0 >>{left}' $1; wait"
        process = self.start(job, "a\nb")
        end = time.monotonic() + 30
        while (not begun.exists() or len(begun.read_text()) < 4) and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(kind)
        self.assertEqual(process.wait(timeout=30), 130)
        process.stdout.close()
        time.sleep(4.5)
        self.assertFalse(left.exists())

    def test_an_interrupt_leaves_nothing_running(self):
        for kind in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(kind):
                self.setUp()
                self.interrupted(kind)


class Comments(unittest.TestCase):
    def test_no_comment_is_wider_than_the_code(self):
        root = Path(__file__).parents[2]
        width = int(re.search(r"^max_width = (\d+)$", (root / "rustfmt.toml").read_text(), re.M)[1])
        files = [
            file
            for folder in ("core", "host", "tests")
            for file in (root / folder).rglob("*.rs")
            if "target" not in file.relative_to(root).parts
        ]
        wide = [
            f"{file}:{number}"
            for file in files
            for number, line in enumerate(file.read_text().splitlines(), 1)
            if line.lstrip().startswith("//") and len(line) > width
        ]
        self.assertGreater(len(files), 100)
        self.assertEqual(wide, [])


class BrokenFormulas(unittest.TestCase):
    def test_each_formula_is_where_the_script_that_breaks_it_expects_it(self):
        script = Path(__file__).resolve().parents[2] / "host/scripts/mutants.py"
        found = subprocess.run(["python3", "-B", script, "--check"], capture_output=True, text=True, check=False)
        self.assertEqual((found.returncode, found.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
