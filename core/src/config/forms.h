/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that text in settings can have. One row says everything about a
 * form, for the validation and for the JSON Schema. */
#ifndef SRT_CONFIG_FORMS_H
#define SRT_CONFIG_FORMS_H

#include <glib.h>

#define SRT_PATH_TEXT_MAX 4095 /* bytes */
#define SRT_TEXT_MAX 4096      /* bytes of any other text */

typedef enum SrtForm {
    SRT_FORM_TEXT, /* anything */
    SRT_FORM_NONEMPTY,
    SRT_FORM_PATH,     /* absolute, relative or "~/"; may be a glob */
    SRT_FORM_ABSOLUTE, /* a path that starts with "/" */
    SRT_FORM_PROTECTED_NAME,
    SRT_FORM_ALLOWED_DOMAIN,
    SRT_FORM_DENIED_DOMAIN,
    SRT_FORM_PLAIN_DOMAIN, /* without port */
    SRT_FORM_ADDRESS,
    SRT_FORM_MACH_NAME,
    SRT_FORM_ENV_NAME,
    SRT_FORM_PROXY_URL,
    SRT_FORM_BACKEND,
    SRT_FORM_RULE_CLASS,
    SRT_FORM_USER_NAME,
    SRT_FORM_UUID,
    SRT_FORM_CREDENTIAL_MODE,
    SRT_FORM_ON_NO_MATCH,
    SRT_FORM_DECODE,
    SRT_FORM_SIGV4,
    SRT_FORM_PROTECT,
    SRT_FORM_LAYER,
    SRT_FORM_MONITOR,
    SRT_FORM_COUNT
} SrtForm;

typedef struct SrtFormInfo {
    const char *expected; /* "a path" */
    const char *plural;   /* "paths" */
    guint shortest;       /* bytes */
    guint longest;        /* bytes */
    /* One of these texts and no other; NULL: free text. */
    const char *const *choices;
    /* A choice of the reference that is told apart to say why it is refused. */
    const char *unsupported;
    const char *why_unsupported;
    /* ECMA 262 and PCRE alike. For the schema, where it never refuses what check
     * takes; without check it is the rule itself. NULL: none. */
    const char *pattern;
    /* NULL when text is right, else a constant sentence. NULL: none. */
    const char *(*check)(const char *text);
} SrtFormInfo;

const SrtFormInfo *srt_form(SrtForm form);

/* NULL when text has the form, else what was expected, with a hint: to be put
 * behind "found X, ". Caller frees. */
char *srt_form_check(SrtForm form, const char *text);

/* Names of the rule classes, as in <srt/policy.h>; NULL-terminated. */
extern const char *const srt_config_rule_classes[];

#endif
