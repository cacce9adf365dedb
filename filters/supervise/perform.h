/* SPDX-License-Identifier: Apache-2.0 */
/* What the supervisor performs in the caller's place: creation at the level "exact",
 * and with perform_writes the changing calls. dispatch.c calls the handlers.
 *
 * A caller's identity is this process' own: it has no_new_privs and no capabilities, so its ids
 * cannot change, and what the kernel lets a thread of the supervisor do (which has dropped root's
 * capabilities as well) it would let the caller do. */
#ifndef SRT_SUPERVISE_PERFORM_H
#define SRT_SUPERVISE_PERFORM_H

/* Their state, sup->perform. 0 or -errno; free accepts NULL. */
int sup_perform_new(srt_supervisor *sup);
void sup_perform_free(srt_supervisor *sup);

sup_answer sup_create_exact(sup_call *call);   /* SUP_CREATES, options.exact (create_exact.c) */
sup_answer sup_open_perform(sup_call *call);   /* SUP_OPEN for writing, SUP_TRUNCATE */
sup_answer sup_delete_perform(sup_call *call); /* SUP_UNLINK, SUP_RMDIR, and SUP_RENAME when not
                                                  exact */
sup_answer sup_meta_perform(sup_call *call);   /* the other SUP_CHANGES, SUP_BY_FD */
sup_answer sup_umask(sup_call *call);          /* SUP_UMASK */

#endif
