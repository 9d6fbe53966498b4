#include "feed/byline.h"

#include <string.h>

#include <stdlib.h>

#include "feed/language.h"
#include "feed/memory.h"
#include "feed/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Before a name, with a blank, a colon or a stroke between. */
static const struct {
	const char *text;
	bool needs_colon; /* too short, or a word of its own, without one */
} labels[] = {
    {"posted by", false},
    {"written by", false},
    {"published by", false},
    {"started by", false},
    {"submitted by", false},
    {"words by", false},
    {"text by", false},
    {"by", false},
    {"author", true},
    {"reporter", true},
    {"name", true},
    {"geschrieben von", false},
    {"verfasst von", false},
    {"von", false},
    {"autor", true},
    {"autorin", true},
    {"verfasser", true},
    {"écrit par", false},
    {"publié par", false},
    {"rédigé par", false},
    {"par", false},
    {"auteur", true},
    {"escrito por", false},
    {"publicado por", false},
    {"por", false},
    {"scritto da", false},
    {"pubblicato da", false},
    {"di", false},
    {"autore", true},
    {"geschreven door", false},
    {"door", false},
    {"tekst", true},
    {"автор", true},
    {"Автор", true},
    {"текст", true},
    {"Текст", true},
    {"tác giả", true},
    {"Tác giả", true},
    {"oleh", false},
    {"penulis", true},
    {"yazar", true},
    {"글쓴이", true},
    {"작성자", true},
    {"등록자", true},
    {"작성자명", true},
    {"기자명", true},
    {"이름", true},
    {"성명", true},
    {"글", true},
    {"作者", true},
    {"记者", true},
    {"記者", true},
    {"撰文", true},
    {"发布人", true},
    {"发布者", true},
    {"發布人", true},
    {"投稿者", true},
    {"執筆", true},
    {"筆者", true},
    {"著者", true},
    {"文", true},
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands between words of one line: its length, 0 if none stands here. */
static size_t
divider_at(const char *at)
{
	static const char *const dividers[] = {
	    "|", "ㅣ", "·", "•", "ㆍ", "｜", "│", "‧", "»", "/"};
	for (size_t i = 0; i < COUNT(dividers); i++) {
		size_t length = strlen(dividers[i]);
		if (strncmp(at, dividers[i], length) == 0)
			return length;
	}
	return 0;
}

/* Dividers, brackets and blanks round a text are no part of it. */
static char *
strip_ornaments(const char *text)
{
	static const char *const ornaments[] = {"|", "ㅣ", "·", "/", ",", "-",
	    "–", "—", "(", ")", "[", "]", ":", "：", "•", "ㆍ", "｜", "│", "‧",
	    "»", "（", "）", "【", "】", " "};
	const char *end = text + strlen(text);
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < COUNT(ornaments); i++) {
			size_t length = strlen(ornaments[i]);
			size_t left = (size_t)(end - text);
			if (left >= length &&
			    memcmp(text, ornaments[i], length) == 0) {
				text += length;
				again = true;
			} else if (left >= length &&
				   memcmp(end - length, ornaments[i], length) ==
				       0) {
				end -= length;
				again = true;
			}
		}
	}
	return xstrndup(text, (size_t)(end - text));
}

/* The separator of a label: a blank, or one that holds a colon or a stroke. */
static size_t
separator(const char *at, bool *has_colon)
{
	const char *start = at;
	*has_colon = false;
	while (*at == ' ')
		at++;
	if (*at == ':' || *at == '/') {
		*has_colon = true;
		at++;
	} else if (strncmp(at, "：", strlen("：")) == 0) {
		*has_colon = true;
		at += strlen("：");
	}
	while (*at == ' ')
		at++;
	return (size_t)(at - start);
}

/* The length of the label that the text begins with; 0 if with none. */
static size_t
label_length(const char *text)
{
	size_t longest = 0;
	for (size_t i = 0; i < COUNT(labels); i++) {
		size_t length = strlen(labels[i].text);
		bool has_colon;
		if (strlen(text) < length ||
		    !text_begins_ignoring_case(text, labels[i].text, length))
			continue;
		size_t between = separator(text + length, &has_colon);
		if (text[length] != '\0' &&
		    (between == 0 || (labels[i].needs_colon && !has_colon)))
			continue;
		if (length + between > longest)
			longest = length + between;
	}
	return longest;
}

/* "83 points by", "Posted in Culture by" */
static bool
ends_in_label(const char *text)
{
	static const char *const ends[] = {" by", " von", " par", " por"};
	for (size_t i = 0; i < COUNT(ends); i++)
		if (text_ends_with(text, ends[i]))
			return true;
	return false;
}

bool
byline_is_ornament(const char *text)
{
	char *plain = strip_ornaments(text);
	bool is = plain[0] == '\0';
	free(plain);
	return is;
}

bool
byline_is_label(const char *text)
{
	char *plain = strip_ornaments(text);
	bool is = plain[0] != '\0' && (label_length(plain) == strlen(plain) ||
					  ends_in_label(plain));
	free(plain);
	return is;
}

/* "홍길동 기자", "記者 山田": an office says that it is a person. */
static bool
has_office(const char *text)
{
	static const char *const ends[] = {"기자", "특파원", "통신원",
	    "논설위원", "칼럼니스트", "기고", "記者", "记者", "특약"};
	static const char *const starts[] = {"기자 ", "記者", "记者", "文/"};
	for (size_t i = 0; i < COUNT(ends); i++)
		if (text_ends_with(text, ends[i]) && strcmp(text, ends[i]) != 0)
			return true;
	for (size_t i = 0; i < COUNT(starts); i++)
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static bool
may_be_name(const char *text)
{
	size_t cells = text_cells(text);
	if (cells < 2 || cells > BYLINE_CELLS)
		return false;
	for (const char *at = text; *at != '\0'; at++)
		if (is_digit(*at))
			return false;
	return !language_is_menu_word(text) && !language_is_section_word(text);
}

char *
byline_name(const char *text, bool *is_said)
{
	char *plain = strip_ornaments(text);
	size_t length = label_length(plain);
	char *name = xstrdup(plain + length);
	*is_said = length > 0 || has_office(name);
	free(plain);
	size_t end = strlen(text);
	bool is_label =
	    (end > 0 && text[end - 1] == ':') || text_ends_with(text, "：");
	if (!is_label && may_be_name(name))
		return name;
	free(name);
	return NULL;
}

char *
byline_next_part(const char **at)
{
	const char *start = *at;
	if (*start == '\0')
		return NULL;
	while (**at != '\0') {
		size_t length = divider_at(*at);
		if (length > 0) {
			char *part = xstrndup(start, (size_t)(*at - start));
			*at += length;
			return part;
		}
		(*at)++;
	}
	return xstrdup(start);
}
