/* The example of all packages: what prints is the platform's. */
#ifndef THERMOMETER_H
#define THERMOMETER_H

#ifdef __cplusplus
extern "C" {
#endif

/* Calibrates, saves, loads, reads; prints a table. Returns 0, or 1 where something fails. */
int thermometer(void (*print)(const char *text));

#ifdef __cplusplus
}
#endif

#endif
