# SPDX-License-Identifier: GPL-2.0-only
# For the Kbuild of another module that uses kregion, see docs/in-kernel.md:
#
#	include /usr/src/kregion-headers/kregion.mk

KREGION_HEADERS := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
KREGION_SYMVERS := $(wildcard \
	/var/lib/dkms/kregion/kernel-$(KERNELRELEASE)-$(shell uname -m)/module/Module.symvers)

# No error, which would stop "make clean" too; linking fails by itself.
ifeq ($(KREGION_SYMVERS),)
$(warning kregion is not built for the kernel $(KERNELRELEASE): install \
	kregion-dkms and that kernel's headers)
endif

ccflags-y += -I$(KREGION_HEADERS)
KBUILD_EXTRA_SYMBOLS += $(KREGION_SYMVERS)
