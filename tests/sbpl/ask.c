/* SPDX-License-Identifier: Apache-2.0 */
/* ask tree|ordered|linear fold|exact PROFILE [NAME=VALUE...]: a question a line on standard
 * input, an answer a line: "allow RULE" or "deny RULE", the rule's number or -1. The rest
 * are the profile's parameters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sbpl.h"

static char *read_all(const char *path, size_t *ret_length)
{
    static char text[1 << 22];
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(2);
    }
    *ret_length = fread(text, 1, sizeof text, f);
    fclose(f);
    return text;
}

static sbpl_model model_of(const char *name)
{
    return strcmp(name, "linear") == 0    ? SBPL_LINEAR
           : strcmp(name, "ordered") == 0 ? SBPL_ORDERED
                                          : SBPL_TREE;
}

int main(int argc, char **argv)
{
    char line[4096], words[4096], why[400];
    size_t length = 0;
    if (argc < 4)
        return 2;
    bool fold = strcmp(argv[2], "fold") == 0;
    char *text = read_all(argv[3], &length);
    sbpl *profile = sbpl_load_with(text, length, (const char *const *)argv + 4, why, sizeof why);
    if (!profile) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    while (fgets(line, sizeof line, stdin)) {
        sbpl_question question;
        sbpl_answer answer;
        line[strcspn(line, "\n")] = '\0';
        if (!sbpl_parse_question(line, words, sizeof words, &question) ||
            !sbpl_ask(profile, model_of(argv[1]), fold, &question, &answer, why, sizeof why)) {
            fprintf(stderr, "%s: %s\n", line, why);
            return 1;
        }
        printf("%s %d\n", answer.allow ? "allow" : "deny", answer.rule);
    }
    sbpl_free(profile);
    return 0;
}
