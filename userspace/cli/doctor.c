// SPDX-License-Identifier: GPL-2.0-only
/* `kregion doctor`: what is wrong with the installation, and what mends it. */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"

static const struct {
	const char *name;
	void (*run)(struct patient *patient);
} checks[] = {
	{ "package", check_package },
	{ "dkms", check_dkms },
	{ "headers", check_headers },
	{ "build", check_build },
	{ "signature", check_signature },
	{ "loaded", check_loaded },
	{ "version", check_version },
	{ "group", check_group },
	{ "node", check_node },
	{ "access", check_access },
	{ "options", check_options },
	{ "boot", check_boot },
};

static const char * const result_names[] = {
	[RESULT_OK] = "ok",
	[RESULT_WARNING] = "warning",
	[RESULT_PROBLEM] = "problem",
	[RESULT_SKIPPED] = "skipped",
};

static struct json_object *vtext(const char *format, va_list args)
{
	struct json_object *object;
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	object = json_object_new_string(text);
	free(text);
	return object;
}

/* One line of the report. */
void say(struct patient *patient, enum result result, const char *format, ...)
{
	struct json_object *line = json_object_new_object();
	va_list args;

	va_start(args, format);
	json_object_object_add(line, "check",
			       json_object_new_string(patient->check));
	json_object_object_add(line, "result",
			       json_object_new_string(result_names[result]));
	json_object_object_add(line, "text", vtext(format, args));
	json_object_object_add(line, "fix", NULL);
	json_object_array_add(patient->lines, line);
	va_end(args);
	patient->problems += result == RESULT_PROBLEM;
}

/* The command that mends what the last line says. */
void mend(struct patient *patient, const char *format, ...)
{
	size_t last = json_object_array_length(patient->lines) - 1;
	va_list args;

	va_start(args, format);
	json_object_object_add(json_object_array_get_idx(patient->lines, last),
			       "fix", vtext(format, args));
	va_end(args);
}

static const char *field(struct json_object *line, const char *name)
{
	return json_object_get_string(json_object_object_get(line, name));
}

static void print_lines(const struct patient *patient)
{
	size_t i, nr = json_object_array_length(patient->lines);
	bool fixes = false;

	for (i = 0; i < nr; i++) {
		struct json_object *line =
			json_object_array_get_idx(patient->lines, i);
		const char *fix = field(line, "fix");

		printf("%-8s %s: %s\n", field(line, "result"),
		       field(line, "check"), field(line, "text"));
		if (fix)
			printf("         -> %s\n", fix);
		fixes |= !!fix;
	}
	if (fixes && !patient->root)
		puts("The commands are root's; run as root, the doctor sees more.");
}

static bool is_rpm_system(void)
{
	char text[4096], *line, *rest = text;

	if (!read_text("/etc/os-release", text, sizeof(text)))
		return !have_program("dpkg-query");
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, "ID=", 3) && strncmp(line, "ID_LIKE=", 8))
			continue;
		if (strstr(line, "debian") || strstr(line, "ubuntu"))
			return false;
		if (strstr(line, "fedora") || strstr(line, "rhel"))
			return true;
	}
	return !have_program("dpkg-query");
}

static void meet(struct patient *patient, const char *kernel)
{
	struct utsname system;

	uname(&system);
	memset(patient, 0, sizeof(*patient));
	snprintf(patient->kernel, sizeof(patient->kernel), "%s",
		 kernel ?: system.release);
	snprintf(patient->machine, sizeof(patient->machine), "%s", system.machine);
	patient->running = strcmp(patient->kernel, system.release) == 0;
	patient->rpm = is_rpm_system();
	patient->root = geteuid() == 0;
	patient->lines = json_object_new_array();
	find_module(patient);
}

static void examine(struct patient *patient)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		patient->check = checks[i].name;
		checks[i].run(patient);
	}
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "kernel", required_argument, NULL, 'k' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *kernel = NULL;
	struct patient patient;
	bool json = false;
	int option, status;

	while ((option = next_option(&doctor_command, argc, argv, ":k:jh",
				     options)) != -1) {
		if (option == 'j')
			json = true;
		else
			kernel = optarg;
	}
	status = count_words(&doctor_command, argc, argv, 0, 0);
	if (status)
		return status;
	if (kernel && (!*kernel || strchr(kernel, '/')))
		return wrong("doctor: kernel '%s': expected the name of a folder in /lib/modules",
			     kernel);

	meet(&patient, kernel);
	examine(&patient);
	if (json) {
		status = print_json(patient.lines);
	} else {
		print_lines(&patient);
		json_object_put(patient.lines);
		status = finish_output();
	}
	return patient.problems ? FAILED : status;
}

const struct command doctor_command = {
	.name = "doctor",
	.summary = "what is wrong with the installation, and what mends it",
	.help = "usage: kregion doctor [--kernel VERSION] [--json]\n"
		"\n"
		"Check the installation: package, DKMS, kernel headers, last build, signature,\n"
		"loaded module, versions, group, nodes, access, options, loading at boot. Each line\n"
		"is ok, warning, problem or skipped; behind -> stands the command that mends it.\n"
		"\n"
		"  -k, --kernel VERSION  look at this kernel instead of the running one\n"
		"  -j, --json            print an array of {check, result, text, fix}\n"
		"  -h, --help            print this\n"
		"\n"
		"Exit status: 0 without a problem, 1 with one, 2 for wrong usage.\n",
	.run = run,
};
