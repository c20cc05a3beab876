// SPDX-License-Identifier: GPL-2.0-only
/* `kregion fill`: store one byte over and over. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int fill(const struct range *range, int byte)
{
	char *buffer = new_chunk();
	struct progress progress;
	uint64_t done = 0;
	int status = 0;

	if (!buffer)
		return FAILED;
	memset(buffer, byte, CHUNK);
	progress_start(&progress, range->length);
	while (!status && done < range->length) {
		size_t now = next_chunk(range, done, CHUNK);

		status = write_bytes(range, range->offset + done, buffer, now);
		done += now;
		progress_add(&progress, now);
	}
	progress_hide();
	free(buffer);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "region", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	char *words[3] = { NULL };
	const char *region = NULL;
	struct range range;
	uint64_t byte;
	int i, status;

	while (next_option(&fill_command, argc, argv, ":r:h", options) != -1)
		region = optarg;
	status = count_words(&fill_command, argc, argv, 2, 4);
	if (status)
		return status;
	if (!parse_number(argv[optind + 1], &byte) || byte > 0xff)
		return wrong("byte '%s': expected a number from 0 to 255, decimal or 0x...",
			     argv[optind + 1]);
	words[0] = argv[optind];
	for (i = optind + 2; i < argc; i++)
		words[i - optind - 1] = argv[i];
	status = open_range(&range, O_RDWR, region, words, argc - optind - 1);
	if (status)
		return status;
	status = fill(&range, (int)byte);
	kregion_close(range.device);
	return status;
}

const struct command fill_command = {
	.name = "fill",
	.summary = "store one byte over and over in a range of a device",
	.help = "usage: kregion fill [-r REGION] DEVICE BYTE [OFFSET [LENGTH]]\n"
		"\n"
		"Store BYTE, 0 to 255, in LENGTH bytes from OFFSET on; without LENGTH in all that\n"
		"follow, without OFFSET in all there are.\n"
		"\n"
		"  -r, --region REGION  count OFFSET from the start of this region, by its name or\n"
		"                       index, and end where it does\n"
		"  -h, --help           print this\n",
	.run = run,
};
