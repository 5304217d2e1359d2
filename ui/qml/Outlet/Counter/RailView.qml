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

            RailEntry {
                theme: root.theme
                icon: "goods"
                text: qsTrId("rail.selling")
                key: root.keysWork ? "F1" : ""
                chosen: root.viewModel.page === "selling" || root.viewModel.page === "payment"
                onPressed: root.viewModel.act("open_selling")
            }

            RailEntry {
                theme: root.theme
                icon: "parked"
                text: qsTrId("rail.parked")
                key: root.keysWork ? "F3" : ""
                count: root.viewModel.basket.suspendedCount
                chosen: root.viewModel.page === "parked"
                onPressed: root.viewModel.act("open_parked")
            }

            RailEntry {
                theme: root.theme
                icon: "last"
                text: qsTrId("rail.last")
                key: root.keysWork ? "F4" : ""
                chosen: root.viewModel.page === "last"
                onPressed: root.viewModel.act("open_last")
            }

            RailEntry {
                theme: root.theme
                icon: "queue"
                text: qsTrId("rail.queue")
                key: root.keysWork ? "F5" : ""
                chosen: root.viewModel.page === "queue"
                onPressed: root.viewModel.act("open_queue")
            }

            RailEntry {
                theme: root.theme
                icon: "settings"
                text: qsTrId("rail.settings")
                key: root.keysWork ? "F9" : ""
                chosen: root.viewModel.page === "settings"
                onPressed: root.viewModel.act("open_settings")
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
                icon: "lock"
                text: qsTrId("rail.lock")
                key: root.keysWork ? "F10" : ""
                chosen: false
                onPressed: root.viewModel.act("lock")
            }

            RailEntry {
                theme: root.theme
                icon: "leave"
                text: qsTrId("rail.leave")
                key: root.keysWork ? "F6" : ""
                chosen: false
                onPressed: root.viewModel.act("leave")
            }
        }
    }
}
