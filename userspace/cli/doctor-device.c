// SPDX-License-Identifier: GPL-2.0-only
/* The loaded module, its version, its nodes and who may open them. */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor.h"

#define MODULE		"/sys/module/kregion"
#define CLASS		"/sys/class/kregion/"
#define GROUP		"kregion"
#define RULE		"60-kregion.rules"

static bool is_loaded(void)
{
	return exists(MODULE);
}

/* ---- loaded --------------------------------------------------------------- */

enum { KLOG_READ_ALL = 3, KLOG_SIZE = 10 };

/* Does this line, "<LEVEL>[TIME] TEXT", say why a module was not loaded? */
static bool tells_refusal(const char *line, const char *text)
{
	int level = line[0] == '<' ? atoi(line + 1) & 7 : 7;

	return (level <= 3 && !strncmp(text, "kregion: ", 9)) ||
	       strstr(text, "Lockdown: modprobe: unsigned module") ||
	       strstr(text, "Loading of module with unavailable key") ||
	       strstr(text, "Loading of unsigned module");
}

/* The last reason in the kernel log; false also when it may not be read. */
static bool refusal(char *reason, size_t size)
{
	int length = klogctl(KLOG_SIZE, NULL, 0);
	char *log = length > 0 ? calloc(1, (size_t)length + 1) : NULL;
	char *line, *rest = log;

	reason[0] = '\0';
	if (log && klogctl(KLOG_READ_ALL, log, length) < 0)
		rest = NULL;
	while ((line = strsep(&rest, "\n"))) {
		const char *text = strstr(line, "] ");

		if (text && tells_refusal(line, text + 2))
			snprintf(reason, size, "%s", text + 2);
	}
	free(log);
	return reason[0];
}

static bool boot_failed(void)
{
	char answer[64];

	return ask(answer, sizeof(answer), "systemctl", "is-failed",
		   "systemd-modules-load", NULL) == 0;
}

static void check_not_loaded(struct patient *patient)
{
	bool wrong_options = options_are_wrong(), failed = boot_failed();
	char reason[1024];

	if (patient->unloadable) {
		say(patient, RESULT_SKIPPED,
		    "not loaded: there is no module that this kernel takes");
		return;
	}
	say(patient, wrong_options ? RESULT_SKIPPED : RESULT_PROBLEM,
	    "not loaded%s%s%s%s",
	    wrong_options ? ", as its options are wrong" : "",
	    failed ? " (see systemctl status systemd-modules-load)" : "",
	    refusal(reason, sizeof(reason)) ? "; the kernel log says: " : "",
	    reason);
	if (!wrong_options)
		mend(patient, failed ? "systemctl restart systemd-modules-load" :
		     "modprobe kregion");
}

void check_loaded(struct patient *patient)
{
	if (!patient->running)
		say(patient, RESULT_SKIPPED, "another kernel is running");
	else if (!exists("/sys/module"))
		say(patient, RESULT_SKIPPED, "no /sys here");
	else if (is_loaded())
		say(patient, RESULT_OK, "yes");
	else
		check_not_loaded(patient);
}

/* ---- version -------------------------------------------------------------- */

/* The modules that must go first, each with a blank before it. */
static unsigned int find_holders(char *names, size_t size)
{
	DIR *folder = opendir(MODULE "/holders");
	unsigned int nr = 0;
	struct dirent *entry;

	names[0] = '\0';
	while (folder && (entry = readdir(folder))) {
		size_t length = strlen(names);

		if (entry->d_name[0] == '.')
			continue;
		snprintf(names + length, size - length, " %s", entry->d_name);
		nr++;
	}
	if (folder)
		closedir(folder);
	return nr;
}

static void mend_by_reload(struct patient *patient)
{
	char holders[1024];

	find_holders(holders, sizeof(holders));
	mend(patient, "modprobe -r%s kregion && modprobe -a kregion%s", holders,
	     holders);
}

static void check_outdated(struct patient *patient, const char *loaded,
			   const char *installed)
{
	char users[16], holders[1024];
	unsigned int nr = find_holders(holders, sizeof(holders));

	read_text(MODULE "/refcnt", users, sizeof(users));
	say(patient, RESULT_WARNING,
	    "%s is loaded, the installed %s is another build: the loaded one serves until it is reloaded, which clears its regions%s",
	    loaded, installed,
	    strtoul(users, NULL, 10) > nr ?
	    " (in use: close its files, kregion remove its devices first)" : "");
	mend_by_reload(patient);
}

/* RPM's DKMS version has the release behind it; tools and module need not agree in it. */
static bool same_version(const char *a, const char *b)
{
	size_t length = strcspn(a, "-");

	return length == strcspn(b, "-") && !strncmp(a, b, length);
}

static void mend_versions(struct patient *patient)
{
	if (!patient->packaged)
		mend(patient, "make install");
	else if (patient->rpm)
		mend(patient, "dnf upgrade --refresh kregion-dkms kregion libkregion");
	else
		mend(patient, "apt update && apt install kregion-dkms kregion-utils libkregion0");
}

void check_version(struct patient *patient)
{
	char installed[64], loaded[64] = "", source[64], loaded_source[64] = "";
	const char *module;

	module_says(patient, "version", installed, sizeof(installed));
	module_says(patient, "srcversion", source, sizeof(source));
	if (patient->running && is_loaded()) {
		read_text(MODULE "/version", loaded, sizeof(loaded));
		read_text(MODULE "/srcversion", loaded_source,
			  sizeof(loaded_source));
	}
	module = installed[0] ? installed : loaded;
	if (!module[0]) {
		say(patient, RESULT_SKIPPED, "tools are %s, there is no module",
		    KREGION_VERSION);
	} else if (loaded_source[0] && source[0] &&
		   strcmp(source, loaded_source)) {
		check_outdated(patient, loaded, installed);
	} else if (!same_version(module, KREGION_VERSION)) {
		say(patient, RESULT_WARNING, "tools are %s, the module is %s",
		    KREGION_VERSION, module);
		mend_versions(patient);
	} else {
		say(patient, RESULT_OK, "module and tools are %s", module);
	}
}

/* ---- group ---------------------------------------------------------------- */

void check_group(struct patient *patient)
{
	const struct group *group = getgrnam(GROUP);
	char names[512] = "";
	size_t length = 0;
	char **member;

	if (!group && !is_installed(patient)) {
		say(patient, RESULT_SKIPPED, "kregion-dkms is not installed");
		return;
	}
	if (!group) {
		say(patient, RESULT_PROBLEM, "no group " GROUP);
		mend(patient, "%s && udevadm control --reload && udevadm trigger --subsystem-match=kregion",
		     exists("/usr/lib/sysusers.d/kregion.conf") ?
		     "systemd-sysusers kregion.conf" : "groupadd --system " GROUP);
		return;
	}
	for (member = group->gr_mem; *member && length < sizeof(names); member++)
		length += (size_t)snprintf(names + length, sizeof(names) - length,
					   " %s", *member);
	say(patient, RESULT_OK, GROUP ", members:%s", names[0] ? names : " nobody");
}

/* ---- nodes ---------------------------------------------------------------- */

static bool have_rule(void)
{
	return exists("/etc/udev/rules.d/" RULE) ||
	       exists("/usr/lib/udev/rules.d/" RULE) ||
	       exists("/lib/udev/rules.d/" RULE);
}

static void mend_nodes(struct patient *patient)
{
	const char *restore = "";

	if (!have_rule())
		restore = !patient->packaged ? "make install-dkms && " :
			patient->rpm ? "dnf reinstall kregion-dkms && " :
			"apt install --reinstall kregion-dkms && ";
	mend(patient, "%sudevadm trigger --action=add --subsystem-match=kregion",
	     restore);
}

/* As ls -l has it. */
static void describe(const struct stat *node, char *text, size_t size)
{
	const struct passwd *owner = getpwuid(node->st_uid);
	const struct group *group = getgrgid(node->st_gid);
	char mode[10] = "rwxrwxrwx";
	int bit;

	for (bit = 0; bit < 9; bit++) {
		if (!(node->st_mode & (0400u >> bit)))
			mode[bit] = '-';
	}
	snprintf(text, size, "c%s %s %s", mode, owner ? owner->pw_name : "?",
		 group ? group->gr_name : "?");
}

static bool is_right(const struct stat *node)
{
	const struct group *group = getgrnam(GROUP);

	return S_ISCHR(node->st_mode) && (node->st_mode & 07777) == 0660 &&
	       node->st_uid == 0 && group && node->st_gid == group->gr_gid;
}

/* Say what is wrong with the node of a device, if anything is. */
static bool examine_node(struct patient *patient, const char *name)
{
	char path[PATH_MAX], text[256];
	struct stat node;

	snprintf(path, sizeof(path), "/dev/%s", name);
	if (stat(path, &node)) {
		/* The kernel makes the node; udev only gives it group and mode. */
		say(patient, RESULT_PROBLEM, "%s is missing", path);
		mend_by_reload(patient);
		return false;
	}
	if (is_right(&node))
		return true;
	describe(&node, text, sizeof(text));
	if (!getgrnam(GROUP)) {
		say(patient, RESULT_SKIPPED, "%s is %s: no group " GROUP, path, text);
		return false;
	}
	say(patient, RESULT_PROBLEM, "%s is %s, not crw-rw---- root " GROUP,
	    path, text);
	mend_nodes(patient);
	return false;
}

void check_node(struct patient *patient)
{
	bool right = true;
	glob_t found;
	size_t i;

	if (!patient->running || !is_loaded()) {
		say(patient, RESULT_SKIPPED, patient->running ?
		    "the module is not loaded" : "another kernel is running");
		return;
	}
	if (glob(CLASS "*", 0, NULL, &found)) {
		say(patient, RESULT_OK, "there is no device");
		return;
	}
	for (i = 0; i < found.gl_pathc; i++)
		right &= examine_node(patient,
				      found.gl_pathv[i] + strlen(CLASS));
	if (right)
		say(patient, RESULT_OK, "/dev/%s%s crw-rw---- root " GROUP,
		    found.gl_pathv[0] + strlen(CLASS),
		    found.gl_pathc > 1 ? " and others, each" : "");
	globfree(&found);
}

/* ---- access --------------------------------------------------------------- */

static bool is_member(const struct passwd *user, const struct group *group)
{
	char **member;

	for (member = group->gr_mem; *member; member++) {
		if (!strcmp(*member, user->pw_name))
			return true;
	}
	return user->pw_gid == group->gr_gid;
}

static bool in_group_now(const struct group *group)
{
	gid_t groups[1024];
	int i, nr = getgroups(1024, groups);

	for (i = 0; i < nr; i++) {
		if (groups[i] == group->gr_gid)
			return true;
	}
	return getegid() == group->gr_gid;
}

/* Who asks: behind sudo, the one who called it. */
static const struct passwd *caller(const struct patient *patient)
{
	const char *name = patient->root ? getenv("SUDO_USER") : NULL;

	return name ? getpwnam(name) : getpwuid(geteuid());
}

void check_access(struct patient *patient)
{
	const struct passwd *user = caller(patient);
	const struct group *group = getgrnam(GROUP);

	if (!group || !user) {
		say(patient, RESULT_SKIPPED, group ? "who are you?" :
		    "no group " GROUP);
	} else if (user->pw_uid == 0) {
		say(patient, RESULT_OK, "root may open every node");
	} else if (!is_member(user, group)) {
		say(patient, RESULT_PROBLEM,
		    "%s is not in group " GROUP "; be added, then log in again",
		    user->pw_name);
		mend(patient, patient->rpm ? "usermod -aG " GROUP " %s" :
		     "adduser %s " GROUP, user->pw_name);
	} else if (!patient->root && !in_group_now(group)) {
		say(patient, RESULT_PROBLEM,
		    "%s has come into group " GROUP ", but not in this session; log in again or",
		    user->pw_name);
		mend(patient, "newgrp " GROUP);
	} else {
		say(patient, RESULT_OK, "%s is in group " GROUP, user->pw_name);
	}
}
