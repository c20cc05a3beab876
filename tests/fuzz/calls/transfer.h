/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver does with a position and a length, for all kinds of read and write. */
#ifndef KREGION_FUZZ_TRANSFER_H
#define KREGION_FUZZ_TRANSFER_H

#include "call.h"
#include "model.h"

#define ALL_GOOD	SIZE_MAX

/*
 * The answer to a request for @len bytes from @pos on, of which the first @good are
 * accessible in the user's memory: at most to the region's end.
 */
struct want transfer_answer(const struct file *file, off_t pos, size_t len,
			    size_t good, bool write);

#endif /* KREGION_FUZZ_TRANSFER_H */
