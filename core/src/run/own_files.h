/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_RUN_OWN_FILES_H
#define SRT_RUN_OWN_FILES_H

/* Absolute paths of srt's programs, module directories, site file, and of the
 * modules that are chosen by path with the programs that lie beside them. backend: of the command line, from_settings:
 * of the settings; each may be NULL. Caller frees with g_strfreev. */
char **srt_run_own_files(const char *backend, const char *from_settings);

#endif
