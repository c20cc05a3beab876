/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI functions of tests/vm/devices: finding them, and giving them to kregion_pci. */
#ifndef KREGION_TEST_PCI_H
#define KREGION_TEST_PCI_H

#include "common.h"

#define PCI		"/sys/bus/pci/"
#define DRIVER		PCI "drivers/kregion_pci/"

/* Vendor and device, as in new_id; more of edu in QEMU's docs/specs/edu. */
#define EDU		"1234 11e8"
#define IVSHMEM		"1af4 1110"
#define EDU_ID		0x00	/* register */
#define EDU_ID_VALUE	0x010000edu

/* One function: its address in sysfs and its node when it is bound. */
struct function {
	const char *id;
	char address[32];
	char node[64];
};

/* The one with @function->id; fails the test. */
void find_function(struct function *function);

/* 0 or the errno of writing @text to a file of sysfs or configfs. */
int put(const char *path, const char *text);

/* Say which driver may have it; also bind it, for 0 or an errno. */
void override(const struct function *function, const char *driver);
int try_bind(const struct function *function);

#endif /* KREGION_TEST_PCI_H */
