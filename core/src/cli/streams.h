/* SPDX-License-Identifier: Apache-2.0 */
/* What a program does first: descriptors 0 to 2 exist from then on, so that no
 * file that is opened later takes their place. Both programs call it. */
#ifndef SRT_CLI_STREAMS_H
#define SRT_CLI_STREAMS_H

/* Opens /dev/null on each of 0, 1, 2 that is closed. -1 when that fails. */
int srt_cli_open_streams(void);

/* Ends with 125 unless what was printed reached standard output. */
int srt_cli_flush(int status);

#endif
