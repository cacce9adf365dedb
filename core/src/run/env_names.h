/* SPDX-License-Identifier: Apache-2.0 */
/* Names of environment variables that srt knows, as data. */
#ifndef SRT_RUN_ENV_NAMES_H
#define SRT_RUN_ENV_NAMES_H

#include <glib.h>

typedef enum {
    SRT_ENV_HTTP_URL,       /* http://localhost:PORT, http://srt:TOKEN@127.0.0.1:PORT */
    SRT_ENV_SOCKS_URL,      /* socks5h://localhost:PORT */
    SRT_ENV_HTTP_HOST_PORT, /* localhost:PORT */
    SRT_ENV_HTTP_PORT,      /* PORT, beside SRT_ENV_HTTP_PART */
    SRT_ENV_HTTP_PART,      /* as it stands in the table; goes with PORT */
    SRT_ENV_HTTP_USER,      /* as it stands in the table, where there is a token; beside PART */
    SRT_ENV_HTTP_TOKEN,     /* TOKEN, beside USER */
    SRT_ENV_TEXT,           /* as it stands in the table */
} SrtEnvProxyForm;

typedef struct SrtEnvProxy {
    const char *name;
    SrtEnvProxyForm form;
    const char *text;
} SrtEnvProxy;

/* What programs look at to find a proxy; ends with a name of NULL. */
extern const SrtEnvProxy srt_env_proxies[];

/* Whether a variable of that name holds a secret, by convention. */
gboolean srt_env_is_secret(const char *name);

#endif
