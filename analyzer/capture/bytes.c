/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bytes of a capture file, from front to back in large pieces, unpacked if they are packed with gzip. */
#include "capture/bytes.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define PIECE ((size_t)64 * 1024)

/* zlib's state, and packed bytes that were read. */
struct unpacker {
    z_stream stream;
    bool within; /* a piece has begun and not ended */
    uint8_t packed[PIECE];
};

struct bytes_source *bytes_open(int descriptor, bool pipe)
{
    struct bytes_source *source = g_new0(struct bytes_source, 1);
    source->descriptor = descriptor;
    source->pipe = pipe;
    source->capacity = 2 * PIECE;
    source->data = g_malloc(source->capacity);
    return source;
}

/* Bytes of the file; 0 at its end or when it cannot be read. */
static size_t read_file(struct bytes_source *source, uint8_t *to, size_t space)
{
    ssize_t got;
    do
        got = read(source->descriptor, to, space);
    while (got < 0 && errno == EINTR);
    source->error = got < 0 ? errno : 0;
    source->read += got > 0 ? got : 0;
    return got > 0 ? (size_t)got : 0;
}

/* Unpacks one piece of what is there; 0 at the end. */
static size_t unpack(struct bytes_source *source, uint8_t *to, size_t space)
{
    struct unpacker *unpacker = source->unpacker;
    z_stream *stream = &unpacker->stream;
    stream->next_out = to;
    stream->avail_out = (uInt)space;
    while (stream->avail_out == space) {
        if (stream->avail_in == 0) {
            stream->next_in = unpacker->packed;
            stream->avail_in = (uInt)read_file(source, unpacker->packed, PIECE);
        }
        if (stream->avail_in == 0) {
            source->cut = unpacker->within && source->error == 0;
            break;
        }
        if (!unpacker->within) { /* another piece; behind the last there may be zeros, of tapes */
            if (*stream->next_in == 0) {
                stream->next_in++;
                stream->avail_in--;
                continue;
            }
            inflateReset(stream);
            unpacker->within = true;
        }
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END)
            unpacker->within = false;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            source->damage = "its compressed data is damaged";
        if (source->damage)
            break;
    }
    return space - stream->avail_out;
}

void bytes_unpack(struct bytes_source *source)
{
    struct unpacker *unpacker = source->unpacker = g_new0(struct unpacker, 1);
    const int gzip = 16 + MAX_WBITS;
    if (inflateInit2(&unpacker->stream, gzip) != Z_OK)
        g_error("zlib: %s", unpacker->stream.msg);
    size_t left = MIN(bytes_left(source), PIECE);
    memcpy(unpacker->packed, source->data + source->start, left);
    unpacker->stream.next_in = unpacker->packed;
    unpacker->stream.avail_in = (uInt)left;
    unpacker->within = true;
    source->start = source->end = 0;
}

static size_t read_some(struct bytes_source *source)
{
    uint8_t *to = source->data + source->end;
    size_t space = source->capacity - source->end;
    if (source->ended || source->error != 0)
        return 0;
    size_t got = source->unpacker ? unpack(source, to, space) : read_file(source, to, MIN(space, PIECE));
    source->ended = got == 0 || source->damage != NULL;
    return got;
}

bool bytes_fetch(struct bytes_source *source, size_t wanted)
{
    size_t left = bytes_left(source);
    if (left >= wanted)
        return true;
    if (source->capacity - source->start < wanted + PIECE) {
        memmove(source->data, source->data + source->start, left);
        source->start = 0;
        source->end = left;
        if (source->capacity < wanted + PIECE) {
            source->capacity = 2 * wanted + PIECE;
            source->data = g_realloc(source->data, source->capacity);
        }
    }
    while (bytes_left(source) < wanted) {
        size_t got = read_some(source);
        if (got == 0)
            return false;
        source->end += got;
    }
    return true;
}

int bytes_spill(struct bytes_source *source)
{
    FILE *file = tmpfile();
    int descriptor = file ? dup(fileno(file)) : -1;
    bool good = descriptor >= 0;
    while (good && bytes_fetch(source, 1)) {
        size_t left = bytes_left(source);
        good = fwrite(source->data + source->start, 1, left, file) == left;
        source->start = source->end;
    }
    good = good && fflush(file) == 0 && source->error == 0;
    int error = source->error ? source->error : errno;
    if (file)
        fclose(file);
    if (!good && descriptor >= 0) {
        close(descriptor);
        descriptor = -1;
    }
    errno = error;
    return descriptor;
}

void bytes_close(struct bytes_source *source)
{
    if (!source)
        return;
    if (source->unpacker)
        inflateEnd(&source->unpacker->stream);
    g_free(source->unpacker);
    close(source->descriptor);
    g_free(source->data);
    g_free(source);
}
