/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `kregion doctor`: what its checks share. A check looks at one subject and says
 * one line or more with say(); mend() adds the command that would repair the line
 * said last.
 */
#ifndef KREGION_DOCTOR_H
#define KREGION_DOCTOR_H

#include <limits.h>

#include "cli.h"

struct json_object;

enum result {
	RESULT_OK,
	RESULT_WARNING,
	RESULT_PROBLEM,
	RESULT_SKIPPED,	/* cannot be told, or would repeat an earlier problem */
};

/**
 * struct patient - the machine under examination
 * @kernel: release of the kernel in question
 * @machine: its architecture, as DKMS writes it
 * @running: it is the kernel that runs
 * @rpm: packages are RPMs, to be had by dnf
 * @root: the caller may see everything
 * @packaged: kregion-dkms is installed as a package
 * @wants_dkms: the version of the source in /usr/src, empty without one
 * @module: the file of kregion.ko for @kernel, empty without one
 * @unloadable: the kernel would refuse @module, or there is none
 * @check: name of the check that runs
 * @lines: what was said so far
 * @problems: how many of them are problems
 */
struct patient {
	char kernel[256];
	char machine[65];
	bool running;
	bool rpm;
	bool root;
	bool packaged;
	char wants_dkms[64];
	char module[PATH_MAX];
	bool unloadable;
	const char *check;
	struct json_object *lines;
	int problems;
};

void say(struct patient *patient, enum result result, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void mend(struct patient *patient, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* doctor-build.c */
void find_module(struct patient *patient);
bool is_installed(const struct patient *patient);
void check_package(struct patient *patient);
void check_dkms(struct patient *patient);
void check_headers(struct patient *patient);
void check_build(struct patient *patient);

/* doctor-security.c */
void check_signature(struct patient *patient);

/* doctor-device.c */
void check_loaded(struct patient *patient);
void check_version(struct patient *patient);
void check_group(struct patient *patient);
void check_node(struct patient *patient);
void check_access(struct patient *patient);

/* doctor-config.c */
bool options_are_wrong(void);
void check_options(struct patient *patient);
void check_boot(struct patient *patient);

/* doctor-ask.c: files and other programs */
bool exists(const char *path);
bool read_text(const char *path, char *text, size_t size);
int ask(char *answer, size_t size, const char *program, ...)
	__attribute__((sentinel));
bool have_program(const char *name);
void module_says(const struct patient *patient, const char *name, char *answer,
		 size_t size);
void find_setting(const char *path, const char *name, char *value, size_t size);
void dkms_setting(const char *name, char *value, size_t size);

#endif /* KREGION_DOCTOR_H */
