pragma ComponentBehavior: Bound
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
        quiet: true
        text: qsTrId("cash_up.dispute.known")
        wrapMode: Text.Wrap
        visible: root.viewModel.faults.rows.count > 0
    }

    Repeater {
        model: root.viewModel.faults.rows

        ActionButton {
            required property int index
            required property string title
            required property bool named

            width: parent?.width ?? 0
            theme: root.theme
            text: title
            chosen: named
            Accessible.role: Accessible.CheckBox
            Accessible.checked: chosen
            onPressed: root.viewModel.faults.choose(index)
        }
    }

    Label {
        width: parent.width
        theme: root.theme
        text: root.viewModel.faults.text
        wrapMode: Text.Wrap
        visible: text !== ""
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
