#include "feed/language.h"

#include <stdlib.h>
#include <string.h>

#include "feed/text.h"

#define MAX_MENU_BYTES 80

/* Base letters of U+00C0-U+024F and U+1E00-U+1EFF; '.' keeps the character. */
static const char latin[] =
    "aaaaaaaceeeeiiii.nooooo.ouuuuy.saaaaaaaceeeeiiii.nooooo.ouuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghh..iiiiiiiiii..jjkk.llllll."
    ".llnnnnnn...oooooooorrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz."
    "................................oo.............uu..............."
    ".............aaiioouuuuuuuuuu.aaaaaa..ggkkoooo..j...gg..nnaaaaoo"
    "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"
    "................";

static const char latin_additional[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwy......aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

struct fold {
	uint32_t from, to;
};

/* Single characters; an ordinal's raised letter goes. */
static const struct fold folds[] = {{0x00a0, ' '}, {0x00aa, 0}, {0x00ad, 0},
    {0x00b0, 0}, {0x00ba, 0}, {0x00b4, '\''}, {0x00b7, 0x00b7}, {0x02bb, '\''},
    {0x02bc, '\''}, {0x037e, ';'}, {0x0387, 0x00b7}, {0x03ac, 0x03b1},
    {0x03ad, 0x03b5}, {0x03ae, 0x03b7}, {0x03af, 0x03b9}, {0x03b0, 0x03c5},
    {0x03c2, 0x03c3}, {0x03ca, 0x03b9}, {0x03cb, 0x03c5}, {0x03cc, 0x03bf},
    {0x03cd, 0x03c5}, {0x03ce, 0x03c9}, {0x0390, 0x03b9}, {0x0451, 0x0435},
    {0x060c, ','}, {0x0622, 0x0627}, {0x0623, 0x0627}, {0x0625, 0x0627},
    {0x0640, 0}, {0x0649, 0x064a}, {0x06a9, 0x0643}, {0x06cc, 0x064a},
    {0x2018, '\''}, {0x2019, '\''}, {0x201b, '\''}, {0x2022, 0x00b7},
    {0x2027, 0x00b7}, {0x2028, ' '}, {0x2029, ' '}, {0x202f, ' '},
    {0x2032, '\''}, {0x2044, '/'}, {0x205f, ' '}, {0x2212, '-'}, {0x2215, '/'},
    {0x2236, ':'}, {0x22c5, 0x00b7}, {0x2502, '|'}, {0x2503, '|'},
    {0x3000, ' '}, {0x3001, ','}, {0x3002, '.'}, {0x3010, '['}, {0x3011, ']'},
    {0x3014, '('}, {0x3015, ')'}, {0x3163, '|'}, {0x318d, 0x00b7},
    {0x30fb, 0x00b7}, {0xfeff, 0}, {0xff5c, '|'}, {0xff65, 0x00b7}};

static bool
fold_single(uint32_t *character)
{
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
		if (folds[i].from == *character) {
			*character = folds[i].to;
			return true;
		}
	return false;
}

static bool
within(uint32_t character, uint32_t first, uint32_t last)
{
	return character >= first && character <= last;
}

static uint32_t
fold_latin(uint32_t c, const char *table, uint32_t first)
{
	char base = table[c - first];
	return base == '.' ? c : (uint32_t)base;
}

/* The ten digits of a script, in order from its zero. */
static bool
fold_digit(uint32_t *character)
{
	static const uint32_t zeros[] = {
	    0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10};
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
		if (within(*character, zeros[i], zeros[i] + 9)) {
			*character = '0' + (*character - zeros[i]);
			return true;
		}
	return false;
}

static bool
has_no_width(uint32_t c)
{
	return within(c, 0x0300, 0x036f) || within(c, 0x064b, 0x065f) ||
	       within(c, 0x200b, 0x200f) || within(c, 0x202a, 0x202e) ||
	       within(c, 0x2060, 0x206f) || within(c, 0xfe00, 0xfe0f);
}

/* Icons stand before dates: a clock, an arrow, a private-use glyph. */
static bool
is_picture(uint32_t c)
{
	return within(c, 0x2190, 0x21ff) || within(c, 0x2300, 0x23ff) ||
	       within(c, 0x2504, 0x27bf) || within(c, 0xe000, 0xf8ff) ||
	       within(c, 0x1f000, 0x1faff);
}

uint32_t
language_fold(uint32_t c)
{
	if (c < 0x80) {
		if (c >= 'A' && c <= 'Z')
			return c - 'A' + 'a';
		return c < 0x20 || c == 0x7f ? ' ' : c;
	}
	if (within(c, 0xac00, 0xd7a3) || within(c, 0x3400, 0x9fff))
		return c; /* most of what comes by */
	if (within(c, 0xff01, 0xff5e) && !within(c, 0xff10, 0xff19))
		return language_fold(c - 0xff01 + 0x21);
	if (fold_digit(&c) || fold_single(&c))
		return c;
	if (within(c, 0x00c0, 0x024f))
		return fold_latin(c, latin, 0x00c0);
	if (within(c, 0x1e00, 0x1eff))
		return fold_latin(c, latin_additional, 0x1e00);
	if (within(c, 0x0391, 0x03ab))
		c += 0x20;
	else if (within(c, 0x0410, 0x042f))
		c += 0x20;
	else if (within(c, 0x0400, 0x040f))
		c += 0x50;
	else if (c == 0x0386 || within(c, 0x0388, 0x038a))
		c = c == 0x0386 ? 0x03ac : c + 0x25;
	else if (c == 0x038c || c == 0x038e || c == 0x038f)
		c += c == 0x038c ? 0x40 : 0x3f;
	else if (within(c, 0x2010, 0x2015))
		return '-';
	else if (within(c, 0x2000, 0x200a) || within(c, 0x80, 0x9f) ||
		 is_picture(c))
		return ' ';
	else if (has_no_width(c))
		return 0;
	(void)fold_single(&c); /* the accent of what was a capital */
	return c;
}

bool
language_is_dense(uint32_t c)
{
	return within(c, 0xac00, 0xd7a3) || within(c, 0x3400, 0x9fff) ||
	       within(c, 0x3005, 0x3007) || within(c, 0x3041, 0x30ff) ||
	       within(c, 0x3131, 0x318e) || within(c, 0x0e01, 0x0e4e) ||
	       within(c, 0x1100, 0x11ff) || within(c, 0x32c0, 0x32ff) ||
	       within(c, 0xf900, 0xfaff) || within(c, 0x20000, 0x3ffff);
}

bool
language_is_letter(uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z';
	return (within(c, 0x00c0, 0x02af) && c != 0xd7 && c != 0xf7) ||
	       (within(c, 0x0370, 0x06ef) && c != 0x061b && c != 0x061f &&
		   !within(c, 0x066a, 0x066d) && c != 0x06d4) ||
	       (within(c, 0x0900, 0x0dff) && !within(c, 0x0964, 0x0970)) ||
	       within(c, 0x1e00, 0x1fff);
}

bool
language_is(const char *tag, const char *language)
{
	if (tag == NULL)
		return false;
	for (; *language != '\0'; tag++, language++)
		if ((*tag | 0x20) != *language)
			return false;
	return *tag == '\0' || *tag == '-' || *tag == '_';
}

bool
language_is_year_first(const char *tag)
{
	return language_is(tag, "ko") || language_is(tag, "ja") ||
	       language_is(tag, "zh") || language_is(tag, "hu");
}

/* Folded, sorted by bytes. */
/* clang-format off */
static const char *const menu_words[] = {
    "a propos", "aanmelden", "abbonati", "abmelden", "abo", "abone ol",
    "abonnement", "abonneren", "abonnieren", "about", "about us", "accedi",
    "accueil", "advertise", "advertising", "agb", "all", "all news", "alle",
    "alle anzeigen", "alle artikel", "alles", "altro", "ana sayfa", "anasayfa",
    "anmelden", "anterior", "ara", "archiv", "archive", "archives", "assine",
    "avanti", "aviso legal", "baca selengkapnya", "back", "back to top",
    "bejelentkezes", "bekijk alles", "beranda", "buscar", "business",
    "cadastre-se", "careers", "cari", "cerca", "cerrar", "chi siamo", "chiudi",
    "cist dale", "cist vice", "close", "comentarios", "comment",
    "commentaires", "comments", "compartilhar", "compartir", "condividi",
    "connexion", "contact", "contact us", "contacto", "contato", "contatti",
    "contents", "continua a leggere", "cookie policy", "cookies", "culture",
    "czytaj wiecej", "daftar", "daha fazla", "dalsi", "dang ky", "dang nhap",
    "datenschutz", "delen", "devami", "devamini oku", "doc tiep", "drucken",
    "e-paper", "einloggen", "en savoir plus", "english", "entrar", "epaper",
    "fale conosco", "faq", "fechar", "fermer", "gallery", "giris", "giris yap",
    "hae", "haut de page", "help", "hemeroteca", "hilfe", "hledat", "home",
    "iletisim", "impressum", "imprimer", "imprimir", "indietro",
    "iniciar sesion", "inicio", "inloggen", "jobs", "kereses", "kirjaudu",
    "kommentare", "kontakt", "kunye", "lainnya", "las mer", "las mer har",
    "las mere", "latest", "latest news", "leer mas", "lees meer",
    "lees verder", "leggi", "leggi di piu", "leggi tutto", "leia mais",
    "les mer", "lihat semua", "lire la suite", "lire plus", "load more",
    "log in", "log ind", "log out", "logg inn", "logga in", "login", "logout",
    "lue lisaa", "mais", "mas", "masuk", "meer", "mehr", "mehr anzeigen",
    "mehr dazu", "mehr lesen", "mentions legales", "menu", "more", "more news",
    "most popular", "most read", "nach oben", "nachste", "newsletter",
    "newsletters", "newsticker", "next", "opinion", "partager", "pdf",
    "pesquisar", "photos", "plan du site", "politica de privacidad",
    "politics", "popular", "portada", "precedent", "prev", "previous",
    "prihlasit", "print", "privacy", "privacy policy", "proxima", "proximo",
    "quienes somos", "read more", "recherche", "rechercher", "register",
    "registrarse", "registrati", "registrieren", "retour", "rss", "s'abonner",
    "s'inscrire", "saiba mais", "schliessen", "se alle", "se connecter",
    "se mer", "search", "see all", "see more", "selengkapnya", "share",
    "show more", "sign in", "sign up", "siguiente", "sitemap",
    "skip to content", "skip to main content", "sluiten", "sok", "sport",
    "sports", "stampa", "startseite", "subscribe", "suche", "suchen",
    "suivant", "suscribete", "suscribirse", "suscripcion", "szukaj", "teilen",
    "terms", "terms of service", "terms of use", "tim kiem", "top", "tous",
    "tout voir", "toutes", "tovabb", "trang chu", "trending", "tumu",
    "tumunu gor", "uber uns", "uye ol", "vedi tutti", "vedi tutto",
    "veja mais", "ver mais", "ver mas", "ver todo", "ver todos", "ver tudo",
    "vice", "videos", "view all", "view more", "visa fler", "visa mer",
    "voir plus", "voir tout", "volgende", "volver", "vor", "vorherige",
    "vorige", "weather", "weiter", "weiterlesen", "wiecej", "world",
    "xem tat ca", "xem them", "zaloguj", "zaloguj sie", "zobacz wiecej",
    "zobacz wszystkie", "zoeken", "zuruck", "αρχικη", "διαβαστε περισσοτερα",
    "περισσοτερα", "більше", "войти", "вперед", "все", "все новости", "вход",
    "главная", "головна", "далее", "детальніше", "еще", "контакты", "меню",
    "назад", "о нас", "подписаться", "подробнее", "поиск", "показать еще",
    "пошук", "регистрация", "реклама", "увійти", "усі новини", "читати далі",
    "читать далее", "читать полностью", "דף הבית", "לכל הכתבות", "עוד",
    "קרא עוד", "اتصل بنا", "ادامه مطلب", "اقرا المزيد", "الرئيسية", "المزيد",
    "بحث", "بيشتر", "تسجيل الدخول", "صفحه اصلي", "عرض الكل", "عوד", "من نحن",
    "और पढ़ें", "होम", "ดูทั้งหมด", "หน้าแรก", "อ่านต่อ", "เข้าสู่ระบบ",
    "お問い合わせ", "すべて", "すべて見る", "もっと見る", "サイトマップ",
    "スポーツ", "トップ", "トップへ", "トップページ", "ニュース",
    "バックナンバー", "プライバシーポリシー", "ヘルプ", "ページトップへ",
    "ホーム", "メニュー", "ランキング", "ログアウト", "ログイン", "一覧",
    "一覧へ", "一覧を見る", "上一頁", "上一页", "下一頁", "下一页", "专题",
    "会員登録", "会社概要", "個人情報保護方針", "免责声明", "全部", "关于我们",
    "写真", "分享", "列印", "利用規約", "前", "前へ", "動画", "即時", "国際",
    "图片", "圖片", "天気", "客户端", "專題", "尾页", "广告合作", "广告服务",
    "広告掲載", "影音", "打印", "搜尋", "搜索", "收藏", "政治", "文化", "新聞",
    "新規登録", "新闻", "更多", "末页", "查看全部", "查看更多", "検索", "次",
    "次へ", "注册", "滚动", "热点", "熱門", "版权声明", "登入", "登录", "登錄",
    "社会", "経済", "続きを見る", "続きを読む", "网站地图", "联系我们",
    "联系方式", "聯絡我們", "菜单", "要聞", "要闻", "视讯", "视频", "訂閱",
    "記事一覧", "註冊", "订阅", "评论", "購読", "購読する", "返回", "返回顶部",
    "返回首页", "選單", "閉じる", "閱讀全文", "閱讀更多", "關於我們",
    "阅读全文", "阅读更多", "隐私政策", "隱私權政策", "首頁", "首页",
    "개인정보 처리방침", "개인정보처리방침", "개인정보취급방침", "검색",
    "경제", "고객센터", "고충처리인", "공유", "공유하기", "공지사항",
    "광고 문의", "광고문의", "광고안내", "구독", "구독신청", "구독하기",
    "국제", "기사 보기", "기사보기", "기사제보", "뉴스", "뉴스홈", "다음",
    "다음글", "닫기", "댓글", "더 보기", "더보기", "동영상", "로그아웃",
    "로그인", "마이페이지", "많이 본 뉴스", "많이본뉴스", "맨 위로", "맨위로",
    "메뉴", "목록", "목록보기", "문화", "바로가기", "본문 바로가기",
    "본문바로가기", "사설", "사이트맵", "사회", "스크랩", "스포츠", "신문보기",
    "알림", "연예", "영상", "오피니언", "윤리강령", "이메일무단수집거부",
    "이벤트", "이용약관", "이전", "이전글", "인기기사", "인쇄", "자세히 보기",
    "자세히보기", "저작권", "저작권보호정책", "전체", "전체 메뉴", "전체 보기",
    "전체메뉴", "전체보기", "정치", "제보", "제보하기", "제휴문의",
    "지면 보기", "지면보기", "처음", "처음으로", "청소년보호정책", "최신기사",
    "최신뉴스", "칼럼", "포토", "홈", "회사 소개", "회사소개", "회원 가입",
    "회원가입",
};
/* clang-format on */

/* Likewise: what leads to the next page of a list. */
/* clang-format off */
static const char *const next_words[] = {
    "altere artikel", "altere beitrage", "articles plus anciens", "avanti",
    "berikutnya", "dalej", "dalsi", "dalsi strana", "dalsia",
    "eine seite weiter", "go to next page", "go to the next page",
    "halaman berikutnya", "ileri", "ir a la pagina siguiente", "kovetkezo",
    "kovetkezo oldal", "more results", "nachste", "nachste seite",
    "naechste seite", "nasta", "nasta sida", "naste", "naste side", "nastepna",
    "nastepna strona", "nastepny", "neste", "neste side", "next", "next page",
    "next results", "older", "older articles", "older entries", "older news",
    "older post", "older posts", "older stories", "page suivante",
    "pagina seguinte", "pagina siguiente", "pagina successiva", "prossima",
    "prossima pagina", "proxima", "proxima pagina", "proximo", "sau",
    "seguinte", "selanjutnya", "seuraava", "seuraava sivu", "siguiente",
    "siguiente pagina", "siguientes", "sonraki", "sonraki sayfa", "successiva",
    "successivo", "suivant", "suivante", "suivants", "tiep", "tiep theo",
    "trang sau", "volgende", "volgende pagina", "vor", "weiter",
    "zur nachsten seite", "επομενη", "επομενη σελιδα", "вперед", "далее",
    "дальше", "далі", "наступна", "наступна сторінка", "следующая",
    "следующая страница", "הבא", "לעמוד הבא", "التالي", "الصفحة التالية",
    "بعدي", "صفحه بعد", "अगला", "ถัดไป", "หน้าถัดไป", "下一頁", "下一页",
    "下頁", "下页", "后一页", "後一頁", "次", "次の10件", "次の20件",
    "次の30件", "次のページ", "次のページへ", "次の一覧", "次へ", "次ページ",
    "次ページへ", "次頁", "次页", "다음", "다음 10개", "다음 10페이지",
    "다음 목록", "다음 쪽", "다음 페이지", "다음 페이지로",
    "다음 페이지로 이동", "다음목록", "다음으로", "다음쪽", "다음페이지",
    "다음페이지로 이동", "뒤로 10페이지",
};
/* clang-format on */

/* clang-format off */
/* What newspapers call their sections.  Folded, sorted by bytes. */
static const char *const section_words[] = {
    "africa", "afrique", "agriculture", "all news", "ambiente", "americas",
    "analysis", "argent", "art", "arts", "asia", "ausland", "auto", "autos",
    "baseball", "bildung", "binnenland", "bisnis", "biznes", "blogs", "boerse",
    "books", "borse", "bourse", "brasil", "breaking news", "buitenland",
    "bundesliga", "business", "calcio", "cars", "china", "chinh tri",
    "ciencia", "cinema", "climate", "column", "columns", "colunas",
    "commentary", "companies", "cong nghe", "cotidiano", "crime", "cronaca",
    "cultura", "culture", "cultuur", "debats", "debatt", "debatte", "defence",
    "defense", "deportes", "digital", "diplomacy", "du lich", "dunya",
    "economia", "economie", "economy", "editorial", "editorials", "educacao",
    "education", "egitim", "ekonomi", "emploi", "energy", "entertainment",
    "entreprises", "entretenimento", "environment", "environnement", "espana",
    "esporte", "esportes", "essen", "esteri", "europe", "faits divers",
    "familie", "family", "famosos", "fashion", "features", "feuilleton",
    "film", "finance", "finances", "finanza", "finanzen", "food", "football",
    "france", "fussball", "futbol", "futebol", "gallery", "games", "gaming",
    "gastronomie", "gaya hidup", "geld", "gente", "geschichte", "gesellschaft",
    "gesundheit", "giai tri", "giao duc", "golf", "gospodarka", "gundem",
    "headlines", "health", "hiburan", "high-tech", "history", "hukum", "idees",
    "immobilier", "indland", "industry", "inland", "innenriks", "inrikes",
    "internacional", "internasional", "international", "internet", "interni",
    "interviews", "it", "japan", "justice", "karriere", "kinh te",
    "kommentare", "korea", "kraj", "kultur", "kultura", "labor", "labour",
    "latest", "latest news", "lavoro", "law", "leben", "ledare", "life",
    "lifestyle", "livres", "local", "lokales", "magazin", "magazine",
    "markets", "media", "medias", "medien", "meinung", "metro", "middle east",
    "military", "mobile", "mobilitat", "monde", "mondo", "money", "motor",
    "motori", "motoring", "movies", "multimedia", "mundo", "music", "musique",
    "nacional", "nasional", "national", "nauka", "netzwelt", "news",
    "newsticker", "noje", "north korea", "nyheter", "obituaries", "okonomi",
    "olahraga", "opiniao", "opinie", "opinion", "opinions", "panorama",
    "people", "phap luat", "photo", "photos", "planete", "podcasts", "policy",
    "politica", "politics", "politiek", "politik", "politique", "polityka",
    "property", "real estate", "regio", "regional", "regionales", "regioni",
    "regions", "reise", "reisen", "religion", "saglik", "salud", "salute",
    "sanat", "sante", "saude", "science", "sciences", "scienza", "scienze",
    "siyaset", "soccer", "sociedad", "societa", "societe", "society",
    "special reports", "spettacoli", "spor", "sport", "sport-news", "sports",
    "stadt", "stars", "stocks", "style", "suc khoe", "sucesos", "swiat",
    "tech", "technik", "technologies", "technology", "tecnologia", "teknologi",
    "teknoloji", "television", "the gioi", "the thao", "top stories", "travel",
    "tv", "udland", "uk", "ultimas noticias", "umwelt", "unterhaltung",
    "unternehmen", "utenriks", "utrikes", "van hoa", "viaggi", "viajes",
    "video", "videos", "voyages", "weather", "weekend", "wetenschap", "wetter",
    "wiadomosci", "wirtschaft", "wissen", "wissenschaft", "women", "world",
    "xa hoi", "yasam", "youth", "zeitgeschehen", "αθλητισμος", "αποψεις",
    "διεθνη", "κοινωνια", "κοσμος", "οικονομια", "πολιτικη", "πολιτισμος",
    "авто", "армия", "бизнес", "в мире", "власть", "економіка", "здоров'я",
    "здоровье", "культура", "мир", "мнения", "наука", "недвижимость", "новини",
    "новости", "образование", "общество", "події", "политика", "політика",
    "происшествия", "путешествия", "регионы", "россия", "світ", "спорт",
    "суспільство", "технологии", "україна", "финансы", "шоу-бизнес",
    "экономика", "اخبار", "اقتصاد", "العالم", "تكنولوجيا", "ثقافة", "رياضة",
    "سياسة", "صحة", "علوم", "منوعات", "くらし", "エンタメ", "オピニオン",
    "グルメ", "コラム", "ゴルフ", "サッカー", "スポーツ", "テクノロジー",
    "ニュース", "ビジネス", "ファッション", "マネー", "マーケット", "ライフ",
    "不動産", "专题", "世界", "中国", "中國", "事件", "事故", "亚洲", "人事",
    "企業", "住宅", "体育", "健康", "兩岸", "写真", "军事", "副刊", "動画",
    "医療", "即時", "反腐", "台湾", "国內", "国内", "国际", "国際", "国際新聞",
    "图片", "國際", "圖片", "地域", "地方", "地產", "基金", "天気", "娛樂",
    "娱乐", "專題", "市場", "影音", "房产", "房產", "技術", "政治", "教育",
    "文化", "新聞", "新闻", "旅游", "旅行", "旅遊", "时尚", "时政", "映画",
    "時尚", "暮らし", "書評", "最新ニュース", "本", "株式", "欧洲", "汽車",
    "汽车", "法治", "海外", "港澳", "港聞", "游戏", "滚动", "热点", "熱門",
    "特集", "环保", "理论", "環境", "生活", "産業", "社会", "社説", "科学",
    "科技", "経済", "經濟", "经济", "美国", "股市", "股票", "能源", "芸能",
    "要聞", "要闻", "觀點", "观点", "视频", "訃報", "評論", "论坛", "评论",
    "財經", "财经", "軍事", "速報", "連載", "野球", "金融", "音楽", "體育",
    "건강", "건설", "게임", "경제", "경제일반", "골프", "공연", "과학", "교육",
    "국방", "국제", "국회", "글로벌", "금융", "기술", "기업", "기획",
    "기획연재", "날씨", "노동", "농구", "뉴스", "대통령실", "동영상", "라이프",
    "마켓", "머니", "모바일", "문화", "미디어", "바이오", "반도체", "방송",
    "방송통신", "배구", "법원", "보험", "부고", "부동산", "북한", "비즈",
    "사람들", "사설", "사진", "사회", "사회일반", "산업", "산업일반", "생활",
    "생활경제", "세계", "속보", "스포츠", "야구", "에너지", "여성", "여행",
    "연예", "연재", "영상", "영화", "오피니언", "외교", "운세", "유통", "은행",
    "음식", "음악", "의료", "인물", "인사", "인터넷", "자동차", "재계", "전국",
    "전시", "전체기사", "정책", "정치", "종교", "중소기업", "증권", "지방",
    "지역", "창업", "책", "최신기사", "최신뉴스", "축구", "취업", "카드",
    "칼럼", "통신", "특집", "패션", "포토", "피플", "한줄뉴스", "행정", "환경",
};
/* clang-format on */

/* clang-format off */
/* What leads from a teaser into its story.  Folded, sorted by bytes. */
static const char *const teaser_words[] = {
    "artikel lesen", "baca selengkapnya", "cely clanek", "chi tiet",
    "cist dale", "citeste mai mult", "continua", "continua a leggere",
    "continuar leyendo", "continue reading", "czytaj dalej", "czytaj wiecej",
    "details", "devami", "devamini oku", "doc tiep", "en savoir plus",
    "find out more", "full story", "keep reading", "laes mere", "las mer",
    "learn more", "leer mas", "lees meer", "lees verder", "leggi di piu",
    "leggi tutto", "leia mais", "ler mais", "les mer", "lire l'article",
    "lire la suite", "lire plus", "lue lisaa", "meer lezen", "mehr dazu",
    "mehr erfahren", "mehr lesen", "more details", "more info",
    "read article", "read full story", "read more", "read more about",
    "read on", "read story", "read the article", "read the full story",
    "saiba mais", "see more", "seguir leyendo", "selengkapnya", "tovabb",
    "ver mas", "view article", "view details", "view post", "weiterlesen",
    "xem them", "xem tiep", "zum artikel", "докладніше", "подробнее",
    "читати далі", "читать далее", "читать дальше", "читать полностью",
    "もっと見る", "了解更多", "全文", "查看全文", "查看更多", "查看详情", "看更多", "続きをよむ", "続きを読む",
    "繼續閱讀", "继续阅读", "記事を読む", "詳しくはこちら", "詳しく見る", "詳細", "詳細を見る", "详情", "详细",
    "閱讀全文", "閱讀更多", "阅读全文", "阅读更多", "기사 더보기", "기사 보기", "기사보기", "내용보기", "더보기",
    "바로가기", "상세보기", "자세히", "자세히 보기", "자세히보기", "전문 보기", "전문보기",
};
/* clang-format on */

/* clang-format off */
/* What boxes beside a list are called: popular, related, recommended.  Folded,
 * sorted by bytes. */
static const char *const box_words[] = {
    "a lire aussi", "am meisten gelesen", "beliebt", "beliebte artikel",
    "cok okunanlar", "die meistgelesenen", "doc nhieu", "doc nhieu nhat",
    "editor's picks", "empfehlungen", "en cok okunanlar", "i piu letti",
    "le mas leidas", "le piu lette", "les plus consultes", "les plus lus",
    "les plus partages", "lo mas leido", "lo mas visto", "luetuimmat",
    "mais lidas", "mais lidos", "mais vistas", "mas leidas", "mas leido",
    "mas leidos", "meest gelezen", "meist gelesen", "meistgeklickt",
    "meistgelesen", "mest laeste", "mest lasta", "mest leste",
    "most commented", "most popular", "most read", "most shared",
    "most viewed", "most watched", "najczesciej czytane", "nejctenejsi",
    "paling banyak dibaca", "piu lette", "piu letti", "populaires", "popular",
    "popular articles", "popular news", "popular now", "popular posts",
    "popular stories", "popular this week", "popularne", "recommended",
    "recommended for you", "related", "related articles", "related news",
    "related posts", "related stories", "sponsored", "sponsored content",
    "terpopuler", "tin doc nhieu", "top 10", "top 5", "top read", "trending",
    "trending now", "trending stories", "xem nhieu", "xem nhieu nhat",
    "you may also like", "you might also like", "лучшее", "найпопулярніше",
    "популярне", "популярное", "самое популярное", "самое читаемое",
    "самые читаемые", "читаемое", "おすすめ", "おすすめ記事", "よく読まれた記事", "よく読まれている記事",
    "アクセスランキング", "ランキング", "一周排行", "人気の記事", "人気ランキング", "人気記事", "人氣新聞", "排行榜",
    "推荐阅读", "推薦閱讀", "新闻排行", "注目記事", "点击排行", "点击排行榜", "热文排行", "热点排行", "热点推荐",
    "热门", "热门排行", "热门推荐", "热门文章", "热门新闻", "熱門", "熱門排行", "熱門文章", "熱門新聞",
    "猜你喜欢", "相关文章", "相关阅读", "相關新聞", "関連記事", "阅读排行", "點閱排行", "가장 많이 본 기사",
    "가장 많이 본 뉴스", "가장 많이 읽은 뉴스", "관련 기사", "관련기사", "랭킹 뉴스", "랭킹뉴스", "많이 본",
    "많이 본 글", "많이 본 기사", "많이 본 뉴스", "많이 읽은 기사", "많이 읽은 뉴스", "많이본 뉴스", "많이본뉴스",
    "베스트", "베스트 뉴스", "인기 글", "인기 기사", "인기 뉴스", "인기 많은 뉴스", "인기글", "인기기사",
    "인기뉴스", "조회수 top 10", "주요기사", "최다 조회", "추천 기사", "추천기사", "추천뉴스",
};
/* clang-format on */

static int
compare_strings(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

/* Arrows and the like around a word say nothing. */
static bool
is_ornament(uint32_t c)
{
	return c < 0x80
		   ? strchr(" <>[]()+.:|-/*#", (int)c) != NULL
		   : c == 0xb7 || c == 0xab || c == 0xbb || c == 0x2026 ||
			 within(c, 0x2039, 0x203a) || within(c, 0x3008, 0x300b);
}

/* Into MAX_MENU_BYTES + 8 bytes: folded, its ornaments off.  False if nothing
 * is left or it is too long for a menu. */
static bool
fold_label(const char *text, char *folded)
{
	size_t size = strnlen(text, 2 * MAX_MENU_BYTES + 1);
	if (size > 2 * MAX_MENU_BYTES)
		return false;
	size_t length = 0, good = 0; /* good: up to the last letter */
	bool blank = false;
	for (const char *at = text, *end = text + size; at < end;) {
		uint32_t c = language_fold(text_decode(&at, end));
		if (c == 0)
			continue;
		if (is_ornament(c) && (length == 0 || c == ' ')) {
			blank = length > 0;
			continue;
		}
		if (length + 5 > MAX_MENU_BYTES)
			return false;
		if (blank)
			folded[length++] = ' ';
		blank = false;
		length += text_encode(c, folded + length);
		if (!is_ornament(c))
			good = length;
	}
	folded[good] = '\0';
	return good > 0;
}

static bool
is_listed(const char *text, const char *const *words, size_t count)
{
	char folded[MAX_MENU_BYTES + 8];
	return fold_label(text, folded) &&
	       bsearch(folded, words, count, sizeof(words[0]),
		   compare_strings) != NULL;
}

#define IS_LISTED(text, words)                                                 \
	is_listed(text, words, sizeof(words) / sizeof((words)[0]))

bool
language_is_menu_word(const char *text)
{
	return IS_LISTED(text, menu_words);
}

bool
language_is_teaser_word(const char *text)
{
	return IS_LISTED(text, teaser_words);
}

bool
language_is_next_word(const char *text)
{
	return IS_LISTED(text, next_words);
}

bool
language_is_section_word(const char *text)
{
	return IS_LISTED(text, section_words);
}

bool
language_is_box_word(const char *text)
{
	return IS_LISTED(text, box_words);
}
