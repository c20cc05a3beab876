// SPDX-License-Identifier: GPL-2.0-only
/* Would the kernel accept the module's signature? */
#include <string.h>

#include "doctor.h"

#define EFIVARS		"/sys/firmware/efi/efivars/"
#define SECURE_BOOT	EFIVARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define MOK_NEW		EFIVARS "MokNew-605dab50-e046-4300-abb6-3dd810dd8b23"

#define MAX_CERTIFICATE	8192

/* ---- what the machine demands --------------------------------------------- */

/* Four bytes of attributes, then the variable's only byte. */
static bool secure_boot(void)
{
	FILE *file = fopen(SECURE_BOOT, "re");
	char value[5] = "";

	if (!file)
		return false;
	if (fread(value, 1, sizeof(value), file) != sizeof(value))
		value[4] = 0;
	fclose(file);
	return value[4] == 1;
}

static const char *secure_boot_text(void)
{
	if (!exists("/sys/firmware/efi"))
		return "no Secure Boot";
	if (!exists(SECURE_BOOT))
		return "Secure Boot unknown";
	return secure_boot() ? "Secure Boot on" : "Secure Boot off";
}

/* The word in brackets of "none [integrity] confidentiality". */
static bool lockdown(char *mode, size_t size)
{
	char text[128];
	const char *start;

	snprintf(mode, size, "unknown");
	if (!read_text("/sys/kernel/security/lockdown", text, sizeof(text)))
		return false;
	start = strchr(text, '[');
	if (start)
		snprintf(mode, size, "%.*s", (int)strcspn(start + 1, "]"),
			 start + 1);
	return strcmp(mode, "none");
}

static bool signatures_enforced(void)
{
	char text[8];

	return read_text("/sys/module/module/parameters/sig_enforce", text,
			 sizeof(text)) && text[0] == 'Y';
}

/* ---- what the module has -------------------------------------------------- */

struct signature {
	char signer[256];
	unsigned char serial[64];	/* of the certificate */
	size_t serial_length;
};

static void read_signature(const struct patient *patient,
			   struct signature *signature)
{
	char serial[256];
	const char *next = serial;
	unsigned int byte;

	memset(signature, 0, sizeof(*signature));
	module_says(patient, "signer", signature->signer,
		    sizeof(signature->signer));
	module_says(patient, "sig_key", serial, sizeof(serial));
	while (signature->serial_length < sizeof(signature->serial) &&
	       sscanf(next, "%2x", &byte) == 1) {
		signature->serial[signature->serial_length++] =
			(unsigned char)byte;
		next += strcspn(next, ":");
		next += *next == ':';
	}
}

/* ---- the certificate and the kernel's keys -------------------------------- */

struct certificate {
	char path[PATH_MAX];
	unsigned char bytes[MAX_CERTIFICATE];
	size_t length;
};

static void read_certificate(struct certificate *certificate)
{
	static const char ubuntu[] = "/var/lib/shim-signed/mok/MOK.der";
	FILE *file;

	snprintf(certificate->path, sizeof(certificate->path), "%s",
		 exists(ubuntu) ? ubuntu : "/var/lib/dkms/mok.pub");
	dkms_setting("mok_certificate", certificate->path,
		     sizeof(certificate->path));
	certificate->length = 0;
	file = fopen(certificate->path, "re");
	if (!file)
		return;
	certificate->length = fread(certificate->bytes, 1,
				    sizeof(certificate->bytes), file);
	fclose(file);
}

static bool made_signature(const struct certificate *certificate,
			   const struct signature *signature)
{
	return memmem(certificate->bytes, certificate->length,
		      signature->serial, signature->serial_length);
}

/*
 * The subject key identifier in hex, by which the kernel calls its keys: the
 * extension 2.5.29.14, a string of 20 bytes in a string of 22.
 */
static bool key_identifier(const struct certificate *certificate, char *hex)
{
	static const unsigned char extension[] = {
		0x06, 0x03, 0x55, 0x1d, 0x0e, 0x04, 0x16, 0x04, 0x14,
	};
	const unsigned char *start =
		memmem(certificate->bytes, certificate->length, extension,
		       sizeof(extension));
	const unsigned char *end = certificate->bytes + certificate->length;
	size_t i;

	if (!start || end - start < (int)sizeof(extension) + 20)
		return false;
	for (i = 0; i < 20; i++)
		sprintf(hex + 2 * i, "%02x", start[sizeof(extension) + i]);
	return true;
}

/* An ordinary user sees none of the kernel's keys. */
static bool kernel_has_key(const char *identifier)
{
	FILE *keys = fopen("/proc/keys", "re");
	bool found = false;
	char line[1024];

	while (keys && !found && fgets(line, sizeof(line), keys))
		found = strstr(line, identifier);
	if (keys)
		fclose(keys);
	return found;
}

/* ---- the check ------------------------------------------------------------ */

static void mend_by_rebuild(struct patient *patient)
{
	mend(patient, "%s install openssl && dkms build --force kregion/%s -k %s && dkms install --force kregion/%s -k %s",
	     patient->rpm ? "dnf" : "apt", patient->wants_dkms, patient->kernel,
	     patient->wants_dkms, patient->kernel);
}

static void refused(struct patient *patient, const char *state, const char *why)
{
	patient->unloadable = true;
	say(patient, RESULT_PROBLEM, "%s: %s", state, why);
}

static void check_key(struct patient *patient, const char *state,
		      const struct signature *signature)
{
	struct certificate certificate;
	char identifier[41];

	read_certificate(&certificate);
	if (certificate.length && signature->serial_length &&
	    !made_signature(&certificate, signature)) {
		refused(patient, state, "the module is signed with an older key");
		mend_by_rebuild(patient);
	} else if (!key_identifier(&certificate, identifier)) {
		say(patient, RESULT_WARNING,
		    "%s: signed by '%s', whose certificate %s cannot be read",
		    state, signature->signer, certificate.path);
	} else if (kernel_has_key(identifier)) {
		say(patient, RESULT_OK, "%s: signed by '%s', a key that the kernel has",
		    state, signature->signer);
	} else if (!patient->root) {
		say(patient, RESULT_SKIPPED,
		    "%s: signed by '%s'; only root sees whether that key is enrolled",
		    state, signature->signer);
	} else if (exists(MOK_NEW)) {
		refused(patient, state,
			"the module's key waits to be enrolled: reboot, choose 'Enroll MOK'");
		mend(patient, "systemctl reboot");
	} else {
		refused(patient, state,
			"the module's key is not enrolled; import it, reboot, choose 'Enroll MOK'");
		mend(patient, "%smokutil --import %s",
		     have_program("mokutil") ? "" :
		     patient->rpm ? "dnf install mokutil && " :
		     "apt install mokutil && ", certificate.path);
	}
}

void check_signature(struct patient *patient)
{
	char mode[32], state[128];
	struct signature signature;
	bool enforced = lockdown(mode, sizeof(mode));

	enforced |= signatures_enforced();
	snprintf(state, sizeof(state), "%s, lockdown %s%s", secure_boot_text(),
		 mode, enforced ? ", signatures enforced" : "");
	if (!patient->module[0]) {
		say(patient, RESULT_SKIPPED, "%s; there is no module", state);
		return;
	}
	read_signature(patient, &signature);
	if (!enforced && !(secure_boot() && !strcmp(mode, "unknown"))) {
		say(patient, RESULT_OK, "%s; the module is %s%s", state,
		    signature.signer[0] ? "signed by " : "not signed",
		    signature.signer);
	} else if (signature.signer[0]) {
		check_key(patient, state, &signature);
	} else {
		refused(patient, state, "the module is not signed");
		mend_by_rebuild(patient);
	}
}
