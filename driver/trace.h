/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints, under events/kregion in tracefs. Offsets and lengths in bytes. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kregion

#if !defined(KREGION_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KREGION_TRACE_H

#include <linux/tracepoint.h>

#include "internal.h"

#ifndef KREGION_TRACE_OPS
#define KREGION_TRACE_OPS
/* What was refused. */
enum kregion_op {
	KREGION_OP_MMAP,
	KREGION_OP_WRITE,
	KREGION_OP_FIND,
};
#endif

TRACE_DEFINE_ENUM(KREGION_OP_MMAP);
TRACE_DEFINE_ENUM(KREGION_OP_WRITE);
TRACE_DEFINE_ENUM(KREGION_OP_FIND);
TRACE_DEFINE_ENUM(KREGION_BACKEND_KMALLOC);
TRACE_DEFINE_ENUM(KREGION_BACKEND_VMALLOC);
TRACE_DEFINE_ENUM(KREGION_BACKEND_IOMEM);

#define show_kregion_backend(id) \
	__print_symbolic(id, { KREGION_BACKEND_KMALLOC, "kmalloc" }, \
			 { KREGION_BACKEND_VMALLOC, "vmalloc" }, \
			 { KREGION_BACKEND_IOMEM, "iomem" })

#define show_kregion_op(op) \
	__print_symbolic(op, { KREGION_OP_MMAP, "mmap" }, \
			 { KREGION_OP_WRITE, "write" }, \
			 { KREGION_OP_FIND, "find" })

DECLARE_EVENT_CLASS(kregion_region,
	TP_PROTO(const struct kregion_region *region),
	TP_ARGS(region),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(unsigned int, index)
		__field(unsigned int, backend)
		__field(u64, offset)
		__field(u64, size)
	),
	TP_fast_assign(
		__entry->minor = region->space->kdev->id;
		__entry->index = region->index;
		__entry->backend = region->backend_id;
		__entry->offset = kregion_region_offset(region);
		__entry->size = region->bytes;
	),
	TP_printk("minor=%d region=%u backend=%s offset=%llu size=%llu",
		  __entry->minor, __entry->index,
		  show_kregion_backend(__entry->backend), __entry->offset,
		  __entry->size)
);

DEFINE_EVENT(kregion_region, kregion_region_alloc,
	TP_PROTO(const struct kregion_region *region),
	TP_ARGS(region)
);

DEFINE_EVENT(kregion_region, kregion_region_free,
	TP_PROTO(const struct kregion_region *region),
	TP_ARGS(region)
);

DECLARE_EVENT_CLASS(kregion_mapping,
	TP_PROTO(const struct kregion_region *region, unsigned long page,
		 unsigned long pages),
	TP_ARGS(region, page, pages),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(unsigned int, index)
		__field(u64, offset)
		__field(u64, len)
	),
	TP_fast_assign(
		__entry->minor = region->space->kdev->id;
		__entry->index = region->index;
		__entry->offset = (u64)page << PAGE_SHIFT;
		__entry->len = (u64)pages << PAGE_SHIFT;
	),
	TP_printk("minor=%d region=%u offset_in_region=%llu len=%llu",
		  __entry->minor, __entry->index, __entry->offset,
		  __entry->len)
);

DEFINE_EVENT(kregion_mapping, kregion_mmap,
	TP_PROTO(const struct kregion_region *region, unsigned long page,
		 unsigned long pages),
	TP_ARGS(region, page, pages)
);

DEFINE_EVENT(kregion_mapping, kregion_munmap,
	TP_PROTO(const struct kregion_region *region, unsigned long page,
		 unsigned long pages),
	TP_ARGS(region, page, pages)
);

TRACE_EVENT(kregion_refused,
	TP_PROTO(const struct kregion_space *space, enum kregion_op op,
		 u64 offset, u64 len, int err),
	TP_ARGS(space, op, offset, len, err),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(unsigned int, op)
		__field(u64, offset)
		__field(u64, len)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->minor = space->kdev->id;
		__entry->op = op;
		__entry->offset = offset;
		__entry->len = len;
		__entry->err = err;
	),
	TP_printk("minor=%d op=%s offset=%llu len=%llu err=%d",
		  __entry->minor, show_kregion_op(__entry->op),
		  __entry->offset, __entry->len, __entry->err)
);

#endif /* KREGION_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
