// SPDX-License-Identifier: GPL-2.0-only
/* `kregion write`: copy into a device. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* Where the bytes come from. */
struct input {
	int fd;
	const char *name;
};

/* Up to @length bytes, fewer only at the end of the input; -1: failed, said. */
static ssize_t read_full(const struct input *input, char *buffer, size_t length)
{
	size_t got = 0;

	while (got < length) {
		ssize_t now = read(input->fd, buffer + got, length - got);

		if (now < 0 && errno == EINTR)
			continue;
		if (now < 0) {
			fail("cannot read %s: %s", input->name, strerror(errno));
			return -1;
		}
		if (!now)
			break;
		got += (size_t)now;
	}
	return (ssize_t)got;
}

/* Bytes of a regular file that are still to be read; 0: nobody knows. */
static uint64_t known_size(const struct input *input)
{
	off_t at = lseek(input->fd, 0, SEEK_CUR);
	struct stat status;

	if (at < 0 || fstat(input->fd, &status) || !S_ISREG(status.st_mode) ||
	    status.st_size <= at)
		return 0;
	return (uint64_t)(status.st_size - at);
}

static int say_too_long(const struct input *input, const struct range *range)
{
	return fail("%s is longer than the %llu bytes there are from there: expected no more, or LENGTH",
		    input->name, (unsigned long long)range->length);
}

static int copy_in(const struct range *range, const struct input *input,
		   bool limited, char *buffer)
{
	struct progress progress;
	uint64_t done = 0;
	ssize_t got = 0;
	int status = 0;

	progress_start(&progress, limited ? range->length : known_size(input));
	while (!status && done < range->length) {
		got = read_full(input, buffer, next_chunk(range, done, CHUNK));
		if (got <= 0)
			break;
		status = write_bytes(range, range->offset + done, buffer,
				     (size_t)got);
		done += (uint64_t)got;
		progress_add(&progress, (uint64_t)got);
	}
	progress_hide();
	if (status || got < 0)
		return FAILED;
	if (limited && done < range->length)
		return fail("%s ended after %llu bytes: expected %llu",
			    input->name, (unsigned long long)done,
			    (unsigned long long)range->length);
	if (!limited && done == range->length && read_full(input, buffer, 1) > 0)
		return say_too_long(input, range);
	return 0;
}

static int copy_from(const struct range *range, const char *path, bool limited)
{
	struct input input = { STDIN_FILENO, "standard input" };
	char *buffer;
	int status;

	if (path) {
		input.name = path;
		input.fd = open(path, O_RDONLY | O_CLOEXEC);
		if (input.fd < 0)
			return fail("cannot open '%s': %s", path,
				    strerror(errno));
	}
	/* What can be known to be too long changes nothing. */
	if (!limited && known_size(&input) > range->length)
		return say_too_long(&input, range);
	buffer = new_chunk();
	if (!buffer)
		return FAILED;
	status = copy_in(range, &input, limited, buffer);
	free(buffer);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "region", required_argument, NULL, 'r' },
		{ "input", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *region = NULL, *path = NULL;
	struct range range;
	int option, status;

	while ((option = next_option(&write_command, argc, argv, ":r:i:h",
				     options)) != -1) {
		if (option == 'r')
			region = optarg;
		else
			path = optarg;
	}
	status = count_words(&write_command, argc, argv, 1, 3);
	if (!status)
		status = open_range(&range, O_RDWR, region, argv + optind,
				    argc - optind);
	if (status)
		return status;
	status = copy_from(&range, path, argc - optind > 2);
	kregion_close(range.device);
	return status;
}

const struct command write_command = {
	.name = "write",
	.summary = "copy a file or standard input into a device",
	.help = "usage: kregion write [-r REGION] [-i FILE] DEVICE [OFFSET [LENGTH]]\n"
		"\n"
		"Copy FILE or standard input into the device from OFFSET on (without it: from 0 on).\n"
		"With LENGTH, exactly that many bytes; without, all that come, which must fit.\n"
		"\n"
		"  -r, --region REGION  count OFFSET from the start of this region, by its name or\n"
		"                       index, and end where it does\n"
		"  -i, --input FILE     read FILE\n"
		"  -h, --help           print this\n",
	.run = run,
};
