// SPDX-License-Identifier: GPL-2.0-only
/* File operation mmap, and the life of a mapping: fork, split, debugger. */
#include <linux/highmem.h>

#include "internal.h"
#include "trace.h"

static bool vma_may_copy(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* The page of the region that lies at @addr. */
static unsigned long vma_region_page(const struct vm_area_struct *vma,
				     unsigned long addr)
{
	const struct kregion_region *region = vma->vm_private_data;

	return vma->vm_pgoff - region->first +
	       ((addr - vma->vm_start) >> PAGE_SHIFT);
}

static void kregion_vm_open(struct vm_area_struct *vma)
{
	const struct kregion_region *region = vma->vm_private_data;

	atomic_inc(&region->space->kdev->mappings);
}

static void kregion_vm_close(struct vm_area_struct *vma)
{
	const struct kregion_region *region = vma->vm_private_data;

	trace_kregion_munmap(region, vma_region_page(vma, vma->vm_start),
			     vma_pages(vma));
	atomic_dec(&region->space->kdev->mappings);
}

static void copy_bytes(void *address, void *buf, int len, int write)
{
	if (write)
		memcpy(address, buf, len);
	else
		memcpy(buf, address, len);
}

/**
 * struct private_access - a debugger's access to one page of a private mapping
 * @region: what is mapped
 * @page: page of the region at that place
 * @offset: first byte in the page
 * @buf: the debugger's bytes
 * @len: number of bytes, within the page
 * @write: from @buf to the page
 * @fault: out: the process's copy must be faulted in, or made its alone, first
 * @ret: out: what vm_ops->access() returns
 */
struct private_access {
	const struct kregion_region *region;
	unsigned long page;
	unsigned long offset;
	void *buf;
	int len;
	int write;
	bool fault;
	int ret;
};

/*
 * Access what the process sees: its copy, or the region where it has not written
 * yet. The page-table lock is held, so the copy stays. A write never goes to the
 * region, nor to a copy that is shared with another process since a fork.
 */
static int access_private_pte(pte_t *pte, unsigned long addr, void *data)
{
	struct private_access *access = data;
	const struct kregion_region *region = access->region;
	bool copied = !pte_present(*pte) ||
		      pte_pfn(*pte) != region->backend->pfn(region, access->page);
	void *address;

	if (!copied && access->write)
		return 0;
	if (!copied) {
		copy_bytes(region->address + access->page * PAGE_SIZE +
			   access->offset, access->buf, access->len, false);
		access->ret = access->len;
		return 0;
	}
	access->fault = !pte_present(*pte) ||
			(access->write && !pte_write(*pte));
	if (access->fault)
		return 0;
	address = kmap_local_page(pte_page(*pte));
	copy_bytes(address + access->offset, access->buf, access->len,
		   access->write);
	kunmap_local(address);
	/* A copy that came back from swap may be clean, and be dropped again. */
	if (access->write)
		set_page_dirty(pte_page(*pte));
	access->ret = access->len;
	return 0;
}

static int walk_private(struct vm_area_struct *vma, unsigned long addr,
			struct private_access *access)
{
	return apply_to_page_range(vma->vm_mm, addr & PAGE_MASK, PAGE_SIZE,
				   access_private_pte, access);
}

static int access_private(struct vm_area_struct *vma, unsigned long addr,
			  void *buf, int len, int write)
{
	struct private_access access = {
		.region = vma->vm_private_data,
		.page = vma_region_page(vma, addr),
		.offset = offset_in_page(addr),
		.buf = buf,
		.len = len,
		.write = write,
		.ret = -EFAULT,
	};
	unsigned int flags = FAULT_FLAG_REMOTE | (write ? FAULT_FLAG_WRITE : 0);
	int err = walk_private(vma, addr, &access);

	/*
	 * Only for a copy: what is copied here is then a page of memory. The
	 * kernel copies a page of the region by the address in the current
	 * process, which is not the one that we look at.
	 */
	if (!err && access.fault) {
		err = fixup_user_fault(vma->vm_mm, addr, flags, NULL);
		if (!err)
			err = walk_private(vma, addr, &access);
	}
	return err ?: access.ret;
}

static int access_device_memory(struct vm_area_struct *vma, unsigned long addr,
				void *buf, int len, int write)
{
	const struct kregion_region *region = vma->vm_private_data;
	u64 offset = (u64)vma_region_page(vma, addr) * PAGE_SIZE +
		     offset_in_page(addr);
	int err;

	if (write && !(vma->vm_flags & VM_WRITE))
		return -EACCES;
	if (offset >= region->bytes)
		return -EFAULT;
	len = min_t(u64, len, region->bytes - offset);
	err = kregion_io_copy(region, offset, buf, len, 0, write);
	return err ?: len;
}

static int access_shared(struct vm_area_struct *vma, unsigned long addr,
			 void *buf, int len, int write)
{
	const struct kregion_region *region = vma->vm_private_data;
	void *address = region->address +
			vma_region_page(vma, addr) * PAGE_SIZE +
			offset_in_page(addr);

	if (write && !(vma->vm_flags & VM_WRITE))
		return -EACCES;
	copy_bytes(address, buf, len, write);
	if (write)
		kregion_region_drain(region);
	return len;
}

/*
 * ptrace(2) and /proc/PID/mem. The caller holds the mmap lock and comes again
 * for what is left, so one page at a time is enough.
 */
static int kregion_vm_access(struct vm_area_struct *vma, unsigned long addr,
			     void *buf, int len, int write)
{
	const struct kregion_region *region = vma->vm_private_data;

	len = min_t(unsigned long, len, PAGE_SIZE - offset_in_page(addr));
	if (region->backend->device_memory)
		return access_device_memory(vma, addr, buf, len, write);
	if (vma_may_copy(vma))
		return access_private(vma, addr, buf, len, write);
	return access_shared(vma, addr, buf, len, write);
}

static const struct vm_operations_struct ram_vm_ops = {
	.open = kregion_vm_open,
	.close = kregion_vm_close,
	.access = kregion_vm_access,
};

/*
 * Device memory is mapped at the first touch of each page. The lock is held until
 * the entry is there for kregion_revoke() to find.
 */
static vm_fault_t kregion_vm_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	const struct kregion_region *region = vma->vm_private_data;
	struct kregion_device *kdev = region->space->kdev;
	unsigned long page = vma_region_page(vma, vmf->address);
	vm_fault_t ret = VM_FAULT_SIGBUS;

	down_read(&kdev->revoke_lock);
	if (!READ_ONCE(kdev->gone))
		ret = vmf_insert_pfn(vma, vmf->address,
				     region->backend->pfn(region, page));
	up_read(&kdev->revoke_lock);
	return ret;
}

static const struct vm_operations_struct device_memory_vm_ops = {
	.open = kregion_vm_open,
	.close = kregion_vm_close,
	.access = kregion_vm_access,
	.fault = kregion_vm_fault,
};

/* Install the pages, or leave that to faults. */
static int install(const struct kregion_region *region, unsigned long page,
		   struct vm_area_struct *vma)
{
	pgprot_t prot = kregion_cache_pgprot(region->cache, vma->vm_page_prot);

	if (!region->backend->device_memory)
		return region->backend->map(region, page, vma, prot);
	/* Also what mprotect(2) makes entries of, on other architectures than x86. */
	vma->vm_page_prot = prot;
	return 0;
}

static bool vma_shares_writes(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_WRITE)) ==
	       (VM_SHARED | VM_WRITE);
}

static bool vma_copies_writes(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_WRITE)) == VM_WRITE;
}

static int check_permissions(const struct kregion_region *region,
			     const struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	/* Without that bit, copies cannot be told from the region's pages. */
	if (!IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL) && vma_may_copy(vma))
		return -EOPNOTSUPP;
	/* A register has no copy. */
	if (region->backend->device_memory && vma_copies_writes(vma))
		return -EOPNOTSUPP;
	if (!kregion_region_mappable(region))
		return -EOPNOTSUPP;
	if (kregion_region_readonly(region) && vma_shares_writes(vma))
		return -EACCES;
	return 0;
}

static int map_region(struct kregion_space *space, struct vm_area_struct *vma)
{
	unsigned long pgoff = vma->vm_pgoff;
	struct kregion_region *region;
	int err;

	if (READ_ONCE(space->kdev->gone))
		return -ENODEV;
	region = kregion_lookup(space, pgoff, vma_pages(vma));
	if (IS_ERR(region))
		return PTR_ERR(region);
	err = check_permissions(region, vma);
	if (err)
		return err;

	/* mprotect(2) must not give later what is refused now. */
	vm_flags_clear(vma, VM_MAYEXEC);
	if (kregion_region_readonly(region) && vma->vm_flags & VM_SHARED)
		vm_flags_clear(vma, VM_MAYWRITE);
	if (region->backend->device_memory && !(vma->vm_flags & VM_SHARED))
		vm_flags_clear(vma, VM_MAYWRITE);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);

	err = install(region, pgoff - region->first, vma);
	if (err)
		return err;
	vma->vm_private_data = region;
	vma->vm_ops = region->backend->device_memory ? &device_memory_vm_ops :
						       &ram_vm_ops;
	kregion_vm_open(vma);
	trace_kregion_mmap(region, pgoff - region->first, vma_pages(vma));
	return 0;
}

/**
 * kregion_mmap() - file operation mmap
 * @file: an open device node
 * @vma: the new mapping, within one region
 *
 * Context: process context, may sleep.
 * Return: 0, -ENXIO or -EINVAL as kregion_lookup(), -EPERM for PROT_EXEC,
 * -EACCES for a shared writable mapping of a read-only region, -EOPNOTSUPP for a
 * private writable one of device memory, or where the architecture lacks
 * pte_special(), and for device memory that is not alone in its last page, -ENODEV
 * when the device is gone, -ENOMEM, -EINTR.
 */
int kregion_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct kregion_space *space = kregion_file_space(file);
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	int err = map_region(space, vma);

	if (err)
		trace_kregion_refused(space, KREGION_OP_MMAP, offset,
				      vma->vm_end - vma->vm_start, err);
	return err;
}
