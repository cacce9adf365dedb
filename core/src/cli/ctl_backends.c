/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl backends: what was found, what each says about itself, and whether it can
 * be used here. */
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/ctl.h"

enum { OPT_JSON = SRT_CTL_OWN, OPT_CHECK, OPT_SELECT };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_JSON] = {'j', "json", NULL, "print JSON"},
    [OPT_CHECK] = {0, "check", NULL, "prepare each one, wrap a command, and look for mistakes"},
    [OPT_SELECT] = {0, "select", "NAMES", "choose for this machine; auto: no longer"},
    {0, NULL, NULL, NULL},
};

static void try_wrap(SrtBackendRun *run, GPtrArray *faults)
{
    static const char *const argv[] = {"/bin/true", NULL}, *const env[] = {"PATH=/usr/bin:/bin",
                                                                           NULL};
    g_autoptr(GError) error = NULL;
    int ends[2];
    if (!srt_fd_socketpair(SOCK_SEQPACKET, ends))
        return;
    srt_launch *launch = srt_launch_new(argv, env, "/", 0, ends[0]);
    if (!srt_backend_wrap(run, launch, &error))
        g_ptr_array_add(faults, g_strdup(error->message));
    srt_launch_free(launch);
    close(ends[1]);
}

/* Everything that the module does wrong; NULL for "cannot run here", which is no
 * mistake and goes to *ret_cannot. */
static GPtrArray *check(SrtBackend *backend, const SrtPolicy *policy, char **ret_cannot)
{
    GPtrArray *faults = g_ptr_array_new_with_free_func(g_free);
    g_auto(SrtCtlServices) services;
    g_autoptr(GError) error = NULL;
    srt_ctl_services_init(&services, NULL);
    services.services.faults = faults;
    SrtBackendRun *run = srt_backend_prepare(backend, policy, &services.services, &error);
    if (run)
        try_wrap(run, faults);
    else
        *ret_cannot = g_strdup(error->message);
    srt_backend_teardown(run);
    return faults;
}

/* Why a module that was loaded cannot be used here, or NULL. Its mistakes are for
 * --check. */
static char *why_unusable(const SrtBackendCandidate *c, const SrtPolicy *policy)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_auto(SrtCtlServices) services;
    SrtBackendRun *run = NULL;
    srt_ctl_services_init(&services, NULL);
    services.services.faults = faults;
    char *why = srt_ctl_try(c, policy, &services.services, &run);
    srt_backend_teardown(run);
    return why;
}

static void print_one(const SrtBackendCandidate *c, const char *why)
{
    if (!c->backend) {
        srt_ctl_line("%-10s REFUSED", c->name);
        srt_ctl_block("    ", c->problem);
        return;
    }
    const srt_backend *d = srt_backend_descriptor(c->backend);
    srt_ctl_line("%-10s %-8s priority %d, for %s: %s", d->name, d->version, d->priority,
                 d->platform, d->summary);
    srt_ctl_line("    file: %s", c->file);
    g_autoptr(GString) classes = g_string_new("    can enforce:");
    for (srt_rule_class rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        if (d->classes & (UINT64_C(1) << rule))
            g_string_append_printf(classes, " %s", srt_rule_class_names[rule]);
    srt_ctl_line("%s%s", classes->str, d->classes ? "" : " nothing");
    if (why)
        srt_ctl_block("    not usable here: ", why);
    else
        srt_ctl_line("    usable here");
}

static json_object *json_one(const SrtBackendCandidate *c, const char *why)
{
    json_object *entry = json_object_new_object();
    json_object_object_add(entry, "name", srt_ctl_json_text(c->name));
    json_object_object_add(entry, "file", srt_ctl_json_text(c->file));
    json_object_object_add(entry, "problem", srt_ctl_json_text(c->problem));
    json_object_object_add(entry, "usable", json_object_new_boolean(!why));
    json_object_object_add(entry, "why", srt_ctl_json_text(why));
    if (!c->backend)
        return entry;
    const srt_backend *d = srt_backend_descriptor(c->backend);
    json_object *classes = json_object_new_array();
    for (srt_rule_class rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        if (d->classes & (UINT64_C(1) << rule))
            json_object_array_add(classes, srt_ctl_json_text(srt_rule_class_names[rule]));
    json_object_object_add(entry, "abi", json_object_new_int64(d->abi));
    json_object_object_add(entry, "version", srt_ctl_json_text(d->version));
    json_object_object_add(entry, "summary", srt_ctl_json_text(d->summary));
    json_object_object_add(entry, "platform", srt_ctl_json_text(d->platform));
    json_object_object_add(entry, "priority", json_object_new_int(d->priority));
    json_object_object_add(entry, "classes", classes);
    return entry;
}

/* Adds the outcome of a check to what was printed about the backend. TRUE when
 * there is no mistake. */
static gboolean check_one(const SrtBackendCandidate *c, const SrtPolicy *policy, json_object *entry)
{
    g_autofree char *cannot = NULL;
    g_autoptr(GPtrArray) faults = check(c->backend, policy, &cannot);
    json_object *list = entry ? json_object_new_array() : NULL;
    for (guint i = 0; i < faults->len; i++) {
        if (entry)
            json_object_array_add(list, srt_ctl_json_text(faults->pdata[i]));
        else
            srt_ctl_line("    MISTAKE: %s", (const char *)faults->pdata[i]);
    }
    if (entry) {
        json_object_object_add(entry, "faults", list);
        json_object_object_add(entry, "cannot", srt_ctl_json_text(cannot));
    } else if (cannot) {
        srt_ctl_block("    cannot run here: ", cannot);
    } else if (faults->len == 0) {
        srt_ctl_line("    checked: no mistakes");
    }
    return faults->len == 0;
}

/* What the site file says, after the list. */
static void print_site(const SrtBackendSearch *search)
{
    g_auto(GStrv) names = NULL;
    g_autoptr(GError) error = NULL;
    if (!search->site_file)
        return;
    if (!srt_site_read(search->site_file, &names, &error)) {
        srt_ctl_line("REFUSED: %s", error->message);
    } else if (names && names[0]) {
        g_autofree char *text = g_strjoinv(", ", names);
        srt_ctl_line("chosen by %s: %s", search->site_file, text);
    }
}

static int run(const SrtOptionValues *values)
{
    if (values->values[OPT_SELECT])
        return srt_ctl_select(values->values[OPT_SELECT],
                              values->values[OPT_JSON] || values->values[OPT_CHECK]);
    g_autoptr(SrtBackendSearch) search = srt_backend_search_new();
    g_autoptr(GPtrArray) list = srt_backend_list(search);
    g_autoptr(SrtPolicy) policy = NULL;
    g_autoptr(GError) error = NULL;
    json_object *array = values->values[OPT_JSON] ? json_object_new_array() : NULL;
    gboolean good = TRUE;
    if (!(policy = srt_ctl_plain_policy(&error)))
        return srt_ctl_fail(error);
    for (guint i = 0; i < list->len; i++) {
        const SrtBackendCandidate *c = list->pdata[i];
        g_autofree char *why = why_unusable(c, policy);
        json_object *entry = array ? json_one(c, why) : NULL;
        if (!array)
            print_one(c, why);
        good = good && c->backend;
        if (values->values[OPT_CHECK] && c->backend)
            good = check_one(c, policy, entry) && good;
        if (array)
            json_object_array_add(array, entry);
    }
    if (array) {
        srt_ctl_json_print(array);
    } else if (list->len == 0) {
        g_autofree char *where = g_strjoinv(", ", search->directories);
        srt_ctl_line("no backend found in %s", where);
    }
    if (!array)
        print_site(search);
    return good && list->len > 0 ? SRT_CTL_OK : SRT_CTL_NO;
}

const SrtCtlCommand srt_ctl_backends = {
    .name = "backends",
    .synopsis = "[--json] [--check] | --select NAMES",
    .summary = "the backends that were found, and whether they can be used",
    .text =
        "Lists every module in the search path (SRT_BACKEND_PATH, then the directory of the\n"
        "installation) with version, priority, the rule classes that it can enforce, and\n"
        "whether it can be used here or why not. A module that cannot be loaded is shown with\n"
        "the reason. Exit status 1: none was found, one was refused, or --check found a\n"
        "mistake.\n\n"
        "With --select, writes the site file, which chooses for every run that names no\n"
        "backend itself: the first that can run of NAMES, which have commas between. They have\n"
        "to be installed; a path of a module has to be absolute. --select auto removes the\n"
        "file: the modules are tried by their priority again.",
    .options = options,
    .run = run,
};
