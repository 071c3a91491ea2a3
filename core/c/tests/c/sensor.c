/* Calibrates a sensor as samples come in, then reads it with an interval, for ever: as in tests/measure. */
#include "ntk.h"

#include "print.h"

static ntk_sensor_1x16 sensor;
volatile float input, output;

int main(void) {
    (void)ntk_sensor_1x16_init(&sensor, sizeof sensor);
    for (;;) {
        float x[15], y[15];
        ntk_reading at;
        int i;
        for (i = 0; i < 15; ++i) {
            x[i] = input;
            y[i] = input;
        }
        (void)ntk_sensor_1x16_fit(&sensor, x, 15, y, 15);
        if (ntk_sensor_1x16_read(&sensor, x, 1, input, &at) == NTK_OK) {
            output = at.value;
            output = at.low;
            output = at.high;
            output = at.familiarity;
        }
    }
}
