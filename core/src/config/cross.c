/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about several keys of one file. */
#include <string.h>

#include "config/cover.h"
#include "config/fill.h"

typedef struct Cross {
    SrtLayer *layer;
    const SrtDocument *document;
    SrtProblems *problems;
    SrtCover *hosts; /* allowedDomains, once somebody asks */
} Cross;

static void G_GNUC_PRINTF(4, 5)
    complain(Cross *cross, const SrtNode *node, const char *pointer, const char *format, ...)
{
    guint line, column;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    srt_document_locate(cross->document, node->at, &line, &column);
    srt_problems_add(cross->problems, cross->document->file, line, column, pointer, "%s", text);
}

/* The member of an object, when there is an object and it has that member. */
static const SrtNode *member(const SrtNode *node, const char *key)
{
    return node && srt_node_is(node, json_type_object) ? srt_node_member(node, key) : NULL;
}

static const SrtNode *entries(const SrtNode *node)
{
    return node && srt_node_is(node, json_type_array) ? node->first : NULL;
}

static SrtConfigItem *item_at(Cross *cross, const SrtNode *node, const char *pointer)
{
    guint line, column;
    srt_document_locate(cross->document, node->at, &line, &column);
    return srt_config_item_new(srt_node_text(node), pointer, cross->document->file, line, column);
}

static void append(SrtConfigList **list, SrtConfigItem *item)
{
    if (!*list)
        *list = g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    g_ptr_array_add(*list, item);
}

/* A group that captures: '(' outside brackets, not escaped, followed by no '?'
 * or by the name of a group. */
static gboolean has_group(const char *regex)
{
    gboolean inside = FALSE;
    for (const char *p = regex; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '[')
            inside = TRUE;
        else if (*p == ']')
            inside = FALSE;
        else if (*p == '(' && !inside &&
                 (p[1] != '?' || (p[2] == '<' && p[3] != '=' && p[3] != '!')))
            return TRUE;
    }
    return FALSE;
}

static void check_inject_host(Cross *cross, const SrtNode *entry, const char *pointer)
{
    const char *host = srt_node_text(entry);
    if (!cross->hosts)
        cross->hosts = srt_cover_new(SRT_FORM_ALLOWED_DOMAIN,
                                     cross->layer->config->network.allowed_domains, TRUE);
    if (!host || srt_cover_find(cross->hosts, host))
        return;
    g_autofree char *quoted = srt_problems_quote(host);
    complain(cross, entry, pointer, "found %s, expected a host that network.allowedDomains allows",
             quoted);
}

/* What holds for an entry of credentials.files and of credentials.envVars. */
static void check_credential(Cross *cross, const SrtNode *entry, const char *pointer)
{
    const SrtNode *claims = member(entry, "maskClaims"), *extract = member(entry, "extract");
    const char *regex = srt_node_text(extract);
    guint i = 0;
    if (claims && !member(entry, "decode"))
        complain(cross, claims, pointer, "found maskClaims without decode, expected both");
    if (regex && *regex && !has_group(regex))
        complain(cross, extract, pointer,
                 "found an extract without a group, expected one in parentheses");
    for (const SrtNode *host = entries(member(entry, "injectHosts")); host; host = host->next) {
        g_autofree char *at = g_strdup_printf("%s.injectHosts[%u]", pointer, i++);
        check_inject_host(cross, host, at);
    }
}

/* Entries with mode deny become entries of list, with their own place. */
static void take_credentials(Cross *cross, const char *list_name, const char *text_name,
                             SrtConfigList **list)
{
    const SrtNode *credentials = member(cross->document->scan->root, "credentials");
    guint i = 0;
    for (const SrtNode *entry = entries(member(credentials, list_name)); entry;
         entry = entry->next) {
        g_autofree char *pointer = g_strdup_printf("credentials.%s[%u]", list_name, i++);
        g_autofree char *at = g_strdup_printf("%s.%s", pointer, text_name);
        const SrtNode *text = member(entry, text_name);
        check_credential(cross, entry, pointer);
        if (srt_node_text(text) && g_strcmp0(srt_node_text(member(entry, "mode")), "deny") == 0)
            append(list, item_at(cross, text, at));
    }
}

/* The reference refuses these: nobody can say whether the directory or what is
 * in it was meant, and in a deny list a wrong guess opens something. */
static void check_deny_globs(Cross *cross, const SrtConfigList *list)
{
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(list, i);
        gboolean rooted = *item->text == '/' || g_str_has_prefix(item->text, "~/");
        if (!rooted || !srt_is_glob(item->text) || !g_str_has_suffix(item->text, "/"))
            continue;
        g_autofree char *quoted = srt_problems_quote(item->text);
        srt_problems_add(cross->problems, item->file, item->line, item->column, item->pointer,
                         "found %s, expected a glob that does not end in '/'; leave the '/' out "
                         "for the directories, or end in \"/**\" for what is in them",
                         quoted);
    }
}

static void check_environment(Cross *cross)
{
    const SrtConfigEnv *env = &cross->layer->config->env;
    for (guint i = 0; env->deny && env->set && i < env->deny->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(env->deny, i);
        if (g_hash_table_contains(env->set, item->text))
            srt_problems_add(cross->problems, item->file, item->line, item->column, item->pointer,
                             "found \"%s\", which env.set sets, expected it in one of the two",
                             item->text);
    }
}

static void check_idle_objects(Cross *cross)
{
    const SrtNode *root = cross->document->scan->root;
    const SrtNode *seccomp = member(root, "seccomp");
    const SrtNode *range = member(member(root, "windows"), "proxyPortRange");
    const SrtNode *low = entries(range), *high = low ? low->next : NULL;
    if (member(seccomp, "argv0") && !member(seccomp, "applyPath"))
        complain(cross, seccomp, "seccomp", "found argv0 without applyPath, expected both");
    if (!high || high->next)
        return;
    gint64 first = json_object_get_int64(low->value), last = json_object_get_int64(high->value);
    if (last < first || last - first > 64)
        complain(cross, range, "windows.proxyPortRange",
                 "found %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                 ", expected the first port and a last one at most 64 above it",
                 first, last);
}

static void note_idle_reasons(Cross *cross)
{
    const SrtConfigNetwork *network = &cross->layer->config->network;
    GHashTableIter iter;
    gpointer name;
    if (!network->denied_reasons)
        return;
    g_hash_table_iter_init(&iter, network->denied_reasons);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        gboolean named = FALSE;
        for (guint i = 0; network->denied_domains && i < network->denied_domains->len && !named;
             i++) {
            const SrtConfigItem *item = g_ptr_array_index(network->denied_domains, i);
            named = strcmp(item->text, name) == 0;
        }
        if (!named)
            g_ptr_array_add(cross->layer->config->notes,
                            g_strdup_printf("%s: network.deniedDomainReasons: \"%s\" is no entry "
                                            "of deniedDomains of this file",
                                            cross->document->file, (const char *)name));
    }
}

void srt_layer_cross_check(SrtLayer *layer, const SrtDocument *document, SrtProblems *problems)
{
    Cross cross = {.layer = layer, .document = document, .problems = problems};
    SrtConfig *config = layer->config;
    take_credentials(&cross, "files", "path", &config->filesystem.deny_read);
    take_credentials(&cross, "envVars", "name", &config->env.deny);
    if (config->filesystem.disabled != SRT_TRI_TRUE) {
        check_deny_globs(&cross, config->filesystem.deny_read);
        check_deny_globs(&cross, config->filesystem.deny_write);
    }
    check_environment(&cross);
    check_idle_objects(&cross);
    note_idle_reasons(&cross);
    srt_cover_free(cross.hosts);
}
