/*
 * Start-up and output of a program on an emulated board: Cortex-M or RISC-V, without a C library. Semihosting
 * asks the emulator, or a debugger, to print and to end; see the Arm manual "Semihosting for AArch32 and
 * AArch64".
 */
#include "print.h"

#include <stdint.h>

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[];
void stack_top(void); /* an address, and the first entry of a table of functions */
int main(void);
void reset(void);

enum { WRITE0 = 0x04, EXIT = 0x18, DONE = 0x20026, FAILED = 0x20023 };

#if defined(__riscv)

/* The three instructions must lie in one page of memory; the processor starts at the image's first byte. */
__asm__(
    ".section .start, \"ax\"\n"
    ".global _start\n"
    "_start:\n"
    ".option push\n"
    ".option norelax\n"
    "la gp, __global_pointer$\n"
    ".option pop\n"
    "la sp, stack_top\n"
    "j reset\n"
    ".section .text.semihosting, \"ax\"\n"
    ".balign 16\n"
    ".global semihosting\n"
    "semihosting:\n"
    ".option push\n"
    ".option norvc\n"
    "slli x0, x0, 0x1f\n"
    "ebreak\n"
    "srai x0, x0, 7\n"
    ".option pop\n"
    "ret\n");
uintptr_t semihosting(uintptr_t operation, uintptr_t argument);

#else

static uintptr_t semihosting(uintptr_t operation, uintptr_t argument) {
    register uintptr_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void fault(void) {
    print("fault\n");
    (void)semihosting(EXIT, FAILED);
    for (;;) {
    }
}

/* Top of the stack, reset, and the faults; what a board's own interrupts need is not here. */
__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    stack_top, reset, fault, fault, fault, fault, fault,
};

#endif

void print(const char *text) { (void)semihosting(WRITE0, (uintptr_t)text); }

__attribute__((noreturn)) void reset(void) {
    uint32_t *to = data_start;
    const uint32_t *from = data_load;
#if defined(__ARM_FP)
    *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20; /* coprocessor access: the FPU, off after reset */
    __asm__ volatile("dsb\n isb" ::: "memory");
#endif
    if (to != from) {
        while (to != data_end) *to++ = *from++;
    }
    for (to = bss_start; to != bss_end; ++to) *to = 0;
    (void)semihosting(EXIT, main() == 0 ? DONE : FAILED);
    for (;;) {
    }
}
