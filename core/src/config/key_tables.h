/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that the table of keys is made of; only for the files that hold them. */
#ifndef SRT_CONFIG_KEY_TABLES_H
#define SRT_CONFIG_KEY_TABLES_H

#include <stddef.h>

#include "config/config.h"
#include "config/keys.h"

#define SRT_PLACE(member) (1 + offsetof(SrtConfig, member))

#define SRT_KEYS_END                                                                               \
    {                                                                                              \
        .name = NULL                                                                               \
    }

#define SRT_NOT_YET_MASK "not supported by this version: replacing credentials by stand-ins"

extern const SrtKey srt_network_keys[];
extern const SrtKey srt_credential_keys[];
extern const SrtKey srt_ripgrep_keys[];
extern const SrtKey srt_seccomp_keys[];
extern const SrtKey srt_windows_keys[];

#endif
