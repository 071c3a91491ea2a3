// Calibrates a thermocouple, saves and loads the calibration, and prints readings with intervals.
#include <Arduino.h>

#include "thermometer.h"

static void print(const char *text) { Serial.print(text); }

void setup() {
    Serial.begin(115200);
    thermometer(print);
}

void loop() {}
