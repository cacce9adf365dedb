/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the programs again. With the libseccomp that made the checked-in ones
 * every byte must be the same; another version may order instructions otherwise,
 * so there the answers must be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate/cubes.h"
#include "generate/generate.h"
#include "generate/shrink.h"
#include "probes.h"
#include "simulate/simulate.h"
#include "support/unit.h"

static char *read_program_file(const char *arch, const char *suffix)
{
    char path[4096];
    const char *source = getenv("SRT_SOURCE_DIR");
    if (!source)
        return NULL;
    snprintf(path, sizeof path, "%s/filters/programs/%s%s", source, arch, suffix);
    FILE *in = fopen(path, "re");
    char *text = calloc(1, 1 << 20);
    if (in && text)
        text[fread(text, 1, (1 << 20) - 1, in)] = '\0';
    if (in)
        fclose(in);
    return text;
}

static bool same_generator(const char *arch)
{
    char *text = read_program_file(arch, ".c");
    char with[128];
    snprintf(with, sizeof with, " with %s.", srt_generator_version());
    const bool same = text && strstr(text, with) != NULL;
    free(text);
    return same;
}

static void same_file(enum srt_arch arch, const char *suffix, const srt_generated *programs,
                      void (*write)(FILE *, enum srt_arch, const srt_generated *))
{
    char *made = NULL, *kept = read_program_file(srt_arches[arch].name, suffix);
    size_t length = 0;
    FILE *out = open_memstream(&made, &length);
    write(out, arch, programs);
    fclose(out);
    const bool same = kept && strcmp(made, kept) == 0;
    if (!same)
        fprintf(stderr,
                "filters/programs/%s%s is not what the rules make: "
                "build filters-regenerate, review, commit\n",
                srt_arches[arch].name, suffix);
    CU_ASSERT(same);
    free(made);
    free(kept);
}

typedef struct comparison {
    enum srt_arch arch;
    uint32_t variant;
    const srt_generated *made;
    const srt_filter_program *kept;
    unsigned wrong;
} comparison;

static void compare(void *data, const struct seccomp_data *call)
{
    comparison *c = data;
    uint32_t answers[2] = {1, 2};
    const bool big = srt_arches[c->arch].big_endian;
    srt_simulate(c->kept->code, c->kept->count, big, call, &answers[0], NULL, NULL);
    srt_simulate(c->made->code[c->variant], c->made->count[c->variant], big, call, &answers[1],
                 NULL, NULL);
    c->wrong += answers[0] != answers[1];
}

static void same_answers(enum srt_arch arch, const srt_generated *programs)
{
    for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++) {
        CU_ASSERT_EQUAL(programs->count[variant] != 0, srt_variant_exists(variant));
        if (programs->count[variant] == 0)
            continue;
        comparison c = {arch, variant, programs, srt_filter_find(srt_arches[arch].name, variant),
                        0};
        probes_each(arch, compare, &c);
        CU_ASSERT_EQUAL(c.wrong, 0);
    }
}

static void the_rules_make_what_is_kept(void)
{
    srt_generated *programs = calloc(1, sizeof *programs);
    for (int i = 0; i < SRT_ARCHES; i++) {
        const enum srt_arch arch = (enum srt_arch)i;
        CU_ASSERT_EQUAL_FATAL(srt_generate(arch, programs), 0);
        if (same_generator(srt_arches[arch].name)) {
            same_file(arch, ".c", programs, srt_write_program);
            same_file(arch, ".txt", programs, srt_write_listing);
        } else {
            same_answers(arch, programs);
        }
    }
    free(programs);
}

/* The other half of the case above, which one machine sees only one half of. */
static void the_answers_are_those_of_what_is_kept(void)
{
    srt_generated *programs = calloc(1, sizeof *programs);
    CU_ASSERT_EQUAL_FATAL(srt_generate(SRT_ARCH_S390X, programs), 0);
    same_answers(SRT_ARCH_S390X, programs);
    free(programs);
}

static bool covered(const srt_cube *cubes, int n, uint32_t value)
{
    for (int i = 0; i < n; i++)
        if ((value & cubes[i].mask) == cubes[i].value)
            return true;
    return false;
}

static bool one_of(const srt_rule_test *test, uint32_t value)
{
    for (unsigned i = 0; i < test->n_values; i++)
        if ((value & test->mask) == test->values[i])
            return true;
    return false;
}

/* Every value of 10 bits, for every choice of mask among some and three values. */
static void complements_are_exact(void)
{
    static const uint32_t masks[] = {0x3ff, 0xf, 0x155, 0x3f0, 0x1};
    srt_cube cubes[SRT_CUBES];
    unsigned wrong = 0;
    for (unsigned m = 0; m < 5; m++)
        for (uint32_t seed = 0; seed < 97; seed++) {
            srt_rule_test test = {SRT_TEST_NONE_OF, 0, 3, masks[m], {0}};
            for (unsigned i = 0; i < 3; i++)
                test.values[i] = (seed * 131 * (i + 1) + i * 7) & masks[m];
            const int n = srt_cubes(&test, cubes);
            CU_ASSERT(n >= 0);
            for (uint32_t value = 0; value < 1024; value++)
                wrong += covered(cubes, n, value) == one_of(&test, value);
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Bit tests that another jump enters stay, and so does what asks for what they leave. */
static void shrinking_keeps_what_matters(void)
{
    struct sock_filter code[] = {
        {0x20, 0, 0, 0},  {0x15, 3, 0, 7}, {0x20, 0, 0, 16}, {0x54, 0, 0, 4}, {0x15, 4, 0, 4},
        {0x20, 0, 0, 16}, {0x54, 0, 0, 2}, {0x15, 1, 0, 2},  {0x15, 0, 0, 0}, {0x06, 0, 0, 1},
    };
    struct sock_filter before[sizeof code / sizeof *code];
    memcpy(before, code, sizeof code);
    CU_ASSERT_EQUAL(srt_shrink(code, 10), 9);
    CU_ASSERT_EQUAL(code[3].k, 4);
    CU_ASSERT_EQUAL(code[5].code, 0x54);
    CU_ASSERT_EQUAL(code[1].jt, 2);
    /* Without the entry in the middle and the question at the end they are one. */
    memcpy(code, before, sizeof code);
    code[1].jt = 0;
    code[8] = (struct sock_filter){0x06, 0, 0, 2};
    CU_ASSERT_EQUAL(srt_shrink(code, 10), 6);
    CU_ASSERT_EQUAL(code[3].code, 0x45);
    CU_ASSERT_EQUAL(code[3].k, 6);
    CU_ASSERT_EQUAL(code[3].jt, 1);
    CU_ASSERT_EQUAL(code[5].k, 1);
}

static void too_many_cubes_are_refused(void)
{
    srt_cube cubes[SRT_CUBES];
    srt_rule_test test = {SRT_TEST_NONE_OF, 0, 6, 0xffffffffu, {0}};
    for (unsigned i = 0; i < 6; i++)
        test.values[i] = 0x92345671u * (i + 3);
    CU_ASSERT_EQUAL(srt_cubes(&test, cubes), -1);
}

static const srt_unit_case cases[] = {
    {"the_rules_make_what_is_kept", the_rules_make_what_is_kept},
    {"the_answers_are_those_of_what_is_kept", the_answers_are_those_of_what_is_kept},
    {"complements_are_exact", complements_are_exact},
    {"shrinking_keeps_what_matters", shrinking_keeps_what_matters},
    {"too_many_cubes_are_refused", too_many_cubes_are_refused},
};

SRT_UNIT_MAIN("filters.generate", cases)
