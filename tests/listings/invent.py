"""Invented articles in eight languages, and the page round a listing of them.

A Sheet holds what a page must give; a template (korean.py and its neighbours)
draws one, says what of each story it shows, and fills its `html`.
"""
import datetime
import html
import re
from urllib.parse import urljoin

e = html.escape

ZONES = {"ko": ("Asia/Seoul", 9), "ja": ("Asia/Tokyo", 9),
         "zh": ("Asia/Shanghai", 8), "en": ("UTC", 0), "de": ("UTC", 0),
         "fr": ("UTC", 0), "ru": ("Europe/Moscow", 3),
         "vi": ("Asia/Ho_Chi_Minh", 7)}

WORDS = {
    "ko": {
        "join": ", ", "gap": " ",
        "subjects": ["갯벌 체험장", "옛 역사", "공공 자전거", "청소년 수련관",
                     "산림 치유원", "동네 서점", "수산물 위판장", "마을버스",
                     "야간 진료소", "드론 교육장", "폐교 미술관", "공영 주차장",
                     "온천 단지", "야구장 조명", "농촌 유학", "반려동물 공원",
                     "해상 케이블카", "우체국 사거리", "빗물 저류조", "한옥 마을"],
        "verbs": ["석 달 만에 다시 열린다", "'이용료 인상' 논란 커져",
                  "내년 예산 40% 깎였다", "주말 하루 3천명 몰려",
                  "운영사 교체 두고 갈등", "시민 투표로 이름 정한다",
                  "전국 최초 무인 운영", "착공 2년째 제자리",
                  "감사서 \"절차 위반\" 지적", "10년 기다림 끝에 첫 삽",
                  "외국인 방문객 두 배로", "새 단장 마치고 손님맞이"],
        "short": ["부고", "인사", "오늘의 날씨", "만평", "알림"],
        "sentences": ["군은 지난달 주민 설명회를 열고 이 같은 계획을 밝혔다.",
                      "이용객은 지난해보다 31.7% 늘어 12만명을 넘었다.",
                      "담당자는 \"예산이 확보되는 대로 공사를 시작할 것\"이라고 말했다.",
                      "주민들은 소음과 교통 체증을 걱정하며 대책을 요구했다.",
                      "업체 측은 안전에는 문제가 없다는 입장을 되풀이했다.",
                      "사업에는 국비와 지방비를 합쳐 모두 86억원이 들어간다.",
                      "전문가들은 수요 예측부터 다시 해야 한다고 지적했다."],
        "names": ["강도윤", "서지안", "윤하람", "문태오", "오세린", "배은호"],
        "rubrics": ["정책", "사회", "문화", "지역", "경제", "스포츠", "국제", "IT·과학"],
        "more": "더보기", "popular": "많이 본 뉴스", "home": "홈", "next": "다음",
        "prev": "이전", "search": "검색", "site": "한빛일보", "tags": "주요 태그",
        "footer": ["회사소개", "이용약관", "개인정보처리방침", "청소년보호정책",
                   "광고문의", "고충처리"],
        "ad": "지금 가입하면 첫 달 무료, 무선 청소기까지 드립니다",
    },
    "ja": {
        "join": "、", "gap": "",
        "subjects": ["港の灯台", "旧校舎", "市民プール", "山あいの無人駅", "商店街",
                     "水族館", "路面電車", "図書館の分館", "観光案内所",
                     "道の駅", "展望台", "渡し船", "学校給食", "防災無線",
                     "温泉街", "公民館", "段々畑", "市営バス"],
        "verbs": ["三年ぶりに一般公開へ", "来春から全面無料に", "利用者が過去最多を更新",
                  "住民投票で存続決まる", "老朽化で建て替え検討", "若者の移住が相次ぐ",
                  "「もう一度見たい」声に応え", "夜間の運行を試験的に開始",
                  "改修費は12億円の見込み", "開業百年を祝う催し"],
        "short": ["訃報", "人事", "お知らせ"],
        "sentences": ["市は18日、来年度の整備計画を公表した。",
                      "利用者は前年より2割増え、延べ5万人を超えた。",
                      "担当者は「地元の声を聞きながら進めたい」と話す。",
                      "費用の半分は国の補助金でまかなう方針だ。",
                      "一方で騒音を心配する住民もおり、説明会が続いている。",
                      "専門家は長期的な維持費を見込むべきだと指摘する。"],
        "names": ["佐野みなと", "森川あかり", "大槻健", "藤代晴", "水谷りん"],
        "rubrics": ["社会", "経済", "地域", "文化", "スポーツ", "国際", "科学"],
        "more": "続きを読む", "popular": "アクセスランキング", "home": "ホーム",
        "next": "次へ", "prev": "前へ", "search": "検索", "site": "みずうみ新聞",
        "tags": "注目ワード",
        "footer": ["会社概要", "利用規約", "プライバシーポリシー", "お問い合わせ"],
        "ad": "いま登録すると最初の一か月は無料、特製手帳をプレゼント",
    },
    "zh": {
        "join": "，", "gap": "",
        "subjects": ["老城区步行街", "市民图书馆", "海边灯塔", "乡村小学", "地铁三号线",
                     "社区食堂", "湿地公园", "夜间门诊", "农产品市场", "废旧厂房",
                     "公交专用道", "青年公寓", "古桥修复", "垃圾分类站", "山区快递点"],
        "verbs": ["时隔三年重新开放", "明年起免费对市民开放", "客流量创下新高",
                  "改造方案公开征求意见", "首批居民下月入住", "专家建议保留原貌",
                  "投资两亿元年底完工", "试点经验将在全省推广", "周末日均接待三千人",
                  "“最后一公里”难题有望破解"],
        "short": ["公告", "讣告", "人事任免"],
        "sentences": ["记者从市政府新闻发布会上获悉，该项目将于年底前全部完成。",
                      "负责人表示，将充分听取居民意见，分阶段推进。",
                      "数据显示，今年前三季度同比增长百分之十二。",
                      "不少市民一早就来到现场排队等候。",
                      "专家认为，后期的维护管理同样不可忽视。",
                      "项目总投资约两亿元，其中一半来自财政资金。"],
        "names": ["沈知夏", "陆安然", "顾小满", "程一鸣", "许清和"],
        "rubrics": ["时政", "社会", "财经", "文化", "体育", "国际", "科技"],
        "more": "更多", "popular": "热门排行", "home": "首页", "next": "下一页",
        "prev": "上一页", "search": "搜索", "site": "湖畔晚报", "tags": "热门标签",
        "footer": ["关于我们", "联系我们", "版权声明", "网站地图"],
        "ad": "限时优惠：现在注册即送价值三百元的礼包一份",
    },
    "en": {
        "join": " ", "gap": " ",
        "subjects": ["Harbour bridge", "Village school", "Night bus line",
                     "Old cinema", "River ferry", "Town library",
                     "Seaside pier", "Cycling path", "Weather station",
                     "Farm cooperative", "City orchestra", "Salt marsh",
                     "Island clinic", "Covered market", "Solar roof scheme",
                     "Railway museum"],
        "verbs": ["reopens after three years of repairs",
                  "to close despite record visitor numbers",
                  "wins national prize for clever design",
                  "faces budget cut of 40 percent, council says",
                  "draws crowds on its first weekend",
                  "delayed again: who pays the bill?",
                  "will be free for residents from next spring",
                  "saved by a last-minute vote",
                  "becomes a model for other towns",
                  "'was never meant to last this long'"],
        "short": ["Letters", "Corrections", "In brief"],
        "sentences": ["The council approved the plan on Tuesday by nine votes to four.",
                      "Visitor numbers rose by 12.5% to more than 50,000 last year.",
                      "\"We listened to everyone who lives here,\" the manager said.",
                      "Half of the cost is to be met from a regional fund.",
                      "Neighbours worry about noise and parking in the summer months.",
                      "Experts say the upkeep has been underestimated from the start."],
        "names": ["Ada Thornbury", "Miles Okafor", "Rhea Lindqvist", "Tom Pell",
                  "Ines Carrow"],
        "rubrics": ["Politics", "Business", "Culture", "Sport", "Science",
                    "World", "Opinion"],
        "more": "Read more", "popular": "Most read", "home": "Home",
        "next": "Next", "prev": "Previous", "search": "Search",
        "site": "The Estuary Post", "tags": "Trending topics",
        "footer": ["About us", "Contact", "Privacy policy", "Terms of use",
                   "Advertise"],
        "ad": "Sign up today and get your first month for free, no strings attached",
    },
    "de": {
        "join": " ", "gap": " ",
        "subjects": ["Alte Mühle", "Stadtbücherei", "Hafenbrücke", "Dorfschule",
                     "Nachtbuslinie", "Freibad am See", "Radweg im Tal",
                     "Wetterwarte", "Markthalle", "Inselklinik", "Orgel im Dom",
                     "Bahnhofsuhr"],
        "verbs": ["öffnet nach drei Jahren wieder ihre Türen",
                  "bekommt 40 Prozent weniger Geld", "wird zum Vorbild für andere Städte",
                  "sorgt für Streit im Gemeinderat", "zieht am ersten Tag 3000 Besucher an",
                  "steht vor dem Aus: Wer zahlt die Rechnung?",
                  "gewinnt Preis für kluge Gestaltung", "bleibt auch im Winter geöffnet"],
        "short": ["Kurz notiert", "Leserbriefe"],
        "sentences": ["Der Gemeinderat hat den Plan am Dienstag mit knapper Mehrheit gebilligt.",
                      "Die Zahl der Besucher stieg um 12,5 Prozent auf mehr als 50.000.",
                      "„Wir haben allen zugehört, die hier leben“, sagte die Leiterin.",
                      "Die Hälfte der Kosten trägt das Land aus einem Förderprogramm.",
                      "Anwohner fürchten Lärm und fehlende Parkplätze im Sommer."],
        "names": ["Jule Hartwig", "Enno Brandt", "Karla Wiese", "Malte Sommer"],
        "rubrics": ["Politik", "Wirtschaft", "Kultur", "Sport", "Wissen", "Region"],
        "more": "Weiterlesen", "popular": "Meistgelesen", "home": "Startseite",
        "next": "Weiter", "prev": "Zurück", "search": "Suche",
        "site": "Seeblick Kurier", "tags": "Themen",
        "footer": ["Impressum", "Datenschutz", "Kontakt", "Mediadaten"],
        "ad": "Jetzt vier Wochen kostenlos testen und Prämie sichern",
    },
    "fr": {
        "join": " ", "gap": " ",
        "subjects": ["Le vieux moulin", "La bibliothèque", "Le pont du port",
                     "L’école du village", "La piscine du lac", "Le marché couvert",
                     "La clinique de l’île", "Le sentier du littoral",
                     "L’orchestre municipal", "Le phare"],
        "verbs": ["rouvre ses portes après trois ans de travaux",
                  "perd 40 % de son budget", "devient un modèle pour les autres communes",
                  "divise le conseil municipal", "attire 3 000 visiteurs dès le premier jour",
                  "pourrait fermer : qui paiera la facture ?",
                  "récompensé pour son architecture", "restera ouvert cet hiver"],
        "short": ["En bref", "Courrier"],
        "sentences": ["Le conseil a adopté le projet mardi à une courte majorité.",
                      "La fréquentation a progressé de 12,5 % en un an.",
                      "« Nous avons écouté tous les habitants », assure la directrice.",
                      "La moitié du coût sera prise en charge par la région.",
                      "Les riverains redoutent le bruit pendant la saison estivale."],
        "names": ["Maël Dupin", "Agathe Roche", "Lison Ferrand", "Yann Le Goff"],
        "rubrics": ["Politique", "Société", "Culture", "Sports", "Sciences"],
        "more": "Lire la suite", "popular": "Les plus lus", "home": "Accueil",
        "next": "Suivant", "prev": "Précédent", "search": "Rechercher",
        "site": "Le Courrier du Lac", "tags": "Mots-clés",
        "footer": ["Mentions légales", "Contact", "Publicité"],
        "ad": "Abonnez-vous : le premier mois est offert, sans engagement",
    },
    "ru": {
        "join": " ", "gap": " ",
        "subjects": ["Старая мельница", "Городская библиотека", "Мост через реку",
                     "Сельская школа", "Ночной автобус", "Крытый рынок",
                     "Железнодорожный музей", "Маяк на острове", "Детский сад № 12",
                     "Речной вокзал"],
        "verbs": ["откроется после трёх лет ремонта", "лишится 40% бюджета",
                  "станет примером для других городов", "вызвал споры среди жителей",
                  "принял три тысячи гостей в первый день", "может закрыться уже весной",
                  "получит новое оборудование", "«простоит ещё сто лет»"],
        "short": ["Коротко", "Погода"],
        "sentences": ["Городской совет утвердил план во вторник большинством голосов.",
                      "Число посетителей выросло на 12,5 процента за год.",
                      "«Мы выслушали всех жителей», — сказала директор.",
                      "Половину расходов возьмёт на себя областной бюджет.",
                      "Соседи опасаются шума и нехватки парковок летом."],
        "names": ["Анна Соколова", "Игорь Лесной", "Вера Крылова", "Пётр Зимин"],
        "rubrics": ["Политика", "Общество", "Экономика", "Культура", "Спорт"],
        "more": "Подробнее", "popular": "Самое читаемое", "home": "Главная",
        "next": "Следующая", "prev": "Предыдущая", "search": "Поиск",
        "site": "Вестник Озера", "tags": "Темы",
        "footer": ["О редакции", "Контакты", "Реклама", "Правила"],
        "ad": "Оформите подписку сегодня и получите первый месяц бесплатно",
    },
    "vi": {
        "join": " ", "gap": " ",
        "subjects": ["Chợ nổi", "Thư viện thành phố", "Cầu cảng cũ", "Trường làng",
                     "Tuyến xe buýt đêm", "Ngọn hải đăng", "Công viên ven sông",
                     "Bệnh viện huyện đảo"],
        "verbs": ["mở cửa trở lại sau ba năm sửa chữa", "bị cắt giảm 40% ngân sách",
                  "thu hút hàng nghìn du khách", "gây tranh cãi trong người dân",
                  "trở thành hình mẫu cho các địa phương", "sẽ miễn phí từ năm sau"],
        "short": ["Tin vắn"],
        "sentences": ["Hội đồng thành phố đã thông qua kế hoạch vào hôm thứ Ba.",
                      "Lượng khách tăng 12,5% so với cùng kỳ năm ngoái.",
                      "Một nửa chi phí do ngân sách tỉnh chi trả, theo thông báo.",
                      "Người dân lo ngại tiếng ồn trong mùa du lịch."],
        "names": ["Minh An", "Thu Hà", "Quốc Bảo"],
        "rubrics": ["Thời sự", "Kinh doanh", "Văn hóa", "Thể thao"],
        "more": "Xem thêm", "popular": "Đọc nhiều", "home": "Trang chủ",
        "next": "Trang sau", "prev": "Trang trước", "search": "Tìm kiếm",
        "site": "Báo Ven Hồ", "tags": "Chủ đề",
        "footer": ["Liên hệ", "Quảng cáo", "Điều khoản"],
        "ad": "Đăng ký ngay hôm nay để nhận ưu đãi tháng đầu miễn phí",
    },
}

SLUGS = ["harbour", "bridge", "night", "school", "council", "library", "vote",
         "river", "market", "budget", "repairs", "museum", "island", "record",
         "summer", "ferry", "plan", "orchestra", "clinic", "path"]

FULL = "%Y-%m-%d %H:%M:%S"


class Story:
    """What the page must give; None is what it does not show."""
    link = title = text = author = image = None
    date = None       # ("second" "minute" "day" "yearless" "clock" "ago", ...)
    optional = False  # a notice on top may be in the list, or not


class Sheet:
    """A page to be drawn: `stories` with all they have in `has`."""

    def __init__(self, lot, language, site, path, href, count=(8, 20),
                 numbers=1, template=None):
        self.lot, self.language, self.site = lot, language, site
        self.url = site + path
        self.words = WORDS[language]
        self.href, self.template = href, template
        self.zone, self.offset_h = ZONES[language]
        self.number = lot.randrange(130000, 900000)
        self.step = numbers
        self.clock = datetime.datetime(2023, 4, 18, 17, 40) - \
            datetime.timedelta(seconds=lot.randrange(20000))
        self.pairs = [(s, v) for s in self.words["subjects"]
                      for v in self.words["verbs"]]
        lot.shuffle(self.pairs)
        self.stories = [self.draw() for _ in range(lot.randint(*count))]
        self.html, self.script_only = "", False
        self.next = None  # the next page's address, where the page shows it

    def draw(self):
        """One more story, older than the last one drawn."""
        lot, story = self.lot, Story()
        self.clock -= datetime.timedelta(seconds=lot.randrange(500, 14000))
        self.number -= self.step * lot.randrange(1, 9)
        subject, verb = self.pairs.pop()
        story.has = {
            "number": self.number, "when": self.clock,
            "slug": "-".join(lot.sample(SLUGS, 5)),
            "hash": "%012x" % lot.randrange(16 ** 12),
            "text": self.words["gap"].join(
                lot.sample(self.words["sentences"], lot.randint(1, 3))),
            "name": lot.choice(self.words["names"]),
            "rubric": lot.choice(self.words["rubrics"]),
            "image": "%s/upload/%s/%d_thumb.jpg" % (
                self.site, self.clock.strftime("%Y%m"), self.number),
            "count": lot.randrange(0, 90)}
        story.title = subject + self.words["join"] + verb
        story.raw = self.href(story)
        story.link = urljoin(self.url, story.raw)
        return story

    def shows(self, text=False, author=None, image=False, date=None):
        """What every story shows; author is a format of its name."""
        for story in self.stories:
            has = story.has
            story.text = has["text"] if text else None
            story.author = author % has["name"] if author else None
            story.image = has["image"] if image else None
            story.date = (date, has["when"]) if date else None
        return self

    def some_without_image(self):
        for story in self.stories:
            if self.lot.random() < 0.3:
                story.image = None

    def each(self, form):
        return "\n".join(form(story) for story in self.stories)

    def more(self, count):
        """Stories of other lists: most read, related; not expected."""
        return [self.draw() for _ in range(count)]

    def links(self, stories, form='<li><a href="{0}">{1}</a></li>'):
        return "".join(form.format(e(s.raw), e(s.title)) for s in stories)

    def section(self, n):
        return "/section/%d" % n

    def menu(self, count=0):
        rubrics = self.words["rubrics"]
        return "".join('<li><a href="%s">%s</a></li>' % (
            self.section(i), rubrics[i % len(rubrics)] +
            ("" if i < len(rubrics) else " %d" % i))
            for i in range(count or len(rubrics)))

    def side(self, form=None, count=None):
        box = self.links(self.more(count or self.lot.choice([5, 10])))
        return (form or '<aside class="sidebar"><h3>{0}</h3><ol>{1}</ol>'
                '</aside>').format(self.words["popular"], box)

    def tags(self):
        return '<div class="tagcloud"><h4>%s</h4>%s</div>' % (
            self.words["tags"], " ".join(
                '<a href="/tag/%d">%s</a>' % (i, e(s))
                for i, s in enumerate(self.words["subjects"][:8])))

    def pages(self, form, count=10, current=1):
        return " ".join(
            "<strong>%d</strong>" % n if n == current else
            '<a href="%s">%d</a>' % (e(form % n), n)
            for n in range(1, count + 1))

    def page(self, main, before="", after=None, head="", body=""):
        """The whole document round the listing."""
        words = self.words
        if after is None:
            after = self.lot.choice([self.side(), self.side() + self.tags(),
                                     self.tags(), ""])
        footer = "".join('<li><a href="/etc/%d">%s</a></li>' % (i, e(w))
                         for i, w in enumerate(words["footer"]))
        self.html = (
            '<!DOCTYPE html>\n<html lang="%s"><head><meta charset="utf-8">'
            "<title>%s - %s</title>%s</head>\n<body%s>\n"
            '<div id="wrap"><div id="header"><h1><a href="/">%s</a></h1>'
            '<ul class="gnb">%s</ul><form action="/search"><input name="q">'
            "<button>%s</button></form></div>\n%s\n%s\n%s\n"
            '<div id="footer"><ul>%s</ul><p>&copy; %s. All rights reserved.'
            "</p></div></div></body></html>\n") % (
                self.language, e(words["rubrics"][0]), e(words["site"]), head,
                body, e(words["site"]),
                self.menu(self.lot.choice([0, 14, 32])), e(words["search"]),
                before, main, after, footer, e(words["site"]))
        return self


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


ALL = []  # (name, function of a lot that gives a Sheet), in order


def listing(function):
    ALL.append((function.__name__, function))
    return function
