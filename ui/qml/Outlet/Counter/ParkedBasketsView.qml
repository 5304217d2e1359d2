pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Suspended baskets.
PageFrame {
    id: root

    required property ParkedBaskets viewModel

    title: qsTrId("parked.title_page")
    subtitle: qsTrId("parked.explain")

    ListView {
        id: list

        readonly property int ring: root.theme.gap

        cacheBuffer: 0
        // The ring around a basket is drawn outside it: it needs room inside what is clipped.
        anchors.fill: parent
        anchors.margins: -ring
        topMargin: ring
        bottomMargin: ring
        leftMargin: ring
        rightMargin: ring
        focus: true
        clip: true
        spacing: root.theme.gap * 2
        model: root.viewModel.rows
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: root.theme.motion
        activeFocusOnTab: true
        Keys.onReturnPressed: root.viewModel.recall(currentIndex)
        Keys.onEnterPressed: root.viewModel.recall(currentIndex)
        Accessible.role: Accessible.List
        Accessible.name: root.title
        Accessible.focusable: true

        delegate: Card {
            id: row

            required property int index
            required property string title
            required property string detail
            required property string total

            readonly property bool current: ListView.isCurrentItem

            theme: root.theme
            width: ListView.view.width - 2 * list.ring
            height: Math.round(root.theme.body * 4)
            color: current ? root.theme.tint : root.theme.surface
            border.color: current ? root.theme.accent : root.theme.line
            Accessible.role: Accessible.ListItem
            Accessible.name: row.title + ", " + row.detail + ", " + row.total
            Accessible.selected: current

            FocusRing {
                theme: root.theme
                shown: row.current && list.activeFocus
            }

            Column {
                anchors.left: parent.left
                anchors.leftMargin: root.theme.gap * 5
                anchors.right: total.left
                anchors.verticalCenter: parent.verticalCenter
                spacing: root.theme.gap

                Label {
                    width: parent.width
                    theme: root.theme
                    text: row.title
                    elide: Text.ElideRight
                    Accessible.ignored: true
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: row.detail
                    elide: Text.ElideRight
                    Accessible.ignored: true
                }
            }

            Label {
                id: total

                anchors.right: parent.right
                anchors.rightMargin: root.theme.gap * 5
                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                text: row.total
                font.weight: Font.DemiBold
                Accessible.ignored: true
            }

            MouseArea {
                anchors.fill: parent
                onClicked: root.viewModel.recall(row.index)
            }
        }
    }

    EmptyState {
        anchors.centerIn: parent
        width: Math.min(parent.width, Math.round(420 * root.theme.scale))
        theme: root.theme
        icon: "parked"
        title: qsTrId("parked.empty")
        explanation: qsTrId("parked.empty.next")
        visible: list.count === 0
    }
}
