/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last bytes of a direction: what is remembered, whatever the sizes of segments, against a list of all bytes and
 * the packets that brought them. */
#include "conversation/past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS  400
#define LONGEST 700
#define ALL     (ROUNDS * (LONGEST + 1))

static uint8_t bytes[ALL];
static uint64_t brought[ALL]; /* by the packet with this number, 0: by none */

/* Where the remembered stretch begins: no gap in it, PAST_PACKETS packets and PAST_BYTES bytes at most. */
static uint64_t first_remembered(uint64_t end)
{
    uint64_t start = end;
    unsigned packets = 0;
    while (start > 0 && end - start < PAST_BYTES && brought[start - 1] != 0) {
        if (start == end || brought[start - 1] != brought[start])
            packets++;
        if (packets > PAST_PACKETS)
            break;
        start--;
    }
    return start;
}

/* A second copy of the bytes from start to end, one of which is another. */
static void check_copy(struct past *past, GRand *rand, uint64_t start, uint64_t end, uint64_t stream_end)
{
    uint8_t copy[2 * LONGEST];
    uint64_t first = first_remembered(stream_end),
             wrong = start + (uint64_t)g_rand_int_range(rand, 0, (int)(end - start));
    struct origin second = {.number = 9999};
    struct overlap overlap;
    memcpy(copy, bytes + start, end - start);
    assert_false(past_differs(past, start, copy, end - start, &second, &overlap));
    copy[wrong - start] ^= 0x40;
    bool known = wrong >= first && wrong < stream_end;
    assert_int_equal(past_differs(past, start, copy, end - start, &second, &overlap), known);
    if (!known)
        return;
    assert_int_equal(overlap.offset, wrong);
    assert_int_equal(overlap.length, 1);
    assert_int_equal(overlap.taken[0], bytes[wrong]);
    assert_int_equal(overlap.refused[0], bytes[wrong] ^ 0x40);
    assert_int_equal(overlap.taken_origin.number, brought[wrong]);
    assert_int_equal(overlap.refused_origin.number, 9999);
}

static void remembers_the_last_bytes_and_their_packets(void **state)
{
    for (uint32_t seed = 1; seed <= 20; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        struct past *past = NULL;
        uint64_t end = (uint64_t)g_rand_int_range(rand, 0, 1000);
        memset(brought, 0, sizeof brought);
        for (uint64_t round = 1; round <= ROUNDS / 4; round++) {
            size_t length = (size_t)g_rand_int_range(rand, 1, g_rand_int_range(rand, 0, 4) ? 90 : LONGEST);
            if (g_rand_int_range(rand, 0, 10) == 0)
                end += (uint64_t)g_rand_int_range(rand, 1, 300); /* bytes that are missing */
            for (size_t i = 0; i < length; i++) {
                bytes[end + i] = (uint8_t)g_rand_int_range(rand, 0, 256);
                brought[end + i] = round;
            }
            past_add(&past, end, bytes + end, length, &(struct origin){.number = round});
            end += length;
            for (unsigned i = 0; i < 8; i++) {
                uint64_t back = (uint64_t)g_rand_int_range(rand, 1, 400), start = end > back ? end - back : 0;
                check_copy(past, rand, start, start + (uint64_t)g_rand_int_range(rand, 1, (int)(end - start) + 1), end);
            }
        }
        past_free(past);
        g_rand_free(rand);
    }
}

static void nothing_is_remembered_at_first(void **state)
{
    struct overlap overlap;
    assert_false(past_differs(NULL, 0, (const uint8_t *)"a", 1, &(struct origin){0}, &overlap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_the_last_bytes_and_their_packets),
        cmocka_unit_test(nothing_is_remembered_at_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
