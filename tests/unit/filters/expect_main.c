/* SPDX-License-Identifier: Apache-2.0 */
/* The table without CUnit, and the check of the programs: what another machine's
 * compiler makes of verifier, simulator and look-up, under its emulator. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "expect_notify.h"

static unsigned check_native(const char *name)
{
    unsigned wrong = 0;
    for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++) {
        const char *why = "";
        const srt_filter_program *program = srt_filter_native(variant);
        if (!expect_variant(variant)) {
            wrong += program != NULL;
        } else if (!program || strcmp(program->arch, name) != 0 || program->variant != variant) {
            fprintf(stderr, "variant %u: the native program is %s\n", variant,
                    program ? program->arch : "missing");
            wrong++;
        } else if (srt_filter_verify(program->code, program->count, &why) != 0) {
            fprintf(stderr, "variant %u: %s\n", variant, why);
            wrong++;
        }
    }
    return wrong;
}

int main(int argc, char **argv)
{
    unsigned rows = 0, foreign = 0, notify = 0;
    if (argc != 2)
        return 2;
    unsigned wrong = check_native(argv[1]);
    wrong += expect_check(&rows);
    wrong += expect_check_foreign(&foreign);
    wrong += notify_check(&notify);
    printf("%u checks, %u wrong\n", rows + foreign + notify, wrong);
    return wrong == 0 && rows > 1000 && notify > 1000 ? 0 : 1;
}
