#include "feed/picture.h"

#include <stdbool.h>
#include <string.h>

#include "feed/buffer.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
count_digits(const char *text, size_t length)
{
	size_t count = 0;
	while (count < length && is_digit(text[count]))
		count++;
	return count;
}

/* strncasecmp knows locales. */
static bool
equals_word(const char *text, size_t length, const char *word)
{
	if (strlen(word) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[i])
			return false;
	}
	return true;
}

static bool
is_one_of(const char *text, size_t length, const char *const *words)
{
	for (; *words != NULL; words++)
		if (equals_word(text, length, *words))
			return true;
	return false;
}

/* "300x200"; either side up to four digits. */
static bool
is_size(const char *text, size_t length)
{
	size_t width = count_digits(text, length);
	if (width == 0 || width > 4 || width + 1 >= length ||
	    (text[width] != 'x' && text[width] != 'X'))
		return false;
	size_t height = length - width - 1;
	return height <= 4 && count_digits(text + width + 1, height) == height;
}

/* Without ".jpg", ".jpg.webp": one picture comes in several formats. */
static size_t
without_extension(const char *name, size_t length)
{
	static const char *const extensions[] = {"jpg", "jpeg", "jfif", "png",
	    "gif", "webp", "avif", "bmp", "svg", NULL};
	for (size_t dot = length; dot > 0; dot--) {
		if (name[dot - 1] == '/')
			break;
		if (name[dot - 1] != '.')
			continue;
		if (!is_one_of(name + dot, length - dot, extensions))
			break;
		length = dot - 1;
	}
	return length;
}

/* Without "-300x200", "@2x", "-scaled", "_thumb". */
static size_t
without_size(const char *name, size_t length)
{
	static const char *const words[] = {
	    "2x", "3x", "scaled", "thumb", "thumbnail", NULL};
	for (size_t mark = length; mark > 1; mark--) {
		char c = name[mark - 1];
		if (c != '-' && c != '_' && c != '@')
			continue;
		if (!is_size(name + mark, length - mark) &&
		    !is_one_of(name + mark, length - mark, words))
			break;
		length = mark - 1;
	}
	return length;
}

/* Parameters that choose a size, a quality or a cache's age. */
static bool
is_size_parameter(const char *parameter, size_t length)
{
	static const char *const names[] = {"w", "h", "width", "height", "size",
	    "s", "q", "quality", "fit", "fm", "format", "f", "dpr", "auto",
	    "crop", "resize", "type", "v", "ver", "t", "ts", NULL};
	size_t name = 0;
	while (name < length && parameter[name] != '=')
		name++;
	return is_one_of(parameter, name, names);
}

static void
add_parameters(struct buffer *name, const char *query)
{
	while (*query != '\0' && *query != '#') {
		query++; /* the "?" or "&" */
		size_t length = strcspn(query, "&#");
		if (length > 0 && !is_size_parameter(query, length)) {
			buffer_add_byte(name, '?');
			buffer_add(name, query, length);
		}
		query += length;
	}
}

/* Says little: "1", "main", "thumbnail"; then the folder tells pictures
 * apart. */
static bool
is_common_name(const char *name, size_t length)
{
	size_t digits = 0;
	for (size_t i = 0; i < length; i++)
		digits += is_digit(name[i]);
	return length < 6 || (digits == 0 && length < 12);
}

/* Folders that hold one size: "0640", ".cache", "512", "300x200", "w_300". */
static bool
is_size_folder(const char *folder, size_t length)
{
	static const char *const words[] = {".cache", "cache", "thumb",
	    "thumbs", "thumbnail", "thumbnails", "resize", "resized", "small",
	    "medium", "large", "original", "origin", NULL};
	if (length == 0 || is_one_of(folder, length, words) ||
	    is_size(folder, length))
		return true;
	if (length > 2 && folder[1] == '_' &&
	    (folder[0] == 'w' || folder[0] == 'h'))
		return true;
	return length <= 4 && count_digits(folder, length) == length;
}

/* The nearest folder that is no size, "" if there is none. */
static void
add_folder(struct buffer *name, const char *path, size_t length)
{
	while (length > 0) {
		size_t start = length;
		while (start > 0 && path[start - 1] != '/')
			start--;
		if (!is_size_folder(path + start, length - start)) {
			buffer_add(name, path + start, length - start);
			buffer_add_byte(name, '/');
			return;
		}
		length = start == 0 ? 0 : start - 1;
	}
}

char *
picture_name(const char *url)
{
	const char *host = strstr(url, "://");
	const char *path =
	    host == NULL ? url : host + 3 + strcspn(host + 3, "/?#");
	size_t length = strcspn(path, "?#"), start = length;
	while (start > 0 && path[start - 1] != '/')
		start--;
	const char *base = path + start;
	size_t whole = length - start;
	size_t stem = without_extension(base, whole);
	bool is_image = stem < whole;
	stem = without_size(base, stem);
	bool is_common = is_common_name(base, stem);
	struct buffer name = {0};
	if (is_common && start > 0)
		add_folder(&name, path, start - 1);
	buffer_add(&name, base, stem);
	if (is_common || !is_image)
		add_parameters(&name, path + length);
	return buffer_take(&name);
}
