// SPDX-License-Identifier: GPL-2.0-only
/* Small questions to files and to other programs, for the doctor. */
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor.h"

/* An ordinary user's PATH lacks the folders where modinfo and dkms may be. */
#define SYSTEM_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void cut_line_end(char *text)
{
	size_t length = strlen(text);

	while (length && (text[length - 1] == '\n' || text[length - 1] == ' '))
		text[--length] = '\0';
}

/* The beginning of a file, without the last newline. */
bool read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length;

	text[0] = '\0';
	if (!file)
		return false;
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	cut_line_end(text);
	fclose(file);
	return true;
}

static size_t read_all(int fd, char *answer, size_t size)
{
	char rest[512];
	size_t length = 0;
	ssize_t got;

	while (length < size - 1 &&
	       (got = read(fd, answer + length, size - 1 - length)) > 0)
		length += (size_t)got;
	while (read(fd, rest, sizeof(rest)) > 0)
		;
	return length;
}

#define MAX_ARGUMENTS	8

static void collect(char *argv[MAX_ARGUMENTS + 1], const char *program,
		    va_list args)
{
	int i = 0;

	argv[i++] = (char *)program;
	while (i < MAX_ARGUMENTS && (argv[i] = va_arg(args, char *)))
		i++;
	argv[i] = NULL;
}

/*
 * Run a program with the arguments that follow, up to NULL, without a shell;
 * @answer is what it prints, without the last newline. Return its exit status, or
 * -1 when it cannot be run.
 */
int ask(char *answer, size_t size, const char *program, ...)
{
	char *const environment[] = { "LC_ALL=C", "PATH=" SYSTEM_PATH, NULL };
	char *argv[MAX_ARGUMENTS + 1];
	posix_spawn_file_actions_t actions;
	int status, err, pipes[2];
	va_list args;
	pid_t pid;

	va_start(args, program);
	collect(argv, program, args);
	va_end(args);
	answer[0] = '\0';
	if (pipe2(pipes, O_CLOEXEC))
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	if (!err) {
		answer[read_all(pipes[0], answer, size)] = '\0';
		cut_line_end(answer);
		if (waitpid(pid, &status, 0) != pid)
			err = -1;
	}
	close(pipes[0]);
	return !err && WIFEXITED(status) && WEXITSTATUS(status) != 127 ?
		WEXITSTATUS(status) : -1;
}

bool have_program(const char *name)
{
	char path[PATH_MAX], folders[] = SYSTEM_PATH, *folder, *rest = folders;

	while ((folder = strsep(&rest, ":"))) {
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* What modinfo finds in the module's file; empty when there is nothing. */
void module_says(const struct patient *patient, const char *name, char *answer,
		 size_t size)
{
	answer[0] = '\0';
	if (patient->module[0])
		ask(answer, size, "modinfo", "-F", name, patient->module, NULL);
}

/* NAME=VALUE or NAME="VALUE", as a shell would read it. */
void find_setting(const char *path, const char *name, char *value, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(name);
	char line[1024];

	while (file && fgets(line, sizeof(line), file)) {
		const char *start = line + strspn(line, " \t");

		if (strncmp(start, name, length) || start[length] != '=')
			continue;
		start += length + 1;
		start += strspn(start, "\"'");
		snprintf(value, size, "%.*s", (int)strcspn(start, "\"'# \t\n"),
			 start);
	}
	if (file)
		fclose(file);
}

/* A setting of DKMS; @value is untouched when none is given. */
void dkms_setting(const char *name, char *value, size_t size)
{
	glob_t found;
	size_t i;

	find_setting("/etc/dkms/framework.conf", name, value, size);
	if (glob("/etc/dkms/framework.conf.d/*.conf", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++)
		find_setting(found.gl_pathv[i], name, value, size);
	globfree(&found);
}
