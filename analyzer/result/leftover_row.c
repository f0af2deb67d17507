/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stretch of payload that is in no frame, as a row of leftovers.csv. */
#include "result/leftover_row.h"

#include "frame/ledger.h"

#include <string.h>

/* A command has its password in the six digits behind the colon. */
#define PASSWORD_DIGITS 6
/* Hexadecimal digits of a serial of fifotrack, at most. */
#define SERIAL_DIGITS 4
/* Characters of an id of startek (docs/STARTEK.md 1.1), of one of fifotrack at most, and digits of a length. */
#define ID_MIN        3
#define ID_MAX        16
#define FIFOTRACK_ID  20
#define LENGTH_DIGITS 5

void leftover_row_header(GString *out)
{
    g_string_append(out, "stream,direction,stream_offset,bytes,reason,counted,protocol,capture_time,capture_file,"
                         "packets,raw,raw_refused\n");
}

static void print_packets(GString *out, const struct leftover *leftover)
{
    unsigned count;
    const struct origin *packets = leftover_packets(leftover, &count);
    origins_print(out, packets, count, leftover->latest.file);
    if (leftover->packets_left_out > 0)
        g_string_append(out, ";...");
}

/* A secret in a stretch: [start, end), where start > 0 is the first byte behind what tells that it is one. */
struct secret {
    size_t start, end;
};

/* Does a command of gotop that has secrets in its arguments stand at data[i], behind its password? They follow up to
 * the end of the command. */
static struct secret command_secret(const uint8_t *data, size_t length, size_t i)
{
    size_t end = i + 1;
    if (i >= length || (data[i] != 'H' && data[i] != 'O' && data[i] != 'W'))
        return (struct secret){0, 0};
    while (end < length && data[end] != '#' && data[end] != '\r')
        end++;
    return (struct secret){i + 1, end};
}

/* Digits at data[i]: a password, if they are six, or fewer at the end. lost: the first of them may be missing, a letter
 * follows. */
static struct secret password(const uint8_t *data, size_t length, size_t i, bool lost)
{
    size_t end = i;
    while (end < length && end - i <= PASSWORD_DIGITS && g_ascii_isdigit(data[end]))
        end++;
    size_t digits = end - i;
    bool whole = digits == PASSWORD_DIGITS || (digits < PASSWORD_DIGITS && end == length && !lost);
    bool rest = lost && digits < PASSWORD_DIGITS && end < length && g_ascii_isalpha(data[end]);
    return whole || rest ? (struct secret){i, end} : (struct secret){0, 0};
}

/* Commands of startek whose arguments hold a password, and the answer of 808 that repeats them (docs/STARTEK.md 6). */
static bool is_secret_code(const uint8_t *text)
{
    static const char codes[][4] = {"109", "280", "600", "602"};
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (memcmp(text, codes[i], 3) == 0)
            return true;
    return false;
}

static size_t line_end(const uint8_t *data, size_t length, size_t i)
{
    while (i < length && data[i] != '\r' && data[i] != '\n')
        i++;
    return i;
}

/* Behind "id,", which ends at data[i]: the arguments of such a command, up to the end of the line. */
static struct secret startek_secret(const uint8_t *data, size_t length, size_t i)
{
    if (length - i > 4 && memcmp(data + i, "808,", 4) == 0)
        i += 4;
    if (length - i < 5 || !is_secret_code(data + i) || data[i + 3] != ',')
        return (struct secret){0, 0};
    return (struct secret){i + 4, line_end(data, length, i + 4)};
}

static bool begins(const uint8_t *data, size_t length, size_t i, const char *text)
{
    return length - i >= strlen(text) && memcmp(data + i, text, strlen(text)) == 0;
}

/* Does a stretch, or a line in it, begin there? */
static bool is_start(const uint8_t *data, size_t i)
{
    return i == 0 || data[i - 1] == '\n';
}

/* Is data[i] such a start, or is there a serial of fifotrack with its comma in front of it, as far as it is there? */
static bool follows_serial(const uint8_t *data, size_t i)
{
    if (is_start(data, i) || data[i - 1] != ',')
        return is_start(data, i);
    size_t first = i - 1;
    while (first > 0 && i - 1 - first < SERIAL_DIGITS && g_ascii_isxdigit(data[first - 1]))
        first--;
    return is_start(data, first) || (first < i - 1 && data[first - 1] == ',');
}

/* A command of fifotrack at data[i] whose arguments hold secrets, or the answer that repeats them: all behind the code
 * up to the end of the line; and what C06 says of the access point. (docs/FIFOTRACK.md 7) */
static struct secret fifotrack_secret(const uint8_t *data, size_t length, size_t i)
{
    static const char *const codes[] = {"B01,", "B99,", "S17,", "C04,B01,"};
    if (begins(data, length, i, "APN:")) {
        size_t end = i + strlen("APN:");
        while (end < length && data[end] != '\r' && data[end] != '\n' && !begins(data, length, end, ",EXT:"))
            end++;
        return (struct secret){i + strlen("APN:"), end};
    }
    for (size_t n = 0; n < G_N_ELEMENTS(codes); n++)
        if (begins(data, length, i, codes[n]) && follows_serial(data, i))
            return (struct secret){i + strlen(codes[n]), line_end(data, length, i)};
    return (struct secret){0, 0};
}

/* Steps *at over characters of that kind and the comma behind them; false if there are none, too many, or no comma. */
static bool step_part(const uint8_t *data, size_t length, size_t *at, size_t most, bool (*fits)(uint8_t))
{
    size_t end = *at;
    while (end < length && end - *at <= most && fits(data[end]))
        end++;
    bool good = end > *at && end - *at <= most && end < length && data[end] == ',';
    *at = good ? end + 1 : end;
    return good;
}

static bool is_digit(uint8_t byte)
{
    return g_ascii_isdigit(byte);
}

static bool is_hex(uint8_t byte)
{
    return g_ascii_isxdigit(byte);
}

static bool is_alnum(uint8_t byte)
{
    return g_ascii_isalnum(byte);
}

/* A command of fifotrack at data[i] that lost bytes: behind its id and serial stands no whole code, so what it would
 * set cannot be told, and all of it may be a secret. */
static struct secret broken_secret(const uint8_t *data, size_t length, size_t i)
{
    struct secret none = {0, 0};
    size_t at = i + 2;
    if (!begins(data, length, i, "##") || !step_part(data, length, &at, LENGTH_DIGITS, is_digit))
        return none;
    size_t start = at;
    bool whole = step_part(data, length, &at, FIFOTRACK_ID, is_alnum);
    if (whole)
        start = at;
    whole = whole && step_part(data, length, &at, SERIAL_DIGITS, is_hex);
    size_t code = whole ? at : start;
    if (whole && length - code > 3 && g_ascii_isupper(data[code]) && is_digit(data[code + 1]) &&
        is_digit(data[code + 2]) && (data[code + 3] == ',' || data[code + 3] == '*'))
        return none;
    return (struct secret){start, line_end(data, length, start)};
}

/* Where the text of letters and digits that may be an id and begins at data[i] ends with a comma; 0 if it does not. The
 * stretch may begin within it. */
static size_t id_end(const uint8_t *data, size_t length, size_t i)
{
    size_t end = i;
    while (end < length && end - i <= ID_MAX && g_ascii_isalnum(data[end]))
        end++;
    bool fits = end - i <= ID_MAX && (i == 0 || end - i >= ID_MIN);
    return fits && end < length && data[end] == ',' ? end + 1 : 0;
}

/* Does the colon at data[i] belong to the date or the time of a report (docs/PROTOCOL.md 2)? The stretch may begin
 * within the word. */
static bool is_date_or_time(const uint8_t *data, size_t i)
{
    static const char words[][5] = {"DATE", "TIME"};
    size_t length = MIN(i, 4);
    for (size_t n = 0; n < G_N_ELEMENTS(words) && length > 0; n++)
        if (memcmp(data + i - length, words[n] + 4 - length, length) == 0)
            return true;
    return false;
}

/* The secret that what stands at data[i] announces; end 0 if there is none. down: from the platform. */
static struct secret find_secret(const uint8_t *data, size_t length, size_t i, bool down)
{
    struct secret none = {0, 0};
    if (data[i] == ':')
        return !down && is_date_or_time(data, i) ? none : password(data, length, i + 1, false);
    if (data[i] == ',' || i == 0) {
        size_t id = id_end(data, length, data[i] == ',' ? i + 1 : i);
        struct secret secret = id > 0 ? startek_secret(data, length, id) : none;
        if (secret.end > 0)
            return secret;
    }
    struct secret secret = fifotrack_secret(data, length, i);
    if (secret.end == 0)
        secret = broken_secret(data, length, i);
    if (secret.end > 0)
        return secret;
    return i == 0 && down ? password(data, length, 0, true) : none;
}

/* The raw bytes, escaped, as far as they can be told from secrets: passwords of commands and the arguments of those
 * that set others. down: from the platform; a stretch may begin within a command. */
static void print_masked(GString *out, const uint8_t *data, size_t length, bool down)
{
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        struct secret secret = find_secret(data, length, i, down);
        while (secret.end > secret.start) {
            text_escape(out, data + written, secret.start - written, TEXT_ASCII);
            g_string_append(out, ROW_MASK);
            written = secret.end;
            i = secret.end - 1;
            secret = command_secret(data, length, written);
        }
    }
    text_escape(out, data + written, length - written, TEXT_ASCII);
}

/* The bytes of a cell, as far as they were kept. */
static void print_raw(GString *out, const struct leftover *leftover, const GByteArray *bytes,
                      const struct row_options *options)
{
    if (!bytes)
        return;
    g_autoptr(GString) raw = g_string_new(NULL);
    bool down = leftover->down;
    if (options->show_secrets)
        text_escape(raw, bytes->data, bytes->len, TEXT_ASCII);
    else if (down && leftover->reason == S7_LEFTOVER_OVERLAP && bytes->data[0] != ':')
        g_string_append(raw, ROW_MASK); /* out of a command: nothing tells whether it is of a password */
    else
        print_masked(raw, bytes->data, bytes->len, down);
    if (leftover->bytes > bytes->len)
        g_string_append(raw, "\\..."); /* no escape looks like this */
    text_cell(out, raw->str, raw->len, options->csv_guard);
}

void leftover_row_print(GString *out, const struct leftover *leftover, uint64_t stream,
                        const struct row_options *options)
{
    text_unsigned(out, stream);
    g_string_append_printf(out, ",%s,", s7_direction_names[leftover->down ? S7_DOWN : S7_UP]);
    text_unsigned(out, leftover->offset);
    g_string_append_c(out, ',');
    text_unsigned(out, leftover->bytes);
    g_string_append_printf(out, ",%s,%d,%s,", s7_reason_names[leftover->reason],
                           ledger_counted(leftover->reason) ? 1 : 0, leftover->protocol);
    if (!leftover->latest.untimed)
        text_time(out, leftover->latest.time + capture_clocks_ahead(options->clocks, &leftover->latest));
    g_string_append_c(out, ',');
    text_unsigned(out, leftover->latest.file);
    g_string_append_c(out, ',');
    print_packets(out, leftover);
    g_string_append_c(out, ',');
    print_raw(out, leftover, leftover->raw, options);
    g_string_append_c(out, ',');
    print_raw(out, leftover, leftover->refused, options);
    g_string_append_c(out, '\n');
}
