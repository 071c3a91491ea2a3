/*
 * Whatever a caller does wrong that a library can see comes back as a code, and nothing has changed. Prints a
 * line for each failure; exit code 1 if there is one. The host runs it under sanitizers.
 */
#include "ntk.h"
#include "print.h"

static ntk_sensor_1x16 sensor, before;
static ntk_stream_1x16 stream, stream_before;
static ntk_model_2x16 model;
static ntk_model_1x16 narrow;
static uint8_t page[2048];
static int failures;

static void decimal(unsigned long value) {
    char digits[21];
    int i = 20;
    digits[i] = 0;
    do digits[--i] = (char)('0' + value % 10u);
    while ((value /= 10u) != 0);
    print(&digits[i]);
}

static void expect(int line, ntk_status found, int32_t code, size_t at) {
    if (ntk_code(found) == code && ntk_at(found) == at) return;
    ++failures;
    print("line ");
    decimal((unsigned long)line);
    print(": code ");
    decimal((unsigned long)ntk_code(found));
    print(" at ");
    decimal((unsigned long)ntk_at(found));
    print(", expected ");
    decimal((unsigned long)code);
    print(" at ");
    decimal((unsigned long)at);
    print("\n");
}

static void same(int line) {
    if (memcmp(&sensor, &before, sizeof sensor) == 0) return;
    ++failures;
    print("line ");
    decimal((unsigned long)line);
    print(": the sensor has changed\n");
}

#define EXPECT(call, code, at) expect(__LINE__, (call), (code), (size_t)(at))
/* A refusal that leaves every byte of the sensor as it was. */
#define REFUSED(call, code, at)                   \
    do {                                          \
        memcpy(&before, &sensor, sizeof sensor);  \
        EXPECT(call, code, at);                   \
        same(__LINE__);                           \
    } while (0)

/* The same of a stream. */
#define DEAF(call, code, at)                                                \
    do {                                                                    \
        memcpy(&stream_before, &stream, sizeof stream);                     \
        EXPECT(call, code, at);                                             \
        if (memcmp(&stream, &stream_before, sizeof stream) != 0) EXPECT(-1, 0, 0); \
    } while (0)

static float bits(uint32_t value) {
    float result;
    memcpy(&result, &value, sizeof result);
    return result;
}

static void memory(void) {
    union {
        ntk_sensor_1x16 sensor[2];
        uint8_t bytes[2 * sizeof(ntk_sensor_1x16)];
    } space;
    float x = 1.0f;
    ntk_reading at;
    void *odd = &space.bytes[1];
    memset(&space, 0, sizeof space);
    EXPECT(ntk_sensor_1x16_init(NULL, sizeof space), NTK_NULL, 0);
    EXPECT(ntk_sensor_1x16_init((ntk_sensor_1x16 *)odd, sizeof space - 1u), NTK_UNALIGNED, sizeof(size_t));
    /* The library's own size is what at says; up to 40 bytes less than the type, and no byte less will do. */
    {
        ntk_status small = ntk_sensor_1x16_init(&space.sensor[0], 0);
        size_t needed = ntk_at(small);
        EXPECT(small, NTK_MEMORY, needed);
        if (needed > sizeof(ntk_sensor_1x16) || needed + 48u < sizeof(ntk_sensor_1x16)) EXPECT(small, 0, 0);
        EXPECT(ntk_sensor_1x16_init(&space.sensor[0], needed - 1u), NTK_MEMORY, needed);
        EXPECT(ntk_sensor_1x16_read(&space.sensor[0], &x, 1, 0.9f, &at), NTK_NOT_INITIALISED, 0);
        EXPECT(ntk_sensor_1x16_init(&space.sensor[0], needed), NTK_OK, 0);
    }
    EXPECT(ntk_sensor_1x16_init(&space.sensor[0], sizeof space), NTK_IN_USE, 0);
    EXPECT(ntk_sensor_1x16_end(&space.sensor[0]), NTK_OK, 0);
    EXPECT(ntk_sensor_1x16_end(&space.sensor[0]), NTK_NOT_INITIALISED, 0);
    EXPECT(ntk_sensor_1x16_end(NULL), NTK_NULL, 0);
    EXPECT(ntk_sensor_1x16_fit(&space.sensor[0], &x, 1, &x, 1), NTK_NOT_INITIALISED, 0);
    EXPECT(ntk_sensor_1x16_init(&space.sensor[0], sizeof space), NTK_OK, 0);
    /* Another shape, and another kind of the same shape. */
    EXPECT(ntk_sensor_1x32_end((ntk_sensor_1x32 *)(void *)&space), NTK_NOT_INITIALISED, 0);
    EXPECT(ntk_model_1x16_clear((ntk_model_1x16 *)(void *)&space), NTK_NOT_INITIALISED, 0);
    /* A copy is another sensor. */
    memcpy(&space.sensor[1], &space.sensor[0], sizeof(ntk_sensor_1x16));
    EXPECT(ntk_sensor_1x16_end(&space.sensor[1]), NTK_OK, 0);
    EXPECT(ntk_sensor_1x16_read(&space.sensor[0], &x, 1, 0.9f, &at), NTK_NOT_FITTED, 0);
}

static void arguments(const float *volts, const float *degrees) {
    const float nan = bits(0x7fc00000u), infinity = bits(0x7f800000u), x = 0.5f;
    float bad[12], value = 7.0f;
    float *inside = (float *)(void *)&sensor + 40;
    float *odd = (float *)(void *)((uint8_t *)bad + 1);
    ntk_reading at;
    ntk_left_out left;
    size_t n = 77;
    memcpy(bad, volts, sizeof bad);
    EXPECT(ntk_sensor_1x16_init(&sensor, sizeof sensor), NTK_OK, 0);
    REFUSED(ntk_sensor_1x16_fit(&sensor, NULL, 12, degrees, 12), NTK_NULL, 0);
    REFUSED(ntk_sensor_1x16_fit(&sensor, volts, 12, NULL, 12), NTK_NULL, 0);
    REFUSED(ntk_sensor_1x16_push(&sensor, NULL, 1, 1.0f, NTK_REFUSE, NULL), NTK_NULL, 0);
    REFUSED(ntk_sensor_1x16_file_size(&sensor, &n), NTK_NOT_FITTED, 0);
    REFUSED(ntk_sensor_1x16_save(&sensor, page, sizeof page, &n), NTK_NOT_FITTED, 0);
    REFUSED(ntk_sensor_1x16_set_range(&sensor, &x, &x, 1), NTK_RANGE, 0);
    EXPECT(ntk_sensor_1x16_fit(&sensor, volts, 12, degrees, 12), NTK_OK, 0);
    REFUSED(ntk_sensor_1x16_set_range(&sensor, volts, &x, 1), NTK_ALREADY_FITTED, 0);
    /* Lengths, both sides of each. */
    REFUSED(ntk_sensor_1x16_fit(&sensor, volts, 12, degrees, 11), NTK_LENGTH, 12);
    REFUSED(ntk_sensor_1x16_fit(&sensor, volts, SIZE_MAX, degrees, 12), NTK_LENGTH, 0);
    REFUSED(ntk_sensor_1x16_read(&sensor, &x, 0, 0.9f, &at), NTK_LENGTH, 1);
    REFUSED(ntk_sensor_1x16_read(&sensor, volts, 2, 0.9f, &at), NTK_LENGTH, 1);
    REFUSED(ntk_sensor_1x16_push(&sensor, volts, 2, 1.0f, NTK_REFUSE, NULL), NTK_LENGTH, 1);
    REFUSED(ntk_sensor_1x16_sample(&sensor, 0, bad, 2, &value), NTK_LENGTH, 1);
    /* Pointers. */
    REFUSED(ntk_sensor_1x16_read(&sensor, NULL, 1, 0.9f, &at), NTK_NULL, 0);
    REFUSED(ntk_sensor_1x16_read(&sensor, &x, 1, 0.9f, NULL), NTK_NULL, 0);
    REFUSED(ntk_sensor_1x16_value(&sensor, odd, 1, &value), NTK_UNALIGNED, 4);
    REFUSED(ntk_sensor_1x16_value(&sensor, &x, 1, odd), NTK_UNALIGNED, 4);
    REFUSED(ntk_sensor_1x16_fit(&sensor, odd, 11, degrees, 11), NTK_UNALIGNED, 4);
    REFUSED(ntk_sensor_1x16_value(&sensor, inside, 1, &value), NTK_OVERLAP, 0);
    REFUSED(ntk_sensor_1x16_value(&sensor, &x, 1, inside), NTK_OVERLAP, 0);
    REFUSED(ntk_sensor_1x16_fit(&sensor, inside, 12, degrees, 12), NTK_OVERLAP, 0);
    REFUSED(ntk_sensor_1x16_save(&sensor, (uint8_t *)&sensor, sizeof sensor, NULL), NTK_OVERLAP, 0);
    REFUSED(ntk_sensor_1x16_load(&sensor, (const uint8_t *)&sensor, sizeof sensor), NTK_OVERLAP, 0);
    REFUSED(ntk_sensor_1x16_count(&sensor, NULL), NTK_NULL, 0);
    /* Numbers. */
    REFUSED(ntk_sensor_1x16_read(&sensor, &nan, 1, 0.9f, &at), NTK_NOT_FINITE_X, 0);
    REFUSED(ntk_sensor_1x16_read(&sensor, &infinity, 1, 0.9f, &at), NTK_NOT_FINITE_X, 0);
    REFUSED(ntk_sensor_1x16_read(&sensor, &x, 1, nan, &at), NTK_LEVEL, 0);
    REFUSED(ntk_sensor_1x16_read(&sensor, &x, 1, 0.0f, &at), NTK_LEVEL, 0);
    REFUSED(ntk_sensor_1x16_read(&sensor, &x, 1, 1.0f, &at), NTK_LEVEL, 0);
    REFUSED(ntk_sensor_1x16_read(&sensor, &x, 1, 0.93f, &at), NTK_TOO_FEW_SAMPLES, 14);
    EXPECT(ntk_sensor_1x16_read(&sensor, &x, 1, 0.92f, &at), NTK_OK, 0);
    REFUSED(ntk_sensor_1x16_p_value(&sensor, &x, 1, nan, &value), NTK_NOT_FINITE_Y, 0);
    REFUSED(ntk_sensor_1x16_push(&sensor, &x, 1, infinity, NTK_REFUSE, &n), NTK_NOT_FINITE_Y, 0);
    REFUSED(ntk_sensor_1x16_push(&sensor, &nan, 1, 1.0f, NTK_REFUSE, &n), NTK_NOT_FINITE_X, 0);
    REFUSED(ntk_sensor_1x16_push(&sensor, &x, 1, 1.0f, 3, &n), NTK_WHEN_FULL, 0);
    REFUSED(ntk_sensor_1x16_push(&sensor, &x, 1, 1.0f, -1, &n), NTK_WHEN_FULL, 0);
    bad[7] = nan;
    REFUSED(ntk_sensor_1x16_fit(&sensor, bad, 12, degrees, 12), NTK_NOT_FINITE_X, 7);
    REFUSED(ntk_sensor_1x16_fit(&sensor, volts, 12, bad, 12), NTK_NOT_FINITE_Y, 7);
    /* Samples. */
    REFUSED(ntk_sensor_1x16_remove(&sensor, 12), NTK_OUT_OF_BOUNDS, 12);
    REFUSED(ntk_sensor_1x16_replace(&sensor, SIZE_MAX, &x, 1, 1.0f), NTK_OUT_OF_BOUNDS, 12);
    REFUSED(ntk_sensor_1x16_leave_one_out(&sensor, 12, &left), NTK_OUT_OF_BOUNDS, 12);
    REFUSED(ntk_sensor_1x16_sample(&sensor, 12, bad, 1, &value), NTK_OUT_OF_BOUNDS, 12);
    if (n != 77 || !(value >= 7.0f && value <= 7.0f)) EXPECT(-1, 0, 0); /* a refusal writes no result */
}

static void files(const float *volts, const float *degrees) {
    const float x = 0.5f;
    size_t size = 0, i;
    EXPECT(ntk_sensor_1x16_file_size(&sensor, &size), NTK_OK, 0);
    EXPECT(ntk_sensor_1x16_save(&sensor, page, size - 1u, NULL), NTK_FILE_ROOM, size);
    EXPECT(ntk_sensor_1x16_save(&sensor, NULL, size, NULL), NTK_NULL, 0);
    EXPECT(ntk_sensor_1x16_save(&sensor, page, size, NULL), NTK_OK, 0);
    memset(page + size, 0xff, sizeof page - size); /* an erased page */
    REFUSED(ntk_sensor_1x16_load(&sensor, page, 0), NTK_FILE_LENGTH, 28);
    REFUSED(ntk_sensor_1x16_load(&sensor, NULL, size), NTK_NULL, 0);
    REFUSED(ntk_sensor_1x16_load(&sensor, page, size - 1u), NTK_FILE_LENGTH, size);
    REFUSED(ntk_sensor_1x16_load(&sensor, page + 1, size), NTK_FILE_MAGIC, 0);
    for (i = 24; i < size; ++i) {
        page[i] ^= 4u;
        REFUSED(ntk_sensor_1x16_load(&sensor, page, sizeof page), NTK_FILE_CHECKSUM, 0);
        page[i] ^= 4u;
    }
    EXPECT(ntk_model_2x16_init(&model, sizeof model), NTK_OK, 0);
    EXPECT(ntk_model_2x16_load(&model, page, sizeof page), NTK_LENGTH, 2);
    EXPECT(ntk_model_1x16_init(&narrow, sizeof narrow), NTK_OK, 0);
    EXPECT(ntk_model_1x16_load(&narrow, page, sizeof page), NTK_FILE_KERNEL, 1);
    EXPECT(ntk_sensor_1x16_load(&sensor, page, sizeof page), NTK_OK, 0);
    /* Full: four places are left. */
    for (i = 0; i < 4; ++i) EXPECT(ntk_sensor_1x16_push(&sensor, &volts[i], 1, degrees[i], NTK_REFUSE, NULL), NTK_OK, 0);
    REFUSED(ntk_sensor_1x16_push(&sensor, &x, 1, 1.0f, NTK_REFUSE, NULL), NTK_CAPACITY, 16);
}

static void models(void) {
    static const float x[6] = {0.0f, 1.0f, 0.5f, 1.0f, 0.5f, 1.0f}, y[3] = {1.0f, 2.0f, 3.0f};
    ntk_prediction at;
    EXPECT(ntk_model_2x16_predict(&model, x, 2, &at), NTK_NOT_FITTED, 0);
    EXPECT(ntk_model_2x16_fit_empty(&model, x, 6, y, 3, 0.0f), NTK_COINCIDENT, 2);
    EXPECT(ntk_model_2x16_fit_empty(&model, x, 6, y, 3, -1.0f), NTK_RIDGE, 0);
    EXPECT(ntk_model_2x16_fit_empty(&model, x, 6, y, 3, 1e-20f), NTK_RIDGE_TOO_SMALL, 0);
    EXPECT(ntk_model_2x16_fit_empty(&model, x, 5, y, 3, 0.1f), NTK_LENGTH, 2);
    EXPECT(ntk_model_2x16_fit_empty(&model, x, 6, y, 3, 0.1f), NTK_OK, 0);
    EXPECT(ntk_model_2x16_fit_empty(&model, x, 6, y, 3, 0.1f), NTK_ALREADY_FITTED, 0);
    EXPECT(ntk_model_2x16_fit(&model, x, 6, y, 3, 0.0f), NTK_COINCIDENT, 2);
    EXPECT(ntk_model_2x16_predict(&model, x, 2, &at), NTK_OK, 0);
}

static void streams(const float *volts, const float *degrees) {
    const float nan = bits(0x7fc00000u), infinity = bits(0x7f800000u), x = 0.5f;
    float *inside = (float *)(void *)&stream + 40, value = 7.0f;
    int32_t learned = 77, *odd = (int32_t *)(void *)(page + 1);
    ntk_answer at;
    ntk_stream_state has;
    size_t size = 0, i;
    EXPECT(ntk_stream_1x16_hear(&stream, &x, 1, 1.0f, NULL), NTK_NOT_INITIALISED, 0);
    EXPECT(ntk_stream_1x16_init(NULL, sizeof stream), NTK_NULL, 0);
    EXPECT(ntk_code(ntk_stream_1x16_init(&stream, 100)), NTK_MEMORY, 0);
    EXPECT(ntk_stream_1x16_init(&stream, sizeof stream), NTK_OK, 0);
    EXPECT(ntk_stream_1x16_init(&stream, sizeof stream), NTK_IN_USE, 0);
    EXPECT(ntk_sensor_1x16_end((ntk_sensor_1x16 *)(void *)&stream), NTK_NOT_INITIALISED, 0);
    /* Empty. */
    DEAF(ntk_stream_1x16_answer(&stream, &x, 1, 0.9f, &at), NTK_NOT_FITTED, 0);
    DEAF(ntk_stream_1x16_file_size(&stream, &size), NTK_NOT_FITTED, 0);
    DEAF(ntk_stream_1x16_save(&stream, page, sizeof page, &size), NTK_NOT_FITTED, 0);
    DEAF(ntk_stream_1x16_hear_on(&stream, &x, 1, 1.0f, 1.0f, 0.5f, &learned), NTK_NOT_FITTED, 0);
    /* Settings, on both sides of each bound. */
    DEAF(ntk_stream_1x16_set_range(&stream, &x, &x, 1), NTK_RANGE, 0);
    DEAF(ntk_stream_1x16_set_range(&stream, &x, volts, 2), NTK_LENGTH, 1);
    DEAF(ntk_stream_1x16_set_labels(&stream, 1.0f, 1.0f), NTK_RANGE, 0);
    DEAF(ntk_stream_1x16_set_forgetting(&stream, 1.001f), NTK_FORGETTING, 0);
    DEAF(ntk_stream_1x16_set_forgetting(&stream, -0.5f), NTK_FORGETTING, 0);
    DEAF(ntk_stream_1x16_set_forgetting(&stream, nan), NTK_FORGETTING, 0);
    DEAF(ntk_stream_1x16_set_noise(&stream, -0.1f), NTK_NOISE, 0);
    DEAF(ntk_stream_1x16_set_noise(&stream, infinity), NTK_NOISE, 0);
    DEAF(ntk_stream_1x16_set_amplitude(&stream, nan), NTK_AMPLITUDE, 0);
    EXPECT(ntk_stream_1x16_set_forgetting(&stream, 1.0f), NTK_OK, 0);
    EXPECT(ntk_stream_1x16_set_forgetting(&stream, NTK_FOUND), NTK_OK, 0);
    EXPECT(ntk_stream_1x16_set_noise(&stream, 1e-6f), NTK_OK, 0);
    EXPECT(ntk_stream_1x16_set_noise(&stream, NTK_FOUND), NTK_OK, 0);
    DEAF(ntk_stream_1x16_begin(&stream, volts, 12, degrees, 11), NTK_LENGTH, 12);
    DEAF(ntk_stream_1x16_begin(&stream, NULL, 12, degrees, 12), NTK_NULL, 0);
    DEAF(ntk_stream_1x16_begin(&stream, inside, 12, degrees, 12), NTK_OVERLAP, 0);
    EXPECT(ntk_stream_1x16_begin(&stream, volts, 12, degrees, 12), NTK_OK, 0);
    DEAF(ntk_stream_1x16_begin(&stream, volts, 12, degrees, 12), NTK_ALREADY_FITTED, 0);
    DEAF(ntk_stream_1x16_set_range(&stream, volts, &x, 1), NTK_ALREADY_FITTED, 0);
    DEAF(ntk_stream_1x16_set_labels(&stream, 0.0f, 1.0f), NTK_ALREADY_FITTED, 0);
    /* Samples. */
    DEAF(ntk_stream_1x16_hear(&stream, NULL, 1, 1.0f, &learned), NTK_NULL, 0);
    DEAF(ntk_stream_1x16_hear(&stream, &x, 0, 1.0f, &learned), NTK_LENGTH, 1);
    DEAF(ntk_stream_1x16_hear(&stream, volts, 2, 1.0f, &learned), NTK_LENGTH, 1);
    DEAF(ntk_stream_1x16_hear(&stream, inside, 1, 1.0f, &learned), NTK_OVERLAP, 0);
    DEAF(ntk_stream_1x16_hear(&stream, &x, 1, 1.0f, odd), NTK_UNALIGNED, 4);
    DEAF(ntk_stream_1x16_hear(&stream, &x, 1, 1.0f, (int32_t *)(void *)inside), NTK_OVERLAP, 0);
    DEAF(ntk_stream_1x16_hear(&stream, &nan, 1, 1.0f, &learned), NTK_NOT_FINITE_X, 0);
    DEAF(ntk_stream_1x16_hear(&stream, &x, 1, infinity, &learned), NTK_NOT_FINITE_Y, 0);
    DEAF(ntk_stream_1x16_hear_on(&stream, &x, 1, 1.0f, -1.0f, NTK_FOUND, &learned), NTK_ELAPSED, 0);
    DEAF(ntk_stream_1x16_hear_on(&stream, &x, 1, 1.0f, nan, NTK_FOUND, &learned), NTK_ELAPSED, 0);
    DEAF(ntk_stream_1x16_hear_on(&stream, &x, 1, 1.0f, 1.0f, -0.5f, &learned), NTK_NOISE, 0);
    DEAF(ntk_stream_1x16_hear_on(&stream, &x, 1, 1.0f, 1.0f, nan, &learned), NTK_NOISE, 0);
    EXPECT(ntk_stream_1x16_hear_on(&stream, &x, 1, 20.0f, 0.0f, 0.5f, NULL), NTK_OK, 0);
    /* Answers. */
    DEAF(ntk_stream_1x16_answer(&stream, &x, 1, 0.0f, &at), NTK_LEVEL, 0);
    DEAF(ntk_stream_1x16_answer(&stream, &x, 1, 1.0f, &at), NTK_LEVEL, 0);
    DEAF(ntk_stream_1x16_answer(&stream, &x, 1, 0.9f, NULL), NTK_NULL, 0);
    DEAF(ntk_stream_1x16_answer(&stream, &infinity, 1, 0.9f, &at), NTK_NOT_FINITE_X, 0);
    DEAF(ntk_stream_1x16_p_value(&stream, &x, 1, nan, &value), NTK_NOT_FINITE_Y, 0);
    DEAF(ntk_stream_1x16_p_value(&stream, &x, 1, 1.0f, inside), NTK_OVERLAP, 0);
    DEAF(ntk_stream_1x16_familiarity(&stream, volts, 2, &value), NTK_LENGTH, 1);
    DEAF(ntk_stream_1x16_state(&stream, NULL), NTK_NULL, 0);
    DEAF(ntk_stream_1x16_state(&stream, &has), NTK_OK, 0);
    if (learned != 77 || !(value >= 7.0f && value <= 7.0f)) EXPECT(-1, 0, 0); /* a refusal writes no result */
    if (has.heard != 13 || has.kept < 2) EXPECT(-1, 0, 0);
    /* Files: cut off, changed, of another kind. */
    EXPECT(ntk_stream_1x16_file_size(&stream, &size), NTK_OK, 0);
    DEAF(ntk_stream_1x16_save(&stream, page, size - 1u, NULL), NTK_FILE_ROOM, size);
    DEAF(ntk_stream_1x16_save(&stream, (uint8_t *)&stream, sizeof stream, NULL), NTK_OVERLAP, 0);
    DEAF(ntk_stream_1x16_save(&stream, page, size, NULL), NTK_OK, 0);
    memset(page + size, 0xff, sizeof page - size);
    DEAF(ntk_stream_1x16_load(&stream, page, 0), NTK_FILE_LENGTH, 28);
    DEAF(ntk_stream_1x16_load(&stream, page, size - 1u), NTK_FILE_LENGTH, size);
    DEAF(ntk_stream_1x16_load(&stream, page + 1, size), NTK_FILE_MAGIC, 0);
    for (i = 24; i < size; i += 7) {
        page[i] ^= 4u;
        if (ntk_stream_1x16_load(&stream, page, sizeof page) == NTK_OK) EXPECT(-1, 0, 0);
        page[i] ^= 4u;
    }
    REFUSED(ntk_sensor_1x16_load(&sensor, page, sizeof page), NTK_FILE_MAGIC, 0);
    EXPECT(ntk_stream_1x16_load(&stream, page, sizeof page), NTK_OK, 0);
    EXPECT(ntk_stream_1x16_end(&stream), NTK_OK, 0);
    EXPECT(ntk_stream_1x16_end(&stream), NTK_NOT_INITIALISED, 0);
}

int main(void) {
    float volts[12], degrees[12];
    int i;
    for (i = 0; i < 12; ++i) {
        volts[i] = 0.1f * (float)i;
        degrees[i] = 40.0f * volts[i] + 3.0f * volts[i] * volts[i];
    }
    memory();
    arguments(volts, degrees);
    files(volts, degrees);
    models();
    streams(volts, degrees);
    if (ntk_text(0) == NULL || ntk_text(-7) == NULL || ntk_text(NTK_NULL) == ntk_text(NTK_MEMORY)) EXPECT(-1, 0, 0);
    if (memcmp(ntk_version(), NTK_VERSION, sizeof NTK_VERSION) != 0) EXPECT(-1, 0, 0);
    return failures != 0;
}
