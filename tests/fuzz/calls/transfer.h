/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver does with a position and a length, for all kinds of read and write. */
#ifndef KREGION_FUZZ_TRANSFER_H
#define KREGION_FUZZ_TRANSFER_H

#include "call.h"
#include "model.h"

/* Of @len bytes from @pos those that one transfer handles: to the region's end. */
size_t transfer_bytes(const struct device *device, off_t pos, size_t len);

/* The error of a write of one byte and more, or 0. */
struct want write_refused(const struct device *device, off_t pos);

#endif /* KREGION_FUZZ_TRANSFER_H */
