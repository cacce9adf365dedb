/* SPDX-License-Identifier: Apache-2.0 */
/* What is written can be read, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

#include "steps.h"

static const nt_step root = {.kind = NT_ROOT, .path = "/"}, end = {.kind = NT_END};

static int count(void *data, const nt_step *step)
{
    char *text = data;
    sprintf(text + strlen(text), "%u %x %u %s %s\n", step->kind, step->flags, step->base,
            step->path, step->source ? step->source : "-");
    return 0;
}

static const char *read_back(const nt_writer *w, char *text)
{
    const char *why = "";
    text[0] = '\0';
    const int r = nt_read(w->bytes, w->length, count, text, &why);
    CU_ASSERT_EQUAL(r, *why ? -1 : 0);
    return why;
}

static void test_round(void)
{
    static const nt_step steps[] = {
        {NT_ROOT, NT_RDONLY | NT_PACED, 0, "/", NULL},
        {NT_BIND, NT_RDONLY | NT_EARLY | NT_FILE, 2, "/h/a b", "/c"},
        {NT_BIND, NT_OPTIONAL, 0, "/sys", NULL},
        {NT_TMPFS, NT_STICKY, 1, "/x", NULL},
        {NT_PIN, 0, 0, "/p", NULL},
        {NT_MASK, 0, 0, "/m", NULL},
        {NT_CLOSE, 0, 0, "/", NULL},
        {NT_LINK, 0, 1, "/bin", "usr/bin"},
        {NT_DEV, 0, 0, "/dev", NULL},
        {NT_PROC, NT_RDONLY, 0, "/proc", NULL},
    };
    nt_writer w = {0};
    char text[1024];
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        nt_write(&w, &steps[i]);
    nt_write(&w, &end);
    CU_ASSERT_EQUAL(w.error, 0);
    SRT_ASSERT_STR(read_back(&w, text), "");
    SRT_ASSERT_STR(text,
                   "1 81 0 / -\n2 b 2 /h/a b /c\n2 10 0 /sys -\n3 40 1 /x -\n4 0 0 /p -\n"
                   "5 0 0 /m -\n6 0 0 / -\n7 0 1 /bin usr/bin\n8 0 0 /dev -\n9 1 0 /proc -\n");
    for (size_t n = 0; n < w.length; n++) /* each one cut off is noticed */
        CU_ASSERT_EQUAL(nt_read(w.bytes, n, count, (text[0] = '\0', text), NULL), -1);
    free(w.bytes);
}

static void test_wrong(void)
{
    static const struct {
        nt_step steps[2];
        const char *why;
    } table[] = {
        {{{NT_PIN, 0, 0, "/p", NULL}}, "the root is not the first"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_ROOT, 0, 0, "/", NULL}}, "not the only one"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_KINDS, 0, 0, "/x", NULL}}, "unknown kind"},
        {{{NT_ROOT, NT_STICKY, 0, "/", NULL}}, "flags that mean nothing"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_BIND, NT_FLAGS_ALL + 1, 0, "/x", NULL}}, "flags that"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_BIND, 0, 0, "x", NULL}}, "not absolute"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_PIN, 0, 0, NULL, NULL}}, "not absolute"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_BIND, 0, 3, "/x", NULL}}, "cannot be made"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_PIN, 0, 1, "/x", NULL}}, "cannot be made"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_LINK, 0, 1, "/x", NULL}}, "a source"},
        {{{NT_ROOT, 0, 0, "/", NULL}, {NT_PIN, 0, 0, "/x", "/y"}}, "a source"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        nt_writer w = {0};
        char text[1024];
        for (size_t k = 0; k < 2 && table[i].steps[k].kind; k++)
            nt_write(&w, &table[i].steps[k]);
        nt_write(&w, &end);
        const char *why = read_back(&w, text);
        if (!strstr(why, table[i].why))
            SRT_ASSERT_STR(why, table[i].why);
        free(w.bytes);
    }
}

/* Bytes that no writer makes. */
static void test_bent(void)
{
    static const struct {
        size_t at;
        unsigned char byte;
        const char *why;
    } table[] = {
        {0, 'X', "do not begin"},
        {8 + 12, 1, "NUL"},                /* the length of the path of the root */
        {8 + 13, 0x20, "too long"},        /* far beyond the end */
        {8 + 16, 1, "NUL"},                /* a source that is padding, and not ended */
        {8 + 20, 'x', "not absolute"},     /* its first byte */
        {8 + 23, 1, "padding is not zero"} /* the last one */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        nt_writer w = {0};
        char text[1024];
        nt_write(&w, &root);
        nt_write(&w, &end);
        w.bytes[table[i].at] = table[i].byte;
        if (i == 3)
            w.bytes[8 + 22] = 'y';
        const char *why = read_back(&w, text);
        if (!strstr(why, table[i].why))
            SRT_ASSERT_STR(why, table[i].why);
        free(w.bytes);
    }
}

static const srt_unit_case cases[] = {
    {"round", test_round}, {"wrong", test_wrong}, {"bent", test_bent}};

SRT_UNIT_MAIN("native.steps", cases)
