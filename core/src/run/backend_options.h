/* SPDX-License-Identifier: Apache-2.0 */
/* What the settings say to backends alone (host->option). */
#ifndef SRT_RUN_BACKEND_OPTIONS_H
#define SRT_RUN_BACKEND_OPTIONS_H

#include <glib.h>

#include "config/config.h"

/* char * -> char *: a switch that is on is "true", a list is a line for each entry.
 * config may be NULL. Caller unrefs. */
GHashTable *srt_run_backend_options(const SrtConfig *config);

#endif
