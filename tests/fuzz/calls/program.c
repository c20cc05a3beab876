// SPDX-License-Identifier: GPL-2.0-only
#include "program.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"

void program_print(const struct program *program, FILE *file)
{
	unsigned int i;

	for (i = 0; i < program->len; i++) {
		const struct seed *seed = &program->seeds[i];

		fprintf(file, "%s%" PRIx64, i ? " " : "", seed->start);
		if (seed->tweak_at != NO_TWEAK)
			fprintf(file, ":%" PRIx32 ":%" PRIx32, seed->tweak_at,
				seed->tweak);
	}
	fputc('\n', file);
}

static struct seed parse_seed(const char *word)
{
	struct seed seed = { .tweak_at = NO_TWEAK };
	int fields = sscanf(word, "%" SCNx64 ":%" SCNx32 ":%" SCNx32,
			    &seed.start, &seed.tweak_at, &seed.tweak);

	if (fields != 1 && fields != 3)
		die("'%s' is no call", word);
	return seed;
}

bool program_read(struct program *program, FILE *file)
{
	static char line[MAX_PROGRAM * 40];
	char *word;

	if (!fgets(line, sizeof(line), file))
		return false;
	line[strcspn(line, "\n")] = '\0';
	program->len = 0;
	for (word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		if (program->len == MAX_PROGRAM)
			die("a program of more than %d calls", MAX_PROGRAM);
		program->seeds[program->len++] = parse_seed(word);
	}
	return true;
}
