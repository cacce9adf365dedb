/* SPDX-License-Identifier: Apache-2.0 */
/* Which backend: --backend > SRT_BACKEND > settings > site file > automatic. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "plugin/internal.h"

typedef struct Selection {
    const SrtBackendSearch *search;
    const srt_policy *policy;
    const SrtConfigList *allow_unenforced;
    const SrtBackendServices *services;
    GPtrArray *warnings; /* of the chosen one; may be NULL */
    GPtrArray *list;     /* all candidates, made when needed; not all are loaded */
    const char *trying;  /* name of the one that is judged */
} Selection;

static GPtrArray *all(Selection *s)
{
    if (!s->list)
        s->list = srt_backend_candidates(s->search);
    return s->list;
}

/* Names of the other backends that list a class in their descriptor, without those that are
 * only for somebody who asks for them. */
static char *who_lists(void *data, srt_rule_class rule)
{
    Selection *s = data;
    GPtrArray *list = all(s);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        SrtBackendCandidate *c = list->pdata[i];
        if (strcmp(c->name, s->trying) != 0 && srt_backend_candidate_load(c) && c->priority >= 0 &&
            (c->backend->descriptor.classes & (UINT64_C(1) << rule)))
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", c->name);
    }
    return names->len ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}

static char *directories(const SrtBackendSearch *search)
{
    return search->directories[0] ? g_strjoinv(", ", search->directories)
                                  : g_strdup("an empty search path");
}

/* Prepares and judges one backend. explain: name who else could. */
static SrtBackendRun *attempt(Selection *s, SrtBackend *backend, gboolean explain, int *ret_result,
                              GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    int result = 0;
    SrtBackendRun *run = srt_backend_prepare_view(backend, s->policy, s->services, &result, error);
    if (ret_result)
        *ret_result = result;
    if (!run)
        return NULL;
    s->trying = backend->descriptor.name;
    if (!srt_backend_judge_view(run, s->policy, s->allow_unenforced, explain ? who_lists : NULL, s,
                                warnings, error)) {
        srt_backend_teardown(run);
        return NULL;
    }
    srt_log_debug("backend %s can run this", backend->descriptor.name);
    while (s->warnings && warnings->len > 0)
        g_ptr_array_add(s->warnings, g_ptr_array_steal_index(warnings, 0));
    return run;
}

static void not_found(Selection *s, const char *name, const char *source, GError **error)
{
    g_autofree char *where = directories(s->search);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < all(s)->len; i++)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                               ((SrtBackendCandidate *)s->list->pdata[i])->name);
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                "there is no backend \"%.100s\" (chosen by %s) in %s. Found there: %s. Name one "
                "of these, or the path of a module",
                name, source, where, names->len ? names->str : "none");
}

/* A name, or a path when it has a slash. */
static SrtBackend *load_choice(Selection *s, const char *choice, const char *source,
                               gboolean relative_ok, GError **error)
{
    if (strchr(choice, '/')) {
        if (g_path_is_absolute(choice) || relative_ok)
            return srt_backend_load(choice, error);
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "backend \"%.200s\" (chosen by %s) is a relative path. Write an absolute "
                    "path, or the name of a backend",
                    choice, source);
        return NULL;
    }
    g_autofree char *file = srt_backend_find(s->search, choice);
    if (file)
        return srt_backend_load(file, error);
    not_found(s, choice, source, error);
    return NULL;
}

static SrtBackendRun *use_choice(Selection *s, const char *choice, const char *source,
                                 gboolean relative_ok, GError **error)
{
    srt_log_debug("backend \"%s\", chosen by %s", choice, source);
    g_autoptr(SrtBackend) backend = load_choice(s, choice, source, relative_ok, error);
    return backend ? attempt(s, backend, TRUE, NULL, error) : NULL;
}

static void note_failure(GString *tried, const char *name, const char *text)
{
    srt_log_debug("not %s: %s", name, text);
    g_string_append_printf(tried, "\n  %s: %s", name, text);
}

/* The first of the names in the site file that works. */
static SrtBackendRun *use_site(Selection *s, char **names, GError **error)
{
    g_autoptr(GString) tried = g_string_new(NULL);
    g_autofree char *source = g_strdup_printf("the site file %s", s->search->site_file);
    for (char **name = names; *name; name++) {
        g_autoptr(GError) why = NULL;
        SrtBackendRun *run = use_choice(s, *name, source, FALSE, &why);
        if (run)
            return run;
        if (!names[1]) {
            g_propagate_error(error, g_steal_pointer(&why));
            return NULL;
        }
        note_failure(tried, *name, why->message);
    }
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                "none of the backends that %s names can run this:%s\n"
                "`srtctl doctor` says more; --backend chooses another one",
                source, tried->str);
    return NULL;
}

static gint by_priority(gconstpointer a, gconstpointer b)
{
    const SrtBackendCandidate *x = *(SrtBackendCandidate *const *)a;
    const SrtBackendCandidate *y = *(SrtBackendCandidate *const *)b;
    return x->priority < y->priority   ? 1
           : x->priority > y->priority ? -1
                                       : strcmp(x->name, y->name);
}

/* What cannot even be loaded could have been the one that should have been taken: said
 * aloud. */
static void note_problem(Selection *s, GString *tried, const SrtBackendCandidate *c)
{
    note_failure(tried, c->name, c->problem);
    if (s->warnings)
        g_ptr_array_add(s->warnings, g_strdup(c->problem));
}

/* The candidates that may be tried, in order. */
static GPtrArray *automatic_order(Selection *s, GString *tried)
{
    GPtrArray *order = g_ptr_array_new();
    for (guint i = 0; i < all(s)->len; i++) {
        SrtBackendCandidate *c = s->list->pdata[i];
        if (c->problem) {
            note_problem(s, tried, c);
        } else if (c->priority < 0) {
            note_failure(tried, c->name, "is never chosen automatically; name it with --backend");
        } else {
            g_ptr_array_add(order, c);
        }
    }
    g_ptr_array_sort(order, by_priority);
    return order;
}

static SrtBackendRun *use_automatic(Selection *s, GError **error)
{
    g_autoptr(GString) tried = g_string_new(NULL);
    g_autoptr(GPtrArray) order = automatic_order(s, tried);
    guint n_unenforced = 0, n_tried = 0;
    for (guint i = 0; i < order->len; i++) {
        g_autoptr(GError) why = NULL;
        SrtBackendCandidate *c = order->pdata[i];
        int result = 0;
        srt_log_debug("trying backend %s (priority %d)", c->name, c->priority);
        if (!srt_backend_candidate_load(c)) {
            note_problem(s, tried, c);
            continue;
        }
        n_tried++;
        SrtBackendRun *run = attempt(s, c->backend, FALSE, &result, &why);
        if (run)
            return run;
        /* "Cannot run here" is a normal answer, anything else is not. */
        if (result != 0 && result != -ENOTSUP && s->warnings)
            g_ptr_array_add(s->warnings, g_strdup(why->message));
        n_unenforced += g_error_matches(why, SRT_ERROR, SRT_ERROR_UNENFORCED) ? 1 : 0;
        note_failure(tried, c->name, why->message);
    }
    gboolean unenforced = n_tried > 0 && n_unenforced == n_tried;
    g_autofree char *where = directories(s->search);
    g_set_error(error, SRT_ERROR, unenforced ? SRT_ERROR_UNENFORCED : SRT_ERROR_BACKEND,
                "no backend can run this here; looked in %s:%s\n"
                "`srtctl doctor` says what each of them needs; --backend chooses one",
                where, tried->len ? tried->str : "\n  there is none. Install one");
    return NULL;
}

SrtBackendRun *srt_backend_select_view(const SrtBackendSearch *search, const char *explicit_choice,
                                       const char *from_settings, const srt_policy *policy,
                                       const SrtConfigList *allow_unenforced,
                                       const SrtBackendServices *services, GPtrArray *warnings,
                                       GError **error)
{
    Selection s = {search, policy, allow_unenforced, services, warnings, NULL, NULL};
    g_autoptr(GPtrArray) list = NULL;
    g_auto(GStrv) site = NULL;
    SrtBackendRun *run = NULL;
    const char *from_environment = g_getenv("SRT_BACKEND");
    if (from_environment && *from_environment && search->privileged) {
        srt_log_warning("SRT_BACKEND is ignored, because srt was started with privileges");
        from_environment = NULL;
    }
    if (explicit_choice && *explicit_choice)
        run = use_choice(&s, explicit_choice, "--backend", TRUE, error);
    else if (from_environment && *from_environment)
        run = use_choice(&s, from_environment, "SRT_BACKEND", TRUE, error);
    else if (from_settings && *from_settings)
        run = use_choice(&s, from_settings, "\"backend\" in the settings", FALSE, error);
    else if (search->site_file && !srt_site_read(search->site_file, &site, error))
        run = NULL;
    else if (site && site[0])
        run = use_site(&s, site, error);
    else
        run = use_automatic(&s, error);
    list = s.list; /* freed here */
    return run;
}

SrtBackendRun *srt_backend_select(const SrtBackendSearch *search, const char *explicit_choice,
                                  const char *from_settings, const SrtPolicy *policy,
                                  const SrtConfigList *allow_unenforced,
                                  const SrtBackendServices *services, GPtrArray *warnings,
                                  GError **error)
{
    return srt_backend_select_view(search, explicit_choice, from_settings, srt_policy_view(policy),
                                   allow_unenforced, services, warnings, error);
}
