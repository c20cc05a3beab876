// SPDX-License-Identifier: GPL-2.0-only
/* Words for numbers, and the library's version. */
#include "internal.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *name_of(const char *const *names, size_t count,
			   unsigned int number)
{
	return number < count ? names[number] : "unknown";
}

const char *kregion_backend_name(unsigned int backend)
{
	static const char *const names[] = {
		[KREGION_KMALLOC] = "kmalloc",
		[KREGION_VMALLOC] = "vmalloc",
		[KREGION_IOMEM] = "iomem",
	};

	return name_of(names, ARRAY_SIZE(names), backend);
}

const char *kregion_caching_name(unsigned int caching)
{
	static const char *const names[] = {
		[KREGION_WRITE_BACK] = "wb",
		[KREGION_WRITE_COMBINE] = "wc",
		[KREGION_UNCACHED] = "uc",
	};

	return name_of(names, ARRAY_SIZE(names), caching);
}

const char *kregion_version(void)
{
	return KREGION_VERSION;
}
