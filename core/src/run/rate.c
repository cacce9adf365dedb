/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rate.h"

gboolean srt_rate_take(SrtRate *rate, gint64 now, guint per_second)
{
    gint64 second = now / G_USEC_PER_SEC;
    if (second != rate->second) {
        rate->second = second;
        rate->taken = 0;
    }
    if (rate->taken < per_second) {
        rate->taken++;
        return TRUE;
    }
    rate->over++;
    return FALSE;
}

guint64 srt_rate_over(SrtRate *rate)
{
    guint64 over = rate->over;
    rate->over = 0;
    return over;
}
