/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of conversations: what a sink keeps of each. */
#ifndef SINK_CHECK_H
#define SINK_CHECK_H

#include "conversation/conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

struct context {
    const struct conversation *conversation;
};

static inline void on_opened(struct conversation *conversation, void *context, void *user)
{
    ((struct context *)context)->conversation = conversation;
}

static inline const struct conversation *conversation_of(const void *context)
{
    return ((const struct context *)context)->conversation;
}

#endif
