pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The customer's price level.
DialogCard {
    id: root

    required property MemberDialog viewModel

    title: qsTrId("member.title")
    subtitle: qsTrId("member.explain")

    ListView {
        id: list

        cacheBuffer: 0
        width: parent.width
        height: contentHeight
        focus: true
        interactive: false
        keyNavigationEnabled: true
        spacing: root.theme.gap * 2
        model: root.viewModel.rows
        currentIndex: root.viewModel.current
        highlightMoveDuration: 0
        activeFocusOnTab: true
        Keys.onReturnPressed: root.viewModel.choose(currentIndex)
        Keys.onEnterPressed: root.viewModel.choose(currentIndex)
        Accessible.role: Accessible.List
        Accessible.name: root.title
        Accessible.focusable: true

        delegate: Rectangle {
            id: row

            required property int index
            required property string name
            required property bool chosen

            readonly property bool current: ListView.isCurrentItem

            width: ListView.view.width
            height: root.theme.control
            radius: root.theme.radius
            color: current ? root.theme.tint : root.theme.surface
            border.width: current && list.activeFocus ? 2 : root.theme.hairline
            border.color: current ? root.theme.focusRing : root.theme.line
            Accessible.role: Accessible.ListItem
            Accessible.name: name
            Accessible.selected: chosen

            Label {
                x: root.theme.gap * 4
                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                text: row.name
                Accessible.ignored: true
            }

            Icon {
                anchors.right: parent.right
                anchors.rightMargin: root.theme.gap * 4
                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                name: "check"
                tone: root.theme.accent
                visible: row.chosen
            }

            MouseArea {
                anchors.fill: parent
                onClicked: root.viewModel.choose(row.index)
            }
        }
    }
}
