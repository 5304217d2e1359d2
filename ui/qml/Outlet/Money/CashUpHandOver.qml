import QtQuick
import Outlet.Components
import Outlet.Models

// The next clerk takes the till: her number, what she counted, her secret.
DialogCard {
    id: root

    required property CashUp viewModel

    title: qsTrId("cash_up.hand_over.title")
    subtitle: qsTrId("cash_up.hand_over.explain")
    onCancelled: viewModel.fold()

    Field {
        id: number

        width: parent.width
        theme: root.theme
        focus: true
        maximumLength: 24
        name: qsTrId("cash_up.hand_over.number")
        hint: qsTrId("cash_up.hand_over.number")
        onSubmitted: counted.takeKeyboard()
    }

    Field {
        id: counted

        width: parent.width
        theme: root.theme
        figures: true
        maximumLength: 14
        name: qsTrId("cash_up.hand_over.counted")
        hint: qsTrId("cash_up.hand_over.counted")
        onSubmitted: stock.count > 0 ? stock.takeKeyboard() : secret.takeKeyboard()
    }

    StockCountView {
        id: stock

        width: parent.width
        theme: root.theme
        viewModel: root.viewModel.stock
        onFinished: secret.takeKeyboard()
    }

    Field {
        id: secret

        width: parent.width
        theme: root.theme
        secret: true
        maximumLength: 32
        name: qsTrId("sign_on.secret")
        hint: qsTrId("sign_on.secret")
        onSubmitted: root.viewModel.handOver(number.text, secret.text, counted.text)
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
            text: qsTrId("cash_up.hand_over.confirm")
            key: "Enter"
            available: !root.viewModel.busy
            onPressed: root.viewModel.handOver(number.text, secret.text, counted.text)
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("dialog.cancel")
            key: "Esc"
            onPressed: root.cancelled()
        }
    }

    Connections {
        function onCleared(): void {
            secret.clear();
        }

        target: root.viewModel
    }
}
