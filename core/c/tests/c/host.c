#include "print.h"

#include <stdio.h>

void print(const char *text) { fputs(text, stdout); }
