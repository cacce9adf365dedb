/* SPDX-License-Identifier: Apache-2.0 */
/* Whether one of the entries of a list allows what another entry says, as text.
 * Pure: no link is looked at, which is why SrtConfigItem.within exists. */
#ifndef SRT_CONFIG_COVER_H
#define SRT_CONFIG_COVER_H

#include <glib.h>

#include "config/config.h"
#include "config/forms.h"

/* A list, indexed. list must outlive it; NULL is an empty list. */
typedef struct SrtCover SrtCover;

SrtCover *srt_cover_new(SrtForm form, const SrtConfigList *list, gboolean ignore_ports);
void srt_cover_free(SrtCover *cover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtCover, srt_cover_free)

/* The entry that allows text, or NULL: it has the same text, or
 *   domains: matches everything that text matches;
 *   paths: is the same directory or one above; a glob only allows itself, and
 *   text with a ".." only the same text;
 *   Mach names: ends in '*' and text begins with what stands before it. */
const SrtConfigItem *srt_cover_find(const SrtCover *cover, const char *text);

/* Whether a path holds one of * ? [ ] */
gboolean srt_is_glob(const char *path);

#endif
