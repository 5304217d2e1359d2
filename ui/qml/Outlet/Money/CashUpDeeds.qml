import QtQuick
import Outlet.Components
import Outlet.Models

// What can be done about a counted till: count again, disagree, take it over.
Column {
    id: root

    required property Theme theme
    required property CashUp viewModel
    required property bool even

    spacing: theme.gap * 2

    Label {
        width: parent.width
        theme: root.theme
        text: root.viewModel.message
        color: root.theme.danger
        wrapMode: Text.Wrap
        visible: text !== ""
        Accessible.role: Accessible.AlertMessage
    }

    Flow {
        width: parent.width
        spacing: root.theme.gap * 3
        layoutDirection: Qt.RightToLeft

        ActionButton {
            theme: root.theme
            kind: "primary"
            focus: root.even
            text: root.viewModel.figures.bookText
            key: "F12"
            available: !root.viewModel.busy
            onPressed: root.viewModel.go()
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("cash_up.dispute")
            key: "F7"
            visible: !root.even
            onPressed: root.viewModel.askDispute()
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("cash_up.recount")
            key: "F8"
            onPressed: root.viewModel.recount()
        }
    }
}
