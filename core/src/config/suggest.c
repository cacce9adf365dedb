/* SPDX-License-Identifier: Apache-2.0 */
/* The known key that a misspelt one was probably meant to be. */
#include "config/keys.h"

#include <string.h>

#define LONGEST 40 /* no key is longer; nothing longer is near to one */

/* Optimal string alignment, letters compared without case: a swap of neighbours
 * counts as one step, as it is one slip of the fingers. */
static guint distance(const char *a, const char *b)
{
    guint rows[3][LONGEST + 1];
    gsize n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST)
        return G_MAXUINT;
    for (gsize j = 0; j <= m; j++)
        rows[0][j] = (guint)j;
    for (gsize i = 1; i <= n; i++) {
        guint *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (guint)i;
        for (gsize j = 1; j <= m; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);
            now[j] = MIN(MIN(last[j] + 1, now[j - 1] + 1), last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && y == g_ascii_tolower(a[i - 2]))
                now[j] = MIN(now[j], before[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

typedef struct Search {
    const char *name;
    guint best; /* must be beaten */
    char *found;
} Search;

static void look(Search *search, const SrtKey *object, const char *prefix, gboolean deep)
{
    for (const SrtKey *key = object->members; key && key->name; key++) {
        guint steps = distance(search->name, key->name);
        g_autofree char *full = g_strconcat(prefix, key->name, NULL);
        if (steps < search->best) {
            search->best = steps;
            g_free(search->found);
            search->found = g_strdup(full);
        }
        if (deep && key->kind == SRT_KEY_OBJECT) {
            g_autofree char *below = g_strconcat(full, ".", NULL);
            look(search, key, below, TRUE);
        }
    }
}

char *srt_key_suggest(const SrtKey *object, const char *name)
{
    gsize length = strlen(name);
    Search search = {.name = name, .best = (guint)MIN(3, length / 3) + 1};
    look(&search, object, "", FALSE);
    if (!search.found) {
        search.best = 2; /* elsewhere only what is nearly the same */
        look(&search, &srt_config_keys, "", TRUE);
    }
    return search.found;
}
