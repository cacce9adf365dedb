/* SPDX-License-Identifier: Apache-2.0 */
#include "config/forms.h"

#include <string.h>

#include "base/hostname.h"

/* In the order of srt_rule_class. */
const char *const srt_config_rule_classes[] = {
    "readDeny",  "readAllow",  "writeAllow", "writeDeny", "writeDenyMissing",
    "globLater", "netIsolate", "netProxy",   "unixDeny",  "unixPath",
    "process",   "ipc",        "syscall",    "terminal",  NULL,
};

static const char *const modes[] = {"deny", NULL};
static const char *const on_no_match[] = {"warn", "deny", "error", NULL};
static const char *const decoders[] = {"jwt", NULL};
static const char *const sigv4[] = {"deny", "passthrough", NULL};

/* The loosest first, for SRT_MERGE_RAISES. */
static const char *const protect[] = {"off", "check", "exact", NULL};
static const char *const monitoring[] = {"off", "default", "full", NULL};
static const char *const layers[] = {"landlock", NULL};

static const char *check_allowed(const char *text)
{
    return srt_domain_pattern_check(text, FALSE, TRUE);
}

static const char *check_denied(const char *text)
{
    return srt_domain_pattern_check(text, TRUE, TRUE);
}

static const char *check_plain(const char *text)
{
    return srt_domain_pattern_check(text, FALSE, FALSE);
}

#define PORT                                                                                       \
    "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
#define OCTET "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define LOCALHOST "[lL][oO][cC][aA][lL][hH][oO][sS][tT]"
#define IN_BRACKETS "\\[[0-9A-Fa-f:.]+\\]"
/* A name with letters beyond ASCII: only the validation knows what it becomes. */
#define OTHER "[^:/*]*[^\\x00-\\x7f:/*][^:/*]*"
/* The validation lets pass in allow lists what no host can be ("x .com"). */
#define ALLOWED                                                                                    \
    "(" LOCALHOST "|(?!\\*\\.[^:]*\\.\\.)(\\*\\.)?[^.:/*\\[][^:/*]*\\.[^:/*]*[^.:/*]|"             \
    "(\\*\\.)?" OTHER "|" IN_BRACKETS ")"
#define LABEL "[A-Za-z0-9_-]{1,63}"
#define DENIED                                                                                     \
    "(\\*|" LOCALHOST "|(\\*\\.)?" LABEL "(\\." LABEL ")+|(\\*\\.)?" OTHER "|" IN_BRACKETS ")"

static const SrtFormInfo forms[SRT_FORM_COUNT] = {
    [SRT_FORM_TEXT] = {.expected = "text", .plural = "texts", .longest = SRT_TEXT_MAX},
    [SRT_FORM_NONEMPTY] = {.expected = "text that is not empty",
                           .plural = "texts",
                           .shortest = 1,
                           .longest = SRT_TEXT_MAX},
    [SRT_FORM_PATH] = {.expected = "a path",
                       .plural = "paths",
                       .shortest = 1,
                       .longest = SRT_PATH_TEXT_MAX},
    [SRT_FORM_ABSOLUTE] = {.expected = "an absolute path",
                           .plural = "absolute paths",
                           .shortest = 1,
                           .longest = SRT_PATH_TEXT_MAX,
                           .pattern = "^/"},
    [SRT_FORM_PROTECTED_NAME] = {.expected = "a name such as \".envrc\", \"dir/name\" or "
                                             "\"~/name\"",
                                 .plural = "names",
                                 .shortest = 1,
                                 .longest = SRT_PATH_TEXT_MAX,
                                 .pattern = "^(?!(.*/)?\\.{1,2}(/|$))(?!.*\\*\\*)"
                                            "[^/\\[]+(/[^/\\[]+)*$"},
    [SRT_FORM_ALLOWED_DOMAIN] = {.expected = "a domain pattern such as \"example.com\", "
                                             "\"*.example.com\" or \"example.com:443\"",
                                 .plural = "domain patterns",
                                 .shortest = 1,
                                 .longest = 300,
                                 .pattern = "^" ALLOWED "(:" PORT ")?$",
                                 .check = check_allowed},
    [SRT_FORM_DENIED_DOMAIN] = {.expected = "a domain pattern such as \"example.com\", "
                                            "\"*.example.com:443\" or \"*\"",
                                .plural = "domain patterns",
                                .shortest = 1,
                                .longest = 300,
                                .pattern = "^" DENIED "(:" PORT ")?$",
                                .check = check_denied},
    [SRT_FORM_PLAIN_DOMAIN] = {.expected = "a domain pattern without port such as "
                                           "\"example.com\" or \"*.example.com\"",
                               .plural = "domain patterns without port",
                               .shortest = 1,
                               .longest = 300,
                               .pattern = "^" ALLOWED "$",
                               .check = check_plain},
    [SRT_FORM_ADDRESS] = {.expected = "an IP address or CIDR block without brackets, such as "
                                      "\"192.0.2.1\", \"10.0.0.0/8\" or \"2001:db8::/32\"",
                          .plural = "IP addresses or CIDR blocks",
                          .shortest = 2,
                          .longest = 64,
                          .pattern = "^(" OCTET "(\\." OCTET "){3}(/(3[0-2]|[12]?[0-9]))?|"
                                     "[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*"
                                     "(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$",
                          .check = srt_address_pattern_check},
    [SRT_FORM_MACH_NAME] = {.expected = "a Mach service name, with at most one '*', at its end",
                            .plural = "Mach service names",
                            .shortest = 1,
                            .longest = SRT_TEXT_MAX,
                            .pattern = "^[^*]*\\*?$"},
    [SRT_FORM_ENV_NAME] = {.expected = "the name of a variable, letters, digits and '_'",
                           .plural = "names of variables",
                           .shortest = 1,
                           .longest = 255,
                           .pattern = "^[A-Za-z_][A-Za-z0-9_]*$"},
    [SRT_FORM_PROXY_URL] = {.expected = "an http:// URL such as "
                                        "\"http://proxy.example.com:3128\" (TLS to the proxy "
                                        "itself, https://, is not supported)",
                            .plural = "http:// URLs",
                            .shortest = 1,
                            .longest = SRT_TEXT_MAX,
                            .pattern = "^([hH][tT][tT][pP]://)?([^\\s/@?#]*@)?"
                                       "(\\[[0-9A-Fa-f:.]+\\]|[^\\s/:@?#\\[\\]]+)"
                                       "(:" PORT ")?/?$"},
    [SRT_FORM_BACKEND] = {.expected = "the name of a backend, or the absolute path of a module",
                          .plural = "names of backends",
                          .shortest = 1,
                          .longest = SRT_PATH_TEXT_MAX,
                          .pattern = "^([A-Za-z0-9][A-Za-z0-9_-]{0,63}|/.*[^/])$"},
    [SRT_FORM_RULE_CLASS] = {.expected = "a rule class",
                             .plural = "names of rule classes",
                             .choices = srt_config_rule_classes},
    [SRT_FORM_USER_NAME] = {.expected = "a user name of 1 to 20 characters",
                            .plural = "user names",
                            .pattern = "^[^\\n]{1,20}$",
                            .shortest = 1,
                            .longest = 80},
    [SRT_FORM_UUID] = {.expected = "a UUID",
                       .plural = "UUIDs",
                       .shortest = 36,
                       .longest = 36,
                       .pattern = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
    [SRT_FORM_CREDENTIAL_MODE] =
        {
            .expected = "a mode",
            .plural = "modes",
            .choices = modes,
            .unsupported = "mask",
            .why_unsupported = "replacing credentials by stand-ins",
        },
    [SRT_FORM_ON_NO_MATCH] = {.expected = "an action", .plural = "actions", .choices = on_no_match},
    [SRT_FORM_DECODE] = {.expected = "a decoder", .plural = "decoders", .choices = decoders},
    [SRT_FORM_SIGV4] = {.expected = "an action", .plural = "actions", .choices = sigv4},
    [SRT_FORM_PROTECT] = {.expected = "a level", .plural = "levels", .choices = protect},
    [SRT_FORM_LAYER] = {.expected = "a layer", .plural = "layers", .choices = layers},
    [SRT_FORM_MONITOR] = {.expected = "a level", .plural = "levels", .choices = monitoring},
};

const SrtFormInfo *srt_form(SrtForm form)
{
    return &forms[form];
}

static char *check_choice(const SrtFormInfo *info, const char *text)
{
    if (g_strv_contains(info->choices, text))
        return NULL;
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; info->choices[i]; i++)
        g_string_append_printf(list, "%s\"%s\"", i ? ", " : "", info->choices[i]);
    if (info->unsupported && strcmp(text, info->unsupported) == 0)
        return g_strdup_printf("expected %s; not supported by this version: %s; remove the entry "
                               "or use %s",
                               list->str, info->why_unsupported, list->str);
    return g_strdup_printf("expected %s%s", info->choices[1] ? "one of " : "", list->str);
}

/* Compiled once: a process reads few files, but a file may name many variables. */
static gboolean matches(SrtForm form, const char *text)
{
    static GRegex *compiled[SRT_FORM_COUNT];
    static GMutex lock;
    g_mutex_lock(&lock);
    if (!compiled[form])
        compiled[form] = g_regex_new(forms[form].pattern,
                                     (GRegexCompileFlags)(G_REGEX_DOLLAR_ENDONLY | G_REGEX_DOTALL),
                                     (GRegexMatchFlags)0, NULL);
    GRegex *regex = compiled[form];
    g_mutex_unlock(&lock);
    return g_regex_match(regex, text, (GRegexMatchFlags)0, NULL);
}

char *srt_form_check(SrtForm form, const char *text)
{
    const SrtFormInfo *info = &forms[form];
    gsize length = strlen(text);
    if (info->choices)
        return check_choice(info, text);
    if (length > info->longest)
        return g_strdup_printf("expected %s of at most %u bytes", info->expected, info->longest);
    const char *sentence = length >= info->shortest && info->check ? info->check(text) : NULL;
    if (sentence)
        return g_strdup_printf("expected %s; %s", info->expected, sentence);
    if (length < info->shortest || (!info->check && info->pattern && !matches(form, text)))
        return g_strdup_printf("expected %s", info->expected);
    return NULL;
}
