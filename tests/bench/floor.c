/*
 * What the parts cost by themselves: the floor beside which a round is shown.
 *
 *   floor parse FILE COUNT       CPU microseconds a page: libxml2, gumbo
 *   floor fetch COUNT [ETAG]     fetches the URLs on stdin, 24 at a time, each
 *                                with If-None-Match: ETAG of its own line
 *                                ("URL ETAG"); CPU microseconds a page
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <curl/curl.h>
#include <gumbo.h>
#include <libxml/HTMLparser.h>

#define AT_ONCE 24
#define LINE_BYTES 512

static double
cpu_us(void)
{
	struct rusage used;
	if (getrusage(RUSAGE_SELF, &used) != 0)
		exit(1);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static char *
read_file(const char *name, size_t *length)
{
	FILE *file = fopen(name, "rb");
	char *bytes = malloc(8 << 20);
	if (file == NULL || bytes == NULL)
		exit(1);
	*length = fread(bytes, 1, (8 << 20) - 1, file);
	bytes[*length] = '\0';
	fclose(file);
	return bytes;
}

static int
parse(const char *name, int count)
{
	size_t length;
	char *bytes = read_file(name, &length);
	double start = cpu_us();
	for (int i = 0; i < count; i++) {
		htmlDocPtr document =
		    htmlReadMemory(bytes, (int)length, NULL, "UTF-8",
			HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
			    HTML_PARSE_NOWARNING | HTML_PARSE_COMPACT);
		if (document == NULL)
			exit(1);
		xmlFreeDoc(document);
	}
	double middle = cpu_us();
	GumboOptions options = kGumboDefaultOptions;
	options.max_errors = 0;
	for (int i = 0; i < count; i++) {
		GumboOutput *output =
		    gumbo_parse_with_options(&options, bytes, length);
		gumbo_destroy_output(&options, output);
	}
	double end = cpu_us();
	printf("%.1f %.1f\n", (middle - start) / count, (end - middle) / count);
	free(bytes);
	return 0;
}

static size_t
swallow(char *bytes, size_t size, size_t count, void *arg)
{
	(void)bytes;
	(void)arg;
	return size * count;
}

static CURL *
next_transfer(struct curl_slist **lines)
{
	char line[LINE_BYTES], url[LINE_BYTES], etag[LINE_BYTES] = "";
	char header[LINE_BYTES + 32];
	if (fgets(line, sizeof(line), stdin) == NULL)
		return NULL;
	if (sscanf(line, "%511s %511s", url, etag) < 1)
		return NULL;
	CURL *easy = curl_easy_init();
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	*lines = NULL;
	if (etag[0] != '\0') {
		(void)snprintf(
		    header, sizeof(header), "If-None-Match: %s", etag);
		*lines = curl_slist_append(NULL, header);
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *lines);
	}
	curl_easy_setopt(easy, CURLOPT_PRIVATE, *lines);
	return easy;
}

static int
fetch(int count)
{
	CURLM *multi = curl_multi_init();
	int running = 0, active = 0, done = 0, left;
	struct curl_slist *lines;
	double start = cpu_us();
	for (;;) {
		CURL *easy;
		while (active < AT_ONCE &&
		       (easy = next_transfer(&lines)) != NULL) {
			curl_multi_add_handle(multi, easy);
			active++;
		}
		if (active == 0)
			break;
		curl_multi_perform(multi, &running);
		CURLMsg *message;
		while ((message = curl_multi_info_read(multi, &left)) != NULL) {
			CURL *ended = message->easy_handle;
			curl_easy_getinfo(ended, CURLINFO_PRIVATE, &lines);
			curl_multi_remove_handle(multi, ended);
			curl_easy_cleanup(ended);
			curl_slist_free_all(lines);
			active--;
			done++;
		}
		curl_multi_poll(multi, NULL, 0, 100, NULL);
	}
	printf("%.1f\n", (cpu_us() - start) / (done > 0 ? done : 1));
	curl_multi_cleanup(multi);
	return done == count ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "parse") == 0)
		return parse(argv[2], atoi(argv[3]));
	if (argc == 3 && strcmp(argv[1], "fetch") == 0)
		return fetch(atoi(argv[2]));
	fprintf(stderr, "usage: floor parse FILE COUNT | floor fetch COUNT\n");
	return 2;
}
