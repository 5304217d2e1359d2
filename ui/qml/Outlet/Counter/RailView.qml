pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The pages of the counter with their keys.
Rectangle {
    id: root

    required property Theme theme
    required property Counter viewModel

    // While money is being taken the keyboard belongs to the payment.
    readonly property bool keysWork: viewModel.page !== "payment" || viewModel.payment.done
    readonly property int entries: viewModel.rail.rows.count + 2
    // Where the window is low, the entries come closer before anything has to scroll.
    readonly property int entryHeight: Math.max(Math.round(theme.control * 0.8), Math.min(theme.control, Math.floor((height - theme.gap * 12) / entries) - theme.gap))

    color: theme.surface
    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTrId("rail.name")

    Rectangle {
        anchors.right: parent.right
        width: root.theme.hairline
        height: parent.height
        color: root.theme.line
    }

    ScrollArea {
        id: area

        theme: root.theme
        takesKeyboard: false
        anchors.fill: parent
        anchors.margins: root.theme.gap * (root.theme.narrow ? 1 : 2.5)
        anchors.topMargin: root.theme.gap * (root.theme.narrow ? 1 : 4)
        contentHeight: pages.implicitHeight

        Column {
            id: pages

            width: parent.width
            spacing: root.theme.narrow ? root.theme.gap / 2 : root.theme.gap

            Repeater {
                model: root.viewModel.rail.rows

                RailEntry {
                    required property string page
                    required property string words
                    required property int waiting

                    theme: root.theme
                    wide: root.entryHeight
                    text: words
                    count: waiting
                    onChosenChanged: if (chosen)
                        area.reveal(Qt.rect(x, y, width, height))
                    onPressed: root.viewModel.act("open_" + page)
                }
            }

            Item {
                width: 1
                height: root.theme.gap * (root.theme.narrow ? 0.5 : 2)
            }

            Rectangle {
                width: parent.width
                height: root.theme.hairline
                color: root.theme.line
            }

            Item {
                width: 1
                height: root.theme.gap * (root.theme.narrow ? 0.5 : 2)
            }

            RailEntry {
                theme: root.theme
                wide: root.entryHeight
                icon: "lock"
                text: qsTrId("rail.lock")
                key: root.keysWork ? "F10" : ""
                chosen: false
                onPressed: root.viewModel.act("lock")
            }

            RailEntry {
                theme: root.theme
                wide: root.entryHeight
                icon: "leave"
                text: qsTrId("rail.leave")
                key: root.keysWork ? "F6" : ""
                chosen: false
                onPressed: root.viewModel.act("leave")
            }
        }
    }
}
