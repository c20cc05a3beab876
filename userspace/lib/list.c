// SPDX-License-Identifier: GPL-2.0-only
/* Which devices there are. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define CLASS	"/sys/class/kregion"

static int is_device(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* One piece of memory: @nr pointers and a NULL, then the names. */
static char **pack(struct dirent **entries, size_t nr)
{
	size_t i, size = (nr + 1) * sizeof(char *);
	char **names, *next;

	for (i = 0; i < nr; i++)
		size += strlen(entries[i]->d_name) + 1;
	names = malloc(size);
	if (!names)
		return NULL;
	next = (char *)(names + nr + 1);
	for (i = 0; i < nr; i++) {
		names[i] = next;
		next = stpcpy(next, entries[i]->d_name) + 1;
	}
	names[nr] = NULL;
	return names;
}

char **kregion_list(void)
{
	struct dirent **entries = NULL;
	int i, nr = scandir(CLASS, &entries, is_device, versionsort);
	char **names;

	/* No folder: the module is not loaded, and there is no device. */
	if (nr < 0) {
		if (errno != ENOENT)
			return NULL;
		nr = 0;
	}
	names = pack(entries, (size_t)nr);
	for (i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	return names;
}
