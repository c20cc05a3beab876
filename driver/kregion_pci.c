// SPDX-License-Identifier: GPL-2.0-only
/*
 * kregion_pci.ko: the memory BARs of a PCI function as a kregion device.
 *
 * It takes no device by itself, only one that root gives it:
 *
 *	echo kregion_pci >/sys/bus/pci/devices/0000:00:04.0/driver_override
 *	echo 0000:00:04.0 >/sys/bus/pci/drivers_probe
 *
 * makes /dev/kregion-pci-0000-00-04-0 with a region bar0, bar1 ... for each memory
 * BAR.
 *
 * Whoever may open the node commands the device. So that it cannot be told to read or
 * write RAM, bus mastering is off, whatever it was before; and so is its interrupt
 * line, which nobody here would answer. In a kernel that is locked down not even root
 * may command a device, as some can still reach RAM by registers of their own.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/pci.h>
#include <linux/security.h>
#include <linux/slab.h>

#include "kregion.h"

/**
 * struct pci_regions - what is held for one function
 * @kdev: its device
 * @bars: bit mask of the BARs that are regions
 * @rest: the rest of a page behind a BAR that is smaller, held so that nothing else
 *	can come to lie there; flags 0 where there is none
 */
struct pci_regions {
	struct kregion_device *kdev;
	int bars;
	struct resource rest[PCI_STD_NUM_BARS];
};

/* Memory BARs that have an address; the others are said in the log. */
static int usable_bars(struct pci_dev *pdev)
{
	int bar, bars = 0;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		unsigned long flags = pci_resource_flags(pdev, bar);

		if (!pci_resource_len(pdev, bar))
			continue;
		if (flags & IORESOURCE_IO)
			pci_info(pdev, "BAR %d is left out: I/O ports, no memory\n",
				 bar);
		else if (!(flags & IORESOURCE_MEM) || flags & IORESOURCE_UNSET ||
			 !pci_resource_start(pdev, bar))
			pci_info(pdev, "BAR %d is left out: it has no address\n",
				 bar);
		else
			bars |= BIT(bar);
	}
	return bars;
}

/*
 * A BAR that ends within a page may be mapped only if the rest of that page is
 * nobody's. Where the rest cannot be held, it is read and written only.
 */
static bool hold_rest_of_page(struct pci_dev *pdev, int bar,
			      struct resource *rest)
{
	struct resource *res = &pdev->resource[bar];

	if (PAGE_ALIGNED(res->end + 1) || !PAGE_ALIGNED(res->start))
		return false;
	rest->name = "kregion_pci padding";
	rest->start = res->end + 1;
	rest->end = PAGE_ALIGN(res->end + 1) - 1;
	rest->flags = res->flags;
	if (!res->parent || request_resource(res->parent, rest))
		rest->flags = 0;
	return rest->flags;
}

static void release_rests(struct pci_regions *regions)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (regions->rest[bar].flags)
			release_resource(&regions->rest[bar]);
	}
}

static void describe_bar(struct pci_dev *pdev, int bar,
			 struct pci_regions *regions,
			 struct kregion_region_spec *spec)
{
	bool prefetchable = pci_resource_flags(pdev, bar) &
			    IORESOURCE_PREFETCH;

	snprintf(spec->name, sizeof(spec->name), "bar%d", bar);
	spec->backend = KREGION_BACKEND_IOMEM;
	spec->cache = prefetchable ? KREGION_CACHE_WC : KREGION_CACHE_UC;
	spec->address = pci_resource_start(pdev, bar);
	spec->size = pci_resource_len(pdev, bar);
	if (hold_rest_of_page(pdev, bar, &regions->rest[bar]))
		spec->flags = KREGION_SPEC_OWNS_PAGE;
}

/* "pci-" and the function's address, in the characters that a name may have. */
static void function_name(struct pci_dev *pdev, char *name, size_t size)
{
	snprintf(name, size, "pci-%s", pci_name(pdev));
	strreplace(name, ':', '-');
	strreplace(name, '.', '-');
}

static int register_regions(struct pci_dev *pdev, struct pci_regions *regions)
{
	struct kregion_region_spec specs[PCI_STD_NUM_BARS] = {};
	char name[KREGION_NAME_LEN];
	struct kregion_device_desc desc = {
		.name = name,
		.parent = &pdev->dev,
		.regions = specs,
	};
	int bar;

	function_name(pdev, name, sizeof(name));
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (regions->bars & BIT(bar))
			describe_bar(pdev, bar, regions,
				     &specs[desc.nr_regions++]);
	}
	regions->kdev = kregion_device_register(&desc);
	if (IS_ERR(regions->kdev)) {
		release_rests(regions);
		return PTR_ERR(regions->kdev);
	}
	return 0;
}

static int kregion_pci_probe(struct pci_dev *pdev,
			     const struct pci_device_id *id)
{
	struct pci_regions *regions;
	int err = security_locked_down(LOCKDOWN_PCI_ACCESS);

	if (err)
		return err;
	regions = kzalloc(sizeof(*regions), GFP_KERNEL);
	if (!regions)
		return -ENOMEM;
	regions->bars = usable_bars(pdev);
	if (!regions->bars) {
		pci_err(pdev, "expected a device with a memory BAR\n");
		err = -ENODEV;
		goto err_free;
	}
	err = pci_enable_device_mem(pdev);
	if (err)
		goto err_free;
	pci_clear_master(pdev);
	pci_intx(pdev, 0);
	err = pci_request_selected_regions(pdev, regions->bars, KBUILD_MODNAME);
	if (err)
		goto err_disable;
	err = register_regions(pdev, regions);
	if (err)
		goto err_release;
	pci_set_drvdata(pdev, regions);
	return 0;

err_release:
	pci_release_selected_regions(pdev, regions->bars);
err_disable:
	pci_disable_device(pdev);
err_free:
	kfree(regions);
	return err;
}

/* Also with files open and mappings alive: kregion takes the BARs away from them. */
static void kregion_pci_remove(struct pci_dev *pdev)
{
	struct pci_regions *regions = pci_get_drvdata(pdev);

	kregion_device_unregister(regions->kdev);
	release_rests(regions);
	pci_release_selected_regions(pdev, regions->bars);
	pci_disable_device(pdev);
	kfree(regions);
}

static struct pci_driver kregion_pci_driver = {
	.name = KBUILD_MODNAME,
	.id_table = NULL,	/* driver_override and new_id only */
	.probe = kregion_pci_probe,
	.remove = kregion_pci_remove,
};

module_pci_driver(kregion_pci_driver);

MODULE_DESCRIPTION("Memory BARs of a PCI device as kregion regions");
MODULE_VERSION(__stringify(KREGION_VERSION));
MODULE_LICENSE("GPL");
