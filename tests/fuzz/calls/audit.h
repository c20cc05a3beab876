/* SPDX-License-Identifier: GPL-2.0-only */
/* Is memory what the model says? */
#ifndef KREGION_FUZZ_AUDIT_H
#define KREGION_FUZZ_AUDIT_H

#include "model.h"

/* After each call: a few bytes of a random mapping. */
void audit_spot(void);

/* Now and then, and at the end: all bytes of all mappings, the number of mappings. */
void audit_all(void);

/* The number of mappings of each device, in all processes. */
void audit_counts(void);

/* The bytes of a mapping that may be read. */
void audit_map(const struct map *map, size_t offset, size_t len);

/* After a write of these bytes through @fd: they and their neighbours. */
void audit_write(int fd, const struct file *file, off_t offset, size_t len);

/* Bytes that were read from @offset of a space. */
void audit_read(const struct space *space, off_t offset, const uint8_t *bytes,
		size_t len);

#endif /* KREGION_FUZZ_AUDIT_H */
