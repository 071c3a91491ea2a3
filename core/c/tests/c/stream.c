/* Hears samples of one input for ever and answers with an interval: stream of tests/measure. */
#include "ntk.h"

#include "print.h"

static ntk_stream_1x16 stream;
volatile float input, output;

int main(void) {
    float low = input, high = input;
    (void)ntk_stream_1x16_init(&stream, sizeof stream);
    (void)ntk_stream_1x16_set_range(&stream, &low, &high, 1);
    (void)ntk_stream_1x16_set_labels(&stream, input, input);
    for (;;) {
        float x = input;
        ntk_answer at;
        (void)ntk_stream_1x16_hear(&stream, &x, 1, input, NULL);
        x = input;
        if (ntk_stream_1x16_answer(&stream, &x, 1, input, &at) == NTK_OK) {
            output = at.mean;
            output = at.low;
            output = at.high;
            output = at.novelty;
        }
    }
}
