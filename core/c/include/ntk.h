/*
 * ntk.h: calibrate a sensor on the device, from C99 or C++.
 *
 * Raw readings and true values in; a value, an interval that holds and "has the like been seen" out. The
 * memory is yours: no malloc, no printf, no global state. Numbers are float, results have the same bits on
 * every machine.
 *
 *     static ntk_sensor_1x16 sensor;               one input, room for 16 samples; starts as zeros
 *     static const float volts[10] = {...}, degrees[10] = {...};
 *     ntk_reading at;
 *     float now = 1.20f;
 *     ntk_status status = ntk_sensor_1x16_init(&sensor, sizeof sensor);
 *     if (!status) status = ntk_sensor_1x16_fit(&sensor, volts, 10, degrees, 10);
 *     if (!status) status = ntk_sensor_1x16_read(&sensor, &now, 1, 0.9f, &at);
 *     if (status) log(ntk_text(status));           else: at.value, at.low, at.high, at.familiarity
 *
 * ntk_stream_DxN hears a sensor that drifts for years and keeps N of its inputs; ntk_model_DxN is smaller
 * than both and chooses nothing.
 *
 * Link the library's archive for your processor with -Wl,--gc-sections; README.md beside this folder and
 * docs/c.md say how. SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef NTK_H
#define NTK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NTK_VERSION "0.1.0"

/* The version of the archive: compare it with NTK_VERSION to find a header and an archive of two releases. */
const char *ntk_version(void);

/*
 * ERRORS
 *
 * Every function returns a status: 0 (NTK_OK) when it has done what it is for. Otherwise it has changed
 * nothing, and the status is a code and an index or size, code + 256 * at:
 *
 *     switch (ntk_code(status)) { case NTK_NOT_FINITE_X: discard(ntk_at(status)); ... }
 *
 * Misuse is an error too: NULL, an unaligned pointer, memory that is too small or holds nothing, an array of
 * another length, an argument inside the model's memory. What no library can see is yours: that a pointer
 * points at as much memory as its type and length say, and that one thread at a time changes a model.
 * Functions that take a `const` model may run at the same time; those of different models always may.
 * Interrupts count as threads.
 */
typedef int32_t ntk_status;

enum {
    NTK_OK = 0,
    NTK_NULL = 1,                   /* a pointer is NULL */
    NTK_UNALIGNED = 2,              /* a pointer is not aligned; at: the alignment it needs, in bytes */
    NTK_MEMORY = 3,                 /* the memory is too small; at: the bytes it takes */
    NTK_NOT_INITIALISED = 4,        /* no model of this shape is there; call init */
    NTK_IN_USE = 5,                 /* init where a model of this shape is already */
    NTK_OVERLAP = 6,                /* an argument lies inside of the model's memory */
    NTK_LENGTH = 7,                 /* another length; at: the length, or the divisor, it needs */
    NTK_OUT_OF_BOUNDS = 8,          /* there is no such sample; at: how many there are */
    NTK_CAPACITY = 9,               /* more samples than there is room for; at: the room */
    NTK_NOT_FINITE_X = 10,          /* an input is NaN or infinite; at: its sample */
    NTK_NOT_FINITE_Y = 11,          /* a label is NaN or infinite; at: its sample */
    NTK_NOT_FINITE = 12,            /* a number on the way or a result overflows */
    NTK_LEVEL = 13,                 /* a level that is not above 0 and below 1 */
    NTK_RIDGE = 14,                 /* a ridge that is negative or not finite */
    NTK_RANGE = 15,                 /* a range without a width, a scale that is not above 0 */
    NTK_SETTING = 16,               /* another setting out of its range, in a file */
    NTK_WHEN_FULL = 17,             /* none of the values of NTK_REFUSE .. NTK_DROP_REDUNDANT */
    NTK_RIDGE_TOO_SMALL = 18,       /* the ridge is lost in rounding; at: the sample beside which it is */
    NTK_TOO_FEW_SAMPLES = 19,       /* too few for this level; at: the samples needed */
    NTK_COINCIDENT = 20,            /* two samples coincide while the ridge is 0; at: the later one */
    NTK_NOT_POSITIVE_DEFINITE = 21, /* a sample nearly depends on the earlier ones; at: that sample */
    NTK_NOT_FITTED = 22,            /* there are no samples */
    NTK_ALREADY_FITTED = 23,        /* there are samples where there must be none */
    NTK_FORGETTING = 24,            /* a factor of forgetting that is not above 0 and at most 1 */
    NTK_NOISE = 25,                 /* a noise or deviation that is not above 0 and finite */
    NTK_AMPLITUDE = 26,             /* an amplitude that is not above 0 and finite */
    NTK_ELAPSED = 27,               /* a time between samples that is negative or not finite */
    NTK_FILE_ROOM = 32,             /* the buffer is too small; at: the bytes that the file takes */
    NTK_FILE_LENGTH = 33,           /* the file is cut off; at: the bytes that its head asks for */
    NTK_FILE_MAGIC = 34,            /* no file of a model, or of a stream */
    NTK_FILE_VERSION = 35,          /* another version of the format; at: the file's */
    NTK_FILE_CHECKSUM = 36,         /* corrupted */
    NTK_FILE_SCALAR = 37,           /* its numbers are not float; at: 2 for double */
    NTK_FILE_HEAD = 38,             /* a field of its head means nothing; at: its value */
    NTK_FILE_KERNEL = 39,           /* another kernel; at: the file's activation */
    NTK_FILE_SAMPLE = 40,           /* a sample with a wrong length; at: the sample */
    NTK_FILE_MEANS_ONLY = 41,       /* exported with --means: it predicts and cannot learn */
    NTK_FILE_SCALED = 42,           /* the file of a sensor, read as a model */
    NTK_UNKNOWN = 127               /* an error without a code */
};

/* The code of a status, one of those above. */
static inline int32_t ntk_code(ntk_status status) { return status & 0xff; }

/* The index or size of a status, at most 2^23 - 1. */
static inline size_t ntk_at(ntk_status status) { return (size_t)((uint32_t)status >> 8); }

/* What a status means and what helps, in English; never NULL. 3 KB of flash, in a program that calls it. */
const char *ntk_text(ntk_status status);

/* RESULTS */

/* What a sensor says of a reading, in the units of the labels (but for familiarity). */
typedef struct {
    float value;       /* the calibrated value */
    float low, high;   /* a new observation lies between them with the level that was asked for */
    float deviation;   /* standard deviation of the calibration curve here */
    float familiarity; /* the share of good readings as far from the others; small: never seen */
} ntk_reading;

/* The prediction for a sample by a model that has not seen it, in the units of the labels. */
typedef struct {
    float mean;
    float deviation; /* standard deviation of an observation, its noise included */
} ntk_left_out;

/* The prediction of a model, in the units of its labels (but for novelty). */
typedef struct {
    float mean;
    float deviation;             /* of the function */
    float observation_deviation; /* of a new observation, its noise included */
    float novelty;               /* the part of the prior's variance that the samples leave, 0 (known) .. 1 */
} ntk_prediction;

/* What a stream says at an input, in the units of the labels (but for novelty). */
typedef struct {
    float mean;
    float low, high; /* nine of ten samples of the stream fall between them if the level is 0.9 */
    float deviation; /* standard deviation of the function here */
    float novelty;   /* the part of the prior's variance that is left, 0 (known) .. 1 (nothing like it heard) */
} ntk_answer;

/* What a stream has and has found. */
typedef struct {
    uint32_t kept;    /* inputs kept, at most N */
    uint32_t heard;   /* samples heard, at most 2^32 - 1 */
    float noise;      /* variance of the labels' noise in units of the kernel */
    float forgetting; /* the factor by which a unit of time is forgotten */
} ntk_stream_state;

/* What hear did with a sample: ntk_code(learned); which input was replaced is ntk_at(learned). */
enum {
    NTK_JOINED = 0,   /* its input is kept from now on */
    NTK_REPLACED = 1, /* its input took the place of another; those after that have moved up, it is the last */
    NTK_ABSORBED = 2, /* its label was learned, its input need not be kept */
    NTK_REPEATED = 3  /* the 17th or a later equal sample in a row, as of a sensor that is stuck: not learned */
};

/* As a setting of a stream: it finds the number by itself, as at first. */
#define NTK_FOUND 0.0f

/* What push does when all N places are taken. */
enum {
    NTK_REFUSE = 0,        /* returns NTK_CAPACITY */
    NTK_DROP_OLDEST = 1,   /* a sliding window */
    NTK_DROP_REDUNDANT = 2 /* drops the sample of which the others know most; n^3/6 multiply-adds more */
};

/*
 * MEMORY
 *
 * A type for each shape: D inputs, room for N samples, one output. It holds nothing but numbers, so it may
 * stand in a `static` (as zeros), in a struct or on the stack, and a copy of it is another sensor. Before
 * init, memory must not look like a sensor by chance: zeros do not, fresh stack that held one before may
 * (NTK_IN_USE); call end, or zero it. ntk_sensor_1x16 takes 1,544 bytes, ntk_stream_1x16 1,504;
 * NTK_SENSOR_BYTES(D, N) is a constant of the compiler.
 */
#define NTK_SENSOR_BYTES(D, N) ((4u * ((N) * ((D) + (N) + 6u) + 2u * (D) + 3u) + 56u) / 8u * 8u)
#define NTK_STREAM_BYTES(D, N) ((4u * ((N) * ((D) + (N) + 5u) + 2u * (D) + 6u) + 71u) / 8u * 8u)
#define NTK_MODEL_BYTES(D, N) ((4u * ((N) * ((D) + (N) + 5u) + 1u) + 48u) / 8u * 8u)

/* The most bytes that a saved sensor, stream or model takes; file_size says what it takes now. */
#define NTK_SENSOR_FILE_BYTES(D, N) (NTK_MODEL_FILE_BYTES(D, N) + 8u * ((D) + 1u))
#define NTK_STREAM_FILE_BYTES(D, N) (NTK_SENSOR_FILE_BYTES(D, N) + 52u + 2u * (N) * ((N) + 1u))
#define NTK_MODEL_FILE_BYTES(D, N) (48u + 4u * ((N) * ((D) + 4u) + (N) * ((N) + 1u) / 2u))

/*
 * FUNCTIONS, for each shape: ntk_sensor_DxN_init .., ntk_stream_DxN_init .., ntk_model_DxN_init ..
 *
 * n is the number of samples, of a stream that of the inputs it keeps. x is an input: D floats, and x_count
 * says so; in `fit` and `begin` n rows of D floats, x_count = n D. Samples count from 0, the oldest. Stack is
 * in bytes, on a Cortex-M4F.
 *
 * OF ALL THREE
 *
 * init(memory, size)
 *     Makes an empty model in memory of `size` bytes (sizeof). NTK_NULL, NTK_UNALIGNED, NTK_MEMORY,
 *     NTK_IN_USE.
 * end(memory)
 *     Gives the memory back; what was learned is lost. Frees nothing, there is nothing.
 * file_size(memory, &size)
 *     The bytes that save writes now. NTK_NOT_FITTED.
 * save(memory, buffer, size, &written)
 *     Writes everything, with a checksum; little endian, any alignment. `written` may be NULL.
 *     NTK_NOT_FITTED, NTK_FILE_ROOM (at: the bytes needed).
 * load(memory, file, size)
 *     Takes what save wrote, or for a sensor `ntk export --lang bin --precision f32`, in place of all that is
 *     known; goes on to learn with the same bits. `size` may be that of a page of flash: what follows the
 *     file is not looked at. The file may come from a smaller or larger shape of D inputs if its samples fit.
 *     NTK_FILE_*, NTK_CAPACITY, NTK_LENGTH.
 *
 * OF SENSORS AND OF MODELS
 *
 * count(memory, &n)
 *     The number of samples.
 * sample(memory, i, x, D, &y)
 *     Writes sample i, in its own units, to a rounding. NTK_OUT_OF_BOUNDS.
 * push(memory, x, D, y, full, &dropped)
 *     Learns a sample more with the settings of the last fit. `full` is one of NTK_REFUSE, NTK_DROP_OLDEST,
 *     NTK_DROP_REDUNDANT. `dropped` may be NULL; it is set to the number of the sample that left, or to N if
 *     none did. Cost: n kernel values and 2 n^2 multiply-adds, 6 n^2 where one leaves; for a sensor n^3/6
 *     more. NTK_CAPACITY, NTK_NOT_FINITE_X, NTK_NOT_FINITE_Y, NTK_COINCIDENT, NTK_NOT_POSITIVE_DEFINITE.
 * remove(memory, i)
 *     Forgets sample i; those after it move up. At most 4 n^2 multiply-adds; for a sensor n^3/6 more.
 *     NTK_OUT_OF_BOUNDS.
 * replace(memory, i, x, D, y)
 *     Both in one step: either both happen or nothing does.
 * leave_one_out(memory, i, &out)
 *     What a model without sample i says of it: how good is the calibration? n^2/2 multiply-adds at most.
 *     NTK_OUT_OF_BOUNDS, NTK_NOT_FITTED.
 *
 * THE SENSOR, ntk_sensor_DxN: scales, chooses kernel, ridge and bias from the samples; nothing to choose.
 *
 * set_range(memory, low, high, D)
 *     Scales inputs by these ends from the next fit on, not by the samples. Before the first fit only:
 *     NTK_ALREADY_FITTED, NTK_RANGE.
 * fit(memory, x, x_count, y, y_count)
 *     Learns n samples in place of all that is known; what was known stays if it fails. The
 *     search tries 21 settings, n^3/6 multiply-adds each; 15 samples take 0.4 million instructions
 *     and 1.3 KB of stack.
 *     NTK_CAPACITY, NTK_LENGTH, NTK_NOT_FINITE_X, NTK_NOT_FINITE_Y, NTK_NOT_FINITE.
 * read(memory, x, D, level, &out)
 *     Value, interval of this level, deviation, familiarity. Nine samples are needed for a level of 0.9:
 *     NTK_TOO_FEW_SAMPLES. 15 samples: 14,000 instructions. The interval holds if samples and observations
 *     are drawn alike, whatever the noise.
 * value(memory, x, D, &value)
 *     The value alone; n kernel values.
 * p_value(memory, x, D, y, &p)
 *     The share of good observations that look as strange as (x, y): below 0.05, at most one good observation
 *     in twenty is refused. A test for outliers before push.
 *
 * THE STREAM, ntk_stream_DxN: hears every sample of a sensor, keeps up to N of their inputs, and forgets as
 * the sensor drifts. It finds noise, forgetting and amplitude by itself. Give it the ranges of inputs and
 * labels, or its first samples with `begin`.
 *
 * set_range(memory, low, high, D), set_labels(memory, low, high)
 *     Scales inputs by the range of the sensor, in its units, and labels by the range that they have as a
 *     rule; labels beyond it are as welcome. Before the first sample only: NTK_ALREADY_FITTED, NTK_RANGE.
 * set_forgetting(memory, factor)
 *     The part of what is known that a unit of time leaves: above 0 and at most 1. With 0.999 a sample counts
 *     1 / e after 1,000 samples, with 1 all samples for ever. NTK_FOUND; NTK_FORGETTING.
 * set_noise(memory, noise), set_amplitude(memory, amplitude)
 *     The variance of the labels' noise in units of the kernel, and how large the function is in units of the
 *     scaled labels: above 0. NTK_FOUND; NTK_NOISE, NTK_AMPLITUDE.
 * clear(memory)
 *     Forgets all samples and what was found from them; ranges and settings stay.
 * begin(memory, x, x_count, y, y_count)
 *     Scales by these first samples, a dozen say, and hears each of them. NTK_ALREADY_FITTED, NTK_LENGTH,
 *     NTK_NOT_FINITE_X, NTK_NOT_FINITE_Y.
 * hear(memory, x, D, y, &learned)
 *     Learns a sample. `learned` may be NULL; see NTK_JOINED. Cost: n kernel values and 4 n^2 multiply-adds,
 *     n^3/6 more where all places are taken and the input is new. 15 inputs kept: 17,000 instructions, 36,000
 *     where one is replaced; 1.5 KB of stack. NTK_NOT_FINITE_X, NTK_NOT_FINITE_Y, NTK_NOT_FINITE.
 * hear_on(memory, x, D, y, elapsed, deviation, &learned)
 *     The same for a sample that is `elapsed` units of time after the last, where hear takes one, and whose
 *     label has this standard deviation, in its units, or that of the stream if it is NTK_FOUND. NTK_ELAPSED,
 *     NTK_NOISE; with a deviation NTK_NOT_FITTED before the first sample.
 * answer(memory, x, D, level, &out)
 *     Mean, interval of this level, deviation, novelty: n kernel values and 2 n^2 multiply-adds, 12,000
 *     instructions where 15 inputs are kept. The interval reaches as far as this share of the stream's own
 *     errors did, whatever they are, drifting or not: it holds for the stream as a whole, not for an input.
 *     NTK_NOT_FITTED, NTK_LEVEL.
 * p_value(memory, x, D, y, &p)
 *     The share of the stream's errors that are as large as that of (x, y): a test for outliers before hear.
 * familiarity(memory, x, D, &f)
 *     The share of the inputs kept that are as far from the others as x is; small: never heard.
 * state(memory, &out)
 *     Inputs kept, samples heard, noise and forgetting as they are now.
 *
 * THE MODEL, ntk_model_DxN: the kernel of the lecture (NTK of a ReLU network without biases) and a ridge that
 * you choose: the smallest program that learns. It scales nothing: bring inputs to about 1, labels to mean 0,
 * and add an input that is always 1, or the function is a pair of straight lines through 0.
 *
 * fit_empty(memory, x, x_count, y, y_count, ridge)
 *     Fits an empty model: n^2/2 kernel values and n^3/6 multiply-adds. The ridge is the variance of the
 *     noise in units of the kernel. NTK_ALREADY_FITTED (call clear), NTK_CAPACITY, NTK_LENGTH, NTK_RIDGE,
 *     NTK_RIDGE_TOO_SMALL, NTK_COINCIDENT, NTK_NOT_POSITIVE_DEFINITE, NTK_NOT_FINITE_X, NTK_NOT_FINITE_Y,
 *     NTK_NOT_FINITE.
 * fit(memory, .. the same)
 *     The same where a model may be, which stays if it fails: 6 KB of flash more.
 * clear(memory)
 *     Forgets all samples.
 * predict(memory, x, D, &out)
 *     Mean and deviations: n kernel values and n^2/2 multiply-adds.
 * mean(memory, x, D, &mean)
 *     The mean alone.
 */
#define NTK_SHAPE(D, N) \
    NTK_KIND(sensor, D##x##N, NTK_SENSOR_BYTES(D, N)) \
    NTK_LEARNS(sensor, D##x##N) \
    ntk_status ntk_sensor_##D##x##N##_set_range(ntk_sensor_##D##x##N *memory, const float *low, \
                                                const float *high, size_t count); \
    ntk_status ntk_sensor_##D##x##N##_fit(ntk_sensor_##D##x##N *memory, const float *x, size_t x_count, \
                                          const float *y, size_t y_count); \
    ntk_status ntk_sensor_##D##x##N##_read(const ntk_sensor_##D##x##N *memory, const float *x, \
                                           size_t x_count, float level, ntk_reading *out); \
    ntk_status ntk_sensor_##D##x##N##_value(const ntk_sensor_##D##x##N *memory, const float *x, \
                                            size_t x_count, float *value); \
    ntk_status ntk_sensor_##D##x##N##_p_value(const ntk_sensor_##D##x##N *memory, const float *x, \
                                              size_t x_count, float y, float *p); \
    NTK_KIND(stream, D##x##N, NTK_STREAM_BYTES(D, N)) \
    ntk_status ntk_stream_##D##x##N##_set_range(ntk_stream_##D##x##N *memory, const float *low, \
                                                const float *high, size_t count); \
    ntk_status ntk_stream_##D##x##N##_set_labels(ntk_stream_##D##x##N *memory, float low, float high); \
    ntk_status ntk_stream_##D##x##N##_set_forgetting(ntk_stream_##D##x##N *memory, float factor); \
    ntk_status ntk_stream_##D##x##N##_set_noise(ntk_stream_##D##x##N *memory, float noise); \
    ntk_status ntk_stream_##D##x##N##_set_amplitude(ntk_stream_##D##x##N *memory, float amplitude); \
    ntk_status ntk_stream_##D##x##N##_clear(ntk_stream_##D##x##N *memory); \
    ntk_status ntk_stream_##D##x##N##_begin(ntk_stream_##D##x##N *memory, const float *x, size_t x_count, \
                                            const float *y, size_t y_count); \
    ntk_status ntk_stream_##D##x##N##_hear(ntk_stream_##D##x##N *memory, const float *x, size_t x_count, \
                                           float y, int32_t *learned); \
    ntk_status ntk_stream_##D##x##N##_hear_on(ntk_stream_##D##x##N *memory, const float *x, \
                                              size_t x_count, float y, float elapsed, float deviation, \
                                              int32_t *learned); \
    ntk_status ntk_stream_##D##x##N##_answer(const ntk_stream_##D##x##N *memory, const float *x, \
                                             size_t x_count, float level, ntk_answer *out); \
    ntk_status ntk_stream_##D##x##N##_p_value(const ntk_stream_##D##x##N *memory, const float *x, \
                                              size_t x_count, float y, float *p); \
    ntk_status ntk_stream_##D##x##N##_familiarity(const ntk_stream_##D##x##N *memory, const float *x, \
                                                  size_t x_count, float *familiarity); \
    ntk_status ntk_stream_##D##x##N##_state(const ntk_stream_##D##x##N *memory, ntk_stream_state *out); \
    NTK_KIND(model, D##x##N, NTK_MODEL_BYTES(D, N)) \
    NTK_LEARNS(model, D##x##N) \
    ntk_status ntk_model_##D##x##N##_fit(ntk_model_##D##x##N *memory, const float *x, size_t x_count, \
                                         const float *y, size_t y_count, float ridge); \
    ntk_status ntk_model_##D##x##N##_fit_empty(ntk_model_##D##x##N *memory, const float *x, size_t x_count, \
                                               const float *y, size_t y_count, float ridge); \
    ntk_status ntk_model_##D##x##N##_clear(ntk_model_##D##x##N *memory); \
    ntk_status ntk_model_##D##x##N##_predict(const ntk_model_##D##x##N *memory, const float *x, \
                                             size_t x_count, ntk_prediction *out); \
    ntk_status ntk_model_##D##x##N##_mean(const ntk_model_##D##x##N *memory, const float *x, size_t x_count, \
                                          float *mean);

/* The type of a shape, the check of its size, and what all kinds have in common. */
#define NTK_KIND(KIND, SHAPE, BYTES) \
    typedef struct { \
        size_t numbers[(BYTES) / sizeof(size_t)]; \
    } ntk_##KIND##_##SHAPE; \
    typedef char ntk_##KIND##_##SHAPE##_has_its_size[sizeof(ntk_##KIND##_##SHAPE) == (BYTES) ? 1 : -1]; \
    ntk_status ntk_##KIND##_##SHAPE##_init(ntk_##KIND##_##SHAPE *memory, size_t size); \
    ntk_status ntk_##KIND##_##SHAPE##_end(ntk_##KIND##_##SHAPE *memory); \
    ntk_status ntk_##KIND##_##SHAPE##_file_size(const ntk_##KIND##_##SHAPE *memory, size_t *size); \
    ntk_status ntk_##KIND##_##SHAPE##_save(const ntk_##KIND##_##SHAPE *memory, uint8_t *buffer, size_t size, \
                                           size_t *written); \
    ntk_status ntk_##KIND##_##SHAPE##_load(ntk_##KIND##_##SHAPE *memory, const uint8_t *file, size_t size);

/* What sensors and models have in common. */
#define NTK_LEARNS(KIND, SHAPE) \
    ntk_status ntk_##KIND##_##SHAPE##_count(const ntk_##KIND##_##SHAPE *memory, size_t *n); \
    ntk_status ntk_##KIND##_##SHAPE##_sample(const ntk_##KIND##_##SHAPE *memory, size_t i, float *x, \
                                             size_t x_count, float *y); \
    ntk_status ntk_##KIND##_##SHAPE##_push(ntk_##KIND##_##SHAPE *memory, const float *x, size_t x_count, \
                                           float y, int32_t full, size_t *dropped); \
    ntk_status ntk_##KIND##_##SHAPE##_remove(ntk_##KIND##_##SHAPE *memory, size_t i); \
    ntk_status ntk_##KIND##_##SHAPE##_replace(ntk_##KIND##_##SHAPE *memory, size_t i, const float *x, \
                                              size_t x_count, float y); \
    ntk_status ntk_##KIND##_##SHAPE##_leave_one_out(const ntk_##KIND##_##SHAPE *memory, size_t i, \
                                                    ntk_left_out *out);

/* SHAPES: inputs, room for samples. For another add a line here and in src/shapes.rs, and build. */
#define NTK_SHAPES(X) \
    X(1, 16) \
    X(1, 32) \
    X(2, 16) \
    X(2, 32) \
    X(3, 24) \
    X(3, 48) \
    X(4, 32) \
    X(6, 48)

NTK_SHAPES(NTK_SHAPE)

#ifdef __cplusplus
}
#endif

#endif
