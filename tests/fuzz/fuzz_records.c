/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: a record file. The first byte says whether what follows is the file as it stands, or its blocks without
 * their checksums, which are then made right, so that what is behind them is reached. All is read as --from reads it:
 * whatever comes out has numbers of this result, and can be decoded and printed. */
#include "base/numbers.h"
#include "notes.h"
#include "result/leftover_row.h"
#include "result/printer.h"
#include "shard/shelf.h"
#include "store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INPUTS 3
/* The first byte of the input. */
#define IN_BLOCKS 1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct taken {
    uint64_t streams; /* of the file */
    struct printer printer;
    GString *text;
};

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* Blocks: an index of their kind, owner, length (2) and bytes. */
static void put_blocks(int descriptor, const uint8_t *data, size_t size)
{
    static const uint32_t kinds[] = {KIND_HEAD, KIND_OPTS, KIND_CAPT, KIND_HASH, KIND_SUMS, KIND_CONV,
                                     KIND_DEVS, KIND_ROWS, KIND_LEFT, KIND_RECS, KIND_INDX, KIND_DONE};
    struct blocks_out *out = blocks_create(descriptor, NULL, RECORDS_MAGIC, RECORDS_VERSION);
    uint64_t index = 0;
    while (size >= 4) {
        size_t length = MIN((size_t)(data[2] << 8 | data[3]), size - 4);
        uint32_t kind = kinds[data[0] % G_N_ELEMENTS(kinds)];
        if (kind == KIND_INDX)
            index = blocks_position(out);
        blocks_put(out, kind, kind == KIND_DONE ? index : data[1], data + 4, length);
        data += 4 + length;
        size -= 4 + length;
    }
    blocks_finish(out);
}

static void take_row(uint64_t stream, const char *rest, size_t length, void *user)
{
    const struct taken *taken = user;
    require(stream >= 1 && stream <= taken->streams, "number of a conversation of a row");
    require(length > 1 && rest[0] == ',' && rest[length - 1] == '\n', "a row is no line");
}

static void take_leftover(const struct leftover *leftover, uint64_t stream, void *user)
{
    const struct row_options options = {.csv_guard = true};
    const struct taken *taken = user;
    require(stream >= 1 && stream <= taken->streams, "number of a conversation of a leftover");
    require(leftover->latest.file >= 11 && leftover->latest.file < 11 + INPUTS, "input of a leftover");
    g_string_truncate(taken->text, 0);
    leftover_row_print(taken->text, leftover, stream, &options);
}

static void take_record(struct taken *taken, const uint8_t *record, size_t length, const char *id, GArray *packets)
{
    static struct s7_message message;
    struct report report;
    require(record_read(record, length, packets, &report), "a record that was read cannot be read again");
    require(report.stream >= 1 && report.stream <= taken->streams, "number of a conversation of a record");
    require(report.completed.file >= 11 && report.completed.file < 11 + INPUTS, "input of a record");
    for (unsigned i = 0; i < report.packet_count; i++)
        require(report.packets[i].file >= 11 && report.packets[i].file < 11 + INPUTS, "input of a packet");
    s7_decode_values(report.data, &report.frame, &message);
    report.message = &message;
    report.device_id = id;
    g_string_truncate(taken->text, 0);
    printer_print(&taken->printer, taken->text, &report);
}

static void read_all(struct shelf *shelf, struct taken *taken)
{
    static const uint32_t inputs[INPUTS] = {12, 11, 13};
    const struct shelf_part part = {1, 1};
    const struct records_in *in = shelf_files(shelf)->pdata[0];
    struct devices *devices = devices_new(16);
    g_autoptr(GArray) packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    taken->streams = in->conversations;
    shelf_place(shelf, 0, 11, inputs, INPUTS);
    shelf_number(shelf, devices);
    shelf_rows(shelf, &part, take_row, taken);
    shelf_leftovers(shelf, &part, take_leftover, taken);
    const struct source source = shelf_source(shelf, &part);
    const uint8_t *record;
    size_t length;
    uint32_t device;
    while (source.next_part(source.user, &device))
        while ((record = source.next_record(source.user, &length)) != NULL)
            take_record(taken, record, length, devices_at(devices, device)->id, packets);
    devices_free(devices);
}

static void read_notes(const struct records_in *in)
{
    struct options options = {.output = NULL};
    struct analysis analysis = {.options = &options};
    struct shard shard;
    char *message = NULL;
    guint first;
    analysis_prepare(&analysis);
    notes_read_head(in->head, &shard);
    notes_read_options(in->options, &options, &message);
    notes_read_captures(in->captures, &analysis, &first);
    notes_read_hashes(in->hashes, &analysis.inputs, 0);
    notes_read_sums(in->sums, &analysis);
    analysis_clear(&analysis);
    inputs_clear(&analysis.inputs);
    g_array_unref(analysis.unread);
    options_clear(&options);
    g_free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct row_options row = {.csv_guard = true};
    int descriptor = memfd_create("records", MFD_CLOEXEC);
    require(descriptor >= 0 && size <= INT32_MAX, "no file in memory");
    if (size > 0 && data[0] == IN_BLOCKS)
        put_blocks(descriptor, data + 1, size - 1);
    else if (size > 0)
        require(write(descriptor, data + 1, size - 1) == (ssize_t)size - 1, "write");
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", descriptor);
    char *paths[] = {path, NULL}, *message = NULL;
    struct shelf *shelf = shelf_open(paths, &message);
    require((shelf == NULL) == (message != NULL), "a refusal without a reason");
    if (shelf) {
        struct taken taken = {.text = g_string_new(NULL)};
        printer_init(&taken.printer, &row);
        read_notes(shelf_files(shelf)->pdata[0]);
        read_all(shelf, &taken);
        g_string_free(taken.text, TRUE);
    }
    shelf_close(shelf);
    g_free(message);
    close(descriptor);
    return 0;
}
