/* Fits up to 32 samples as they come in, then predicts, for ever: fit-predict of tests/measure. */
#include "ntk.h"

#include "print.h"

static ntk_model_2x32 model;
volatile float input, output;

int main(void) {
    (void)ntk_model_2x32_init(&model, sizeof model);
    for (;;) {
        float x[30], y[15];
        ntk_prediction at;
        int i;
        for (i = 0; i < 30; ++i) x[i] = input;
        for (i = 0; i < 15; ++i) y[i] = input;
        (void)ntk_model_2x32_clear(&model);
        (void)ntk_model_2x32_fit_empty(&model, x, 30, y, 15, input);
        x[0] = input;
        if (ntk_model_2x32_predict(&model, x, 2, &at) == NTK_OK) {
            output = at.mean;
            output = at.deviation;
        }
    }
}
