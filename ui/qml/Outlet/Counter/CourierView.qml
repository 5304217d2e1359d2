pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// What waits goes onto a stick; what somebody brought back is taken in.
Card {
    id: root

    required property CourierPane viewModel

    function turn(pages: int): void {
        scroll.turn(pages);
    }

    // The first stick takes the keyboard; before one is plugged in the pane itself does.
    function enter(): void {
        const first = sticks.itemAt(0);
        if (first)
            first.forceActiveFocus();
        else
            root.forceActiveFocus();
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTrId("courier.title")
    Accessible.focusable: true

    ScrollArea {
        id: scroll

        theme: root.theme
        takesKeyboard: false
        anchors.fill: parent
        anchors.leftMargin: root.theme.gap * 4
        anchors.rightMargin: root.theme.gap * 4
        anchors.topMargin: root.theme.gap
        anchors.bottomMargin: root.theme.gap
        contentHeight: all.height + root.theme.gap * 4

        Column {
            id: all

            // Room for the ring around what has the keyboard.
            x: root.theme.gap
            y: root.theme.gap * 2
            width: parent.width - root.theme.gap * 2
            spacing: root.theme.gap * 3

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("courier.title")
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.Heading
            }

            Label {
                width: parent.width
                theme: root.theme
                quiet: true
                text: root.viewModel.waitingText
                color: root.theme.ink
                wrapMode: Text.Wrap
            }

            Label {
                width: parent.width
                theme: root.theme
                quiet: true
                text: qsTrId("courier.explain")
                wrapMode: Text.Wrap
            }

            Flow {
                width: parent.width
                spacing: root.theme.gap * 2
                Accessible.role: Accessible.Grouping
                Accessible.name: qsTrId("courier.sticks")

                Repeater {
                    id: sticks

                    model: root.viewModel.media
                    onItemAdded: (index, item) => {
                        if (root.activeFocus)
                            item.forceActiveFocus();
                    }

                    ActionButton {
                        id: stick

                        required property string folder

                        theme: root.theme
                        chosen: folder === root.viewModel.chosen
                        spoken: qsTrId("courier.sticks") + " " + text
                        Accessible.role: Accessible.RadioButton
                        Accessible.checked: chosen
                        onPressed: root.viewModel.choose(stick.folder)
                    }
                }
            }

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("courier.no_stick")
                color: root.theme.amber
                wrapMode: Text.Wrap
                visible: sticks.count === 0
            }

            Flow {
                width: parent.width
                spacing: root.theme.gap * 2

                ActionButton {
                    theme: root.theme
                    kind: "primary"
                    text: qsTrId("courier.write")
                    key: "F2"
                    available: root.viewModel.chosen !== "" && !root.viewModel.busy
                    onPressed: root.viewModel.write()
                }

                ActionButton {
                    theme: root.theme
                    text: qsTrId("courier.take")
                    key: "F12"
                    available: root.viewModel.chosen !== "" && !root.viewModel.busy
                    onPressed: root.viewModel.take()
                }
            }

            Label {
                width: parent.width
                theme: root.theme
                quiet: true
                text: qsTrId("courier.busy")
                wrapMode: Text.Wrap
                visible: root.viewModel.busy
            }

            Repeater {
                model: root.viewModel.busy ? null : root.viewModel.told
                // What was done is read without asking for it, also where the text is large.
                onItemAdded: Qt.callLater(scroll.goTo, scroll.contentHeight * 2)

                Rectangle {
                    id: told

                    required property string text
                    required property string tone

                    width: all.width
                    height: sentence.implicitHeight + root.theme.gap * 5
                    radius: root.theme.radius - 2
                    color: root.theme.toneGround(told.tone)
                    border.width: root.theme.contrast ? root.theme.hairline : 0
                    border.color: root.theme.toneInk(told.tone)
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: text

                    Label {
                        id: sentence

                        anchors.left: parent.left
                        anchors.right: parent.right
                        anchors.margins: root.theme.gap * 3
                        anchors.verticalCenter: parent.verticalCenter
                        theme: root.theme
                        quiet: true
                        text: told.text
                        color: root.theme.toneInk(told.tone)
                        wrapMode: Text.Wrap
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
}
