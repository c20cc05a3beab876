# SPDX-License-Identifier: GPL-2.0-only
# kregion: "make help" lists the targets.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
KERNEL ?= 6.12
BUILD := $(CURDIR)/build
DKMS_SOURCE = $(DESTDIR)/usr/src/kregion-$(VERSION)
KERNEL_HEADERS = $(DESTDIR)/usr/src/kregion-headers
UDEV_RULE = $(DESTDIR)/usr/lib/udev/rules.d/60-kregion.rules
SYSUSERS = $(DESTDIR)/usr/lib/sysusers.d/kregion.conf
MODULES_LOAD = $(DESTDIR)/usr/lib/modules-load.d/kregion.conf
MODPROBE = $(DESTDIR)/etc/modprobe.d/kregion.conf
DRIVER_FILES := $(filter-out %.mod.c,$(wildcard driver/*.[ch])) \
	driver/Kbuild driver/Makefile driver/kregion.mk

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

all: driver programs ## build the modules for kernel KVER, the programs

driver: ## build the modules for kernel KVER (default: the running one)
	$(MAKE) -C driver KDIR=$(KDIR)

programs: ## build the user programs into build/userspace
	$(MAKE) -C userspace O=$(BUILD)/userspace

demo: ## boot a kernel in a virtual machine and run every demo (KERNEL=6.12)
	@tests/demo $(KERNEL)

test: ## the driver on five kernels, the rest on some; needs root
	@tests/run all

test-packages: ## every upgrade flow on every Debian suite, packages; needs root
	@tests/run packages

check: ## quick tests: static analysis, unit tests, one kernel (KERNEL=6.12)
	@tests/run quick $(KERNEL)

mutants: ## put mistakes into the driver one at a time, see each be noticed
	@tests/device/mutants.t all

soak: ## fuzz and stress the driver on the debug kernel for TIME seconds (3600)
	@tests/fuzz/soak $(TIME)

coverage: ## lines and branches of the driver that tests reach, report in build/coverage
	@tests/coverage/run

hardening: ## failing allocations, races, all device tests on all kernels; hours; needs root
	@tests/run hardening

bench: ## instructions per page and per call, against memfd (KERNEL=6.12|all)
	@tests/bench/run $(KERNEL)

deb: ## build the Debian packages into build/deb
	@tests/packages/build-deb

rpm: ## build the RPM packages into build/rpm
	@rpm/build

repo: deb rpm ## make signed repositories in build/repo, to be served at REPO_URL
	@for kind in apt dnf; do \
		packaging/repo-$$kind $(if $(REPO_URL),--url $(REPO_URL)/$$kind) || exit; \
	done

install: ## install from source: module by DKMS for KVER, library, programs
	$(MAKE) -C userspace O=$(BUILD)/userspace install
	ldconfig
	$(MAKE) install-dkms
	getent group kregion >/dev/null || groupadd --system kregion
	dkms install -m kregion -v $(VERSION) -k $(KVER)

uninstall: ## undo install
	$(MAKE) -C userspace O=$(BUILD)/userspace uninstall
	ldconfig
	-dkms remove -m kregion -v $(VERSION) --all
	rm -rf $(DKMS_SOURCE) $(KERNEL_HEADERS) $(UDEV_RULE) $(SYSUSERS) $(MODULES_LOAD)
	! cmp -s userspace/system/modprobe.conf $(MODPROBE) || rm $(MODPROBE)

install-dkms: ## install into DESTDIR what kregion-dkms holds, build nothing
	install -d $(DKMS_SOURCE)/driver/uapi
	install -p -m 0644 dkms.conf $(DKMS_SOURCE)
	install -p -m 0644 $(DRIVER_FILES) $(DKMS_SOURCE)/driver
	install -p -m 0755 driver/keep-symvers $(DKMS_SOURCE)/driver
	install -p -m 0644 driver/uapi/*.h $(DKMS_SOURCE)/driver/uapi
	install -d $(KERNEL_HEADERS)/uapi
	install -p -m 0644 driver/kregion.h driver/spec.h driver/kregion.mk \
		$(KERNEL_HEADERS)
	install -p -m 0644 driver/uapi/kregion.h $(KERNEL_HEADERS)/uapi
	install -D -p -m 0644 userspace/system/60-kregion.rules $(UDEV_RULE)
	install -D -p -m 0644 userspace/system/sysusers.conf $(SYSUSERS)
	install -D -p -m 0644 userspace/system/modules-load.conf $(MODULES_LOAD)
	[ -e $(MODPROBE) ] || \
		install -D -p -m 0644 userspace/system/modprobe.conf $(MODPROBE)

clean: ## remove what was built here; downloads stay in ~/.cache/kregion
	rm -rf $(BUILD)
	rm -f $(foreach d,driver driver/uapi,$(addprefix $(d)/,*.o *.ko *.mod \
		*.mod.c .*.cmd .*.o.d Module.symvers modules.order))

.PHONY: help all driver programs demo test mutants soak coverage hardening test-packages check bench \
	deb rpm repo \
	install uninstall install-dkms clean
