#include "feed/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
error_set(struct error *err, const char *format, ...)
{
	if (err == NULL)
		return false;
	char line[sizeof(err->reason)]; /* the old reason may be an argument */
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof(line)) {
		/* step back to the start of the character that was cut */
		size_t end = sizeof(line) - 1;
		while (end > 0 && ((unsigned char)line[end - 1] & 0xc0) == 0x80)
			end--;
		if (end > 0 && ((unsigned char)line[end - 1] & 0x80) != 0)
			end--;
		line[end] = '\0';
	}
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20)
			*p = ' ';
	memcpy(err->reason, line, sizeof(line));
	return false;
}
