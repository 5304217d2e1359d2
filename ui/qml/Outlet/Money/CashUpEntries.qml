pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The entries behind a figure or a cause, as they are booked.
Card {
    id: root

    required property CashUp viewModel

    implicitHeight: Math.round(theme.body * 24)

    Label {
        id: heading

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 5
        theme: root.theme
        text: root.viewModel.behind.title
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
        Accessible.role: Accessible.Heading
    }

    ListView {
        id: list

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: heading.bottom
        anchors.bottom: away.top
        anchors.margins: root.theme.gap * 3
        focus: true
        clip: true
        cacheBuffer: 0
        model: root.viewModel.behind.rows
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: root.theme.motion
        activeFocusOnTab: true
        Accessible.role: Accessible.List
        Accessible.name: heading.text
        Accessible.focusable: true

        delegate: Rectangle {
            id: row

            required property string title
            required property string detail
            required property string figure

            width: ListView.view.width
            height: words.implicitHeight + root.theme.gap * 5
            radius: root.theme.radius - 2
            color: ListView.isCurrentItem ? root.theme.tint : "transparent"
            border.width: ListView.isCurrentItem && (list.activeFocus || root.theme.contrast) ? 2 : 0
            border.color: root.theme.focusRing
            Accessible.role: Accessible.ListItem
            Accessible.name: title + ", " + figure + ", " + detail

            Column {
                id: words

                anchors.left: parent.left
                anchors.leftMargin: root.theme.gap * 3
                anchors.right: amount.left
                anchors.rightMargin: root.theme.gap * 3
                anchors.verticalCenter: parent.verticalCenter

                Label {
                    width: parent.width
                    theme: root.theme
                    text: row.title
                    font.pixelSize: root.theme.body - 1
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
                id: amount

                anchors.right: parent.right
                anchors.rightMargin: root.theme.gap * 3
                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                text: row.figure
                font.weight: Font.DemiBold
                Accessible.ignored: true
            }
        }
    }

    ActionButton {
        id: away

        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: root.theme.gap * 5
        theme: root.theme
        text: qsTrId("cash_up.back")
        key: "Esc"
        onPressed: root.viewModel.fold()
    }
}
