"""演示类目: three levels; every leaf holds at least one product."""

from wanpu.demo.catalogue.model import DemoCategory


def _branch(name: str, **leaves: tuple[str, ...]) -> DemoCategory:
    return DemoCategory(
        name, tuple(DemoCategory(middle, tuple(map(DemoCategory, names))) for middle, names in leaves.items())
    )


CATEGORIES: tuple[DemoCategory, ...] = (
    _branch(
        "数码",
        影音=("头戴耳机", "真无线耳机", "便携音箱"),
        电脑办公=("键盘鼠标", "桌面支架"),
        手机配件=("移动电源", "充电线材"),
        智能穿戴=("智能手表",),
    ),
    _branch(
        "家居",
        餐厨=("杯壶", "锅具", "碗盘"),
        家纺=("抱枕盖毯", "毛巾"),
        灯饰摆件=("台灯", "花器挂钟"),
        收纳=("收纳篮",),
    ),
    _branch(
        "食品",
        茶咖冲饮=("茶叶", "咖啡", "蜂蜜"),
        休闲零食=("坚果果干", "糕点饼干"),
        生鲜粮油=("时令水果", "米面杂粮"),
    ),
    _branch(
        "服饰",
        女装=("连衣裙", "针织外套"),
        男装=("短袖", "长裤"),
        鞋包配饰=("休闲鞋", "包袋", "帽袜雨具"),
    ),
    _branch(
        "图书文具",
        图书=("文学小说", "生活科普"),
        文具=("本册贴纸", "书写工具"),
        书画=("画材书法",),
    ),
    _branch(
        "美妆个护",
        护肤=("精华", "面霜护手"),
        彩妆香氛=("唇妆", "香水"),
        洗护=("身体洗护", "口腔护理"),
    ),
    _branch(
        "运动户外",
        露营=("帐篷睡袋", "营地用品"),
        健身=("瑜伽跳绳", "力量训练"),
        球类骑行=("球拍球类", "骑行护具"),
    ),
    _branch(
        "母婴",
        喂养=("奶瓶餐具",),
        童装=("婴儿连体衣",),
        玩具=("积木益智", "毛绒安抚", "启蒙绘本"),
        出行=("婴儿推车",),
    ),
)
