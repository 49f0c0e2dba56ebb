"""Shoppers of the demo, made up like everything else in it."""

from wanpu.crm.service.addresses import NewAddress

MEMBERS = (("demo", "13800138000"), ("demo2", "13800138001"), ("demo3", "13800138002"))
"""Username and mobile number; the password is chosen at the first start."""

ADDRESSES = {
    "demo": (
        NewAddress(
            "林晓禾", "13800138000", "浙江省", "杭州市", "西湖区", "文三路 188 号 3 幢 502 室", "310012"
        ),
        NewAddress(
            "林晓禾", "13800138000", "上海市", "上海市", "徐汇区", "漕溪北路 28 号 11 楼前台", "200030"
        ),
    ),
    "demo2": (
        NewAddress(
            "周予安", "13800138001", "广东省", "广州市", "天河区", "体育东路 66 号 1 栋 1203 房", "510620"
        ),
    ),
    "demo3": (
        NewAddress(
            "陈知夏", "13800138002", "四川省", "成都市", "武侯区", "科华北路 90 号 2 单元 7 楼", "610041"
        ),
    ),
}
