#!/usr/bin/env python3
"""Tests of what judges: that it fails when it should."""

import contextlib
import io
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

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
        self.assertEqual(self.write({"M0": 100, "M4F": 50}, "first"), 0)

    def write(self, numbers, reason, compiler="one"):
        results = {column: {self.key: number} for column, number in numbers.items()}
        with contextlib.redirect_stdout(io.StringIO()):
            return budget.write(budget.read(), results, compiler, reason, self.columns)

    def test_a_rise_needs_a_reason(self):
        before = budget.FILE.read_text()
        self.assertEqual(self.write({"M4F": 51}, None), 1)
        self.assertEqual(budget.FILE.read_text(), before)
        self.assertEqual(self.write({"M4F": 51}, "why"), 0)
        self.assertEqual(budget.read().rows[self.key], {"M0": 100, "M4F": 51})
        self.assertEqual(budget.read().reasons[self.key], "why")

    def test_a_fall_needs_none(self):
        self.assertEqual(self.write({"M4F": 40}, None), 0)
        self.assertEqual(budget.read().rows[self.key], {"M0": 100, "M4F": 40})
        self.assertEqual(budget.read().reasons[self.key], "first")

    def test_another_compiler_must_measure_all(self):
        self.assertEqual(self.write({"M4F": 50}, None, "two"), 1)
        self.assertEqual(self.write({"M0": 100, "M4F": 50}, None, "two"), 0)

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


class Lanes(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def start(self, job, lines):
        """A script whose jobs run the line of shell `job`, their name in $1."""
        script = f"""
            set -eu
            . {Path(__file__).parent}/lanes.sh
            passed=0 failed=0 skipped=0
            job() {{ {job}
            }}
            lanes {self.folder}/lanes <<LINES
{lines}
LINES
            echo $passed $failed $skipped"""
        return subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run_jobs(self, job, lines):
        """What was printed, and the counts."""
        *printed, counts = self.start(job, lines).communicate(timeout=60)[0].splitlines()
        return printed, [int(count) for count in counts.split()]

    def lane_of(self, printed):
        """{job: the folder it was run in}, from what `echo "$1 in $build"` printed."""
        return dict(line.split(" in ") for line in printed if " in " in line)

    def test_counts_add_up(self):
        printed, counts = self.run_jobs('passed=$1 failed=1; skipped=2; echo "$1 in $build"', "4 8\n16\n32")
        self.assertEqual(counts, [60, 4, 8])
        self.assertEqual(sorted(self.lane_of(printed)), ["16", "32", "4", "8"])
        self.assertEqual(sum("s of processor" in line for line in printed), 4)

    def test_a_line_has_one_folder_and_two_lines_have_two(self):
        printed, _ = self.run_jobs('sleep 0.3; echo "$1 in $build"', "a b c\nd e\nf")
        lanes = self.lane_of(printed)
        self.assertEqual(len({lanes[job] for job in "abc"}), 1)
        self.assertNotEqual(lanes["a"], lanes["d"])
        self.assertEqual({lanes[job] for job in "def"}, {lanes["d"]}, "the lane that is free takes the next line")

    def test_a_line_goes_where_it_was_built(self):
        lines = "a b\nc\nd\ne"
        first = self.lane_of(self.run_jobs('case $1 in c) sleep 1 ;; esac; echo "$1 in $build"', lines)[0])
        again = self.lane_of(self.run_jobs('case $1 in a) sleep 1 ;; esac; echo "$1 in $build"', lines)[0])
        self.assertEqual(again, first)

    def test_what_a_job_prints_stays_together(self):
        printed, _ = self.run_jobs("for i in 1 2 3 4; do echo $1; sleep 0.1; done", "a\nb")
        self.assertIn("aaaa", "".join(printed))
        self.assertIn("bbbb", "".join(printed))

    def test_a_job_that_stops_early_fails_and_the_rest_goes_on(self):
        printed, counts = self.run_jobs("passed=1; echo $1; test $1 != b; echo passed $1", "a b c\nd")
        self.assertEqual(counts, [3, 1, 0])
        self.assertIn("stopped early: b", printed)
        self.assertIn("passed c", printed)
        self.assertNotIn("passed b", printed)

    def test_a_job_that_never_ran_fails(self):
        (self.folder / "lanes/owners").mkdir(parents=True)
        (self.folder / "lanes/owners/a").symlink_to("another")
        printed, counts = self.run_jobs("passed=1", "a b\nc")
        self.assertEqual(counts, [1, 2, 0])
        self.assertIn("jobs that did not run: 2", printed)

    def test_an_interrupt_leaves_nothing_running(self):
        begun, left = self.folder / "begun", self.folder / "left"
        job = f"(sleep 5; echo $1 >>{left}) & echo $1 >>{begun}; sh -c 'sleep 5; echo $0 >>{left}' $1; wait"
        script = self.start(job, "a\nb")
        end = time.monotonic() + 30
        while (not begun.exists() or len(begun.read_text()) < 4) and time.monotonic() < end:
            time.sleep(0.05)
        script.send_signal(signal.SIGTERM)
        self.assertEqual(script.wait(timeout=30), 130)
        time.sleep(5)
        self.assertFalse(left.exists())
        script.stdout.close()


if __name__ == "__main__":
    unittest.main()
