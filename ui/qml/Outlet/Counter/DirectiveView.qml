pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// One record in full, and below it the clerk's words and her answer.
FocusScope {
    id: root

    required property Theme theme
    required property DirectivesPage viewModel

    readonly property bool asks: viewModel.answerable || viewModel.settleable

    Keys.onPressed: event => scroll.turn(event.key === Qt.Key_PageDown ? 1 : event.key === Qt.Key_PageUp ? -1 : 0)

    Card {
        theme: root.theme
        anchors.fill: parent

        ScrollArea {
            id: scroll

            theme: root.theme
            focus: !root.asks
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.bottom: reply.visible ? reply.top : parent.bottom
            anchors.margins: root.theme.gap * 5
            anchors.topMargin: root.theme.gap * 3
            anchors.bottomMargin: root.theme.gap * 2
            contentHeight: told.height + root.theme.gap * 3
            Accessible.role: Accessible.Pane
            Accessible.name: root.viewModel.detailTitle

            Column {
                id: told

                width: parent.width
                spacing: root.theme.gap * 1.5

                Label {
                    width: parent.width
                    theme: root.theme
                    text: root.viewModel.detailTitle
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.Heading
                }

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
        }

        ScrollThumb {
            theme: root.theme
            area: scroll
            anchors.rightMargin: -root.theme.gap * 3
        }

        Column {
            id: reply

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            anchors.margins: root.theme.gap * 5
            spacing: root.theme.gap * 3
            visible: root.asks

            Field {
                id: field

                width: parent.width
                theme: root.theme
                focus: root.asks
                name: root.viewModel.settleable ? qsTrId("directives.say_done") : qsTrId("directives.say_why")
                hint: name
                maximumLength: 200
                onEdited: text => root.viewModel.say(text)
            }

            // With large text the keys of the bar below have to do: the record needs the room.
            Flow {
                width: parent.width
                spacing: root.theme.gap * 2
                visible: !root.theme.narrow

                ActionButton {
                    theme: root.theme
                    kind: "primary"
                    text: root.viewModel.settleable ? qsTrId("directives.settle") : qsTrId("directives.accept")
                    key: "F8"
                    available: !root.viewModel.busy
                    onPressed: root.viewModel.accept()
                }

                ActionButton {
                    theme: root.theme
                    kind: "danger"
                    text: qsTrId("directives.dispute")
                    key: "F7"
                    visible: root.viewModel.answerable
                    available: !root.viewModel.busy
                    onPressed: root.viewModel.dispute()
                }
            }
        }
    }

    Connections {
        function onMoved(): void {
            if (root.viewModel.answer === "")
                field.clear();
        }

        target: root.viewModel
    }
}
