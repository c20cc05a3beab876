// SPDX-License-Identifier: GPL-2.0-only
/* `kregion read`: copy out of a device. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int write_all(int fd, const char *name, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return fail("cannot write to %s: %s", name,
				    strerror(errno));
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

static int copy_out(const struct range *range, int fd, const char *name,
		    char *buffer)
{
	struct progress progress;
	uint64_t done = 0;
	int status = 0;

	progress_start(&progress, range->length);
	while (done < range->length) {
		size_t now = next_chunk(range, done, CHUNK);

		status = read_bytes(range, range->offset + done, buffer, now);
		if (!status)
			status = write_all(fd, name, buffer, now);
		if (status)
			break;
		done += now;
		progress_add(&progress, now);
	}
	progress_hide();
	return status;
}

static int copy_to(const struct range *range, const char *path)
{
	int fd = STDOUT_FILENO;
	int status;
	char *buffer;

	if (path) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (fd < 0)
			return fail("cannot open '%s': %s", path,
				    strerror(errno));
	}
	buffer = new_chunk();
	if (!buffer)
		return FAILED;
	status = copy_out(range, fd, path ? path : "standard output", buffer);
	free(buffer);
	/* A full disk may show only now. */
	if (close(fd) && !status)
		status = fail("cannot write to %s: %s",
			      path ? path : "standard output", strerror(errno));
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "region", required_argument, NULL, 'r' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *region = NULL, *path = NULL;
	struct range range;
	int option, status;

	while ((option = next_option(&read_command, argc, argv, ":r:o:h",
				     options)) != -1) {
		if (option == 'r')
			region = optarg;
		else
			path = optarg;
	}
	status = count_words(&read_command, argc, argv, 1, 3);
	if (!status)
		status = open_range(&range, O_RDONLY, region, argv + optind,
				    argc - optind);
	if (status)
		return status;
	status = copy_to(&range, path);
	kregion_close(range.device);
	return status;
}

const struct command read_command = {
	.name = "read",
	.summary = "copy bytes of a device to a file or standard output",
	.help = "usage: kregion read [-r REGION] [-o FILE] DEVICE [OFFSET [LENGTH]]\n"
		"\n"
		"Copy LENGTH bytes from OFFSET on, without LENGTH all that follow, without OFFSET\n"
		"all there are, to FILE or to standard output.\n"
		"\n"
		"  -r, --region REGION  count OFFSET from the start of this region, by its name or\n"
		"                       index, and end where it does\n"
		"  -o, --output FILE    write to FILE\n"
		"  -h, --help           print this\n",
	.run = run,
};
