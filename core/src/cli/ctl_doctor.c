/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl doctor: can this machine sandbox anything, and if not, what to do. What
 * a backend needs is in its own words; the commands that mend it are ours. */
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/ctl.h"
#include "cli/doctor.h"
#include "run/session.h"

enum { OPT_SETTINGS = SRT_CTL_OWN, OPT_JSON };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_SETTINGS] = {'s', "settings", "FILE", "settings; default ~/.srt-settings.json"},
    [OPT_JSON] = {'j', "json", NULL, "print JSON"},
    {0, NULL, NULL, NULL},
};

typedef struct Finding {
    const SrtBackendCandidate *candidate;
    char *why; /* why not usable, or NULL */
    gboolean automatic;
    json_object *rules;
    GPtrArray *faults; /* char *: what the module did wrong meanwhile */
} Finding;

typedef struct Doctor {
    GPtrArray *checks; /* SrtDoctorCheck * */
    GArray *findings;  /* Finding */
    SrtBackendSearch *search;
    GPtrArray *candidates;
    SrtDoctorKernel kernel;
    SrtConfig *config;
    guint usable, here; /* automatic ones that work; those for this system */
} Doctor;

static void clear_finding(gpointer data)
{
    Finding *f = data;
    g_free(f->why);
    g_ptr_array_unref(f->faults);
    json_object_put(f->rules);
}

static void doctor_clear(Doctor *d)
{
    g_clear_pointer(&d->checks, g_ptr_array_unref);
    g_clear_pointer(&d->findings, g_array_unref);
    g_clear_pointer(&d->candidates, g_ptr_array_unref);
    srt_backend_search_free(d->search);
    srt_doctor_kernel_clear(&d->kernel);
    srt_config_free(d->config);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Doctor, doctor_clear)

static gboolean is_for_here(const srt_backend *d)
{
#ifdef __APPLE__
    return strcmp(d->platform, "macos") == 0 || strcmp(d->platform, "any") == 0;
#else
    return strcmp(d->platform, "macos") != 0;
#endif
}

/* Watched: a broken module must not spoil what is said about the others. */
static void try_backend(Doctor *d, const SrtBackendCandidate *candidate, const SrtPolicy *policy)
{
    Finding f = {.candidate = candidate, .faults = g_ptr_array_new_with_free_func(g_free)};
    SrtBackendRun *run = NULL;
    g_auto(SrtCtlServices) services;
    srt_ctl_services_init(&services, d->config);
    services.services.faults = f.faults;
    f.automatic = candidate->backend && srt_backend_descriptor(candidate->backend)->priority >= 0;
    f.why = srt_ctl_try(candidate, policy, &services.services, &run);
    if (run)
        f.rules = srt_ctl_json_rules(run, srt_policy_view(policy)->requested);
    srt_backend_teardown(run);
    d->usable += !f.why && f.automatic;
    d->here += f.automatic && is_for_here(srt_backend_descriptor(candidate->backend));
    g_array_append_val(d->findings, f);
}

static void look(Doctor *d, const char *settings)
{
    g_autofree char *home = srt_run_home();
    g_autofree char *helper = srt_run_inside_helper();
    guint uid = (guint)geteuid();
    g_autofree char *program = srt_run_program();
    srt_doctor_kernel_files(&d->kernel, "");
    d->kernel.apparmor_profile = srt_doctor_apparmor_profile("", program);
    srt_doctor_kernel_try(&d->kernel);
    srt_doctor_look_at_helper(d->checks, helper, uid);
    srt_doctor_look_at_modules(d->checks, d->candidates, d->search, uid);
    d->config = srt_doctor_look_at_settings(d->checks, settings, home, uid);
    srt_doctor_look_at_choice(d->checks, g_getenv("SRT_BACKEND"), "SRT_BACKEND",
                              "unset SRT_BACKEND", d->search);
    if (d->config && d->config->backend)
        srt_doctor_look_at_choice(d->checks, d->config->backend->text, d->config->backend->file,
                                  "${EDITOR:-vi} ~/.srt-settings.json", d->search);
    srt_doctor_look_at_bubblewrap(d->checks, d->config ? d->config->bwrap_path : NULL, &d->kernel);
    srt_doctor_judge_kernel(d->checks, &d->kernel);
    srt_doctor_look_at_limits(d->checks);
    srt_doctor_look_at_proxies(d->checks, d->config);
    srt_doctor_look_at_state(d->checks, home, uid);
}

static void print_check(const SrtDoctorCheck *check)
{
    g_auto(GStrv) lines = g_strsplit(check->text, "\n", -1);
    srt_ctl_line("%-8s %-11s %s", srt_doctor_level_name(check->level), check->id,
                 lines[0] ? lines[0] : "");
    for (char **line = lines + 1; lines[0] && *line; line++)
        srt_ctl_line("%-8s %-11s %s", "", "", *line);
    for (guint i = 0; i < check->remedies->len; i++)
        srt_ctl_line("    %s", (const char *)check->remedies->pdata[i]);
}

static const char *text_of(json_object *rule, const char *key)
{
    json_object *value = NULL;
    return json_object_object_get_ex(rule, key, &value) && value ? json_object_get_string(value)
                                                                 : "";
}

static void print_rules(json_object *rules)
{
    for (gsize i = 0; i < json_object_array_length(rules); i++) {
        json_object *rule = json_object_array_get_idx(rules, i);
        srt_ctl_line("    %-17s %-11s %s", text_of(rule, "class"), text_of(rule, "how"),
                     text_of(rule, "why"));
    }
}

static void print_finding(const Finding *f)
{
    srt_ctl_line("backend %s: %s", f->candidate->name,
                 f->why         ? "cannot be used"
                 : f->automatic ? "usable"
                                : "usable, when it is named");
    srt_ctl_line("    file: %s", f->candidate->file);
    if (f->why)
        srt_ctl_block("    ", f->why);
    if (f->rules)
        print_rules(f->rules);
    for (guint i = 0; i < f->faults->len; i++)
        srt_ctl_line("    MISTAKE: %s", (const char *)f->faults->pdata[i]);
}

static void print_text(const Doctor *d, gboolean good)
{
    struct utsname u;
    if (uname(&u) == 0)
        srt_ctl_line("machine: %s %s %s, user %u", u.sysname, u.release, u.machine,
                     (unsigned)geteuid());
    for (guint i = 0; i < d->checks->len; i++)
        print_check(d->checks->pdata[i]);
    for (guint i = 0; i < d->findings->len; i++)
        print_finding(&g_array_index(d->findings, Finding, i));
    srt_ctl_line("%s",
                 good ? "srt can be used on this machine"
                      : "srt cannot be used on this machine: run the commands below \"problem\"");
}

static json_object *json_check(const SrtDoctorCheck *check)
{
    json_object *entry = json_object_new_object(), *remedies = json_object_new_array();
    for (guint i = 0; i < check->remedies->len; i++)
        json_object_array_add(remedies, srt_ctl_json_text(check->remedies->pdata[i]));
    json_object_object_add(entry, "id", srt_ctl_json_text(check->id));
    json_object_object_add(entry, "level", srt_ctl_json_text(srt_doctor_level_name(check->level)));
    json_object_object_add(entry, "text", srt_ctl_json_text(check->text));
    json_object_object_add(entry, "remedies", remedies);
    return entry;
}

static json_object *json_finding(const Finding *f)
{
    json_object *entry = json_object_new_object();
    json_object_object_add(entry, "name", srt_ctl_json_text(f->candidate->name));
    json_object_object_add(entry, "file", srt_ctl_json_text(f->candidate->file));
    json_object_object_add(entry, "usable", json_object_new_boolean(f->why == NULL));
    json_object_object_add(entry, "automatic", json_object_new_boolean(f->automatic));
    json_object_object_add(entry, "why", srt_ctl_json_text(f->why));
    if (f->rules)
        json_object_object_add(entry, "rules", json_object_get(f->rules));
    return entry;
}

static void print_json(const Doctor *d, gboolean good)
{
    json_object *all = json_object_new_object();
    json_object *checks = json_object_new_array(), *backends = json_object_new_array();
    for (guint i = 0; i < d->checks->len; i++)
        json_object_array_add(checks, json_check(d->checks->pdata[i]));
    for (guint i = 0; i < d->findings->len; i++)
        json_object_array_add(backends, json_finding(&g_array_index(d->findings, Finding, i)));
    json_object_object_add(all, "usable", json_object_new_boolean(good));
    json_object_object_add(all, "checks", checks);
    json_object_object_add(all, "backends", backends);
    srt_ctl_json_print(all);
}

static int run(const SrtOptionValues *values)
{
    g_auto(Doctor) d = {.checks = srt_doctor_list_new()};
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtPolicy) policy = srt_ctl_plain_policy(&error);
    d.findings = g_array_new(FALSE, FALSE, sizeof(Finding));
    g_array_set_clear_func(d.findings, clear_finding);
    d.search = srt_backend_search_new();
    d.candidates = srt_backend_list(d.search);
    if (!policy)
        return srt_ctl_fail(error);
    look(&d, values->values[OPT_SETTINGS]);
    for (guint i = 0; i < d.candidates->len; i++)
        try_backend(&d, d.candidates->pdata[i], policy);
    srt_doctor_settle(d.checks, d.usable > 0, d.usable > 0 && d.usable >= d.here);
    if (d.usable > 0 && !srt_doctor_has_problem(d.checks))
        srt_doctor_try_run(d.checks, values->values[OPT_SETTINGS]);
    gboolean good = d.usable > 0 && !srt_doctor_has_problem(d.checks);
    if (values->values[OPT_JSON])
        print_json(&d, good);
    else
        print_text(&d, good);
    return good ? SRT_CTL_OK : SRT_CTL_NO;
}

const SrtCtlCommand srt_ctl_doctor = {
    .name = "doctor",
    .synopsis = "[-s FILE] [--json]",
    .summary = "what works on this machine, and what to do about what does not",
    .text =
        "Looks at the kernel, the installation, the settings and the environment, prepares\n"
        "every backend that is found, runs `srt true`, and prints what is wrong, each with the\n"
        "commands that mend it, and which rule classes each backend enforces. Exit status 1:\n"
        "srt cannot be used, because there is a problem or no backend works; warnings and\n"
        "notes are none.",
    .options = options,
    .run = run,
};
