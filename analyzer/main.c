/* SPDX-License-Identifier: GPL-2.0-or-later
 * s7timeline: timelines of GOTOP S7 trackers from captured traffic. */
#include "gather.h"
#include "run.h"
#include "tell.h"

int main(int argc, char **argv)
{
    struct options options;
    switch (options_parse(&options, argc, argv)) {
    case OPTIONS_DONE:
        options_clear(&options);
        return EXIT_COMPLETE;
    case OPTIONS_WRONG:
        options_clear(&options);
        return EXIT_USAGE;
    case OPTIONS_RUN:
        break;
    }
    enum exit_status status = options.task == TASK_TELL     ? tell_run(&options)
                              : options.task == TASK_GATHER ? gather_run(&options)
                                                            : run_all(&options);
    options_clear(&options);
    return (int)status;
}
