/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stretch of payload that is in no frame: a row of leftovers.csv. */
#include "leftover.h"

#include "ledger.h"
#include "row.h"
#include "text.h"

#include <string.h>

/* A command has its password in the six digits behind the colon. */
#define PASSWORD_DIGITS 6

bool leftover_touches(const struct leftover *leftover, const struct element *piece, enum s7_reason reason)
{
    return leftover->bytes > 0 && leftover->reason == reason && leftover->offset + leftover->bytes == piece->offset;
}

static bool is_same_packet(const struct origin *a, const struct origin *b)
{
    return a->file == b->file && a->number == b->number;
}

void leftover_packet(GArray *packets, const struct origin *origin)
{
    guint place = packets->len;
    for (; place > 0; place--) {
        const struct origin *before = &g_array_index(packets, struct origin, place - 1);
        if (is_same_packet(before, origin))
            return;
        if (before->file < origin->file || (before->file == origin->file && before->number < origin->number))
            break;
    }
    g_array_insert_val(packets, place, *origin);
}

static bool is_text(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isprint(data[i]) && !g_ascii_isspace(data[i]))
            return false;
    return true;
}

static void add_packets(struct leftover *leftover, const struct element *piece)
{
    for (unsigned i = 0; i < piece->stretch_count; i++) {
        const struct origin *origin = &piece->stretches[i].origin;
        if (origin->time >= leftover->latest.time)
            leftover->latest = *origin;
        if (!leftover->packets)
            continue;
        if (leftover->packets->len < LEFTOVER_PACKETS_MAX)
            leftover_packet(leftover->packets, origin);
        else if (!is_same_packet(origin, &g_array_index(leftover->packets, struct origin, LEFTOVER_PACKETS_MAX - 1)))
            leftover->packets_left_out++;
    }
}

void leftover_add(struct leftover *leftover, const struct element *piece, enum s7_reason reason, bool whole)
{
    if (leftover->bytes == 0) {
        *leftover = (struct leftover){.reason = reason,
                                      .printable = true,
                                      .offset = piece->offset,
                                      .first = piece->stretches[0].origin,
                                      .latest = piece->stretches[0].origin};
        if (whole) {
            leftover->raw = g_byte_array_new();
            leftover->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
        }
    }
    add_packets(leftover, piece);
    if (leftover->raw && leftover->raw->len < LEFTOVER_RAW_MAX)
        g_byte_array_append(leftover->raw, piece->data,
                            (guint)MIN(piece->length, (uint32_t)(LEFTOVER_RAW_MAX - leftover->raw->len)));
    leftover->printable = leftover->printable && is_text(piece->data, piece->length);
    leftover->bytes += piece->length;
}

void leftover_absent(struct leftover *leftover, enum s7_reason reason, uint64_t offset, uint64_t bytes,
                     const struct origin *origin)
{
    *leftover =
        (struct leftover){.reason = reason, .offset = offset, .bytes = bytes, .first = *origin, .latest = *origin};
}

void leftover_clear(struct leftover *leftover)
{
    if (leftover->raw)
        g_byte_array_unref(leftover->raw);
    if (leftover->packets)
        g_array_unref(leftover->packets);
    *leftover = (struct leftover){0};
}

void leftover_header(GString *out)
{
    g_string_append(out, "stream,direction,stream_offset,bytes,reason,counted,protocol,capture_time,capture_file,"
                         "packets,raw\n");
}

static void print_packets(GString *out, const struct leftover *leftover)
{
    const struct origin *all = leftover->packets ? (const void *)leftover->packets->data : &leftover->first;
    report_packets(out, all, leftover->packets ? leftover->packets->len : 1, leftover->latest.file);
    if (leftover->packets_left_out > 0)
        g_string_append(out, ";...");
}

/* Bytes from data[0] on that are the password of a command or belong to a command that has others in its arguments. */
static size_t secret_length(const uint8_t *data, size_t length)
{
    size_t digits = 0;
    while (digits < length && digits < PASSWORD_DIGITS && g_ascii_isdigit(data[digits]))
        digits++;
    if (digits < PASSWORD_DIGITS && digits < length) /* not a command: other bytes before the sixth digit */
        return 0;
    return digits;
}

/* The raw bytes, escaped; what follows a colon like a password is masked, and so are the arguments of the commands that
 * carry secrets (H, O, W). */
static void print_masked(GString *out, const uint8_t *data, size_t length)
{
    size_t i = 0;
    while (i < length) {
        const uint8_t *colon = memchr(data + i, ':', length - i);
        size_t head = colon ? (size_t)(colon - data) + 1 - i : length - i;
        text_escape(out, data + i, head, TEXT_ASCII);
        i += head;
        size_t secret = colon ? secret_length(data + i, length - i) : 0;
        if (secret == 0)
            continue;
        g_string_append(out, ROW_MASK);
        i += secret;
        if (i < length && (data[i] == 'H' || data[i] == 'O' || data[i] == 'W')) {
            g_string_append_c(out, (char)data[i++]);
            g_string_append(out, ROW_MASK);
            while (i < length && data[i] != '#' && data[i] != '\r')
                i++;
        }
    }
}

void leftover_print(GString *out, const struct leftover *leftover, const struct leftover_row *row)
{
    text_unsigned(out, row->stream);
    g_string_append_printf(out, ",%s,", row->direction);
    text_unsigned(out, leftover->offset);
    g_string_append_c(out, ',');
    text_unsigned(out, leftover->bytes);
    g_string_append_printf(out, ",%s,%d,%s,", s7_reason_names[leftover->reason],
                           ledger_counted(leftover->reason) ? 1 : 0, row->protocol);
    text_time(out, leftover->latest.time);
    g_string_append_c(out, ',');
    text_unsigned(out, leftover->latest.file);
    g_string_append_c(out, ',');
    print_packets(out, leftover);
    g_string_append_c(out, ',');
    if (leftover->raw) {
        g_autoptr(GString) raw = g_string_new(NULL);
        if (row->show_secrets)
            text_escape(raw, leftover->raw->data, leftover->raw->len, TEXT_ASCII);
        else
            print_masked(raw, leftover->raw->data, leftover->raw->len);
        if (leftover->bytes > leftover->raw->len)
            g_string_append(raw, "\\..."); /* no escape looks like this */
        text_cell(out, raw->str, raw->len, row->csv_guard);
    }
    g_string_append_c(out, '\n');
}
