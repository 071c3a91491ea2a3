#include "thermometer.h"

#if __STDC_HOSTED__
#include <stdio.h>

static void print(const char *text) { fputs(text, stdout); }
#else
#include "print.h" /* by semihosting, which an emulator and a debugger understand */
#endif

int main(void) { return thermometer(print); }
