#!/usr/bin/env python3
"""Tests of what judges: that it fails when it should."""

import contextlib
import io
import tempfile
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
ob=/x/work
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
ob=/x/work
fn=other
20 100

totals: 160
"""
        self.assertEqual(own_instructions(dump, "/x/work"), 110)
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


if __name__ == "__main__":
    unittest.main()
