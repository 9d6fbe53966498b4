#include "feed/index_words.h"

#include <stddef.h>
#include <string.h>

/* English, Korean. */
static const char *const phrases[PHRASES][2] = {
    [PHRASE_FEEDS] = {"News feeds", "뉴스 피드"},
    [PHRASE_LEAD] = {"Each feed brings the newest articles of one section "
		     "into your feed reader: copy its address, or open it "
		     "there.",
	"피드마다 한 섹션의 새 기사를 피드 리더로 전합니다. 주소를 복사하거나 "
	"피드 리더로 바로 여세요."},
    [PHRASE_OPML] = {"All feeds as one OPML file",
	"모든 피드를 담은 OPML 파일"},
    [PHRASE_OPML_AFTER] = {", to import in one step.",
	"을 한 번에 가져올 수도 있습니다."},
    [PHRASE_FIND] = {"Find", "찾기"},
    [PHRASE_FOUND] = {"# feeds found", "피드 #개"},
    [PHRASE_NOTHING] = {"No feed has these words", "찾는 말이 있는 피드가 "
						   "없습니다"},
    [PHRASE_COPY] = {"Copy", "주소 복사"},
    [PHRASE_COPY_OF] = {"Copy address: ", "주소 복사: "},
    [PHRASE_COPIED] = {"Copied", "복사했습니다"},
    [PHRASE_MARKED] = {"Marked: copy it now", "주소를 선택했으니 복사하세요"},
    [PHRASE_OPEN] = {"Open in reader", "리더로 열기"},
    [PHRASE_ALL] = {"The whole site", "사이트 전체"},
    [PHRASE_READ] = {"Page last read", "마지막 확인"},
    [PHRASE_NEVER] = {"The page has not been read yet.",
	"아직 확인하지 않은 페이지입니다."},
    [PHRASE_NONE] = {"No articles yet.", "아직 기사가 없습니다."},
    [PHRASE_FOOT] = {"Written by metrofeed when something changes; the times "
		     "of reading are brought up to date once an hour.",
	"metrofeed가 내용이 바뀔 때마다 다시 씁니다. 확인 시각은 한 시간에 한 "
	"번 "
	"갱신됩니다."},
};

static const char *const healths[INDEX_HEALTHS][2] = {
    [INDEX_WAITING] = {"Not read yet", "확인 전"},
    [INDEX_GOOD] = {"Up to date", "정상"},
    [INDEX_DEGRADED] = {"Incomplete", "일부 누락"},
    [INDEX_BROKEN] = {"Not updating", "갱신 멈춤"},
    [INDEX_REFUSED] = {"Not allowed", "수집 거부"},
};

/* By the stage; the last row for others. */
static const struct {
	const char *stage, *words[2];
} reasons[] = {
    {"robots", {"The site asks programs not to read this page.",
		   "사이트가 프로그램의 접근을 허용하지 않는 페이지입니다."}},
    {"fetch", {"The site does not answer as it should.",
		  "사이트가 제대로 응답하지 않습니다."}},
    {"extract", {"No articles are found on the page.",
		    "페이지에서 기사를 찾지 못했습니다."}},
    {"store", {"This server cannot write the feed.",
		  "이 서버가 피드를 쓰지 못하고 있습니다."}},
    {"render", {"This server cannot write the feed.",
		   "이 서버가 피드를 쓰지 못하고 있습니다."}},
    {"publish", {"This server cannot write the feed.",
		    "이 서버가 피드를 쓰지 못하고 있습니다."}},
    {"blocked", {"The site turns us away.", "사이트가 접근을 막고 있습니다."}},
    {"down", {"The site is down for maintenance.", "사이트가 점검 중입니다."}},
    {"shell", {"The page shows its articles only through JavaScript.",
		  "자바스크립트로만 기사를 보여 주는 페이지입니다."}},
    {"consent", {"A request for consent stands before the page.",
		    "동의 화면이 페이지를 가리고 있습니다."}},
    {"login",
	{"The page wants a login.", "로그인해야 볼 수 있는 페이지입니다."}},
    {"missing", {"The page is gone.", "페이지가 없어졌습니다."}},
    {"moved", {"The page's address leads elsewhere now.",
		  "페이지 주소가 다른 곳으로 이어집니다."}},
    {"cut", {"The page comes cut short.", "페이지가 중간에서 끊깁니다."}},
    {NULL, {"The page has changed or cannot be read.",
	       "페이지가 바뀌었거나 읽을 수 없습니다."}},
};

static const char *const incomplete[2] = {
    "Some details of its articles are missing.",
    "기사 정보 일부가 빠져 있습니다.",
};

const char *
index_phrase(enum phrase phrase, bool is_korean)
{
	return phrases[phrase][is_korean];
}

const char *
index_health_words(enum index_health health, bool is_korean)
{
	return healths[health][is_korean];
}

const char *
index_reason(enum index_health health, const char *stage, bool is_korean)
{
	size_t i = 0;
	if (health == INDEX_DEGRADED)
		return incomplete[is_korean];
	while (reasons[i].stage != NULL &&
	       (stage == NULL || strcmp(reasons[i].stage, stage) != 0))
		i++;
	return reasons[i].words[is_korean];
}
