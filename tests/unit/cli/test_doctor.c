/* SPDX-License-Identifier: Apache-2.0 */
/* What srtctl doctor makes of a machine: each fault of it, and the commands that mend it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "cli/doctor.h"
#include "support/unit.h"

#define USER 1000

static SrtDoctorKernel good_kernel(void)
{
    SrtDoctorKernel k = {.uid = USER,
                         .has_setfcap = TRUE,
                         .userns_clone = 1,
                         .apparmor_userns = -1,
                         .ptrace_scope = 1,
                         .reached = SRT_DOCTOR_TRY_DONE,
                         .has_notify = TRUE,
                         .landlock_abi = 6};
    for (gsize i = 0; i < G_N_ELEMENTS(k.max_namespaces); i++)
        k.max_namespaces[i] = 100;
    return k;
}

/* What was found about id, as "level: text | remedy | remedy"; NULL: nothing. */
static char *found(const SrtDoctorKernel *k, const char *id)
{
    g_autoptr(GPtrArray) list = srt_doctor_list_new();
    g_autoptr(GString) all = g_string_new(NULL);
    srt_doctor_judge_kernel(list, k);
    for (guint i = 0; i < list->len; i++) {
        const SrtDoctorCheck *check = list->pdata[i];
        if (strcmp(check->id, id) != 0)
            continue;
        g_string_append_printf(all, "%s: %s", srt_doctor_level_name(check->level), check->text);
        for (guint r = 0; r < check->remedies->len; r++)
            g_string_append_printf(all, " | %s", (const char *)check->remedies->pdata[r]);
        g_string_append_c(all, '\n');
    }
    return all->len ? g_strdup(all->str) : NULL;
}

static void holds(const SrtDoctorKernel *k, const char *id, const char *level, const char *part,
                  const char *remedy)
{
    g_autofree char *text = found(k, id);
    g_autofree char *begin = g_strconcat(level, ": ", NULL);
    gboolean good =
        text && g_str_has_prefix(text, begin) && strstr(text, part) && strstr(text, remedy);
    CU_ASSERT_TRUE(good);
    if (!good)
        printf("\n%s: expected %s, \"%s\" and \"%s\" in: %s\n", id, level, part, remedy,
               text ? text : "nothing");
}

static void a_good_kernel(void)
{
    SrtDoctorKernel k = good_kernel();
    static const char *const ids[] = {"namespaces", "seccomp", "landlock"};
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
        holds(&k, ids[i], "ok", "", "");
    CU_ASSERT_PTR_NULL(found(&k, "fuse"));
    CU_ASSERT_PTR_NULL(found(&k, "ptrace"));
}

static void switches(void)
{
    for (gsize i = 0; srt_doctor_namespaces[i]; i++) {
        SrtDoctorKernel k = good_kernel();
        g_autofree char *remedy = g_strdup_printf("sudo sysctl -w user.max_%s_namespaces=15000",
                                                  srt_doctor_namespaces[i]);
        k.max_namespaces[i] = 0;
        holds(&k, "namespaces", "problem", "switched off", remedy);
        k.uid = 0;
        holds(&k, "namespaces", "problem", "is 0", " | sysctl -w user.max_");
        holds(&k, "namespaces", "problem", "", "| tee -a /etc/sysctl.d/60-srt.conf");
    }
    SrtDoctorKernel k = good_kernel();
    k.userns_clone = 0;
    holds(&k, "namespaces", "problem", "ordinary users",
          "sysctl -w kernel.unprivileged_userns_clone=1");
    k.uid = 0;
    holds(&k, "namespaces", "ok", "", "");
}

static void refused_namespaces(void)
{
    SrtDoctorKernel k = good_kernel();
    k.reached = SRT_DOCTOR_TRY_OTHERS;
    k.try_errno = EPERM;
    holds(&k, "namespaces", "problem", "no rights", "");
    k.apparmor_userns = 1;
    holds(&k, "namespaces", "problem", "AppArmor", "sudo apt-get install -y apparmor-profiles");
    holds(&k, "namespaces", "problem", "", "sudo apparmor_parser -r");
    holds(&k, "namespaces", "problem", "",
          "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    char own[] = "/usr/share/srt/apparmor/srt";
    k.apparmor_profile = own;
    holds(&k, "namespaces", "problem", "comes with srt",
          "sudo ln -sf /usr/share/srt/apparmor/srt /etc/apparmor.d/srt && sudo apparmor_parser -r "
          "/etc/apparmor.d/srt");
    k.apparmor_profile = NULL;
    k.apparmor_userns = 0;
    k.in_container = TRUE;
    holds(&k, "namespaces", "problem", "--security-opt seccomp=unconfined", "");
    k.reached = SRT_DOCTOR_TRY_PROC;
    holds(&k, "namespaces", "problem", "enableWeakerNestedSandbox", "");
    k.reached = SRT_DOCTOR_TRY_MAP;
    k.uid = 0;
    k.has_setfcap = FALSE;
    holds(&k, "namespaces", "problem", "--cap-add=SETFCAP", "setpriv");
    k = good_kernel();
    k.reached = SRT_DOCTOR_TRY_USER;
    k.try_errno = ENOSPC;
    holds(&k, "namespaces", "problem", "used up", "sysctl -w user.max_user_namespaces=30000");
}

static void filters_and_landlock(void)
{
    SrtDoctorKernel k = good_kernel();
    k.seccomp_errno = ENOSYS;
    holds(&k, "seccomp", "problem", "CONFIG_SECCOMP_FILTER", "grep CONFIG_SECCOMP");
    k = good_kernel();
    k.has_notify = FALSE;
    holds(&k, "seccomp", "warning", "no supervisor", "");
    k.is_sandboxed = TRUE;
    holds(&k, "seccomp", "note", "inside of a sandbox", "");
    k = good_kernel();
    k.take_errno = EPERM;
    holds(&k, "seccomp", "warning", "--cap-add=SYS_PTRACE", "");
    k = good_kernel();
    k.ptrace_scope = 3;
    holds(&k, "ptrace", "warning", "restart", "kernel.yama.ptrace_scope=1 | sudo tee");
    k = good_kernel();
    k.landlock_abi = 0;
    holds(&k, "landlock", "warning", "turned off", "unset SRT_LANDLOCK_ABI");
    k.landlock_errno = ENOSYS;
    holds(&k, "landlock", "warning", "5.13", "uname -r");
    k.in_container = TRUE;
    holds(&k, "landlock", "warning", "seccomp=unconfined", "");
    k.landlock_errno = EOPNOTSUPP;
    k.lsm = g_strdup("capability,bpf");
    holds(&k, "landlock", "warning", "turned on",
          "&lsm=landlock,capability,bpf /' /etc/default/grub");
    srt_doctor_kernel_clear(&k);
}

static void fuse(void)
{
    SrtDoctorKernel k = good_kernel();
    k.fuse_errno = ENOENT;
    holds(&k, "fuse", "note", "/dev/fuse", "sudo modprobe fuse");
    k.fuse_errno = EACCES;
    holds(&k, "fuse", "note", "/dev/fuse", "sudo chmod a+rw /dev/fuse");
}

static void packages(void)
{
    static const struct {
        const char *distribution, *command;
    } cases[] = {{"ubuntu debian", "apt-get install -y x"},
                 {"rocky rhel centos fedora", "dnf install -y x"},
                 {"opensuse-leap suse opensuse", "zypper install -y x"},
                 {"arch", "pacman -S --noconfirm x"},
                 {"alpine", "apk add x"},
                 {"something", "apt-get install -y x"},
                 {NULL, "apt-get install -y x"}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *command = srt_doctor_install(cases[i].distribution, "x");
        SRT_ASSERT_STR(command, cases[i].command);
    }
}

static void put(const char *root, const char *name, const char *text)
{
    g_autofree char *path = g_strconcat(root, name, NULL);
    g_autofree char *directory = g_path_get_dirname(path);
    CU_ASSERT_EQUAL(g_mkdir_with_parents(directory, 0700), 0);
    CU_ASSERT_TRUE(g_file_set_contents(path, text, -1, NULL));
}

static void files_of_a_machine(void)
{
    g_autofree char *root = g_strdup("/var/tmp/srt-doctor.XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(g_mkdtemp(root));
    put(root, "/etc/os-release", "NAME=\"X\"\nID=ubuntu\nID_LIKE=\"debian\"\n");
    put(root, "/proc/self/status", "Name:\tx\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n");
    put(root, "/proc/self/attr/current", "docker-default (enforce)\n");
    put(root, "/proc/sys/user/max_user_namespaces", "0\n");
    put(root, "/proc/sys/user/max_net_namespaces", "12\n");
    put(root, "/proc/sys/kernel/yama/ptrace_scope", "3\n");
    put(root, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
    put(root, "/sys/kernel/security/lsm", "capability,yama\n");
    put(root, "/.dockerenv", "");
    SrtDoctorKernel k;
    srt_doctor_kernel_files(&k, root);
    SRT_ASSERT_STR(k.distribution, "ubuntu debian");
    SRT_ASSERT_STR(k.lsm, "capability,yama");
    CU_ASSERT_TRUE(k.has_setfcap && k.is_filtered && k.is_confined && k.in_container);
    CU_ASSERT_EQUAL(k.max_namespaces[0], 0);
    CU_ASSERT_EQUAL(k.max_namespaces[1], 12);
    CU_ASSERT_EQUAL(k.max_namespaces[2], -1);
    CU_ASSERT_EQUAL(k.userns_clone, -1);
    CU_ASSERT_EQUAL(k.ptrace_scope, 3);
    CU_ASSERT_EQUAL(k.apparmor_userns, 1);
    CU_ASSERT_PTR_NULL(srt_doctor_apparmor_profile(root, "/usr/bin/srtctl"));
    put(root, "/usr/share/srt/apparmor/srt", "profile");
    k.apparmor_profile = srt_doctor_apparmor_profile(root, "/usr/bin/srtctl");
    SRT_ASSERT_STR(k.apparmor_profile, "/usr/share/srt/apparmor/srt");
    CU_ASSERT_PTR_NULL(srt_doctor_apparmor_profile(root, "/usr/local/bin/srtctl"));
    CU_ASSERT_PTR_NULL(srt_doctor_apparmor_profile(root, "/opt/srt/bin/srtctl"));
    CU_ASSERT_PTR_NULL(srt_doctor_apparmor_profile(root, NULL));
    srt_doctor_kernel_clear(&k);
    const char *const words[] = {"rm", "-rf", root, NULL};
    CU_ASSERT_TRUE(g_spawn_sync(NULL, (char **)(guintptr)words, NULL, G_SPAWN_SEARCH_PATH, NULL,
                                NULL, NULL, NULL, NULL, NULL));
}

static char *mended(uid_t owner, mode_t mode, gboolean above, guint uid)
{
    g_autoptr(GPtrArray) list = srt_doctor_list_new();
    SrtDoctorCheck *check = srt_doctor_add(list, "x", SRT_DOCTOR_WARNING, "x");
    struct stat st = {.st_uid = owner, .st_mode = mode};
    gboolean wrong = srt_doctor_mend_entry(check, "/a b", &st, above, uid);
    CU_ASSERT_EQUAL(wrong, check->remedies->len > 0);
    g_ptr_array_add(check->remedies, NULL);
    return g_strjoinv(" | ", (char **)check->remedies->pdata);
}

static void owners_and_modes(void)
{
    static const struct {
        uid_t owner;
        mode_t mode;
        gboolean above;
        guint uid;
        const char *remedies;
    } cases[] = {
        {0, S_IFREG | 0755, FALSE, USER, ""},
        {USER, S_IFREG | 0755, FALSE, USER, ""},
        {USER, S_IFREG | 0775, FALSE, USER, "chmod go-w '/a b'"},
        {0, S_IFREG | 0757, FALSE, USER, "sudo chmod go-w '/a b'"},
        {0, S_IFREG | 0757, FALSE, 0, "chmod go-w '/a b'"},
        {7, S_IFREG | 0755, FALSE, USER, "sudo chown root: '/a b'"},
        {7, S_IFDIR | 0777, FALSE, 0, "chown root: '/a b' | chmod go-w '/a b'"},
        {0, S_IFDIR | 01777, TRUE, USER, ""},
        {0, S_IFDIR | 01777, FALSE, USER, "sudo chmod go-w '/a b'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = mended(cases[i].owner, cases[i].mode, cases[i].above, cases[i].uid);
        SRT_ASSERT_STR(text, cases[i].remedies);
    }
}

static void limits(void)
{
    static const struct {
        int resource;
        rlim_t soft, hard;
        const char *remedy;
    } cases[] = {
        {RLIMIT_NOFILE, 12, 4096, "ulimit -n 1024"},
        {RLIMIT_NOFILE, 12, 12, "echo \"$(id -un) - nofile unlimited\" | sudo tee "},
        {RLIMIT_NPROC, 3, RLIM_INFINITY, "ulimit -u 1024"},
        {RLIMIT_FSIZE, 0, RLIM_INFINITY, "ulimit -f unlimited"},
        {RLIMIT_NOFILE, 1024, 4096, NULL},
        {RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) list = srt_doctor_list_new();
        struct rlimit limit = {.rlim_cur = cases[i].soft, .rlim_max = cases[i].hard};
        srt_doctor_judge_limit(list, cases[i].resource, &limit);
        CU_ASSERT_EQUAL(list->len, cases[i].remedy ? 1 : 0);
        if (list->len == 1)
            CU_ASSERT_TRUE(g_str_has_prefix(((SrtDoctorCheck *)list->pdata[0])->remedies->pdata[0],
                                            cases[i].remedy));
    }
}

static void proxy_urls(void)
{
    static const struct {
        const char *url, *host; /* NULL: wrong */
        guint16 port;
    } cases[] = {
        {"http://proxy.example.com:3128", "proxy.example.com", 3128},
        {"http://user:pass@localhost:1/x", "localhost", 1},
        {"http://user:p@ss@localhost:1", "localhost", 1},
        {"http://[::1]:8080", "::1", 8080},
        {"http://[::1]", "::1", 80},
        {"host", "host", 80},
        {"http://host:99999", NULL, 0},
        {"http://host:x", NULL, 0},
        {"http://:80", NULL, 0},
        {"http://", NULL, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *host = NULL;
        guint16 port = 0;
        gboolean ok = srt_doctor_split_url(cases[i].url, &host, &port);
        CU_ASSERT_EQUAL(ok, cases[i].host != NULL);
        if (!ok)
            continue;
        SRT_ASSERT_STR(host, cases[i].host);
        CU_ASSERT_EQUAL(port, cases[i].port);
    }
}

static void what_still_works_matters_less(void)
{
    static const struct {
        gboolean some, all;
        SrtDoctorLevel level;
    } cases[] = {{FALSE, FALSE, SRT_DOCTOR_PROBLEM},
                 {TRUE, FALSE, SRT_DOCTOR_WARNING},
                 {TRUE, TRUE, SRT_DOCTOR_NOTE}}; /* of what is only ours */
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) list = srt_doctor_list_new();
        srt_doctor_add(list, "x", SRT_DOCTOR_PROBLEM, "x")->mechanism = TRUE;
        srt_doctor_add(list, "y", SRT_DOCTOR_OK, "y")->mechanism = TRUE;
        ((SrtDoctorCheck *)list->pdata[0])->only_ours = TRUE;
        srt_doctor_settle(list, cases[i].some, cases[i].all);
        CU_ASSERT_EQUAL(((SrtDoctorCheck *)list->pdata[0])->level, cases[i].level);
        CU_ASSERT_EQUAL(((SrtDoctorCheck *)list->pdata[1])->level, SRT_DOCTOR_OK);
        CU_ASSERT_EQUAL(srt_doctor_has_problem(list), !cases[i].some);
        srt_doctor_add(list, "z", SRT_DOCTOR_PROBLEM, "z");
        srt_doctor_settle(list, TRUE, TRUE);
        CU_ASSERT_TRUE(srt_doctor_has_problem(list));
    }
}

static const srt_unit_case cases[] = {
    {"a_good_kernel", a_good_kernel},
    {"switches", switches},
    {"refused_namespaces", refused_namespaces},
    {"filters_and_landlock", filters_and_landlock},
    {"fuse", fuse},
    {"packages", packages},
    {"files_of_a_machine", files_of_a_machine},
    {"owners_and_modes", owners_and_modes},
    {"limits", limits},
    {"proxy_urls", proxy_urls},
    {"what_still_works_matters_less", what_still_works_matters_less},
};

SRT_UNIT_MAIN("cli.doctor", cases)
