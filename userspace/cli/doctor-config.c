// SPDX-License-Identifier: GPL-2.0-only
/* What /etc/modprobe.d and modules-load.d say of kregion. */
#include <glob.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor.h"
#include "spec.h"

static const char cmdline[] = "/proc/cmdline";

#define MAX_LINE	8192	/* more than a parameter may have */

/* ---- the files of a folder of configuration ------------------------------- */

/* Those of an earlier place hide those of the same name in a later one. */
static const char * const places[] = {
	"/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib",
};

static bool is_hidden(const char *folder, size_t place, const char *name)
{
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < place; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", places[i], folder, name);
		if (exists(path))
			return true;
	}
	return false;
}

/* Call @visit with each line of the files FOLDER/NAME.conf that count. */
struct visitor {
	void (*visit)(struct visitor *visitor, const char *path, int number,
		      char *line);
	struct patient *patient;
	int found;
	int wrong;
	int said;
};

/* A backslash at the end joins the next line. */
static void visit_file(struct visitor *visitor, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[MAX_LINE];
	int number = 0, start = 1;
	size_t length = 0;

	while (file && length < sizeof(line) - 1 &&
	       fgets(line + length, (int)(sizeof(line) - length), file)) {
		number++;
		length += strcspn(line + length, "\n");
		line[length] = '\0';
		if (length && line[length - 1] == '\\') {
			line[--length] = '\0';
			continue;
		}
		visitor->visit(visitor, path, start, line);
		start = number + 1;
		length = 0;
	}
	if (file)
		fclose(file);
}

static void visit_folder(struct visitor *visitor, const char *folder)
{
	char pattern[PATH_MAX];
	glob_t found;
	size_t i, place;

	for (place = 0; place < ARRAY_SIZE(places); place++) {
		snprintf(pattern, sizeof(pattern), "%s/%s/*.conf", places[place],
			 folder);
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (i = 0; i < found.gl_pathc; i++) {
			const char *path = found.gl_pathv[i];

			if (!is_hidden(folder, place, strrchr(path, '/') + 1))
				visit_file(visitor, path);
		}
		globfree(&found);
	}
}

/* ---- options kregion ------------------------------------------------------ */

/* Nothing is said when the question is only whether something is wrong. */
__attribute__((format(printf, 5, 6)))
static void complain(struct visitor *visitor, enum result result,
		     const char *path, int number, const char *format, ...)
{
	struct patient *patient = visitor->patient;
	char text[MAX_LINE + 256];
	va_list args;

	visitor->said++;
	visitor->wrong += result == RESULT_PROBLEM;
	if (!patient)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say(patient, result, "%s:%d: %s", path, number, text);
	if (path != cmdline)
		mend(patient, "%s +%d %s && modprobe kregion",
		     patient->rpm ? "vi" : "sensible-editor", number, path);
	else
		mend(patient, patient->rpm ?
		     "grubby --update-kernel=ALL --remove-args=kregion.regions" :
		     "sensible-editor /etc/default/grub && update-grub");
}

static void check_regions(struct visitor *visitor, const char *path, int number,
			  const char *regions)
{
	struct kregion_region_spec spec;
	struct kregion_parser parser;
	enum kregion_parsed parsed;

	kregion_parse_start(&parser, regions);
	do
		parsed = kregion_parse_next(&parser, &spec);
	while (parsed > KREGION_PARSED_END);
	if (parsed == KREGION_PARSED_END)
		return;
	complain(visitor, RESULT_PROBLEM, path, number,
		 "regions=: '%.*s': expected %s", (int)parser.token_len,
		 parser.token, parser.expected);
}

static void check_option(struct visitor *visitor, const char *path, int number,
			 const char *option)
{
	size_t length = strcspn(option, "=");

	if (length == 7 && !strncmp(option, "regions", length)) {
		if (visitor->found++)
			complain(visitor, RESULT_WARNING, path, number,
				 "regions= is given again; the last one counts");
		check_regions(visitor, path, number,
			      option[length] ? option + length + 1 : "");
		return;
	}
	if (!strncmp(option, "dyndbg", 6) || !strncmp(option, "async_probe", 11))
		return;
	complain(visitor, RESULT_WARNING, path, number,
		 "kregion has no parameter '%.*s', only regions=", (int)length,
		 option);
}

/* The next word; blanks between double quotes are in it, the quotes are not. */
static char *next_word(char **rest)
{
	char *from = *rest + strspn(*rest, " \t"), *to = from, *word = from;
	bool quoted = false;

	if (!*from)
		return NULL;
	for (; *from && (quoted || !strchr(" \t", *from)); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*rest = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

static void visit_options(struct visitor *visitor, const char *path, int number,
			  char *line)
{
	char *command = next_word(&line), *module = next_word(&line), *word;

	if (!command || !module || strcmp(module, "kregion"))
		return;
	if (!strcmp(command, "options")) {
		while ((word = next_word(&line)))
			check_option(visitor, path, number, word);
	} else if (!strcmp(command, "blacklist") || !strcmp(command, "install")) {
		complain(visitor, RESULT_WARNING, path, number,
			 "'%s kregion' keeps it from being loaded at boot",
			 command);
	}
}

/* modprobe also takes "kregion.regions=" from the kernel's command line. */
static void visit_cmdline(struct visitor *visitor)
{
	static const char prefix[] = "kregion.";
	char text[MAX_LINE], *rest = text, *word;

	read_text(cmdline, text, sizeof(text));
	while ((word = next_word(&rest))) {
		if (!strncmp(word, prefix, strlen(prefix)))
			check_option(visitor, cmdline, 1,
				     word + strlen(prefix));
	}
}

static void visit_all_options(struct visitor *visitor)
{
	visitor->visit = visit_options;
	visit_folder(visitor, "modprobe.d");
	visit_cmdline(visitor);
}

bool options_are_wrong(void)
{
	struct visitor visitor = { };

	visit_all_options(&visitor);
	return visitor.wrong;
}

void check_options(struct patient *patient)
{
	struct visitor visitor = { .patient = patient };

	visit_all_options(&visitor);
	if (!visitor.said)
		say(patient, RESULT_OK, visitor.found ? "regions= is right" :
		    "no regions= is given, the default holds");
}

/* ---- loaded at boot ------------------------------------------------------- */

static void visit_modules(struct visitor *visitor, const char *path, int number,
			  char *line)
{
	char *word = next_word(&line);

	(void)path;
	(void)number;
	if (word && !strcmp(word, "kregion"))
		visitor->found++;
}

void check_boot(struct patient *patient)
{
	static const char mask[] = "/etc/modules-load.d/kregion.conf";
	struct visitor visitor = { .visit = visit_modules };

	if (!is_installed(patient)) {
		say(patient, RESULT_SKIPPED, "kregion-dkms is not installed");
		return;
	}
	visit_folder(&visitor, "modules-load.d");
	if (visitor.found) {
		say(patient, RESULT_OK, "modules-load.d has kregion loaded");
	} else if (exists(mask)) {
		say(patient, RESULT_WARNING,
		    "%s hides the package's: not loaded at boot", mask);
		mend(patient, "rm %s", mask);
	} else {
		say(patient, RESULT_WARNING,
		    "no file in modules-load.d names kregion: not loaded at boot");
		mend(patient, "echo kregion >%s", mask);
	}
}
