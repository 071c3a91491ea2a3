/* Calibrates a thermocouple, saves and loads the calibration, and prints readings with intervals. */
#include <zephyr/sys/printk.h>

#include "thermometer.h"

static void print(const char *text) { printk("%s", text); }

int main(void) { return thermometer(print); }
