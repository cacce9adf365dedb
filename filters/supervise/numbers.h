/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_SUPERVISE_NUMBERS_H
#define SRT_SUPERVISE_NUMBERS_H

#include <sys/syscall.h>

/* One number on every machine; newer than the headers of some distributions. */
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_setxattrat
#define __NR_setxattrat 463
#endif
#ifndef __NR_removexattrat
#define __NR_removexattrat 466
#endif
#ifndef __NR_file_setattr
#define __NR_file_setattr 469
#endif

#endif
