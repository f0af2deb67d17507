/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reports as lines of CSV, one behind the other at the end of a string. Keeps what the next line is likely to need. */
#ifndef PRINTER_H
#define PRINTER_H

#include "base/report.h"
#include "result/row.h"

struct printer {
    struct row_writer writer;
    struct row_path path; /* of the conversation and the side below */
    uint64_t stream;      /* 0 = none yet */
    struct endpoint source;
};

void printer_init(struct printer *printer, const struct row_options *options);
/* What a row is printed from; valid until the next call. The report must be decoded. */
struct row_facts printer_facts(struct printer *printer, const struct report *report);
/* The report must be decoded. */
void printer_print(struct printer *printer, GString *out, const struct report *report);

#endif
