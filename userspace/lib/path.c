// SPDX-License-Identifier: GPL-2.0-only
/* Where a device's node is. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static int is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static const char *prefix(const char *device)
{
	if (is_number(device))
		return "/dev/kregion";
	if (!strncmp(device, "kregion-", 8))
		return "/dev/";
	if (!strncmp(device, "kregion", 7) && is_number(device + 7))
		return "/dev/";
	return "/dev/kregion-";
}

const char *kregion_path(const char *device, char buffer[KREGION_PATH_LEN])
{
	if (device && strchr(device, '/'))
		return device;
	if (device && *device &&
	    snprintf(buffer, KREGION_PATH_LEN, "%s%s", prefix(device),
		     device) < (int)KREGION_PATH_LEN)
		return buffer;
	errno = EINVAL;
	return NULL;
}
