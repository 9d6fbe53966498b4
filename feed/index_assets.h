#ifndef FEED_INDEX_ASSETS_H
#define FEED_INDEX_ASSETS_H

/*
 * What stands inside the page of all feeds (index_page.h): its style, its
 * script, and what a policy calls them: SHA-256 of their bytes in base64.
 * Who edits one of the two learns the new hash from tests/system/index.py.
 */
#define INDEX_STYLE_HASH \
	"sha256-Fet4FBuqZvuzhDvfSKc8UDJ54Kv2INFiu0j84GzfdTg="
#define INDEX_SCRIPT_HASH \
	"sha256-kz8qv4hJ/0zshQmb+SublkXqG5NaqHqDInh+nHIuHzQ="

extern const char index_style[];
extern const char index_script[];

#endif
