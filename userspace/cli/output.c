// SPDX-License-Identifier: GPL-2.0-only
/* What commands print: results, JSON, progress. */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

int finish_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	return fail("cannot write to standard output: %s", strerror(errno));
}

const char *human_size(uint64_t size, char buffer[32])
{
	static const char * const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (size && !(size % 1024) && unit + 1 < ARRAY_SIZE(units)) {
		size /= 1024;
		unit++;
	}
	snprintf(buffer, 32, "%llu %s", (unsigned long long)size, units[unit]);
	return buffer;
}

int print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object,
					    JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return finish_output();
}

/* ---- progress ---- */

#define QUIET_SECONDS	1.0	/* a short copy says nothing */
#define SHOW_SECONDS	0.2

/* Is a line of it on the terminal? */
static bool shown;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void progress_start(struct progress *progress, uint64_t total)
{
	*progress = (struct progress) {
		.total = total,
		.start = now(),
		.on = isatty(STDERR_FILENO),
	};
}

static void show(struct progress *progress, double time)
{
	const double mib = 1024 * 1024;
	double done = (double)progress->done;

	fprintf(stderr, "\r%.1f MiB", done / mib);
	if (progress->total)
		fprintf(stderr, " of %.1f MiB (%.0f %%)",
			(double)progress->total / mib,
			done * 100 / (double)progress->total);
	fprintf(stderr, ", %.1f MiB/s\033[K",
		done / mib / (time - progress->start));
	progress->shown = time;
	shown = true;
}

void progress_add(struct progress *progress, uint64_t bytes)
{
	double time;

	progress->done += bytes;
	if (!progress->on)
		return;
	time = now();
	if (time - progress->start >= QUIET_SECONDS &&
	    time - progress->shown >= SHOW_SECONDS)
		show(progress, time);
}

void progress_hide(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
