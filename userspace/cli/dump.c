// SPDX-License-Identifier: GPL-2.0-only
/* `kregion dump`: bytes in the form of hexdump -C. */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "cli.h"

#define LINE	16

static void print_line(uint64_t offset, const unsigned char *bytes,
		       size_t length)
{
	size_t i;

	printf("%08" PRIx64 " ", offset);
	for (i = 0; i < LINE; i++) {
		if (i % 8 == 0)
			putchar(' ');
		if (i < length)
			printf("%02x ", bytes[i]);
		else
			fputs("   ", stdout);
	}
	fputs(" |", stdout);
	for (i = 0; i < length; i++)
		putchar(bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '.');
	puts("|");
}

/* Lines equal to the one before become one "*". */
struct dump {
	unsigned char last[LINE];
	bool any;
	bool starred;
};

static void add_line(struct dump *dump, uint64_t offset,
		     const unsigned char *bytes, size_t length)
{
	if (dump->any && length == LINE && !memcmp(dump->last, bytes, LINE)) {
		if (!dump->starred)
			puts("*");
		dump->starred = true;
		return;
	}
	print_line(offset, bytes, length);
	memcpy(dump->last, bytes, length);
	dump->any = length == LINE;
	dump->starred = false;
}

static int dump_range(const struct range *range)
{
	unsigned char buffer[256 * LINE];
	struct dump dump = { .any = false };
	uint64_t done = 0;

	while (done < range->length && !ferror(stdout)) {
		size_t i, now = next_chunk(range, done, sizeof(buffer));

		if (read_bytes(range, range->offset + done, buffer, now))
			return FAILED;
		for (i = 0; i < now; i += LINE)
			add_line(&dump, range->offset + done + i, buffer + i,
				 now - i < LINE ? now - i : LINE);
		done += now;
	}
	printf("%08" PRIx64 "\n", range->offset + range->length);
	return finish_output();
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "region", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *region = NULL;
	struct range range;
	int status;

	while (next_option(&dump_command, argc, argv, ":r:h", options) != -1)
		region = optarg;
	status = count_words(&dump_command, argc, argv, 1, 3);
	if (!status)
		status = open_range(&range, O_RDONLY, region, argv + optind,
				    argc - optind);
	if (status)
		return status;
	status = dump_range(&range);
	kregion_close(range.device);
	return status;
}

const struct command dump_command = {
	.name = "dump",
	.summary = "print bytes of a device in hexadecimal and as text",
	.help = "usage: kregion dump [-r REGION] DEVICE [OFFSET [LENGTH]]\n"
		"\n"
		"Print LENGTH bytes from OFFSET on in hexadecimal and as text, each line with its\n"
		"offset in the device. \"*\" stands for lines that repeat the one before.\n"
		"\n"
		"  -r, --region REGION  count OFFSET from the start of this region, by its name or\n"
		"                       index, and end where it does\n"
		"  -h, --help           print this\n",
	.run = run,
};
