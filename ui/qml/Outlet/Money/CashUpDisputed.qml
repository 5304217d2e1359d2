import QtQuick
import Outlet.Components
import Outlet.Models

// What was disputed at this till last, and its evidence to take along; nothing when nothing was.
Column {
    id: root

    required property Theme theme
    required property CashUp viewModel

    spacing: theme.gap * 2
    visible: viewModel.evidence.text !== ""

    Label {
        width: root.width
        theme: root.theme
        quiet: true
        text: root.viewModel.evidence.text
        wrapMode: Text.Wrap
    }

    ActionButton {
        theme: root.theme
        text: qsTrId("cash_up.dispute.take_along")
        key: "Ctrl+J"
        available: !root.viewModel.busy
        onPressed: root.viewModel.evidence.takeAlong()
    }
}
