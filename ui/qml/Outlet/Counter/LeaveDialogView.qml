import QtQuick
import Outlet.Components
import Outlet.Models

// The clerk signs off; what stays behind is said first.
DialogCard {
    id: root

    required property SessionPane session
    required property TrainingPane training

    signal confirmed
    signal cashUpWanted
    signal trainingWanted

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

    Label {
        width: parent.width
        theme: root.theme
        text: qsTrId("leave.cash_up_due")
        color: root.theme.amber
        wrapMode: Text.Wrap
        visible: root.session.cashUpDue
        Accessible.role: Accessible.AlertMessage
    }

    Flow {
        width: parent.width
        layoutDirection: Qt.RightToLeft
        spacing: root.theme.gap * 3

        ActionButton {
            theme: root.theme
            kind: "primary"
            focus: root.session.cashUpDue
            visible: root.session.cashUpDue
            text: qsTrId("leave.cash_up")
            key: "Enter"
            onPressed: root.cashUpWanted()
        }

        ActionButton {
            theme: root.theme
            kind: root.session.cashUpDue ? "plain" : "primary"
            focus: !root.session.cashUpDue
            text: root.session.cashUpDue ? qsTrId("leave.without") : qsTrId("leave.confirm")
            key: root.session.cashUpDue ? "F6" : "Enter"
            onPressed: root.confirmed()
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("dialog.cancel")
            key: "Esc"
            onPressed: root.cancelled()
        }
    }
    ActionButton {
        theme: root.theme
        kind: "quiet"
        visible: root.training.mayBegin
        text: qsTrId("leave.training")
        key: "F9"
        onPressed: root.trainingWanted()
    }
}
