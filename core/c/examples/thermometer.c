/*
 * A thermocouple of type K: calibrate it from twelve pairs of millivolts and degrees, save the calibration as
 * a page of flash would hold it, start again from that page, and read with intervals.
 */
#include "thermometer.h"

#include "ntk.h"

#define SAMPLES 12

static const float millivolts[SAMPLES] = {0.0f,  1.2f,  2.85f, 4.1f,   5.33f,  6.94f,
                                          8.14f, 9.75f, 11.38f, 12.62f, 14.29f, 15.55f};
static const float degrees[SAMPLES] = {0.0f,   30.0f,  70.0f,  100.0f, 130.0f, 170.0f,
                                       200.0f, 240.0f, 280.0f, 310.0f, 350.0f, 380.0f};

/* One input, room for 16 samples: 1.5 KB. In the place of `page` a product has its flash. */
static ntk_sensor_1x16 sensor;
static uint8_t page[NTK_SENSOR_FILE_BYTES(1, 16)];

/* A number with two decimals, right-aligned in 9 places; no printf is needed for that. */
static void number(void (*print)(const char *), float value) {
    char text[10] = "         ";
    int32_t hundredths = (int32_t)(value * 100.0f + (value < 0.0f ? -0.5f : 0.5f));
    uint32_t rest = hundredths < 0 ? 0u - (uint32_t)hundredths : (uint32_t)hundredths;
    int i = 8, digits = 0;
    for (; (rest != 0u || digits < 3) && i > 0; ++digits) {
        if (digits == 2) text[i--] = '.';
        text[i--] = (char)('0' + rest % 10u);
        rest /= 10u;
    }
    if (hundredths < 0) text[i] = '-';
    print(text);
}

static ntk_status calibrate(void) {
    ntk_status status = ntk_sensor_1x16_init(&sensor, sizeof sensor);
    if (!status) status = ntk_sensor_1x16_fit(&sensor, millivolts, SAMPLES, degrees, SAMPLES);
    if (!status) status = ntk_sensor_1x16_save(&sensor, page, sizeof page, NULL);
    /* As after a reset: the memory is given back, and the page alone is left. */
    if (!status) status = ntk_sensor_1x16_end(&sensor);
    if (!status) status = ntk_sensor_1x16_init(&sensor, sizeof sensor);
    if (!status) status = ntk_sensor_1x16_load(&sensor, page, sizeof page);
    return status;
}

int thermometer(void (*print)(const char *text)) {
    static const float readings[4] = {2.0f, 6.0f, 10.15f, 60.0f};
    ntk_status status = calibrate();
    int i;
    if (!status) print("       mV  degrees      low     high familiar\n");
    for (i = 0; i < 4 && !status; ++i) {
        ntk_reading at;
        status = ntk_sensor_1x16_read(&sensor, &readings[i], 1, 0.9f, &at);
        if (status) break;
        number(print, readings[i]);
        number(print, at.value);
        number(print, at.low);
        number(print, at.high);
        number(print, at.familiarity);
        print(at.familiarity < 0.1f ? "  nothing like it was seen\n" : "\n");
    }
    if (status) {
        print(ntk_text(status));
        print("\n");
    }
    return status != 0;
}
