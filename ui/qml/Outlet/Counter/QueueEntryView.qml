pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// One entry told in words; one step deeper as it is signed.
Card {
    id: root

    required property QueuePage viewModel

    function turn(pages: int): void {
        scroll.turn(pages);
    }

    Item {
        id: head

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 4
        anchors.leftMargin: root.theme.gap * 5
        height: Math.max(title.implicitHeight, deeper.implicitHeight)

        Label {
            id: title

            anchors.left: parent.left
            anchors.right: deeper.left
            anchors.rightMargin: root.theme.gap * 2
            anchors.verticalCenter: parent.verticalCenter
            theme: root.theme
            text: root.viewModel.detailTitle
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }

        ActionButton {
            id: deeper

            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            theme: root.theme
            text: root.viewModel.raw ? qsTrId("queue.words") : qsTrId("queue.raw")
            key: "Enter"
            onPressed: root.viewModel.toggleRaw()
        }
    }

    Rectangle {
        id: rule

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: head.bottom
        anchors.topMargin: root.theme.gap * 3
        anchors.leftMargin: root.theme.hairline
        anchors.rightMargin: root.theme.hairline
        height: root.theme.hairline
        color: root.theme.line
    }

    ScrollArea {
        id: scroll

        theme: root.theme
        takesKeyboard: false
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: rule.bottom
        anchors.bottom: parent.bottom
        anchors.leftMargin: root.theme.gap * 5
        anchors.rightMargin: root.theme.gap * 5
        anchors.bottomMargin: root.theme.gap * 2
        contentHeight: (root.viewModel.raw ? signed.height : told.height) + root.theme.gap * 5
        Accessible.role: Accessible.Pane
        Accessible.name: root.viewModel.detailTitle

        Column {
            id: told

            y: root.theme.gap * 3
            width: parent.width
            spacing: root.theme.gap * 1.5
            visible: !root.viewModel.raw

            Label {
                width: parent.width
                theme: root.theme
                text: root.viewModel.detailState
                color: root.theme.toneInk(root.viewModel.detailTone)
                font.pixelSize: root.theme.body - 2
                wrapMode: Text.Wrap
                bottomPadding: root.theme.gap
            }

            Repeater {
                model: root.viewModel.account

                AccountLine {
                    width: told.width
                    theme: root.theme
                }
            }
        }

        Column {
            id: signed

            y: root.theme.gap * 3
            width: parent.width
            spacing: root.theme.gap * 2
            visible: root.viewModel.raw

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

            Label {
                theme: root.theme
                quiet: true
                text: qsTrId("queue.receipt")
                visible: receipt.visible
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
        }
    }

    ScrollThumb {
        theme: root.theme
        area: scroll
        anchors.rightMargin: -root.theme.gap * 3
    }
}
