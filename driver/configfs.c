// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that are made at run time: /sys/kernel/config/kregion/DEVICE/REGION/.
 * docs/abi.md describes the files.
 *
 * One lock, configfs's own su_mutex of the subsystem: configfs holds it when it
 * calls make_group, make_item and disconnect_notify, and changes the lists of
 * children under it; who writes to a file takes it here. Within it comes a
 * device's users_lock.
 *
 * configfs asks nobody before a rmdir. So while a device has users, its regions
 * are pinned, and with them the directory that they are in.
 */
#define pr_fmt(fmt) "kregion: " fmt

#include <linux/configfs.h>
#include <linux/slab.h>
#include <linux/stringify.h>

#include "internal.h"

/**
 * struct config_region - the directory of a region
 * @item: its place in configfs
 * @spec: what was written to its files; @spec.size is in bytes, 0 until it is set
 */
struct config_region {
	struct config_item item;
	struct kregion_region_spec spec;
};

/**
 * struct config_device - the directory of a device
 * @group: its place in configfs; the regions are its children
 * @owner: pins the regions while the device has users
 * @scope: enum kregion_scope
 * @nr_regions: number of regions
 * @kdev: the device while it is live, or NULL
 */
struct config_device {
	struct config_group group;
	struct kregion_owner owner;
	u32 scope;
	unsigned int nr_regions;
	struct kregion_device *kdev;
};

static struct configfs_subsystem subsystem;

static struct config_region *to_config_region(struct config_item *item)
{
	return container_of(item, struct config_region, item);
}

static struct config_device *to_config_device(struct config_item *item)
{
	return container_of(to_config_group(item), struct config_device, group);
}

/* ---- a text that was written to a file ---- */

/* A page of text may be written; the log gets this much of it. */
#define MAX_QUOTE	64

static unsigned int text_len(const char *text, size_t count)
{
	return count && text[count - 1] == '\n' ? count - 1 : count;
}

/* @region is NULL for a file of the device itself. */
static ssize_t refuse(struct config_item *device, struct config_item *region,
		      const char *file, const char *text, unsigned int len,
		      const char *expected)
{
	pr_err("%s%s%s: %s '%*pE%s': expected %s\n", config_item_name(device),
	       region ? "/" : "", region ? config_item_name(region) : "", file,
	       (int)min_t(unsigned int, len, MAX_QUOTE), text,
	       len > MAX_QUOTE ? "..." : "", expected);
	return -EINVAL;
}

static const char *parse_flag(const char *text, unsigned int len, bool *flag)
{
	if (len != 1 || (text[0] != '0' && text[0] != '1'))
		return "0 or 1";
	*flag = text[0] == '1';
	return NULL;
}

static const char *parse_read_only(const char *text, unsigned int len,
				   struct kregion_region_spec *spec)
{
	bool read_only;
	const char *expected = parse_flag(text, len, &read_only);

	if (!expected)
		WRITE_ONCE(spec->flags, read_only ? KREGION_SPEC_READONLY : 0);
	return expected;
}

/* A size that no region can have is refused at once. */
static const char *parse_size(const char *text, unsigned int len,
			      struct kregion_region_spec *spec)
{
	struct kregion_region_spec plain = {
		.backend = KREGION_BACKEND_VMALLOC,
	};
	const char *expected = kregion_parse_size(text, len, &plain) ?:
			       kregion_spec_check(&plain, 0);

	if (!expected)
		WRITE_ONCE(spec->size, plain.size_in_pages ?
				       plain.size << PAGE_SHIFT : plain.size);
	return expected;
}

/* ---- the files of a region ---- */

typedef const char *(*parse_fn)(const char *text, unsigned int len,
				struct kregion_region_spec *spec);

static ssize_t region_store(struct config_item *item, const char *file,
			    const char *text, size_t count, parse_fn parse)
{
	struct config_device *device = to_config_device(item->ci_parent);
	struct config_region *region = to_config_region(item);
	unsigned int len = text_len(text, count);
	ssize_t ret = count;
	const char *expected;

	mutex_lock(&subsystem.su_mutex);
	if (device->kdev) {
		ret = -EBUSY;
	} else {
		expected = parse(text, len, &region->spec);
		if (expected)
			ret = refuse(item->ci_parent, item, file, text, len,
				     expected);
	}
	mutex_unlock(&subsystem.su_mutex);
	return ret;
}

static ssize_t region_backend_show(struct config_item *item, char *page)
{
	u32 backend = READ_ONCE(to_config_region(item)->spec.backend);

	return sysfs_emit(page, "%s\n", kregion_backend(backend)->name);
}

static ssize_t region_backend_store(struct config_item *item, const char *page,
				    size_t count)
{
	return region_store(item, "backend", page, count,
			    kregion_parse_backend);
}

static ssize_t region_cache_show(struct config_item *item, char *page)
{
	u32 cache = READ_ONCE(to_config_region(item)->spec.cache);

	return sysfs_emit(page, "%s\n", kregion_cache_name(cache));
}

static ssize_t region_cache_store(struct config_item *item, const char *page,
				  size_t count)
{
	return region_store(item, "cache", page, count, kregion_parse_cache);
}

static ssize_t region_read_only_show(struct config_item *item, char *page)
{
	u32 flags = READ_ONCE(to_config_region(item)->spec.flags);

	return sysfs_emit(page, "%d\n", !!(flags & KREGION_SPEC_READONLY));
}

static ssize_t region_read_only_store(struct config_item *item,
				      const char *page, size_t count)
{
	return region_store(item, "read_only", page, count, parse_read_only);
}

static ssize_t region_size_show(struct config_item *item, char *page)
{
	u64 size = READ_ONCE(to_config_region(item)->spec.size);

	return sysfs_emit(page, "%llu\n", size);
}

static ssize_t region_size_store(struct config_item *item, const char *page,
				 size_t count)
{
	return region_store(item, "size", page, count, parse_size);
}

CONFIGFS_ATTR(region_, backend);
CONFIGFS_ATTR(region_, cache);
CONFIGFS_ATTR(region_, read_only);
CONFIGFS_ATTR(region_, size);

static struct configfs_attribute *region_attrs[] = {
	&region_attr_backend,
	&region_attr_cache,
	&region_attr_read_only,
	&region_attr_size,
	NULL,
};

static void region_release(struct config_item *item)
{
	kfree(to_config_region(item));
}

static struct configfs_item_operations region_item_ops = {
	.release = region_release,
};

static const struct config_item_type region_type = {
	.ct_item_ops = &region_item_ops,
	.ct_attrs = region_attrs,
	.ct_owner = THIS_MODULE,
};

/* ---- users of a device ---- */

/*
 * The children do not change meanwhile: none is added to a live device, none that is
 * pinned is removed, and before another one is, the device is unregistered, for
 * which users_lock is taken.
 */
static void unpin_regions(struct kregion_owner *owner)
{
	struct config_device *device =
		container_of(owner, struct config_device, owner);
	struct config_item *item;

	list_for_each_entry(item, &device->group.cg_children, ci_entry)
		configfs_undepend_item(item);
}

/* It fails for a region whose mkdir or rmdir is under way. */
static int pin_regions(struct kregion_owner *owner)
{
	struct config_device *device =
		container_of(owner, struct config_device, owner);
	struct list_head *children = &device->group.cg_children;
	struct config_item *item;

	list_for_each_entry(item, children, ci_entry) {
		if (configfs_depend_item_unlocked(&subsystem, item))
			goto undo;
	}
	return 0;

undo:
	list_for_each_entry_continue_reverse(item, children, ci_entry)
		configfs_undepend_item(item);
	return -ENODEV;
}

/* ---- a device comes and goes ---- */

static const char *region_lacks(const struct kregion_region_spec *specs,
				unsigned int index)
{
	if (!specs[index].size)
		return "a size, as by echo 64K >size";
	return kregion_spec_check(specs, index);
}

static int collect_specs(struct config_device *device,
			 struct kregion_region_spec *specs)
{
	struct config_item *item;
	unsigned int nr = 0;

	list_for_each_entry(item, &device->group.cg_children, ci_entry) {
		const char *expected;

		specs[nr] = to_config_region(item)->spec;
		expected = region_lacks(specs, nr++);
		if (expected) {
			pr_err("%s/%s: expected %s\n",
			       config_item_name(&device->group.cg_item),
			       config_item_name(item), expected);
			return -EINVAL;
		}
	}
	return 0;
}

static int make_live(struct config_device *device,
		     const struct kregion_region_spec *specs)
{
	struct kregion_device_desc desc = {
		.name = config_item_name(&device->group.cg_item),
		.scope = device->scope,
		.regions = specs,
		.nr_regions = device->nr_regions,
	};
	struct kregion_device *kdev =
		kregion_device_create(&desc, THIS_MODULE, &device->owner);

	if (IS_ERR(kdev))
		return PTR_ERR(kdev);
	WRITE_ONCE(device->kdev, kdev);
	return 0;
}

static int device_start(struct config_device *device)
{
	struct kregion_region_spec *specs;
	int err;

	if (device->kdev)
		return -EBUSY;
	if (!device->nr_regions) {
		pr_err("%s: expected a region, made by mkdir, before live\n",
		       config_item_name(&device->group.cg_item));
		return -EINVAL;
	}
	specs = kvcalloc(device->nr_regions, sizeof(*specs), GFP_KERNEL);
	if (!specs)
		return -ENOMEM;
	err = collect_specs(device, specs);
	if (!err)
		err = make_live(device, specs);
	kvfree(specs);
	return err;
}

static int device_stop(struct config_device *device)
{
	int err;

	if (!device->kdev)
		return 0;
	err = kregion_device_unregister_unused(device->kdev);
	if (!err)
		WRITE_ONCE(device->kdev, NULL);
	return err;
}

/* ---- the files of a device ---- */

static ssize_t device_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n",
			  !!READ_ONCE(to_config_device(item)->kdev));
}

static ssize_t device_live_store(struct config_item *item, const char *page,
				 size_t count)
{
	struct config_device *device = to_config_device(item);
	unsigned int len = text_len(page, count);
	const char *expected;
	bool live;
	int err;

	expected = parse_flag(page, len, &live);
	if (expected)
		return refuse(item, NULL, "live", page, len, expected);
	mutex_lock(&subsystem.su_mutex);
	err = live ? device_start(device) : device_stop(device);
	mutex_unlock(&subsystem.su_mutex);
	return err ?: count;
}

static ssize_t device_scope_show(struct config_item *item, char *page)
{
	u32 scope = READ_ONCE(to_config_device(item)->scope);

	return sysfs_emit(page, "%s\n", kregion_scope_name(scope));
}

static ssize_t device_scope_store(struct config_item *item, const char *page,
				  size_t count)
{
	struct config_device *device = to_config_device(item);
	unsigned int len = text_len(page, count);
	ssize_t ret = count;
	const char *expected;

	mutex_lock(&subsystem.su_mutex);
	if (device->kdev) {
		ret = -EBUSY;
	} else {
		expected = kregion_parse_scope(page, len, &device->scope);
		if (expected)
			ret = refuse(item, NULL, "scope", page, len, expected);
	}
	mutex_unlock(&subsystem.su_mutex);
	return ret;
}

CONFIGFS_ATTR(device_, live);
CONFIGFS_ATTR(device_, scope);

static struct configfs_attribute *device_attrs[] = {
	&device_attr_live,
	&device_attr_scope,
	NULL,
};

/* ---- directories come and go ---- */

/* @region is NULL for the name of a device. */
static int check_name(const char *device, const char *region)
{
	const char *name = region ?: device;

	if (kregion_name_valid(name, strlen(name)))
		return 0;
	pr_err("%s%s%*pE: expected a name of 1 to 31 characters a-z 0-9 _ -\n",
	       region ? device : "", region ? "/" : "",
	       (int)min_t(size_t, strlen(name), MAX_QUOTE), name);
	return -EINVAL;
}

/* A name of 20 characters or more is allocated; that it was not is told by no error. */
static bool got_name(struct config_item *item)
{
	return config_item_name(item);
}

static struct config_item *make_region(struct config_group *group,
				       const char *name)
{
	struct config_device *device = to_config_device(&group->cg_item);
	const char *device_name = config_item_name(&group->cg_item);
	struct config_region *region;
	int err;

	if (device->kdev)
		return ERR_PTR(-EBUSY);
	err = check_name(device_name, name);
	if (err)
		return ERR_PTR(err);
	if (device->nr_regions == KREGION_MAX_REGIONS) {
		pr_err("%s/%s: expected at most " __stringify(KREGION_MAX_REGIONS)
		       " regions in a device\n", device_name, name);
		return ERR_PTR(-ENOSPC);
	}
	region = kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);
	region->spec.backend = KREGION_BACKEND_VMALLOC;
	strscpy(region->spec.name, name, sizeof(region->spec.name));
	config_item_init_type_name(&region->item, name, &region_type);
	if (!got_name(&region->item)) {
		kfree(region);
		return ERR_PTR(-ENOMEM);
	}
	device->nr_regions++;
	return &region->item;
}

/*
 * A region goes: first its device, if it is live. It is unused, since the region
 * would have been pinned.
 */
static void region_disconnect(struct config_group *group,
			      struct config_item *item)
{
	struct config_device *device = to_config_device(&group->cg_item);

	WARN_ON(device_stop(device));
	device->nr_regions--;
}

static void device_release(struct config_item *item)
{
	kfree(to_config_device(item));
}

static struct configfs_item_operations device_item_ops = {
	.release = device_release,
};

static struct configfs_group_operations device_group_ops = {
	.make_item = make_region,
	.disconnect_notify = region_disconnect,
};

static const struct config_item_type device_type = {
	.ct_item_ops = &device_item_ops,
	.ct_group_ops = &device_group_ops,
	.ct_attrs = device_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group *make_device(struct config_group *group,
					const char *name)
{
	struct config_device *device;
	int err = check_name(name, NULL);

	if (err)
		return ERR_PTR(err);
	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		return ERR_PTR(-ENOMEM);
	device->owner.hold = pin_regions;
	device->owner.let_go = unpin_regions;
	config_group_init_type_name(&device->group, name, &device_type);
	if (!got_name(&device->group.cg_item)) {
		kfree(device);
		return ERR_PTR(-ENOMEM);
	}
	return &device->group;
}

static struct configfs_group_operations subsystem_group_ops = {
	.make_group = make_device,
};

static const struct config_item_type subsystem_type = {
	.ct_group_ops = &subsystem_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "kregion",
			.ci_type = &subsystem_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(subsystem.su_mutex),
};

/**
 * kregion_configfs_init() - make the directory kregion in configfs
 *
 * Context: module load, may sleep.
 * Return: 0 or an error.
 */
int kregion_configfs_init(void)
{
	config_group_init(&subsystem.su_group);
	return configfs_register_subsystem(&subsystem);
}

/**
 * kregion_configfs_exit() - undo kregion_configfs_init()
 *
 * No directory is left in it, since each holds the module.
 *
 * Context: module unload, may sleep.
 */
void kregion_configfs_exit(void)
{
	configfs_unregister_subsystem(&subsystem);
}
