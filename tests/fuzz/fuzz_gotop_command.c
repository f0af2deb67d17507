/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the gotop command parser. The input stands where the bytes behind the frame's head stand. */
#include "fuzz_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode_gotop(":123456", data, size, "#", S7_SHAPE_COMMAND);
    return 0;
}
