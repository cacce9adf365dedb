/* SPDX-License-Identifier: Apache-2.0 */
/* Input: a byte of flags, a rule, a newline, a path. The supervisor's names agree with the core's
 * rule, and whatever is refused for its own name is suspect by its last component: else the
 * quick look would let it pass. */
#include <errno.h>
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "policy/glob.h"
#include "policy/pending.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gboolean is_pattern(const srt_pending_rule *rule)
{
    const char *why;
    g_autofree char *lower = g_ascii_strdown(rule->path, -1);
    g_autoptr(SrtGlob) glob =
        srt_glob_new(rule->flags & SRT_PATH_MANDATORY ? lower : rule->path, &why);
    return glob != NULL;
}

static void check_path(const sup_names *names, const srt_pending_rule *rule, char *path)
{
    gboolean ours = sup_names_judge(names, path, SUP_NEW_FILE) != NULL;
    gboolean core = srt_pending_matches(rule, path);
    char *last = strrchr(path, '/');
    /* Ours knows git directories inside others as well. */
    if ((core && !ours) || (ours && !core && !strstr(rule->path, "/**/.git/")))
        abort();
    if (!sup_names_judge(names, path, SUP_NEW_LINK) && ours)
        abort();
    if (!ours || strlen(last + 1) > 255)
        return;
    gboolean suspect = sup_names_suspect(names, last + 1, SUP_NEW_FILE);
    *last = '\0';
    if (!suspect && (path[0] == '\0' || !sup_names_judge(names, path, SUP_NEW_FILE)))
        abort();
}

static void check(const srt_pending_rule *rule, const char *text)
{
    static char path[SUP_PATH_MAX];
    const srt_pending_rule *pending[] = {rule};
    const char *const none[] = {NULL};
    srt_policy policy = {.struct_size = sizeof policy,
                         .fs_disabled = true,
                         .pending = pending,
                         .n_pending = 1,
                         .unix_paths = none};
    int error;
    gboolean wrong = (rule->flags & SRT_PATH_GLOB) && !is_pattern(rule);
    sup_names *names = sup_names_new(&policy, &error);
    /* With the way to a git directory in another one before it, a rule can get too long: then
     * nothing runs. */
    gboolean longer = strstr(rule->path, "/**/.git/") && strlen(rule->path) > 100;
    if (!names && !wrong && !(error == -EINVAL && longer))
        abort();
    if (names && !wrong && sup_lexical(path, 0, text)) {
        if (path[0] != '/' || strstr(path, "//") || strlen(path) >= sizeof path)
            abort();
        if (path[1] != '\0')
            check_path(names, rule, path);
    }
    sup_names_free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 4000)
        return 0;
    char *text = g_strndup((const char *)data + 1, size - 1);
    char *path = strchr(text, '\n');
    if (path)
        *path++ = '\0';
    /* Rules are canonical. */
    if (path && text[0] == '/' && !strstr(text, "//") && !g_str_has_suffix(text, "/")) {
        srt_pending_rule rule = {.struct_size = sizeof rule,
                                 .flags = (data[0] & 1 ? SRT_PATH_GLOB : 0) |
                                          (data[0] & 2 ? SRT_PATH_MANDATORY : 0),
                                 .access = SRT_ACCESS_READ,
                                 .path = text};
        check(&rule, path);
    }
    g_free(text);
    return 0;
}
