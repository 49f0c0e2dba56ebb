"""服饰: clothes with sizes, shoes, bags and small things to wear."""

from wanpu.demo.catalogue.build import drawn, sell
from wanpu.demo.catalogue.model import REDUCE_ON_PAYMENT, DemoProduct

PRODUCTS: tuple[DemoProduct, ...] = (
    sell(
        "meadow-dress",
        merchant="sulv",
        category=("服饰", "女装", "连衣裙"),
        title="小野花收腰连衣裙 泡泡袖 棉麻 春夏",
        subtitle="走起来的时候，裙摆上的花会跟着动",
        promotion="运费险已含，不合身随意退",
        keyword="连衣裙 碎花 收腰 棉麻 泡泡袖",
        attributes={"颜色": ("雾蓝", "奶杏", "抹茶"), "尺码": ("S", "M", "L")},
        price_fen=29900,
        stocks=(14, 22, 9, 11, 0, 7, 16, 18, None),
        strategy=REDUCE_ON_PAYMENT,
        picture=drawn(
            "dress", {"雾蓝": "#7f9dbd", "奶杏": "#e5c4a0", "抹茶": "#9db58b"}, "#fbe6b8", "#efd0c4"
        ),
        paragraphs=(
            "腰线提高两厘米，腰带可拆。袖口的橡筋藏在里布里，抬手不勒。",
            "面料先水洗过，回家再洗不会缩；浅色有里衬，不透。",
            "模特 165 cm / 50 kg，穿 M 码。",
        ),
        facts={"面料": "52% 亚麻 48% 棉", "里衬": "100% 棉", "裙长": "M 码 112 cm", "洗涤": "冷水手洗"},
    ),
    sell(
        "ribbed-cardigan",
        merchant="sulv",
        category=("服饰", "女装", "针织外套"),
        title="坑条羊毛针织开衫 V 领 牛角扣",
        subtitle="空调房、早晚风、临时的约会，都是它",
        promotion="两件九折，附备用扣一枚",
        keyword="开衫 针织 羊毛 外套",
        attributes={"颜色": ("豆绿", "燕麦", "酒红"), "尺码": ("均码", "加大")},
        price_fen=35900,
        extra_fen={"加大": 2000},
        stocks=(20, 8, 25, 12, 6, 0),
        picture=drawn(
            "cardigan", {"豆绿": "#8ba48c", "燕麦": "#d8c7aa", "酒红": "#8a4450"}, "#b9855a", "#cfd9c4"
        ),
        paragraphs=(
            "坑条顺着身体竖着走，显得人利落。袖口收两道，推到手肘也不会滑下来。",
            "羊毛里掺了一成羊绒，贴身穿不扎。",
        ),
        facts={"成分": "80% 羊毛 10% 羊绒 10% 锦纶", "厚薄": "适中", "洗涤": "羊毛程序或手洗，平铺晾干"},
    ),
    sell(
        "pocket-tee",
        merchant="sulv",
        category=("服饰", "男装", "短袖"),
        title="重磅棉口袋短袖 宽松落肩 男女同款",
        subtitle="洗五十次，领口也还是圆的",
        promotion="三件装立减 30 元",
        keyword="T恤 短袖 纯棉 重磅 宽松",
        attributes={"颜色": ("米白", "墨灰", "鼠尾草"), "尺码": ("M", "L", "XL", "XXL")},
        price_fen=8900,
        extra_fen={"XXL": 500},
        stocks=(60, 85, 72, 20, 48, 66, 51, 14, 37, 44, 29, 0),
        picture=drawn(
            "tee", {"米白": "#efe8da", "墨灰": "#454a57", "鼠尾草": "#9db09c"}, "#b98a58", "#c9d6dc"
        ),
        paragraphs=(
            "260 克的精梳棉，挺而不硬。领口是双层螺纹，包了一道汗布条，怎么穿脱都不变形。",
            "口袋上沿有一根细细的撞色线，是这件衣服唯一的装饰。",
        ),
        facts={"克重": "260 g/m²", "面料": "100% 精梳棉", "版型": "宽松落肩", "洗涤": "机洗，反面晾"},
    ),
    sell(
        "workday-trousers",
        merchant="sulv",
        category=("服饰", "男装", "长裤"),
        title="直筒休闲长裤 微弹抗皱 上班周末都能穿",
        subtitle="骑车去开会，坐下来膝盖也不起鼓包",
        promotion="免费改裤长，下单备注厘米数",
        keyword="长裤 休闲裤 直筒 抗皱 男裤",
        attributes={"颜色": ("卡其", "藏蓝", "橄榄"), "尺码": ("30", "32", "34", "36")},
        price_fen=19900,
        stocks=(18, 30, 26, 9, 22, 35, 28, 11, 7, 0, 13, 5),
        picture=drawn(
            "trousers", {"卡其": "#c2a377", "藏蓝": "#47597a", "橄榄": "#78805a"}, "#e2c078", "#d9d4cc"
        ),
        paragraphs=(
            "棉里加了百分之三的弹力丝，蹲得下去，也站得直。裤中线是压出来的，洗后自己会回来。",
            "左后袋多一层暗袋，放得下一张交通卡。",
        ),
        facts={"面料": "97% 棉 3% 氨纶", "裤脚": "可翻边", "弹力": "微弹"},
    ),
    sell(
        "canvas-sneakers",
        merchant="sulv",
        category=("服饰", "鞋包配饰", "休闲鞋"),
        title="撞色低帮休闲鞋 软底轻便 百搭通勤",
        subtitle="走一万步，回家也不急着脱鞋",
        promotion="换码免运费一次",
        keyword="休闲鞋 板鞋 小白鞋 轻便",
        attributes={"颜色": ("奶油棕", "雾蓝白", "灰粉"), "鞋码": ("37", "39", "41", "43")},
        price_fen=25900,
        stocks=(12, 25, 18, 6, 15, 28, 20, 9, 21, 17, None, None),
        picture=drawn(
            "sneaker", {"奶油棕": "#e3d5bd", "雾蓝白": "#a9bccb", "灰粉": "#d6b1aa"}, "#8a6a4f", "#e9d3b4"
        ),
        paragraphs=(
            "鞋底两层：贴脚的一层软，着地的一层耐磨。后跟内侧加了一圈绒，新鞋不磨脚。",
            "灰粉色只到 39 码。",
        ),
        facts={"鞋面": "牛二层皮、织物", "鞋底": "橡胶、EVA", "单只重": "41 码 310 g"},
    ),
    sell(
        "harbour-tote",
        merchant="sulv",
        category=("服饰", "鞋包配饰", "包袋"),
        title="十二安帆布托特包 皮提手 可放 14 寸电脑",
        subtitle="菜市场和会议室，它都去得",
        promotion="免费烫印两个字母",
        keyword="托特包 帆布 大容量 通勤包",
        attributes={"颜色": ("炭黑", "原白", "苔绿")},
        price_fen=16900,
        stocks=(31, 26, 19),
        picture=drawn(
            "tote", {"炭黑": "#4a4c56", "原白": "#e6dbc4", "苔绿": "#7d8c6a"}, "#c98a4b", "#f1dfae"
        ),
        paragraphs=(
            "帆布厚到能自己站住，包底再折一层。提手是植鞣皮，越用越亮。",
            "内有拉链袋一只、钥匙绳一根，再不用在包底摸钥匙。",
        ),
        facts={"尺寸": "38 × 32 × 14 cm", "材质": "棉帆布、牛皮", "承重": "10 kg"},
    ),
    sell(
        "day-backpack",
        merchant="sulv",
        category=("服饰", "鞋包配饰", "包袋"),
        title="远足日双肩包 18 升 防泼水 电脑仓",
        subtitle="周五背去公司，周六直接上山",
        promotion="学生专享九五折",
        keyword="双肩包 背包 通勤 电脑包",
        attributes={"颜色": ("赤陶", "夜蓝", "松绿")},
        price_fen=23900,
        stocks=(27, 40, 16),
        picture=drawn(
            "backpack", {"赤陶": "#c4704f", "夜蓝": "#46587a", "松绿": "#5d7a66"}, "#f0dcb4", "#c3d7e6"
        ),
        paragraphs=(
            "背板有三道风槽，夏天不会湿一片。电脑仓单独开拉链，过安检不用翻包。",
            "两侧水杯袋各收一把伞也够。",
        ),
        facts={"容量": "18 L", "面料": "再生尼龙", "电脑仓": "15 寸"},
    ),
    sell(
        "two-tone-cap",
        merchant="sulv",
        category=("服饰", "鞋包配饰", "帽袜雨具"),
        title="双色水洗棉棒球帽 可调节 遮阳显脸小",
        subtitle="早起没洗头的那天，谢谢它",
        promotion="任选两顶减 15 元",
        keyword="棒球帽 帽子 遮阳 水洗棉",
        attributes={"颜色": ("豆绿", "海军", "姜黄")},
        price_fen=5900,
        stocks=(58, 73, 22),
        picture=drawn("cap", {"豆绿": "#8fa691", "海军": "#4d607f", "姜黄": "#d5a24c"}, "#c07f50", "#c8e0d5"),
        paragraphs=(
            "帽檐预先弯好弧度，里面的汗带可以吸干爬一层楼的汗。",
            "后扣是铜的，头围 54 到 60 厘米都合适。",
        ),
        facts={"材质": "100% 棉", "帽檐": "7 cm", "头围": "54 – 60 cm"},
    ),
    sell(
        "crew-socks",
        merchant="sulv",
        category=("服饰", "鞋包配饰", "帽袜雨具"),
        title="双杠中筒棉袜 毛圈底 不勒脚踝",
        subtitle="抽屉里永远该有一双干净的它",
        promotion="五双装平均每双 9.8 元",
        keyword="袜子 中筒袜 棉袜 运动",
        attributes={"颜色": ("雾蓝", "豆沙", "浅灰"), "数量": ("单双", "五双装")},
        price_fen=1490,
        extra_fen={"五双装": 3410},
        stocks=(150, 60, 120, 48, 200, 75),
        picture=drawn(
            "socks", {"雾蓝": "#6f8fb0", "豆沙": "#b97a78", "浅灰": "#b9b6b2"}, "#f0cf86", "#d9d4cc"
        ),
        paragraphs=("脚底织成毛圈，踩在木地板上没有声音。袜口织双层，早上到晚上不留一圈红印。",),
        facts={"成分": "78% 棉 20% 聚酯 2% 氨纶", "适合": "36 – 43 码"},
    ),
    sell(
        "panel-umbrella",
        merchant="sulv",
        category=("服饰", "鞋包配饰", "帽袜雨具"),
        title="撞色长柄晴雨伞 木弯钩 抗风骨架",
        subtitle="下雨天也想早一点出门",
        promotion="伞骨终身免费更换",
        keyword="雨伞 长柄伞 晴雨伞 防风",
        attributes={"颜色": ("酒红米", "藏青米", "墨绿米")},
        price_fen=12900,
        stocks=(18, 24, 13),
        picture=drawn(
            "umbrella", {"酒红米": "#9f4257", "藏青米": "#4a5f86", "墨绿米": "#567a66"}, "#f1e4cd", "#c3d7e6"
        ),
        paragraphs=(
            "伞面双层裁片，风从夹层里出去，翻不过来。弯钩是整根山毛榉蒸弯的，挂在臂弯正好。",
            "内侧一层银胶，晴天也能遮阳。",
        ),
        facts={"直径": "102 cm", "伞骨": "玻璃纤维 8 根", "防晒": "UPF 50+", "重量": "480 g"},
    ),
)
