/* SPDX-License-Identifier: Apache-2.0 */
/* A profile: read, looked over and asked. */
#include <stdint.h>
#include <stdlib.h>

#include "sbpl.h"

static const char *const questions[] = {
    "file-read-data path=/a/b",
    "file-write-unlink path=/ vnode-type=DIRECTORY",
    "network-outbound remote=tcp:127.0.0.1:80 local=tcp:0.0.0.0:0",
    "network-bind local=unix:/a",
    "mach-lookup global-name=x",
    "signal target=self",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[200], words[200];
    static const char *const params[] = {"A=/a", "B=b", NULL};
    sbpl *profile = sbpl_load_with((const char *)data, size, params, why, sizeof why);
    if (!profile)
        return 0;
    sbpl_lint(profile, NULL, NULL);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        for (int model = 0; model < SBPL_MODELS; model++) {
            sbpl_question question;
            sbpl_answer answer;
            if (!sbpl_parse_question(questions[i], words, sizeof words, &question) ||
                !sbpl_ask(profile, (sbpl_model)model, i % 2, &question, &answer, why, sizeof why))
                abort();
        }
    sbpl_free(profile);
    return 0;
}
