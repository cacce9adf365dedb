/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of a settings file, as data. Validation, storing, merging, the JSON
 * Schema and the help are all made from this one table. */
#ifndef SRT_CONFIG_KEYS_H
#define SRT_CONFIG_KEYS_H

#include <glib.h>
#include <stdbool.h>

#include "config/forms.h"

typedef enum SrtKeyKind {
    SRT_KEY_OBJECT,    /* members; a place is a bool: "it was there" */
    SRT_KEY_BOOL,      /* SrtTri */
    SRT_KEY_INT,       /* guint, from minimum to maximum */
    SRT_KEY_STRING,    /* char * */
    SRT_KEY_ITEM,      /* SrtConfigItem * */
    SRT_KEY_LIST,      /* SrtConfigList * */
    SRT_KEY_MAP,       /* GHashTable * of name -> text */
    SRT_KEY_MAP_LISTS, /* GHashTable * of name -> GStrv */
    SRT_KEY_OBJECTS,   /* list of objects with members; has no place */
    SRT_KEY_INT_PAIR,  /* two whole numbers; has no place */
    SRT_KEY_REFUSED,   /* known, but not to be given: help says why */
} SrtKeyKind;

/* What the file that extends another one may do with a key. */
typedef enum SrtMerge {
    SRT_MERGE_NOT,      /* has no place, so there is nothing to merge */
    SRT_MERGE_UNION,    /* list of what is forbidden: both count */
    SRT_MERGE_NARROW,   /* list of what is allowed: each entry must be allowed already */
    SRT_MERGE_LOOSENS,  /* true allows more: may only be true if it is already */
    SRT_MERGE_TIGHTENS, /* true allows less: may not be false if it is true already */
    SRT_MERGE_FIXED,    /* only the file that extends nothing may say it */
    SRT_MERGE_ADD,      /* map: new names only */
    SRT_MERGE_RAISES,   /* one of a form's choices, the loosest first: the same or a later one */
} SrtMerge;

typedef enum SrtKeyWhere {
    SRT_WHERE_ANY,
    SRT_WHERE_LINUX,
    SRT_WHERE_MACOS,
    SRT_WHERE_NOWHERE, /* a key of the reference without meaning in srt */
} SrtKeyWhere;

typedef struct SrtKey SrtKey;
struct SrtKey {
    const char *name;
    SrtKeyKind kind;
    SrtForm form;          /* of the text, of each entry, or of each value of a map */
    SrtForm name_form;     /* of the names in a map */
    gint64 minimum;        /* of a number, or of the number of entries */
    gint64 maximum;        /* 0: no limit */
    const SrtKey *members; /* ends with a nameless one */
    bool required;
    gsize place; /* 1 + offset in SrtConfig; 0: not kept */
    SrtMerge merge;
    /* NARROW: what a file allows that does not have the key: "." or NULL for
     * nothing, "*" for everything. RAISES: the choice that it then makes. */
    const char *absent;
    gsize unless; /* NARROW: 1 + offset of a SrtTri that, when true, allows everything */
    SrtKeyWhere where;
    const char *hint; /* behind an error of this key; NULL: none */
    const char *help; /* one or more sentences */
};

/* The whole file, an object. */
extern const SrtKey srt_config_keys;

/* Whether the key means something on the platform that this was built for. */
gboolean srt_key_has_meaning(const SrtKey *key);

/* "on Linux", "on macOS", "" */
const char *srt_key_where(const SrtKey *key);

/* The known key that name was probably meant to be: a member of object, else
 * a key from anywhere with its full name. NULL when nothing is near. Caller frees. */
char *srt_key_suggest(const SrtKey *object, const char *name);

#endif
