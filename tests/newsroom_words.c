#include "tests/newsroom.h"

#include <string.h>

#include "feed/memory.h"

/*
 * Every word here is invented, companies, towns and people too.  The pieces
 * hold what real headlines hold: quotes, Hanja, <산업>, %, ~, ▲, &, and
 * syllables that only CP949 knows (똠, 뷁, 햏).  In braces: {c} a company,
 * {d} an office, {p} a town, {g} a person, {n} a small number, {b} a large
 * one, {r} a rate, {m} a month, {y} a day.  Companies and towns end in a
 * vowel, offices in a consonant, so that the particles fit.
 */
struct theme {
	const char *title;
	const char *lead;
};

static const struct theme themes[] = {
    {"{c}, {p}에 새 공장… {n}00억 들여 {m}월 첫 삽",
	"{c}가 {p}에 새 공장을 짓는다. 회사는 {m}월 {y}일 터를 다지기 "
	"시작해 내년 봄에 기계를 들인다고 {y}일 밝혔다."},
    {"{d}·{c}, 中企 {n}곳에 '첫걸음 자금' 지원",
	"{d}이 {c}와 손잡고 작은 회사 {n}곳에 첫걸음 자금을 "
	"빌려준다. 이자는 해마다 {r}%로 묶는다."},
    {"\"일감은 늘었는데 사람이 없다\"… {p} 공단 {n}곳에 물었더니",
	"{p} 공단의 작은 공장들이 일손을 찾지 못하고 있다. {d}이 "
	"공장 {n}곳에 물은 결과다."},
    {"{c} & 누리마루, 배터리 재활용 '한배'",
	"{c}와 누리마루가 다 쓴 배터리를 되살리는 일에 함께 나선다. "
	"두 회사는 {p}에 시험 라인을 둔다."},
    {"{d}, {m}월 물가 {r}%↑… 과일·채소가 끌어올려",
	"{m}월 장바구니 물가가 한 해 전보다 {r}% 올랐다고 {d}이 "
	"{y}일 내놓은 자료에서 밝혔다."},
    {"[한눈에] <산업> {c} 증설·{p} 물류터 外",
	"<산업> ▲{c}, {p} 둘째 라인 증설 ▲{d}, 물류터 {n}곳 점검 "
	"<유통> ▲동네가게 {b}곳, 배달값 낮추기로."},
    {"{c} 3~4분기 매출 {b}억… 작년보다 {r}%↓",
	"{c}가 3~4분기에 {b}억원어치를 팔았다. 한 해 전보다 "
	"{r}% 줄어든 셈이다."},
    {"{g} {d}장 \"{p} 산업단지, 이름부터 바꾼다\"",
	"{g} {d}장이 {p} 산업단지의 새 이름을 주민에게 묻겠다고 "
	"말했다. 응모는 {m}월 {y}일까지다."},
    {"新사업 찾는 {c}, '바다 농장'에 {n}0억",
	"{c}가 바다 위에 띄우는 농장에 {n}0억원을 넣는다. 소금기를 "
	"견디는 채소를 키우는 사업이다."},
    {"{p}~한결시 고속버스, {m}월부터 {n}분 빨라진다",
	"{p}와 한결시를 잇는 고속버스가 {m}월부터 새 길로 다닌다. "
	"{d}은 걸리는 시간이 {n}분 준다고 내다봤다."},
    {"'똠방전자' 사람들, 왜 {p}로 갔나",
	"부품을 만드는 똠방전자가 본사를 {p}로 옮겼다. 일하는 사람 "
	"{n}0명 가운데 열에 아홉이 따라 내려갔다."},
    {"{c}, 햏살 담은 간식 '뷁바' 내놔",
	"{c}가 이름부터 별난 간식 '뷁바'를 내놓았다. 값은 한 개에 "
	"{b}원이다."},
    {"전기차 충전값 {r}% 오른다… {d} \"여섯 달마다 다시 본다\"",
	"전기차를 충전하는 값이 {m}월 {y}일부터 {r}% 오른다. {d}은 "
	"여섯 달마다 값을 다시 매긴다."},
    {"[현장] {p} 새벽시장 \"눈 오는 날이 대목\"",
	"새벽 네 시, {p} 시장에 불이 켜진다. 상인 {n}명이 눈을 쓸며 "
	"첫 손님을 맞았다."},
    {"{d}, 규제 {n}개 걷어낸다… 企業 \"속도가 관건\"",
	"{d}이 낡은 규제 {n}개를 {m}월까지 없앤다. 기업들은 반기면서도 "
	"속도가 관건이라고 입을 모았다."},
    {"{c} 노사, 임금 {r}% 인상 잠정 합의",
	"{c} 노사가 임금을 {r}% 올리기로 뜻을 모았다. 찬반을 묻는 "
	"표결은 {m}월 {y}일에 한다."},
    {"\"수출 {b}억弗 넘는다\"… {d} 하반기 전망",
	"{d}이 하반기 수출이 {b}억 달러를 넘으리라고 내다봤다. "
	"배와 부품이 앞에서 끈다는 설명이다."},
    {"{g} {c} 대표 \"AI는 연필, 쓰는 사람이 먼저\"",
	"{g} {c} 대표가 {p}에서 연 자리에서 AI를 연필에 빗댔다. "
	"그는 쓰는 사람을 먼저 키우겠다고 했다."},
    {"{p} 반도체 골목, 낮에도 불 켠다",
	"{p}의 반도체 부품 골목이 다시 바빠졌다. 문을 연 가게가 "
	"한 해 사이 {n}곳 늘었다."},
    {"R&D 예산 {b}억… {d} \"작은 연구실부터\"",
	"{d}이 내년 연구 예산 {b}억원을 작은 연구실부터 나눈다. "
	"한 곳이 받는 돈은 많아야 {n}억원이다."},
    {"{c}, '말하는 저울' {p} 시장에 {n}00대 기부",
	"{c}가 눈이 어두운 상인을 위해 말하는 저울 {n}00대를 "
	"{p} 시장에 내놓았다."},
    {"배달앱 수수료 {r}%로… 상인 \"그래도 부담\"",
	"배달앱 세 곳이 수수료를 {r}%로 낮춘다. {p} 상인들은 "
	"그래도 부담이 크다고 말했다."},
    {"{d} '산업 지도' 그린다… 골목 {n}곳 첫 조사",
	"{d}이 골목마다 무엇을 만드는지 담은 산업 지도를 그린다. "
	"첫 조사는 골목 {n}곳에서 한다."},
    {"(49) {g} 장인 \"쇠도 쉬어야 단단해져\"",
	"{p}에서 서른 해 넘게 칼을 벼린 {g} 장인을 만났다. 그는 "
	"쇠도 쉬어야 단단해진다고 했다."},
    {"{c} 美 공장 첫 출하… \"반년 앞당겼다\"",
	"{c}가 미국 공장에서 만든 첫 물건을 내보냈다. 처음 잡은 "
	"날보다 반년이 이르다."},
    {"소금값 ▲{r}% 배추값 ▼{r}%… 엇갈린 김장 물가",
	"김장을 앞두고 소금값은 오르고 배추값은 내렸다. {d}은 "
	"네 식구 김장값을 {b}00원으로 어림했다."},
    {"{p}, 빈 공장 {n}곳 '청년 작업실'로",
	"{p}가 비어 있던 공장 {n}곳을 젊은 작가들의 작업실로 바꾼다. "
	"세는 첫 두 해 동안 받지 않는다."},
    {"{c}-{d}, '물 없는 염색' 시험 성공",
	"{c}와 {d}이 물을 쓰지 않는 염색을 시험해 성공했다. 버리는 "
	"물이 {n}% 줄었다."},
    {"\"표 한 장으로 {n}개 도시\"… 통합 철도표 {m}월 나온다",
	"표 한 장으로 도시 {n}곳을 다니는 철도표가 {m}월에 나온다. "
	"{d}은 하루 {b}명이 쓰리라고 봤다."},
    {"{c} 창고 자동화율 {n}%… 사람은 어디로?",
	"{c}가 {p} 창고의 자동화율을 {n}%까지 높였다. 일하던 사람은 "
	"가까운 매장으로 자리를 옮겼다."},
    {"중고 농기계 '직거래 장터' {p}서 열린다",
	"쓰던 농기계를 사고파는 장터가 {m}월 {y}일 {p}에서 열린다. "
	"나올 기계는 {n}0대쯤이다."},
    {"{d} \"전기 덜 쓴 공장에 {b}만원\"",
	"{d}이 전기를 덜 쓴 공장에 {b}만원까지 돌려준다. 여름 석 달 "
	"동안 쓴 양을 견준다."},
    {"{c}, 이름 빼고 다 바꾼 '뚝딱이 7'… 무게 {r}kg",
	"{c}가 집에서 쓰는 공구 '뚝딱이 7'을 내놓았다. 무게는 "
	"{r}kg으로 앞선 것보다 가볍다."},
    {"比 해상풍력에 {c} 부품 {n}0기 간다",
	"{c}가 필리핀 바다에 서는 풍력기 {n}0기의 부품을 댄다. "
	"배는 {m}월부터 {p} 항을 떠난다."},
    {"\"고장 나면 고쳐 쓰자\"… {p} '수리 도서관' {n}만명",
	"{p}에 문을 연 수리 도서관을 찾은 사람이 {n}만명을 넘었다. "
	"연장을 빌려 스스로 고치는 곳이다."},
    {"{d}, 가짜 후기 {b}건 걸러… A&B社 등 {n}곳 경고",
	"{d}이 돈을 주고 쓰게 한 후기 {b}건을 걸러냈다. 경고를 받은 "
	"회사는 {n}곳이다."},
    {"{g} 교수 \"금리보다 '마음의 값'을 보라\"",
	"{g} 교수는 {p}에서 한 강연에서 금리보다 사람들의 마음을 "
	"보라고 말했다. 자리는 {n}0명으로 꽉 찼다."},
    {"로봇이 굽는 붕어빵, {p} 역에 첫 가게",
	"{c}가 만든 로봇이 {p} 역에서 붕어빵을 굽는다. 한 시간에 "
	"{n}0개를 낸다."},
    {"{c} '쉬는 금요일' 한 해… 생산 {r}%↑ 퇴사 ↓",
	"금요일에 쉬는 {c}의 실험이 한 해를 넘겼다. 만든 물건은 "
	"{r}% 늘고 떠난 사람은 줄었다."},
    {"{d} → '{p} 사무소' 연다… {m}월 {y}일 첫 상담",
	"{d}이 {p}에 사무소를 연다. 첫 상담은 {m}월 {y}일 아홉 시부터 "
	"받는다."},
    {"옷 한 벌 배출 {r}kg… {c} '탄소 꼬리표' 단다",
	"{c}가 옷마다 탄소를 얼마나 내놓았는지 적은 꼬리표를 단다. "
	"셔츠 한 벌은 {r}kg이다."},
    {"{p} 다리 {n}곳 '속 보는 눈' 달았다",
	"{p}가 다리 {n}곳에 금이 가는지 지켜보는 감지기를 달았다. "
	"감지기는 {c}가 만들었다."},
    {"\"학교 급식에 우리 밀 {n}%\"… {d} 시범",
	"{d}이 학교 급식에 우리 밀을 {n}%까지 쓰는 시범을 {m}월에 "
	"시작한다."},
    {"{c} 주가 {r}%↑… \"소문에 사지 말라\" 공시",
	"{c} 주가가 하루 새 {r}% 뛰자 회사가 까닭을 모른다는 공시를 "
	"냈다."},
    {"'하루 {n}보' 걸으면 {b}원… {p} 걷기 통장 人氣",
	"걸음 수만큼 돈이 쌓이는 {p}의 통장을 {b}명이 열었다. 하루 "
	"{n}보가 한 단위다."},
    {"<르포> 불 꺼진 {p} 조선소, 다시 '쿵쿵'",
	"멈췄던 {p} 조선소에 망치 소리가 돌아왔다. {c}가 배 {n}척을 "
	"맡긴 덕이다."},
};

static const char *const sentences[] = {
    "{c} 관계자는 \"서두르지 않고 하나씩 풀어 가겠다\"고 말했다.",
    "이번 일에는 {p}에 있는 작은 회사 {n}곳도 함께한다.",
    "{d}은 {m}월 안에 자세한 계획을 내놓을 예정이다.",
    "다만 돈을 어디서 마련할지는 아직 정하지 못했다.",
    "한 업계 사람은 \"값이 {r}%만 움직여도 버티기 어렵다\"고 했다.",
    "지난해 같은 때와 견주면 {r}%포인트 높은 수치다.",
    "지원을 받는 곳은 ▲문을 연 지 {n}년이 안 된 회사 ▲일하는 사람이 "
    "{n}0명보다 적은 회사 ▲{p}에 공장이 있는 회사다.",
    "{g} 씨는 \"처음에는 아무도 믿지 않았다\"며 웃었다.",
    "두 기관은 '함께 걷는 협약'을 맺고 {m}월부터 일을 나눈다.",
    "신청은 {m}월 {y}일부터 {d} 누리집에서 받는다.",
    "전문가들은 A & B 두 갈래 길을 모두 열어 두어야 한다고 본다.",
    "값은 1만~{n}만원 사이에서 정해질 것으로 보인다.",
    "◆\"숫자보다 사람\" 현장의 목소리도 담는다.",
    "조사는 {p} 주민 {b}명에게 전화로 물어 이루어졌다.",
    "응답한 사람의 {n}%는 '지금 그대로가 좋다'고 답했다.",
    "이 회사는 {n}년 전 {p}의 작은 창고에서 시작했다.",
    "매출은 {b}억원→{b}억원으로 늘었지만 남은 돈은 줄었다.",
    "{d} 관계자는 \"부작용이 없는지 끝까지 살피겠다\"고 강조했다.",
    "반면 {p} 상인회는 \"골목이 비어 간다\"며 대책을 요구했다.",
    "새 장비는 전기를 {r}% 덜 쓰고 소리도 작다.",
    "시험은 {m}월부터 {n}주 동안 {p}에서 이어진다.",
    "이어 \"값을 올리지 않고도 버틸 길을 찾았다\"고 덧붙였다.",
    "비슷한 시도는 앞서도 있었으나 {n}달 만에 멈췄다.",
    "<유통> 쪽에서도 같은 움직임이 보인다.",
    "업계는 시장 크기를 {b}억원쯤으로 어림한다.",
    "{c}는 이 기술로 특허 {n}건을 냈고 {n}건을 더 준비하고 있다.",
    "회의에는 {g} {d}장을 비롯해 {n}명이 자리했다.",
    "정작 필요한 것은 돈보다 시간이라는 말이 나온다.",
    "{p} 시민 {g} 씨는 \"버스가 하나만 더 다녀도 좋겠다\"고 말했다.",
    "누구나 무료로 볼 수 있고, 자리는 먼저 온 차례대로 준다.",
    "한편 {c}는 같은 날 새 대표로 {g} 씨를 뽑았다.",
    "불량률은 0.{n}%로, 목표인 1%를 밑돌았다.",
    "앞으로 {n}년 동안 {b}명이 새 일자리를 얻을 것으로 {d}은 "
    "내다봤다.",
    "사업비는 나라 5 : 시 3 : 회사 2의 比率로 나눈다.",
    "그는 \"실패해도 다시 할 수 있어야 한다\"고 거듭 말했다.",
    "첫 물건은 {m}월 {y}일 {p} 매장 {n}곳에서 만날 수 있다.",
    "문제는 비가 많이 오는 여름이다… 대책은 아직 없다.",
    "{d}은 잘못이 드러나면 지원금을 모두 거두어들인다.",
};

static const char *const companies[] = {"가온테크", "누리모아", "해솔바이오",
    "도담푸드", "미르에너지", "온새미로", "한가람소재", "별하모터스코리아",
    "다솜유통마루", "늘해랑티브이", "똠방테크", "아라조선해양코"};
static const char *const offices[] = {"새길진흥원", "한빛연구원", "늘봄산업원",
    "두루안전원", "온누리통계원", "가람표준원", "미리내지원단"};
static const char *const towns[] = {
    "한울시", "다온시", "새벽시", "달빛시", "은가람시", "솔마루시", "물결시"};
static const char *const people[] = {"강나루", "고은별", "남궁솔", "도한결",
    "마루한", "서가온", "여울림", "윤슬아", "이든샘", "차오름", "하늘찬"};
static const char *const reporters[] = {"홍길동 기자", "성춘향 기자",
    "이몽룡 기자", "심청아 기자", "임꺽정 기자", "장보고 기자", "새벽신문",
    "남궁홍길 특파원"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PICK(dice, array) ((array)[dice_below((dice), COUNT(array))])

uint64_t
dice_roll(struct dice *dice)
{
	uint64_t z = (dice->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

size_t
dice_below(struct dice *dice, size_t limit)
{
	return (size_t)(dice_roll(dice) % limit);
}

bool
dice_chance(struct dice *dice, unsigned percent)
{
	return dice_below(dice, 100) < percent;
}

/* Who and where a story is about, and the numbers of its headline. */
struct cast {
	const char *company, *office, *town, *person;
	size_t small, large, rate, month, day;
};

static void
cast_numbers(struct cast *cast, struct dice *dice)
{
	cast->small = 2 + dice_below(dice, 88);
	cast->large = 1000 + dice_below(dice, 98000);
	cast->rate = 10 + dice_below(dice, 400);
	cast->month = 1 + dice_below(dice, 12);
	cast->day = 1 + dice_below(dice, 28);
}

static struct cast
cast_story(struct dice *dice)
{
	struct cast cast = {.company = PICK(dice, companies),
	    .office = PICK(dice, offices),
	    .town = PICK(dice, towns),
	    .person = PICK(dice, people)};

	cast_numbers(&cast, dice);
	return cast;
}

static void
add_slot(struct buffer *out, const struct cast *cast, char slot)
{
	switch (slot) {
	case 'c':
		buffer_add_string(out, cast->company);
		break;
	case 'd':
		buffer_add_string(out, cast->office);
		break;
	case 'p':
		buffer_add_string(out, cast->town);
		break;
	case 'g':
		buffer_add_string(out, cast->person);
		break;
	case 'n':
		buffer_add_format(out, "%zu", cast->small);
		break;
	case 'b':
		buffer_add_format(
		    out, "%zu,%03zu", cast->large / 1000, cast->large % 1000);
		break;
	case 'r':
		buffer_add_format(
		    out, "%zu.%zu", cast->rate / 10, cast->rate % 10);
		break;
	case 'm':
		buffer_add_format(out, "%zu", cast->month);
		break;
	default: /* 'y' */
		buffer_add_format(out, "%zu", cast->day);
	}
}

static void
add_pattern(struct buffer *out, const struct cast *cast, const char *pattern)
{
	for (const char *at = pattern; *at != '\0'; at++) {
		if (at[0] == '{' && at[1] != '\0' && at[2] == '}') {
			add_slot(out, cast, at[1]);
			at += 2;
		} else
			buffer_add_byte(out, *at);
	}
}

void
words_story(struct dice *dice, char **title, char **text)
{
	struct buffer headline = {0}, body = {0};
	bool used[COUNT(sentences)] = {false};
	struct cast cast = cast_story(dice);
	const struct theme *theme = &PICK(dice, themes);

	add_pattern(&headline, &cast, theme->title);
	add_pattern(&body, &cast, theme->lead);
	for (size_t left = 4 + dice_below(dice, 18); left > 0; left--) {
		size_t i = dice_below(dice, COUNT(sentences));

		while (used[i])
			i = (i + 1) % COUNT(sentences);
		used[i] = true;
		cast_numbers(&cast, dice);
		buffer_add_byte(&body, ' ');
		add_pattern(&body, &cast, sentences[i]);
	}
	*title = buffer_take(&headline);
	*text = buffer_take(&body);
}

char *
words_sentence(struct dice *dice)
{
	struct buffer out = {0};
	struct cast cast = cast_story(dice);

	add_pattern(&out, &cast, PICK(dice, sentences));
	return buffer_take(&out);
}

char *
words_reporter(struct dice *dice)
{
	if (dice_chance(dice, 15))
		return NULL;
	return xstrdup(PICK(dice, reporters));
}
