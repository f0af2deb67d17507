/* SPDX-License-Identifier: GPL-2.0-or-later
 * report.html: one page for people who read no tables, whole in itself: no network, no other file, no script. In: what
 * a teller is told. Out: the page, the same bytes for any number of threads. */
#ifndef PAGE_H
#define PAGE_H

#include "derived/section.h"
#include "result/output.h"

/* Devices that are drawn, the first ones of the capture that have reports; and others that the overview lists. */
#define PAGE_DEVICES 100
#define PAGE_LISTED  1000

struct page_options {
    struct output *output;
    bool hash;
    struct section_options section;
};

struct page;

/* Copies the options. */
struct page *page_new(const struct page_options *options);
struct teller page_teller(struct page *page);

/* What the page has from others: HTML. */
struct page_parts {
    const char *opening, *quality, *evidence;
};
/* All devices are told: writes the page. with_rows: of struct device, by id. */
void page_finish(struct page *page, const GPtrArray *with_rows, const struct page_parts *parts);
/* NULL is allowed. */
void page_free(struct page *page);

/* page_style.c: head of the page up to its content, in pieces; NULL at the end. */
extern const char *const page_head[];

#endif
