"""What granted menus show and permit, computed without a database."""

import pytest

from wanpu.kernel.ids import Id
from wanpu.system.errors import MenuParentInvalid, MenuTooDeep
from wanpu.system.models import Menu
from wanpu.system.rules.access import MAX_DEPTH, MenuTree, require_depth, require_place, split_permissions
from wanpu.system.states import MenuType

FOLDER, PAGE, BUTTON = MenuType.FOLDER, MenuType.MENU, MenuType.BUTTON


def make_menu(menu_id: int, parent_id: int, kind: MenuType, perms: str | None = None, order: int = 0) -> Menu:
    return Menu(
        menu_id=Id(menu_id), parent_id=Id(parent_id), type=kind, perms=perms, order_num=order, name=""
    )


def make_tree() -> MenuTree:
    """A folder with a page of two buttons, a page with its own permission, a page without any, and an
    empty folder."""
    return MenuTree(
        [
            make_menu(1, 0, FOLDER, order=1),
            make_menu(2, 1, PAGE, order=2),
            make_menu(3, 2, BUTTON, "user:list,user:info"),
            make_menu(4, 2, BUTTON, "user:save"),
            make_menu(5, 1, PAGE, "log:list", order=1),
            make_menu(6, 1, PAGE, order=3),
            make_menu(7, 0, FOLDER, order=0),
            make_menu(8, 99, BUTTON, "lost:permission"),
        ]
    )


@pytest.mark.parametrize(
    ("granted", "shown"),
    [
        (set(), set()),
        ({3}, {1, 2}),
        ({2}, set()),
        ({2, 4}, {1, 2}),
        ({5}, {1, 5}),
        ({6}, {1, 6}),
        ({1, 7}, set()),
        ({8}, set()),
        ({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 5, 6}),
    ],
)
def test_a_page_is_shown_when_something_on_it_may_be_done_and_a_folder_when_it_shows_a_page(
    granted: set[int], shown: set[int]
) -> None:
    assert make_tree().shown_by({Id(number) for number in granted}) == shown


def test_nodes_stand_in_the_order_of_their_numbers_and_lost_rows_in_no_branch() -> None:
    tree = make_tree()

    [empty, folder] = tree.nodes()

    assert (empty.menu.menu_id, empty.children) == (7, [])
    assert [node.menu.menu_id for node in folder.children] == [5, 2, 6]
    assert [node.menu.menu_id for node in folder.children[1].children] == [3, 4]
    assert [node.menu.menu_id for node in tree.nodes({Id(1), Id(5)})[0].children] == [5]


@pytest.mark.parametrize(
    ("granted", "grantable"),
    [(set(), set()), ({3}, {3, 2, 1}), ({5}, {5, 1}), ({6}, {6, 1}), ({1}, {1}), ({7, 4}, {7, 4, 2, 1})],
)
def test_a_holder_may_grant_its_own_menus_and_permissionless_ones_above_them(
    granted: set[int], grantable: set[int]
) -> None:
    assert make_tree().grantable_by({Id(number) for number in granted}) == grantable


def test_a_menu_that_permits_nothing_more_may_be_granted_whoever_holds_its_permissions() -> None:
    tree = MenuTree(
        [
            make_menu(1, 0, FOLDER),
            make_menu(2, 1, PAGE),
            make_menu(3, 2, BUTTON, "a:list,a:info"),
            make_menu(4, 2, BUTTON, "a:info"),
            make_menu(5, 2, BUTTON, "a:info,a:save"),
        ]
    )

    assert tree.grantable_by({Id(3)}) == {1, 2, 3, 4}


def test_only_a_folder_stands_on_top_pages_stand_in_folders_and_buttons_on_pages() -> None:
    allowed = {(FOLDER, None), (FOLDER, FOLDER), (PAGE, FOLDER), (BUTTON, PAGE)}

    for kind in MenuType:
        for above in (None, *MenuType):
            parent = None if above is None else make_menu(1, 0, above)
            if (kind, above) in allowed:
                require_place(kind, parent)
            else:
                with pytest.raises(MenuParentInvalid):
                    require_place(kind, parent)


def test_the_tree_has_four_levels_of_folders_and_pages() -> None:
    tree = make_tree()
    assert (tree.depth_of(Id(0)), tree.depth_of(Id(1)), tree.depth_of(Id(3))) == (0, 1, 3)
    assert (tree.height_of(Id(1)), tree.height_of(Id(2)), tree.height_of(Id(3))) == (2, 1, 0)

    require_depth(MAX_DEPTH - 1, 1)
    with pytest.raises(MenuTooDeep):
        require_depth(MAX_DEPTH - 1, 2)


def test_permissions_are_separated_by_commas() -> None:
    assert split_permissions(["a:list, a:info", "", ",a:list,"]) == {"a:list", "a:info"}
