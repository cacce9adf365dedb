/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/quote.h"
#include "cli/ctl_plan.h"

static const char *kind_of(guint32 flags)
{
    return flags & SRT_PATH_MANDATORY ? "  [protected name]"
           : flags & SRT_PATH_GLOB    ? "  [pattern]"
           : flags & SRT_PATH_DEFAULT ? "  [built-in]"
                                      : "";
}

static void print_rule(srt_access access, const char *path, guint32 flags, const srt_origin *origin)
{
    g_autofree char *from = srt_ctl_origin(origin);
    srt_ctl_line("  %-6s %s%s  <- %s", srt_ctl_access_name(access), path, kind_of(flags), from);
}

/* The built-in names are many, and the same below every writable directory. */
static void print_pending(const srt_policy *p, const SrtBackendRun *run, gboolean all)
{
    guint hidden = 0;
    if (p->n_pending > 0)
        srt_ctl_line("  for what does not exist yet (protectMissing \"%s\", %s):",
                     srt_ctl_protect_name(p->protect_missing), srt_ctl_protect_text(p, run));
    for (gsize i = 0; i < p->n_pending; i++) {
        const srt_pending_rule *r = p->pending[i];
        if (all || !(r->flags & SRT_PATH_MANDATORY))
            print_rule(r->access, r->path, r->flags, r->origin);
        else
            hidden++;
    }
    if (hidden > 0)
        srt_ctl_line("  read   %u patterns of protected names (--all lists them)", hidden);
}

static void print_files(const srt_policy *p, const SrtBackendRun *run, gboolean all)
{
    srt_ctl_line("FILES");
    if (p->fs_disabled)
        srt_ctl_line("  not restricted (filesystem.disabled)");
    for (gsize i = 0; i < p->n_regions; i++) {
        const srt_region *r = p->regions[i];
        print_rule(r->access, r->path, r->flags, r->origin);
    }
    print_pending(p, run, all);
    if (p->private_tmp)
        srt_ctl_line("  write  a private temporary directory (TMPDIR)");
}

static void print_list(const char *what, const SrtConfigList *list)
{
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = list->pdata[i];
        srt_ctl_line("  %-6s %s  <- %s:%u, %s", what, item->text, item->file, item->line,
                     item->pointer);
    }
}

static void print_network(const SrtCtlPlan *plan)
{
    const SrtConfigNetwork *n = &plan->config->network;
    const srt_policy *p = srt_policy_view(plan->policy);
    srt_ctl_line("NETWORK");
    if (p->net_mode == SRT_NET_NONE)
        srt_ctl_line("  none");
    else
        srt_ctl_line("  through the proxies only (http 127.0.0.1:%u, socks 127.0.0.1:%u, inside)",
                     p->http_port, p->socks_port);
    print_list("deny", n->denied_domains);
    print_list("allow", n->allowed_domains);
    if (p->unix_all)
        srt_ctl_line("  unix sockets: all");
    for (const char *const *u = p->unix_paths; *u; u++)
        srt_ctl_line("  unix socket %s", *u);
    if (plan->run && p->net_mode != SRT_NET_NONE && srt_backend_run_shares_loopback(plan->run))
        srt_ctl_line("  on the host's loopback interface: ports and token are made at the start");
}

static void print_backend(const SrtCtlPlan *plan)
{
    srt_ctl_line("BACKEND");
    if (plan->run) {
        const srt_backend *d = srt_backend_run_descriptor(plan->run);
        srt_ctl_line("  %s %s: %s", d->name, d->version, d->summary);
        srt_ctl_print_rules(plan->run, srt_policy_view(plan->policy)->requested);
    }
    if (plan->problem)
        srt_ctl_block("  REFUSED: ", plan->problem);
    for (guint i = 0; i < plan->warnings->len; i++)
        srt_ctl_line("  warning: %s", (const char *)plan->warnings->pdata[i]);
    const GPtrArray *notes = srt_policy_notes(plan->policy);
    for (guint i = 0; i < notes->len; i++)
        srt_ctl_line("  note: %s", (const char *)notes->pdata[i]);
}

/* A text of many lines is easier to read, and to use, as it is. */
static void print_texts(const char *const *words)
{
    for (guint i = 0; words[i]; i++)
        if (strchr(words[i], '\n')) {
            srt_ctl_line("WORD %u", i + 1);
            srt_ctl_block("", words[i]);
        }
}

static char *quote(const char *word, guint number)
{
    if (strchr(word, '\n'))
        return g_strdup_printf("<word %u, below>", number);
    return srt_quote_word(word);
}

static void print_words(const char *indent, const char *const *words)
{
    const char *const *first = words;
    for (; *words; words++) {
        /* What begins with "--" begins a line: mounts are easier to read so. */
        g_autoptr(GString) line = g_string_new(NULL);
        do {
            g_autofree char *quoted = quote(*words, (guint)(words - first) + 1);
            g_string_append_printf(line, "%s%s", line->len ? " " : "", quoted);
        } while (words[1] && strncmp(words[1], "--", 2) != 0 && *words++);
        srt_ctl_line("%s%s", indent, line->str);
    }
}

static void print_launch(const SrtCtlPlan *plan)
{
    gsize n = 0;
    const int *fds = srt_launch_fds(plan->launch, &n);
    srt_ctl_line("ENVIRONMENT of the command");
    for (guint i = 0; i < plan->removed->len; i++)
        srt_ctl_line("  unset %s", (const char *)plan->removed->pdata[i]);
    for (char **e = plan->added; *e; e++)
        srt_ctl_line("  set   %s", *e);
    srt_ctl_line("EXECUTED");
    print_words("  ", srt_launch_argv(plan->launch));
    print_texts(srt_launch_argv(plan->launch));
    for (gsize i = 0; i < n; i++) {
        const char *kind;
        gsize size;
        g_auto(GStrv) words = srt_ctl_fd_words(fds[i], &kind, &size);
        g_autofree char *target = srt_ctl_fd_target(fds[i]);
        gboolean memory = strcmp(kind, "memory") == 0;
        g_autofree char *bytes = memory ? g_strdup_printf("%zu bytes", size) : NULL;
        srt_ctl_line("  descriptor %u: %s, %s%s", (unsigned)(3 + i), kind,
                     memory   ? bytes
                     : target ? target
                              : "?",
                     words ? ", words:" : "");
        if (words)
            print_words("    ", (const char *const *)words);
    }
}

void srt_ctl_plan_print(const SrtCtlPlan *plan, gboolean all)
{
    for (guint i = 0; i < plan->config->files->len; i++)
        srt_ctl_line("settings: %s", (const char *)plan->config->files->pdata[i]);
    if (plan->config->files->len == 0)
        srt_ctl_line("settings: built-in defaults");
    srt_ctl_line("directory: %s", srt_policy_view(plan->policy)->cwd);
    print_files(srt_policy_view(plan->policy), plan->run, all);
    print_network(plan);
    print_backend(plan);
    if (plan->launch)
        print_launch(plan);
}
