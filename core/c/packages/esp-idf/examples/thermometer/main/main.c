/* Calibrates a thermocouple, saves and loads the calibration, and prints readings with intervals. */
#include <stdio.h>

#include "thermometer.h"

static void print(const char *text) { fputs(text, stdout); }

void app_main(void) { (void)thermometer(print); }
