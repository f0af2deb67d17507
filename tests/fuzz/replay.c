/* SPDX-License-Identifier: GPL-2.0-or-later
 * Replays the corpus of a fuzz target without a fuzzer: one input a line, in hexadecimal.
 * Takes corpus files, gives the number of inputs; a violated invariant aborts. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int hex_value(int c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* Returns the number of inputs, -1 if the file is not a corpus. */
static long replay(FILE *file)
{
    static uint8_t input[65536];
    long inputs = 0;
    size_t size = 0;
    for (int c; (c = getc(file)) != EOF;) {
        if (c == '\n') {
            uint8_t *exact = malloc(size ? size : 1); /* so that a read past the input is found */
            if (!exact)
                return -1;
            memcpy(exact, input, size);
            LLVMFuzzerTestOneInput(exact, size);
            free(exact);
            inputs++;
            size = 0;
            continue;
        }
        int high = hex_value(c), low = hex_value(getc(file));
        if (high < 0 || low < 0 || size == sizeof input)
            return -1;
        input[size++] = (uint8_t)(high << 4 | low);
    }
    return size == 0 ? inputs : -1;
}

int main(int argc, char **argv)
{
    long all = 0;
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "r");
        long inputs = file ? replay(file) : -1;
        if (file)
            fclose(file);
        if (inputs <= 0) {
            fprintf(stderr, "%s: no corpus\n", argv[i]);
            return 1;
        }
        all += inputs;
    }
    printf("%ld inputs\n", all);
    return all > 0 ? 0 : 1;
}
