/* What the programs print with: on a host by stdio (host.c), on a board by semihosting (board.c). */
#ifndef PRINT_H
#define PRINT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void print(const char *text);

/* A cross-compiler without a C library has no string.h; the archive brings these functions. */
#if defined(__STDC_HOSTED__) && __STDC_HOSTED__
#include <string.h>
#else
void *memcpy(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *a, const void *b, size_t count);
#endif

#ifdef __cplusplus
}
#endif

#endif
