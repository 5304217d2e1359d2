pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// What waits and why, what is safe, and until when each service works without the platform.
Card {
    id: root

    required property OutlookPane viewModel

    function turn(pages: int): void {
        scroll.turn(pages);
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTrId("outlook.title")

    ScrollArea {
        id: scroll

        theme: root.theme
        takesKeyboard: false
        anchors.fill: parent
        anchors.leftMargin: root.theme.gap * 5
        anchors.rightMargin: root.theme.gap * 4
        anchors.topMargin: root.theme.gap
        anchors.bottomMargin: root.theme.gap
        contentHeight: told.height + root.theme.gap * 4
        activeFocusOnTab: contentHeight > height
        Accessible.role: Accessible.List
        Accessible.name: qsTrId("outlook.title")
        Accessible.focusable: activeFocusOnTab
        Keys.onUpPressed: goTo(contentY - root.theme.control)
        Keys.onDownPressed: goTo(contentY + root.theme.control)

        Column {
            id: told

            y: root.theme.gap * 2
            width: parent.width - root.theme.gap
            spacing: root.theme.gap * 1.75

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("outlook.title")
                font.pixelSize: root.theme.body - 1
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.Heading
            }

            Label {
                width: parent.width
                theme: root.theme
                quiet: true
                text: root.viewModel.waitingText
                color: root.viewModel.waits ? root.theme.amber : root.theme.muted
                wrapMode: Text.Wrap
                visible: text !== ""
            }

            Label {
                width: parent.width
                theme: root.theme
                quiet: true
                text: qsTrId("outlook.safe")
                color: root.theme.ink
                wrapMode: Text.Wrap
            }

            Rectangle {
                width: parent.width
                height: root.theme.hairline
                color: root.theme.line
            }

            Repeater {
                model: root.viewModel.services

                OutlookLine {
                    width: told.width
                    theme: root.theme
                }
            }
        }
    }

    FocusRing {
        theme: root.theme
        shown: scroll.activeFocus
    }
}
