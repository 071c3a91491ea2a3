// Calibrates a thermocouple, saves and loads the calibration, and prints readings with intervals.
#include "thermometer.h"

static void print(const char *text) { Serial.print(text); }

void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
  thermometer(print);
}

void loop() {}
