pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Lines, totals and the one primary action.
Rectangle {
    id: root

    required property Theme theme
    required property BasketPane viewModel
    required property bool selling

    signal payWanted
    signal levelWanted

    color: theme.surface

    Rectangle {
        width: root.theme.hairline
        height: parent.height
        color: root.theme.line
    }

    Item {
        anchors.fill: parent
        anchors.margins: root.theme.gap * 6
        anchors.topMargin: root.theme.gap * 4

        Item {
            id: head

            width: parent.width
            height: Math.round(root.theme.control * 0.8)

            Label {
                id: title

                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                text: qsTrId("basket.title")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }

            LinesBeyond {
                anchors.left: title.right
                anchors.leftMargin: root.theme.gap * 3
                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                list: list
            }

            Row {
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                spacing: root.theme.gap * 2

                Badge {
                    theme: root.theme
                    text: qsTrId("basket.frozen")
                    tone: "wait"
                    visible: root.viewModel.frozen
                }

                Badge {
                    theme: root.theme
                    text: root.viewModel.levelText
                    visible: root.viewModel.memberLevel !== ""
                }
            }

            Rectangle {
                anchors.bottom: parent.bottom
                width: parent.width
                height: root.theme.hairline
                color: root.theme.line
            }
        }

        ListView {
            id: list

            cacheBuffer: 0
            reuseItems: true
            anchors.top: head.bottom
            anchors.bottom: totals.top
            x: -root.theme.gap * 2
            width: parent.width + root.theme.gap * 4
            clip: true
            model: root.viewModel.lines
            currentIndex: root.viewModel.selected
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: root.theme.motion
            highlightResizeDuration: 0
            Accessible.role: Accessible.List
            Accessible.name: qsTrId("basket.title")

            delegate: Item {
                id: row

                required property int index
                required property string badge
                required property string name
                required property string detail
                required property string note
                required property string amount

                readonly property bool current: ListView.isCurrentItem

                // Drawn once and moved: a scan scrolls every row of a long basket.
                layer.enabled: true
                width: ListView.view.width
                height: Math.round(root.theme.body * 3.5)
                Accessible.role: Accessible.ListItem
                Accessible.name: row.name + ", " + row.detail + ", " + row.amount
                Accessible.selected: current
                // Kept for the next line, a row must be neither seen nor heard.
                ListView.onPooled: visible = false
                ListView.onReused: visible = true

                // What is drawn once must cover its ground: kept see-through, it is shown black.
                Rectangle {
                    anchors.fill: parent
                    color: root.theme.surface
                }

                Rectangle {
                    anchors.fill: parent
                    anchors.topMargin: 2
                    anchors.bottomMargin: 2
                    radius: root.theme.radius - 2
                    color: row.current ? root.theme.tint : "transparent"
                    border.width: row.current && root.theme.contrast ? 2 : 0
                    border.color: root.theme.accent
                }

                Rectangle {
                    anchors.bottom: parent.bottom
                    x: root.theme.gap * 2
                    width: parent.width - root.theme.gap * 4
                    height: root.theme.hairline
                    color: root.theme.line
                    visible: !row.current
                }

                Rectangle {
                    id: badge

                    x: root.theme.gap * 2
                    y: Math.round(root.theme.body * 0.6)
                    width: kind.implicitWidth + root.theme.gap * 3
                    height: kind.implicitHeight + 2
                    radius: 5
                    color: row.current ? root.theme.surface : root.theme.tint
                    visible: !root.theme.narrow

                    Label {
                        id: kind

                        anchors.centerIn: parent
                        theme: root.theme
                        quiet: true
                        text: row.badge
                        color: root.theme.accent
                        font.pixelSize: root.theme.small - 1
                        Accessible.ignored: true
                    }
                }

                Column {
                    anchors.left: badge.visible ? badge.right : parent.left
                    anchors.leftMargin: root.theme.gap * (badge.visible ? 2.5 : 2)
                    anchors.right: amount.left
                    anchors.rightMargin: root.theme.gap * 2
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 1

                    Label {
                        width: parent.width
                        theme: root.theme
                        text: row.name
                        font.pixelSize: root.theme.body - 1
                        elide: Text.ElideRight
                        Accessible.ignored: true
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        quiet: true
                        text: row.note === "" ? row.detail : row.detail + "  " + row.note
                        elide: Text.ElideRight
                        Accessible.ignored: true
                    }
                }

                Label {
                    id: amount

                    anchors.right: parent.right
                    anchors.rightMargin: root.theme.gap * 2
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    text: row.amount
                    Accessible.ignored: true
                }

                MouseArea {
                    anchors.fill: parent
                    onClicked: root.viewModel.select(row.index)
                }
            }
        }

        EmptyState {
            anchors.centerIn: list
            width: Math.min(parent.width, Math.round(300 * root.theme.scale))
            theme: root.theme
            icon: "basket"
            title: qsTrId("basket.empty")
            explanation: root.theme.narrow ? "" : qsTrId("basket.empty.next")
            visible: root.viewModel.empty
        }

        ScrollThumb {
            theme: root.theme
            area: list
        }

        BasketTotals {
            id: totals

            anchors.bottom: parent.bottom
            width: parent.width
            theme: root.theme
            viewModel: root.viewModel
            selling: root.selling
            onPayWanted: root.payWanted()
        }
    }

    Connections {
        function onLineAdded(): void {
            list.positionViewAtEnd();
        }

        target: root.viewModel
    }
}
