// SPDX-License-Identifier: GPL-2.0-only
/* Is kregion installed, and is its module built for the kernel? */
#define SOURCES		"/usr/src/kregion-"
#define LINE_SIZE	4096

#include <glob.h>
#include <regex.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

/* The DKMS folder of kregion. */
static void dkms_path(char *path, size_t size)
{
	char tree[PATH_MAX - 16] = "/var/lib/dkms";

	dkms_setting("dkms_tree", tree, sizeof(tree));
	snprintf(path, size, "%s/kregion", tree);
}

/* The newest version of which there is a source. */
static void find_source(char *version, size_t size)
{
	glob_t found;
	size_t i;

	if (glob(SOURCES "*/dkms.conf", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		char *name = found.gl_pathv[i] + strlen(SOURCES);

		*strchr(name, '/') = '\0';
		if (strverscmp(name, version) > 0)
			snprintf(version, size, "%s", name);
	}
	globfree(&found);
}

/* What later checks rely on. */
void find_module(struct patient *patient)
{
	find_source(patient->wants_dkms, sizeof(patient->wants_dkms));
	if (ask(patient->module, sizeof(patient->module), "modinfo", "-k",
		patient->kernel, "-F", "filename", "kregion", NULL) ||
	    !exists(patient->module))
		patient->module[0] = '\0';
	patient->unloadable = !patient->module[0];
}

/* ---- log of the last build ------------------------------------------------ */

/*
 * The log of a build that failed lies in build/ until the next one. It names its
 * kernel in the first line.
 */
static bool failed_log(const struct patient *patient, char *path, size_t size)
{
	char dkms[PATH_MAX - 128], text[LINE_SIZE], kernel[300];

	dkms_path(dkms, sizeof(dkms));
	snprintf(path, size, "%s/%s/build/make.log", dkms, patient->wants_dkms);
	snprintf(kernel, sizeof(kernel), " for kernel %s (", patient->kernel);
	return read_text(path, text, sizeof(text)) && strstr(text, kernel);
}

/* Signs of an error, the most telling first. */
static const char * const error_signs[] = {
	"error:", "ERROR:", "not found", "No such file", "***",
};

/* The first line of a log with the most telling sign that is in it. */
static bool first_error(const char *path, char *error, size_t size)
{
	FILE *file = fopen(path, "re");
	char line[LINE_SIZE];
	size_t i, best = ARRAY_SIZE(error_signs);

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		for (i = 0; i < best; i++) {
			if (!strstr(line, error_signs[i]))
				continue;
			snprintf(error, size, "%s", line);
			best = i;
		}
	}
	if (file)
		fclose(file);
	return best < ARRAY_SIZE(error_signs);
}

static void mend_build(struct patient *patient)
{
	if (!patient->packaged)
		mend(patient, "dkms install kregion/%s -k %s",
		     patient->wants_dkms, patient->kernel);
	else if (patient->rpm)
		mend(patient, "dnf upgrade --refresh kregion-dkms && dkms autoinstall -k %s",
		     patient->kernel);
	else
		mend(patient, "apt update && apt install kregion-dkms && dkms autoinstall -k %s",
		     patient->kernel);
}

void check_build(struct patient *patient)
{
	char path[PATH_MAX], error[LINE_SIZE];

	if (!failed_log(patient, path, sizeof(path))) {
		say(patient, patient->module[0] ? RESULT_OK : RESULT_SKIPPED,
		    "no build has failed for %s", patient->kernel);
		return;
	}
	if (!first_error(path, error, sizeof(error)))
		snprintf(error, sizeof(error), "the build ended early");
	say(patient, RESULT_PROBLEM, "%s (%s)", error, path);
	mend_build(patient);
}

/* ---- package -------------------------------------------------------------- */

static void check_rpm(struct patient *patient, const char *answer)
{
	patient->packaged = true;
	say(patient, RESULT_OK, "kregion-dkms %s", answer);
}

/* @answer: what dpkg wants, what is, whether it is broken; the version. */
static void check_deb(struct patient *patient, const char *answer)
{
	const char *version = answer + strcspn(answer, " ");
	char log[PATH_MAX];

	version += strspn(version, " ");
	patient->packaged = true;
	if (answer[1] == 'i' && answer[2] == ' ') {
		say(patient, RESULT_OK, "kregion-dkms %s", version);
		return;
	}
	if (answer[1] == 'F' && failed_log(patient, log, sizeof(log))) {
		say(patient, RESULT_SKIPPED,
		    "kregion-dkms %s is half configured: the build failed",
		    version);
		return;
	}
	say(patient, RESULT_PROBLEM,
	    "kregion-dkms %s is not completely installed (dpkg: %.2s)",
	    version, answer);
	if (strchr("UFWt", answer[1]))
		mend(patient, "dpkg --configure -a");
	else
		mend(patient, "apt install --reinstall kregion-dkms");
}

/* What the package manager knows of kregion-dkms; false for nothing. */
static bool ask_package(struct patient *patient, char *answer, size_t size)
{
	if (patient->rpm)
		return ask(answer, size, "rpm", "-q", "--qf",
			   "%{VERSION}-%{RELEASE}", "kregion-dkms", NULL) == 0;
	if (ask(answer, size, "dpkg-query", "-W", "-f",
		"${db:Status-Abbrev} ${Version}", "kregion-dkms", NULL))
		return false;
	/* dpkg remembers the configuration of packages that are removed. */
	return answer[0] && !strchr("nc", answer[1]);
}

void check_package(struct patient *patient)
{
	char answer[256];

	if (ask_package(patient, answer, sizeof(answer))) {
		(patient->rpm ? check_rpm : check_deb)(patient, answer);
		return;
	}
	if (patient->wants_dkms[0]) {
		say(patient, RESULT_OK,
		    "no package: installed from source, " SOURCES "%s",
		    patient->wants_dkms);
		return;
	}
	say(patient, RESULT_PROBLEM, "kregion-dkms is not installed");
	mend(patient, "%s install kregion-dkms", patient->rpm ? "dnf" : "apt");
}

/* Otherwise there is nothing to look at but the package. */
bool is_installed(const struct patient *patient)
{
	return patient->packaged || patient->wants_dkms[0];
}

/* ---- headers -------------------------------------------------------------- */

/* DKMS wants the same. */
static bool have_headers(const struct patient *patient)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/lib/modules/%s/build/include",
		 patient->kernel);
	return exists(path);
}

static void mend_headers(struct patient *patient)
{
	/* Debian's headers call DKMS when they are installed, Fedora's do not. */
	if (patient->rpm)
		mend(patient,
		     "dnf install kernel-devel-%s && dkms autoinstall -k %s",
		     patient->kernel, patient->kernel);
	else
		mend(patient, "apt install linux-headers-%s", patient->kernel);
}

static bool have_kernel(const struct patient *patient)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin",
		 patient->kernel);
	return exists(path);
}

/* What DKMS itself goes by: the pattern of kernels in dkms.conf. */
static bool supports_kernel(const struct patient *patient)
{
	char path[PATH_MAX], pattern[256] = "";
	regex_t regex;
	bool matches;

	snprintf(path, sizeof(path), SOURCES "%s/dkms.conf", patient->wants_dkms);
	find_setting(path, "BUILD_EXCLUSIVE_KERNEL", pattern, sizeof(pattern));
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		return true;
	matches = regexec(&regex, patient->kernel, 0, NULL, 0) == 0;
	regfree(&regex);
	return matches;
}

void check_headers(struct patient *patient)
{
	if (have_headers(patient)) {
		say(patient, RESULT_OK, "/lib/modules/%s/build", patient->kernel);
		return;
	}
	if (!have_kernel(patient)) {
		say(patient, RESULT_SKIPPED, "no kernel %s is installed",
		    patient->kernel);
		return;
	}
	if (!supports_kernel(patient)) {
		say(patient, RESULT_SKIPPED, "kregion is not for kernels like %s",
		    patient->kernel);
		return;
	}
	if (patient->module[0]) {
		say(patient, RESULT_WARNING,
		    "those of %s are missing: the next version cannot be built",
		    patient->kernel);
		mend_headers(patient);
		return;
	}
	say(patient, RESULT_PROBLEM,
	    "those of %s are missing: no module can be built", patient->kernel);
	mend_headers(patient);
}

/* ---- DKMS ----------------------------------------------------------------- */

/* The version that DKMS has installed for the kernel, by its link in the tree. */
static bool installed_version(const struct patient *patient, char *version,
			      size_t size)
{
	char path[PATH_MAX], dkms[PATH_MAX - 512], target[PATH_MAX];
	ssize_t length;

	dkms_path(dkms, sizeof(dkms));
	snprintf(path, sizeof(path), "%s/kernel-%s-%s", dkms, patient->kernel,
		 patient->machine);
	length = readlink(path, target, sizeof(target) - 1);
	if (length <= 0)
		return false;
	target[length] = '\0';
	snprintf(version, size, "%.*s", (int)strcspn(target, "/"), target);
	return true;
}

static void mend_dkms(struct patient *patient, const char *options)
{
	mend(patient, "dkms install %skregion/%s -k %s", options,
	     patient->wants_dkms, patient->kernel);
}

/* The source is there; DKMS has installed nothing. */
static void check_not_installed(struct patient *patient)
{
	char log[PATH_MAX];

	if (patient->module[0]) {
		say(patient, RESULT_WARNING,
		    "%s is not from DKMS: nothing builds it for the next kernel",
		    patient->module);
		mend_dkms(patient, "");
	} else if (!supports_kernel(patient)) {
		say(patient, RESULT_PROBLEM, "%s is not for kernels like %s",
		    patient->wants_dkms, patient->kernel);
	} else if (!have_headers(patient)) {
		say(patient, RESULT_SKIPPED, "%s is not built for %s: no headers",
		    patient->wants_dkms, patient->kernel);
	} else if (failed_log(patient, log, sizeof(log))) {
		say(patient, RESULT_SKIPPED,
		    "%s is not built for %s: the build failed",
		    patient->wants_dkms, patient->kernel);
	} else {
		say(patient, RESULT_PROBLEM, "%s is not built for %s",
		    patient->wants_dkms, patient->kernel);
		mend_dkms(patient, "");
	}
}

static void check_installed(struct patient *patient, const char *version)
{
	if (!patient->module[0]) {
		say(patient, RESULT_PROBLEM,
		    "%s is installed for %s, but its kregion.ko is gone",
		    version, patient->kernel);
		mend_dkms(patient, "--force ");
	} else if (strcmp(version, patient->wants_dkms)) {
		say(patient, RESULT_WARNING, "%s is installed for %s, not %s",
		    version, patient->kernel, patient->wants_dkms);
		mend_dkms(patient, "");
	} else {
		say(patient, RESULT_OK, "%s is installed for %s", version,
		    patient->kernel);
	}
}

static void check_no_source(struct patient *patient)
{
	if (!patient->packaged) {
		say(patient, RESULT_SKIPPED, "kregion-dkms is not installed");
		return;
	}
	say(patient, RESULT_PROBLEM, "the source " SOURCES "* is gone");
	mend(patient, patient->rpm ? "dnf reinstall kregion-dkms" :
	     "apt install --reinstall kregion-dkms");
}

static void check_no_kernel(struct patient *patient)
{
	if (patient->running) {
		say(patient, RESULT_PROBLEM,
		    "the modules of the running kernel %s are not installed any more",
		    patient->kernel);
		mend(patient, "systemctl reboot");
		return;
	}
	say(patient, RESULT_PROBLEM, "no kernel %s is installed", patient->kernel);
	mend(patient, "ls /lib/modules");
}

void check_dkms(struct patient *patient)
{
	char version[64];

	if (!patient->wants_dkms[0]) {
		check_no_source(patient);
	} else if (!have_program("dkms")) {
		say(patient, RESULT_PROBLEM, "dkms is not installed");
		mend(patient, "%s install dkms", patient->rpm ? "dnf" : "apt");
	} else if (!have_kernel(patient)) {
		check_no_kernel(patient);
	} else if (installed_version(patient, version, sizeof(version))) {
		check_installed(patient, version);
	} else {
		check_not_installed(patient);
	}
}
