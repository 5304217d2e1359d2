import QtQuick
import Outlet.Components
import Outlet.Models

// The clerk signs off; what stays behind is said first.
DialogCard {
    id: root

    required property SessionPane session

    signal confirmed

    title: qsTrId("leave.title")
    subtitle: qsTrId("leave.explain")

    FigureLine {
        width: parent.width
        theme: root.theme
        label: qsTrId("leave.parked")
        figure: root.session.suspendedCount
        visible: root.session.suspendedCount > 0
    }

    FigureLine {
        width: parent.width
        theme: root.theme
        label: qsTrId("leave.waiting")
        figure: root.session.waitingEntries
        tone: root.theme.amber
        visible: root.session.waitingEntries > 0
    }

    Row {
        anchors.right: parent.right
        spacing: root.theme.gap * 3

        ActionButton {
            theme: root.theme
            text: qsTrId("dialog.cancel")
            key: "Esc"
            onPressed: root.cancelled()
        }

        ActionButton {
            theme: root.theme
            kind: "primary"
            focus: true
            text: qsTrId("leave.confirm")
            key: "Enter"
            onPressed: root.confirmed()
        }
    }
}
