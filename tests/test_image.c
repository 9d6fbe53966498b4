#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/image.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BASE "https://paper.example/news/list"
#define P "https://paper.example"

/* The element in question is the first with an id. */
static const struct row {
	const char *html, *answer;
} rows[] = {
    {"<img id=i src=a.jpg>", P "/news/a.jpg"},
    {"<img id=i src=//cdn.example/a.jpg>", "https://cdn.example/a.jpg"},
    {"<img id=i src='/a b.jpg'>", P "/a%20b.jpg"},
    {"<img id=i>", NULL},
    {"<img id=i src=''>", NULL},
    {"<img id=i src='data:image/gif;base64,R0lGOD'>", NULL},
    {"<img id=i src=/blank.gif>", NULL},
    {"<img id=i src=/img/1x1.png>", NULL},
    {"<img id=i src='javascript:x()'>", NULL},
    {"<img id=i src=/loading.gif>", NULL},
    {"<img id=i src=/img/img_blank_16x9.png?v=2>", NULL},
    {"<img id=i src=/skin/no_image_400.jpg>", NULL},
    {"<img id=i src=/count?id=7 width=1 height=1>", NULL},
    {"<img id=i src=/count?id=7 width=0px height=1px>", NULL},
    {"<img id=i src=/wide.jpg width=200 height=100>", P "/wide.jpg"},
    {"<img id=i src=/count?id=7 width=1 height=1 data-src=/r.jpg>", P "/r.jpg"},
    /* names that only begin like a placeholder's */
    {"<img id=i src=/photo-121x150.jpg>", P "/photo-121x150.jpg"},
    {"<img id=i src=/loading-dock-on-fire.jpg>", P "/loading-dock-on-fire.jpg"},
    {"<img id=i src=/pixel-9.jpg>", NULL},
    {"<img id=i src=/google-pixel.jpg>", P "/google-pixel.jpg"},
    {"<img id=i src=https://pixel.example/a.jpg>",
	"https://pixel.example/a.jpg"},
    /* lazy ones: what the script would put there */
    {"<img id=i src=/blank.gif data-src=/real.jpg>", P "/real.jpg"},
    {"<img id=i src=/blank.gif data-original=/real.jpg>", P "/real.jpg"},
    {"<img id=i src=/blank.gif data-lazy-src=/real.jpg>", P "/real.jpg"},
    {"<img id=i src=/small.jpg data-src=/real.jpg>", P "/real.jpg"},
    {"<img id=i src=/blank.gif data-thing=/real.webp>", P "/real.webp"},
    /* srcset: the largest up to 1280, else the smallest */
    {"<img id=i src=/s.jpg srcset='/a.jpg 320w, /b.jpg 1024w, /c.jpg 2048w'>",
	P "/b.jpg"},
    {"<img id=i srcset='/c.jpg 4000w, /b.jpg 2000w'>", P "/b.jpg"},
    {"<img id=i srcset='/a.jpg, /b.jpg 2x'>", P "/b.jpg"},
    {"<img id=i srcset='/a,b.jpg 10w,/c.jpg 20w'>", P "/c.jpg"},
    {"<img id=i srcset='/w_300,h_200/a.jpg 300w, /w_600,h_400/a.jpg 600w'>",
	P "/w_600,h_400/a.jpg"},
    {"<img id=i srcset='/a.jpg 1x, /b.jpg 1.5x, /c.jpg 1.25x'>", P "/b.jpg"},
    {"<img id=i srcset='/b.jpg 2x,/a.jpg'>", P "/b.jpg"},
    {"<img id=i srcset='/a.jpg 640w 480h, /b.jpg 1280w 960h, /c.jpg 1281w'"
     " sizes='(max-width: 600px) 480px, 800px'>",
	P "/b.jpg"},
    {"<img id=i src=/s.jpg srcset='data:image/gif;base64,R0lGOD 1w'>",
	P "/s.jpg"},
    {"<img id=i src=/s.jpg srcset='/blank.gif 1280w'>", P "/s.jpg"},
    {"<img id=i srcset=' , , ' src=/s.jpg>", P "/s.jpg"},
    {"<img id=i srcset='/a.jpg 99999999999999999w' src=/s.jpg>", P "/a.jpg"},
    {"<img id=i src=/s.jpg data-srcset='/a.jpg 320w'>", P "/a.jpg"},
    /* by other elements */
    {"<div id=i style=\"background-image: url('/bg.jpg')\"></div>",
	P "/bg.jpg"},
    {"<div id=i style=\"background: red\"></div>", NULL},
    {"<div id=i style='BACKGROUND: URL( /Bg.jpg )'></div>", P "/Bg.jpg"},
    {"<div id=i style='background: url(\"/a(1).jpg\")'></div>", P "/a(1).jpg"},
    {"<div id=i style='background: url(&quot;/q.jpg&quot;)'></div>",
	P "/q.jpg"},
    {"<div id=i style='background: url(/blank.gif), url(/b.jpg)'></div>",
	P "/b.jpg"},
    {"<div id=i style='background: linear-gradient(red, blue), url(b.jpg)'>"
     "</div>",
	P "/news/b.jpg"},
    {"<div id=i data-bg=/b.jpg></div>", P "/b.jpg"},
    {"<div id=i data-bg='url(/b.jpg)'></div>", P "/b.jpg"},
    {"<video id=i poster=/b.jpg></video>", P "/b.jpg"},
    {"<picture id=i><source srcset='/a.webp 800w'><img src=/blank.gif>"
     "</picture>",
	P "/a.webp"},
    {"<div id=i><p><img src=/in.jpg></div>", P "/in.jpg"},
    {"<div id=i><img src=/blank.gif><noscript><img src=/no.jpg></noscript>"
     "</div>",
	P "/no.jpg"},
};

static uint32_t
with_id(const struct page *page)
{
	size_t count;
	const uint32_t *found = page_with_id(page, "i", &count);
	assert_true(count > 0);
	return found[0];
}

static void
pictures_are_found(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct page *page = page_parse(
		    rows[i].html, strlen(rows[i].html), PARSER_HTML5, 0, NULL);
		assert_non_null(page);
		char *image = image_find(page, with_id(page), BASE);
		const char *wanted = rows[i].answer;
		if ((image == NULL) != (wanted == NULL) ||
		    (image != NULL && strcmp(image, wanted) != 0)) {
			printf("%s: %s, not %s\n", rows[i].html,
			    image != NULL ? image : "none",
			    wanted != NULL ? wanted : "none");
			failed++;
		}
		free(image);
		page_free(page);
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pictures_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
