/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl doctor: can this machine sandbox anything, and if not, what to do. What
 * a backend needs, and the remedy, is in its own words. */
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/ctl.h"

enum { OPT_JSON = SRT_CTL_OWN };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_JSON] = {'j', "json", NULL, "print JSON"},
    {0, NULL, NULL, NULL},
};

typedef struct Finding {
    const SrtBackendCandidate *candidate;
    SrtBackendRun *run; /* NULL: not usable */
    char *why;          /* then: why not */
    gboolean automatic;
} Finding;

static void look(Finding *f, const SrtPolicy *policy, const SrtBackendServices *services)
{
    const SrtBackend *backend = f->candidate->backend;
    f->automatic = backend && srt_backend_descriptor(backend)->priority >= 0;
    f->why = srt_ctl_try(f->candidate, policy, services, &f->run);
}

static void print_finding(const Finding *f, guint64 requested)
{
    srt_ctl_line("backend %s: %s", f->candidate->name,
                 f->why         ? "cannot be used"
                 : f->automatic ? "usable"
                                : "usable, when it is named");
    srt_ctl_line("    file: %s", f->candidate->file);
    if (f->why)
        srt_ctl_block("    ", f->why);
    if (f->run)
        srt_ctl_print_rules(f->run, requested);
}

static json_object *json_finding(const Finding *f, guint64 requested)
{
    json_object *entry = json_object_new_object();
    json_object_object_add(entry, "name", srt_ctl_json_text(f->candidate->name));
    json_object_object_add(entry, "file", srt_ctl_json_text(f->candidate->file));
    json_object_object_add(entry, "usable", json_object_new_boolean(f->why == NULL));
    json_object_object_add(entry, "automatic", json_object_new_boolean(f->automatic));
    json_object_object_add(entry, "why", srt_ctl_json_text(f->why));
    if (f->run)
        json_object_object_add(entry, "rules", srt_ctl_json_rules(f->run, requested));
    return entry;
}

/* Closes the run; what the module did wrong meanwhile is said too. */
static void finish(Finding *f, GPtrArray *faults, gboolean print)
{
    srt_backend_teardown(f->run);
    for (guint i = 0; print && i < faults->len; i++)
        srt_ctl_line("    MISTAKE: %s", (const char *)faults->pdata[i]);
    g_ptr_array_set_size(faults, 0);
    g_free(f->why);
}

static void print_machine(const SrtCtlServices *services, const SrtBackendSearch *search)
{
    struct utsname u;
    g_autofree char *where = g_strjoinv(", ", search->directories);
    if (uname(&u) == 0)
        srt_ctl_line("machine: %s %s %s, user %u", u.sysname, u.release, u.machine,
                     (unsigned)geteuid());
    srt_ctl_line("backends are looked for in: %s", where);
    srt_ctl_line("helper inside: %s", services->inside_helper ? services->inside_helper
                                                              : "MISSING: install srt completely");
}

static int run(const SrtOptionValues *values)
{
    g_autoptr(SrtBackendSearch) search = srt_backend_search_new();
    g_autoptr(GPtrArray) list = srt_backend_list(search);
    g_auto(SrtCtlServices) services;
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtPolicy) policy = srt_ctl_plain_policy(&error);
    json_object *array = values->values[OPT_JSON] ? json_object_new_array() : NULL;
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    guint usable = 0;
    srt_ctl_services_init(&services, NULL);
    /* Watched: a broken module must not spoil what is said about the others. */
    services.services.faults = faults;
    if (!policy)
        return srt_ctl_fail(error);
    if (!array)
        print_machine(&services, search);
    for (guint i = 0; i < list->len; i++) {
        Finding f = {.candidate = list->pdata[i]};
        look(&f, policy, &services.services);
        usable += !f.why && f.automatic;
        if (array)
            json_object_array_add(array, json_finding(&f, srt_policy_view(policy)->requested));
        else
            print_finding(&f, srt_policy_view(policy)->requested);
        finish(&f, faults, array == NULL);
    }
    if (list->len == 0 && !array)
        srt_ctl_line("no backend found: install one there, or name its directory in "
                     "SRT_BACKEND_PATH");
    if (array)
        srt_ctl_json_print(array);
    else
        srt_ctl_line("%s", usable ? "srt can be used on this machine"
                                  : "srt cannot be used on this machine: see above");
    return usable ? SRT_CTL_OK : SRT_CTL_NO;
}

const SrtCtlCommand srt_ctl_doctor = {
    .name = "doctor",
    .synopsis = "[--json]",
    .summary = "what works on this machine, and what to do about what does not",
    .text = "Loads and prepares every backend that is found, and prints whether it can be used\n"
            "here, why not and what to do, and which rule classes it enforces. Exit status 1: no\n"
            "backend can be used.",
    .options = options,
    .run = run,
};
