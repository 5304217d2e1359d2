pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Every entry with its state and the platform's receipt.
PageFrame {
    id: root

    required property QueuePage viewModel

    title: qsTrId("queue.title")
    subtitle: viewModel.summaryText
    actions: [
        ActionButton {
            theme: root.theme
            text: qsTrId("queue.only_waiting")
            chosen: root.viewModel.onlyWaiting
            key: "F7"
            onPressed: root.viewModel.toggleOnlyWaiting()
        },
        ActionButton {
            theme: root.theme
            text: qsTrId("queue.upload_now")
            key: "F8"
            onPressed: root.viewModel.wake()
        }
    ]

    Card {
        id: entries

        theme: root.theme
        anchors.left: parent.left
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        width: root.viewModel.selected < 0 ? parent.width : Math.round(parent.width * 0.52)
        clip: true

        ListView {
            id: list

            cacheBuffer: 0
            anchors.fill: parent
            anchors.margins: root.theme.gap
            focus: true
            clip: true
            model: root.viewModel.rows
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: root.theme.motion
            activeFocusOnTab: true
            Keys.onReturnPressed: root.viewModel.open(currentIndex)
            Keys.onEnterPressed: root.viewModel.open(currentIndex)
            Keys.onPressed: event => pages.turn(event.key === Qt.Key_PageDown ? 1 : event.key === Qt.Key_PageUp ? -1 : 0)
            onCurrentIndexChanged: root.viewModel.follow(currentIndex)
            Accessible.role: Accessible.List
            Accessible.name: root.title
            Accessible.focusable: true

            delegate: Item {
                id: row

                required property int index
                required property int seq
                required property string kind
                required property string detail
                required property string amount
                required property string stateText
                required property string tone

                readonly property bool current: ListView.isCurrentItem

                width: ListView.view.width
                height: Math.round(root.theme.body * 3.4)
                Accessible.role: Accessible.ListItem
                Accessible.name: "#" + row.seq + " " + row.kind + ", " + row.stateText + ", " + row.detail + " " + row.amount
                Accessible.selected: current

                Rectangle {
                    anchors.fill: parent
                    radius: root.theme.radius - 2
                    color: row.current ? root.theme.tint : "transparent"
                    border.width: row.current && (list.activeFocus || root.theme.contrast) ? 2 : 0
                    border.color: root.theme.focusRing
                }

                Label {
                    id: seq

                    x: root.theme.gap * 3
                    width: Math.round(root.theme.small * 3.4)
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    quiet: true
                    text: "#" + row.seq
                    Accessible.ignored: true
                }

                Column {
                    anchors.left: seq.right
                    anchors.right: verdict.left
                    anchors.rightMargin: root.theme.gap * 2
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 1

                    Label {
                        width: parent.width
                        theme: root.theme
                        text: row.amount === "" ? row.kind : row.kind + "   " + row.amount
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

                Badge {
                    id: verdict

                    anchors.right: parent.right
                    anchors.rightMargin: root.theme.gap * 3
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    text: row.stateText
                    tone: row.tone
                }

                MouseArea {
                    anchors.fill: parent
                    onClicked: root.viewModel.open(row.index)
                    onPressed: list.currentIndex = row.index
                }
            }
        }
    }

    Card {
        theme: root.theme
        anchors.left: entries.right
        anchors.leftMargin: root.theme.gap * 4
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        visible: root.viewModel.selected >= 0

        ScrollArea {
            id: pages

            theme: root.theme
            takesKeyboard: false
            anchors.fill: parent
            anchors.margins: root.theme.gap * 5
            contentHeight: detail.implicitHeight
            Accessible.role: Accessible.Pane
            Accessible.name: root.viewModel.detailTitle

            Column {
                id: detail

                width: parent.width
                spacing: root.theme.gap * 3

                Label {
                    width: parent.width
                    theme: root.theme
                    text: root.viewModel.detailTitle
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    text: root.viewModel.detailState
                    color: root.theme.toneInk(root.viewModel.detailTone)
                    font.pixelSize: root.theme.body - 2
                    wrapMode: Text.Wrap
                }

                Label {
                    theme: root.theme
                    quiet: true
                    text: qsTrId("queue.receipt")
                    visible: receipt.text !== ""
                }

                Label {
                    id: receipt

                    width: parent.width
                    theme: root.theme
                    text: root.viewModel.receiptText
                    font.family: "Postal Mono"
                    font.pixelSize: root.theme.small - 1
                    wrapMode: Text.WrapAnywhere
                    visible: text !== ""
                }

                Label {
                    theme: root.theme
                    quiet: true
                    text: qsTrId("queue.entry")
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    text: root.viewModel.entryText
                    font.family: "Postal Mono"
                    font.pixelSize: root.theme.small - 1
                    wrapMode: Text.WrapAnywhere
                }
            }
        }
    }

    EmptyState {
        anchors.centerIn: parent
        width: Math.min(parent.width, Math.round(420 * root.theme.scale))
        theme: root.theme
        icon: "check"
        title: qsTrId("queue.empty")
        explanation: qsTrId("queue.empty.next")
        visible: list.count === 0
    }
}
