/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <string.h>

#include "base/error.h"

#define NEAREST_MAX 64 /* longer words are not compared */

static guint count(const SrtOption *table)
{
    guint n = 0;
    while (table[n].name)
        n++;
    return n;
}

/* Edit distance with two rows. */
static guint distance(const char *a, const char *b)
{
    guint rows[2][NEAREST_MAX + 1];
    gsize n = strlen(a), m = strlen(b);
    for (gsize j = 0; j <= m; j++)
        rows[0][j] = (guint)j;
    for (gsize i = 1; i <= n; i++) {
        const guint *before = rows[(i - 1) % 2];
        guint *now = rows[i % 2];
        now[0] = (guint)i;
        for (gsize j = 1; j <= m; j++) {
            guint change = before[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = MIN(change, MIN(before[j], now[j - 1]) + 1);
        }
    }
    return rows[n % 2][m];
}

const char *srt_nearest(const char *text, const char *const *candidates)
{
    const char *best = NULL;
    guint least = G_MAXUINT;
    if (strlen(text) > NEAREST_MAX)
        return NULL;
    for (; *candidates; candidates++) {
        if (strlen(*candidates) > NEAREST_MAX)
            continue;
        guint d = distance(text, *candidates);
        if (d < least) {
            least = d;
            best = *candidates;
        }
    }
    return best && least <= 1 + strlen(best) / 3 ? best : NULL;
}

/* stop: options of the caller's command may follow its name. */
static gboolean unknown(const SrtOption *table, gboolean stop, const char *word, gsize length,
                        GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *text = g_strndup(word, length);
    for (guint i = 0; i < count(table); i++)
        g_ptr_array_add(names, (gpointer)(guintptr)table[i].name);
    g_ptr_array_add(names, NULL);
    const char *like = length > 3 && g_str_has_prefix(text, "--")
                           ? srt_nearest(text + 2, (const char *const *)names->pdata)
                           : NULL;
    if (like)
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE, "unknown option '%s': did you mean '--%s'?",
                    text, like);
    else
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE, "unknown option '%s'%s", text,
                    stop ? ": options of the command stand behind its name" : "");
    return FALSE;
}

static gboolean missing(const SrtOption *option, GError **error)
{
    if (option->letter)
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                    "option '--%s' argument missing: it needs a value, as in --%s=%s or -%c %s",
                    option->name, option->name, option->value, option->letter, option->value);
    else
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                    "option '--%s' argument missing: it needs a value, as in --%s=%s", option->name,
                    option->name, option->value);
    return FALSE;
}

/* --name, --name=VALUE or --name VALUE. *next is the index of the next word. */
static gboolean parse_long(const SrtOption *table, gboolean stop, const char *const *argv, int argc,
                           int *next, SrtOptionValues *ret, GError **error)
{
    const char *word = argv[*next - 1];
    gsize length = strcspn(word, "=");
    const char *value = word[length] ? word + length + 1 : NULL;
    for (guint i = 0; table[i].name; i++) {
        if (strlen(table[i].name) != length - 2 ||
            strncmp(table[i].name, word + 2, length - 2) != 0)
            continue;
        if (!table[i].value && value) {
            g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                        "option '--%s' takes no value, found '%s': leave out '=%s'", table[i].name,
                        word, value);
            return FALSE;
        }
        if (table[i].value && !value) {
            if (*next >= argc)
                return missing(&table[i], error);
            value = argv[(*next)++];
        }
        ret->values[i] = value ? value : "";
        return TRUE;
    }
    return unknown(table, stop, word, length, error);
}

/* -abcVALUE or -abc VALUE. */
static gboolean parse_short(const SrtOption *table, gboolean stop, const char *const *argv,
                            int argc, int *next, SrtOptionValues *ret, GError **error)
{
    for (const char *p = argv[*next - 1] + 1; *p; p++) {
        guint i = 0;
        while (table[i].name && table[i].letter != *p)
            i++;
        if (!table[i].name) {
            char word[] = {'-', *p, '\0'};
            return unknown(table, stop, word, 2, error);
        }
        ret->values[i] = "";
        if (!table[i].value)
            continue;
        if (p[1])
            ret->values[i] = p + 1;
        else if (*next < argc)
            ret->values[i] = argv[(*next)++];
        else
            return missing(&table[i], error);
        return TRUE;
    }
    return TRUE;
}

gboolean srt_options_parse(const SrtOption *table, gboolean stop, int argc, const char *const *argv,
                           SrtOptionValues *ret, GError **error)
{
    int next = 1;
    gboolean options = TRUE;
    memset(ret, 0, sizeof *ret);
    ret->operands = g_ptr_array_new();
    g_assert(count(table) <= SRT_OPTIONS_MAX);
    while (next < argc) {
        const char *word = argv[next++];
        gboolean ok = TRUE;
        if (!options || word[0] != '-' || !word[1]) {
            g_ptr_array_add(ret->operands, (gpointer)(guintptr)word);
            options = options && !stop;
        } else if (strcmp(word, "--") == 0) {
            options = FALSE;
            ret->after_dashes = TRUE;
        } else if (word[1] == '-') {
            ok = parse_long(table, stop, argv, argc, &next, ret, error);
        } else {
            ok = parse_short(table, stop, argv, argc, &next, ret, error);
        }
        if (!ok)
            return FALSE;
    }
    g_ptr_array_add(ret->operands, NULL);
    return TRUE;
}

void srt_options_clear(SrtOptionValues *values)
{
    g_clear_pointer(&values->operands, g_ptr_array_unref);
}

guint srt_options_count(const SrtOptionValues *values)
{
    return values->operands->len - 1;
}

const char *const *srt_options_operands(const SrtOptionValues *values)
{
    return (const char *const *)values->operands->pdata;
}

#define HELP_COLUMN 24 /* a longer option has its text below */

char *srt_options_help(const SrtOption *table)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; table[i].name; i++) {
        const SrtOption *o = &table[i];
        g_autofree char *letter = o->letter ? g_strdup_printf("-%c,", o->letter) : g_strdup("");
        g_autofree char *name =
            g_strdup_printf("--%s%s%s", o->name, o->value ? "=" : "", o->value ? o->value : "");
        g_auto(GStrv) lines = g_strsplit(o->help, "\n", -1);
        gboolean below = strlen(name) > HELP_COLUMN;
        if (below)
            g_string_append_printf(text, "  %-3s %s\n", letter, name);
        for (char **line = lines; *line; line++) {
            gboolean first = line == lines && !below;
            g_string_append_printf(text, "  %-3s %-*s %s\n", first ? letter : "", HELP_COLUMN,
                                   first ? name : "", *line);
        }
    }
    return g_string_free(text, FALSE);
}
