/*
 * The bits of every answer of a sensor, of a stream and of a model: answers.txt has them, as
 * examples/answers.rs computes them in Rust. The same on a host and on every board.
 */
#include "ntk.h"
#include "print.h"

#define SAMPLES 12

static const float millivolts[SAMPLES] = {0.0f,  1.2f,  2.85f, 4.1f,   5.33f,  6.94f,
                                          8.14f, 9.75f, 11.38f, 12.62f, 14.29f, 15.55f};
static const float degrees[SAMPLES] = {0.0f,   30.0f,  70.0f,  100.0f, 130.0f, 170.0f,
                                       200.0f, 240.0f, 280.0f, 310.0f, 350.0f, 380.0f};

/* Zeros when the program starts, as every `static`. The page is larger than the file. */
static ntk_sensor_1x16 sensor;
static ntk_sensor_1x32 loaded;
static ntk_stream_1x16 stream;
static ntk_model_2x16 model;
static uint8_t page[2048];

static void hex(const char *name, uint32_t bits) {
    char digits[10];
    int i;
    for (i = 0; i < 8; ++i) digits[i] = "0123456789abcdef"[(bits >> (28 - 4 * i)) & 15u];
    digits[8] = '\n';
    digits[9] = 0;
    print(name);
    print(" ");
    print(digits);
}

static void number(const char *name, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    hex(name, bits);
}

/* FNV-1a of what was saved. */
static void bytes(const char *name, const uint8_t *data, size_t count) {
    uint32_t hash = 0x811c9dc5u;
    size_t i;
    for (i = 0; i < count; ++i) hash = (hash ^ data[i]) * 0x01000193u;
    hex(name, hash);
}

static void reading(const ntk_reading *at) {
    number("value", at->value);
    number("low", at->low);
    number("high", at->high);
    number("deviation", at->deviation);
    number("familiarity", at->familiarity);
}

/* Ends the program where a call fails that must not. */
#define TRY(call)                                     \
    do {                                              \
        ntk_status status = (call);                   \
        if (status) {                                 \
            print("line ");                           \
            hex("of a failure", (uint32_t)__LINE__);  \
            print(ntk_text(status));                  \
            print("\n");                              \
            return 1;                                 \
        }                                             \
    } while (0)

static int of_sensor(void) {
    static const float far = 60.0f, more = 10.15f, low = -1.0f, high = 20.0f;
    ntk_reading at;
    ntk_left_out left;
    float value, x;
    size_t n, dropped, written;
    TRY(ntk_sensor_1x16_init(&sensor, sizeof sensor));
    TRY(ntk_sensor_1x16_fit(&sensor, millivolts, SAMPLES, degrees, SAMPLES));
    TRY(ntk_sensor_1x16_read(&sensor, &more, 1, 0.9f, &at));
    reading(&at);
    TRY(ntk_sensor_1x16_read(&sensor, &far, 1, 0.8f, &at));
    reading(&at);
    TRY(ntk_sensor_1x16_value(&sensor, &far, 1, &value));
    number("value", value);
    TRY(ntk_sensor_1x16_p_value(&sensor, &more, 1, 300.0f, &value));
    number("p_value", value);
    TRY(ntk_sensor_1x16_leave_one_out(&sensor, 3, &left));
    number("left_out", left.mean);
    number("left_out", left.deviation);
    TRY(ntk_sensor_1x16_push(&sensor, &more, 1, 250.0f, NTK_REFUSE, NULL));
    TRY(ntk_sensor_1x16_remove(&sensor, 2));
    TRY(ntk_sensor_1x16_replace(&sensor, 0, &millivolts[2], 1, 70.5f));
    TRY(ntk_sensor_1x16_read(&sensor, &more, 1, 0.9f, &at));
    reading(&at);
    TRY(ntk_sensor_1x16_sample(&sensor, 11, &x, 1, &value));
    number("sample", x);
    number("sample", value);
    TRY(ntk_sensor_1x16_save(&sensor, page, sizeof page, &written));
    hex("written", (uint32_t)written);
    bytes("file", page, written);
    TRY(ntk_sensor_1x32_init(&loaded, sizeof loaded));
    TRY(ntk_sensor_1x32_load(&loaded, page, sizeof page));
    for (n = 0; n < 21; ++n) {
        x = 0.4f * (float)n;
        TRY(ntk_sensor_1x32_push(&loaded, &x, 1, 25.0f * x, NTK_DROP_OLDEST, &dropped));
    }
    hex("dropped", (uint32_t)dropped);
    TRY(ntk_sensor_1x32_push(&loaded, &far, 1, 1500.0f, NTK_DROP_REDUNDANT, &dropped));
    hex("dropped", (uint32_t)dropped);
    TRY(ntk_sensor_1x32_count(&loaded, &n));
    hex("count", (uint32_t)n);
    TRY(ntk_sensor_1x32_read(&loaded, &more, 1, 0.9f, &at));
    reading(&at);
    TRY(ntk_sensor_1x16_end(&sensor));
    TRY(ntk_sensor_1x16_init(&sensor, sizeof sensor));
    TRY(ntk_sensor_1x16_set_range(&sensor, &low, &high, 1));
    TRY(ntk_sensor_1x16_fit(&sensor, millivolts, SAMPLES, degrees, SAMPLES));
    TRY(ntk_sensor_1x16_read(&sensor, &more, 1, 0.75f, &at));
    reading(&at);
    return 0;
}

static int of_model(void) {
    float x[2 * SAMPLES], y[SAMPLES], query[2];
    ntk_prediction at;
    ntk_left_out left;
    size_t i, written;
    for (i = 0; i < SAMPLES; ++i) {
        x[2 * i] = millivolts[i] / 8.0f - 1.0f;
        x[2 * i + 1] = 1.0f;
        y[i] = degrees[i] / 256.0f - 1.0f;
    }
    query[0] = 0.3f;
    query[1] = 1.0f;
    TRY(ntk_model_2x16_init(&model, sizeof model));
    TRY(ntk_model_2x16_fit_empty(&model, x, 2 * SAMPLES, y, SAMPLES, 0.001f));
    TRY(ntk_model_2x16_predict(&model, query, 2, &at));
    number("mean", at.mean);
    number("deviation", at.deviation);
    number("observation_deviation", at.observation_deviation);
    number("novelty", at.novelty);
    TRY(ntk_model_2x16_fit(&model, x, 2 * (SAMPLES - 1), y, SAMPLES - 1, 0.01f));
    TRY(ntk_model_2x16_push(&model, query, 2, 0.31f, NTK_REFUSE, NULL));
    TRY(ntk_model_2x16_remove(&model, 4));
    TRY(ntk_model_2x16_leave_one_out(&model, 10, &left));
    number("left_out", left.mean);
    number("left_out", left.deviation);
    TRY(ntk_model_2x16_save(&model, page, sizeof page, &written));
    bytes("file", page, written);
    TRY(ntk_model_2x16_clear(&model));
    TRY(ntk_model_2x16_load(&model, page, written));
    TRY(ntk_model_2x16_mean(&model, query, 2, &query[0])); /* a result may go where the input came from */
    number("mean", query[0]);
    return 0;
}

static void answer(const ntk_answer *at) {
    number("mean", at->mean);
    number("low", at->low);
    number("high", at->high);
    number("deviation", at->deviation);
    number("novelty", at->novelty);
}

static void state(const ntk_stream_state *at) {
    hex("kept", at->kept);
    hex("heard", at->heard);
    number("noise", at->noise);
    number("forgetting", at->forgetting);
}

/* The thermocouple again and again, drifting by a degree a round. */
static int hear_rounds(int rounds, uint32_t *changes) {
    int32_t learned;
    int round, i;
    for (round = 0; round < rounds; ++round) {
        for (i = 0; i < SAMPLES; ++i) {
            TRY(ntk_stream_1x16_hear(&stream, &millivolts[i], 1, degrees[i] + (float)round, &learned));
            *changes = *changes * 31u + (uint32_t)learned;
        }
    }
    return 0;
}

static int of_stream(void) {
    static const float query = 10.15f, far = 60.0f, low = -1.0f, high = 20.0f;
    ntk_answer at;
    ntk_stream_state has;
    float value;
    uint32_t changes = 0;
    size_t written;
    TRY(ntk_stream_1x16_init(&stream, sizeof stream));
    TRY(ntk_stream_1x16_begin(&stream, millivolts, SAMPLES, degrees, SAMPLES));
    if (hear_rounds(5, &changes)) return 1;
    hex("changes", changes);
    TRY(ntk_stream_1x16_answer(&stream, &query, 1, 0.9f, &at));
    answer(&at);
    TRY(ntk_stream_1x16_answer(&stream, &far, 1, 0.5f, &at));
    answer(&at);
    TRY(ntk_stream_1x16_p_value(&stream, &query, 1, 300.0f, &value));
    number("p_value", value);
    TRY(ntk_stream_1x16_familiarity(&stream, &far, 1, &value));
    number("familiarity", value);
    TRY(ntk_stream_1x16_state(&stream, &has));
    state(&has);
    TRY(ntk_stream_1x16_save(&stream, page, sizeof page, &written));
    hex("written", (uint32_t)written);
    bytes("file", page, written);
    TRY(ntk_stream_1x16_end(&stream));
    TRY(ntk_stream_1x16_init(&stream, sizeof stream));
    TRY(ntk_stream_1x16_load(&stream, page, sizeof page));
    if (hear_rounds(2, &changes)) return 1;
    TRY(ntk_stream_1x16_answer(&stream, &query, 1, 0.9f, &at));
    answer(&at);
    TRY(ntk_stream_1x16_clear(&stream));
    TRY(ntk_stream_1x16_set_range(&stream, &low, &high, 1));
    TRY(ntk_stream_1x16_set_labels(&stream, 0.0f, 400.0f));
    TRY(ntk_stream_1x16_set_forgetting(&stream, 0.98f));
    TRY(ntk_stream_1x16_set_noise(&stream, 0.25f));
    TRY(ntk_stream_1x16_set_amplitude(&stream, 0.5f));
    if (hear_rounds(1, &changes)) return 1;
    TRY(ntk_stream_1x16_set_noise(&stream, NTK_FOUND));
    TRY(ntk_stream_1x16_set_forgetting(&stream, 1.0f));
    TRY(ntk_stream_1x16_set_amplitude(&stream, NTK_FOUND));
    if (hear_rounds(3, &changes)) return 1;
    TRY(ntk_stream_1x16_hear_on(&stream, &query, 1, 250.0f, 0.5f, 2.0f, NULL));
    TRY(ntk_stream_1x16_set_forgetting(&stream, NTK_FOUND));
    TRY(ntk_stream_1x16_hear_on(&stream, &query, 1, 251.0f, 24.0f, NTK_FOUND, NULL));
    TRY(ntk_stream_1x16_answer(&stream, &query, 1, 0.75f, &at));
    answer(&at);
    TRY(ntk_stream_1x16_state(&stream, &has));
    state(&has);
    hex("changes", changes);
    return 0;
}

int main(void) { return of_sensor() || of_model() || of_stream(); }
