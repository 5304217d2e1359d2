import QtQuick
import Outlet.Components
import Outlet.Models

// A second person vouches for the count with number and secret of her own.
Card {
    id: root

    required property CashUp viewModel

    implicitHeight: column.implicitHeight + theme.gap * 10

    Column {
        id: column

        anchors.left: parent.left
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 5
        width: Math.min(parent.width - root.theme.gap * 10, Math.round(520 * root.theme.scale))
        spacing: root.theme.gap * 4

        Label {
            width: parent.width
            theme: root.theme
            text: qsTrId("cash_up.verify.title")
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.viewModel.frozen ? qsTrId("cash_up.verify.frozen") : qsTrId("cash_up.verify.explain")
            wrapMode: Text.Wrap
        }

        Field {
            id: number

            width: parent.width
            theme: root.theme
            focus: true
            maximumLength: 24
            name: qsTrId("cash_up.verify.number")
            hint: qsTrId("cash_up.verify.number")
            onSubmitted: secret.takeKeyboard()
        }

        Field {
            id: secret

            width: parent.width
            theme: root.theme
            secret: true
            maximumLength: 32
            name: qsTrId("sign_on.secret")
            hint: qsTrId("sign_on.secret")
            onSubmitted: root.viewModel.verify(number.text, secret.text)
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
                text: qsTrId("cash_up.verify.sign")
                key: "Enter"
                available: !root.viewModel.busy
                onPressed: root.viewModel.verify(number.text, secret.text)
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

    Connections {
        function onCleared(): void {
            secret.clear();
        }

        target: root.viewModel
    }
}
