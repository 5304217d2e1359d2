import QtQuick
import Outlet.Components
import Outlet.Models

// The end: where the cash goes, what is carried over; then the closing report, once.
Card {
    id: root

    required property CashUp viewModel

    implicitHeight: column.implicitHeight + theme.gap * 10

    Column {
        id: column

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 5
        spacing: root.theme.gap * 4

        Label {
            width: parent.width
            theme: root.theme
            text: qsTrId("cash_up.end.title")
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: qsTrId("cash_up.end.verified") + " " + root.viewModel.verifier
            wrapMode: Text.Wrap
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.parkedText
            color: root.theme.amber
            wrapMode: Text.Wrap
            visible: text !== ""
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: qsTrId("cash_up.end.explain")
            wrapMode: Text.Wrap
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

            ActionButton {
                theme: root.theme
                kind: "primary"
                focus: true
                text: qsTrId("cash_up.end.keep")
                key: "F12"
                available: !root.viewModel.busy
                onPressed: root.viewModel.go()
            }

            ActionButton {
                theme: root.theme
                text: qsTrId("cash_up.end.hand_over")
                key: "F7"
                visible: !root.viewModel.vault
                onPressed: root.viewModel.askHandOver()
            }

            ActionButton {
                theme: root.theme
                text: qsTrId("cash_up.end.vault")
                key: "F11"
                visible: !root.viewModel.vault
                onPressed: root.viewModel.closeForVault()
            }

            ActionButton {
                theme: root.theme
                text: qsTrId("cash_up.recount")
                key: "F8"
                visible: !root.viewModel.frozen
                onPressed: root.viewModel.recount()
            }
        }

        CashUpDisputed {
            width: parent.width
            theme: root.theme
            viewModel: root.viewModel
        }
    }
}
