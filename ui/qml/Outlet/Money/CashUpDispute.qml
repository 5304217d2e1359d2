import QtQuick
import Outlet.Components
import Outlet.Models

// The clerk does not agree: she says why, and nobody answers for it yet.
DialogCard {
    id: root

    required property CashUp viewModel

    title: qsTrId("cash_up.dispute.title")
    subtitle: qsTrId("cash_up.dispute.explain")
    wide: Math.round(560 * theme.scale)
    onCancelled: viewModel.fold()

    Field {
        id: reason

        width: parent.width
        theme: root.theme
        focus: true
        maximumLength: 120
        name: qsTrId("cash_up.dispute.reason")
        hint: qsTrId("cash_up.dispute.reason")
        onSubmitted: root.viewModel.dispute(text)
    }

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
            text: qsTrId("cash_up.dispute.confirm")
            key: "Enter"
            available: !root.viewModel.busy
            onPressed: root.viewModel.dispute(reason.text)
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("dialog.cancel")
            key: "Esc"
            onPressed: root.cancelled()
        }
    }
}
