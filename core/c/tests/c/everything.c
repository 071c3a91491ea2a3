/*
 * Takes the address of each function of each shape: a program that links has all of them, and none reaches a
 * panic. Prints for each shape inputs, room, and the bytes of a sensor, a stream and a model, each with its
 * file.
 */
#include "ntk.h"
#include "print.h"

typedef void (*any)(void);

#define KIND(NAME, SHAPE)                                                                            \
    (any)ntk_##NAME##_##SHAPE##_init, (any)ntk_##NAME##_##SHAPE##_end,                               \
        (any)ntk_##NAME##_##SHAPE##_file_size, (any)ntk_##NAME##_##SHAPE##_save,                     \
        (any)ntk_##NAME##_##SHAPE##_load
#define LEARNS(NAME, SHAPE)                                                                          \
    KIND(NAME, SHAPE), (any)ntk_##NAME##_##SHAPE##_count, (any)ntk_##NAME##_##SHAPE##_sample,        \
        (any)ntk_##NAME##_##SHAPE##_push, (any)ntk_##NAME##_##SHAPE##_remove,                        \
        (any)ntk_##NAME##_##SHAPE##_replace, (any)ntk_##NAME##_##SHAPE##_leave_one_out
#define SENSOR(SHAPE)                                                                                \
    (any)ntk_sensor_##SHAPE##_set_range, (any)ntk_sensor_##SHAPE##_fit, (any)ntk_sensor_##SHAPE##_read, \
        (any)ntk_sensor_##SHAPE##_value, (any)ntk_sensor_##SHAPE##_p_value
#define STREAM(SHAPE)                                                                                \
    (any)ntk_stream_##SHAPE##_set_range, (any)ntk_stream_##SHAPE##_set_labels,                       \
        (any)ntk_stream_##SHAPE##_set_forgetting, (any)ntk_stream_##SHAPE##_set_noise,               \
        (any)ntk_stream_##SHAPE##_set_amplitude, (any)ntk_stream_##SHAPE##_clear,                    \
        (any)ntk_stream_##SHAPE##_begin, (any)ntk_stream_##SHAPE##_hear,                             \
        (any)ntk_stream_##SHAPE##_hear_on, (any)ntk_stream_##SHAPE##_answer,                         \
        (any)ntk_stream_##SHAPE##_p_value, (any)ntk_stream_##SHAPE##_familiarity,                    \
        (any)ntk_stream_##SHAPE##_state
#define MODEL(SHAPE)                                                                                 \
    (any)ntk_model_##SHAPE##_fit, (any)ntk_model_##SHAPE##_fit_empty, (any)ntk_model_##SHAPE##_clear, \
        (any)ntk_model_##SHAPE##_predict, (any)ntk_model_##SHAPE##_mean
#define FUNCTIONS(D, N) \
    LEARNS(sensor, D##x##N), SENSOR(D##x##N), KIND(stream, D##x##N), STREAM(D##x##N), LEARNS(model, D##x##N), \
        MODEL(D##x##N),
#define SIZES(D, N)                                                                                  \
    {D, N, sizeof(ntk_sensor_##D##x##N), NTK_SENSOR_FILE_BYTES(D, N), sizeof(ntk_stream_##D##x##N), \
     NTK_STREAM_FILE_BYTES(D, N), sizeof(ntk_model_##D##x##N), NTK_MODEL_FILE_BYTES(D, N)},

static any const functions[] = {NTK_SHAPES(FUNCTIONS)};
static const size_t sizes[][8] = {NTK_SHAPES(SIZES)};

static void decimal(size_t value, const char *after) {
    char digits[21];
    int i = 20;
    digits[i] = 0;
    do digits[--i] = (char)('0' + value % 10u);
    while ((value /= 10u) != 0);
    print(&digits[i]);
    print(after);
}

int main(void) {
    const volatile any *each = functions;
    size_t shape, column, i;
    for (i = 0; i < sizeof functions / sizeof functions[0]; ++i) {
        if (!each[i]) return 1;
    }
    for (shape = 0; shape < sizeof sizes / sizeof sizes[0]; ++shape) {
        for (column = 0; column < 8; ++column) decimal(sizes[shape][column], column < 7 ? " " : "\n");
    }
    return 0;
}
