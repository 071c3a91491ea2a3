/* Calls a panic that was put into the library on purpose: must not link. */
#include <stddef.h>
#include <stdint.h>

int32_t ntk_panics(size_t i);

int main(void) { return (int)ntk_panics(7); }
