pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Cash: the amount by keys or by notes; when all the money is there, booking once more.
Card {
    id: root

    required property PaymentPane viewModel

    readonly property int keyWidth: Math.floor((cash.width - theme.gap * 12) / 7)

    height: cash.implicitHeight + theme.gap * (theme.narrow ? 6 : 10)

    Column {
        id: cash

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 3

        Row {
            spacing: root.theme.gap * 2

            Icon {
                theme: root.theme
                name: "cash"
                anchors.verticalCenter: parent.verticalCenter
            }

            Label {
                theme: root.theme
                text: qsTrId("payment.cash")
                font.weight: Font.DemiBold
                anchors.verticalCenter: parent.verticalCenter
            }
        }

        Item {
            width: parent.width
            height: field.implicitHeight

            Field {
                id: field

                anchors.left: parent.left
                anchors.right: take.left
                anchors.rightMargin: root.theme.gap * 3
                theme: root.theme
                focus: root.viewModel.takesMoney && !root.viewModel.covered
                big: true
                figures: true
                maximumLength: 14
                name: qsTrId("payment.received")
                hint: root.viewModel.free ? qsTrId("payment.free_hint") : qsTrId("payment.received_hint") + " " + root.viewModel.cashRemaining
                onEdited: text => root.viewModel.cash.edited(text)
                onSubmitted: root.viewModel.payCash(field.text)
            }

            ActionButton {
                id: take

                anchors.right: parent.right
                height: field.height
                theme: root.theme
                kind: "primary"
                text: qsTrId(root.viewModel.free ? "payment.complete" : "payment.take_cash")
                key: "Enter"
                onPressed: root.viewModel.payCash(field.text)
            }
        }

        Row {
            id: keys

            width: parent.width
            spacing: root.theme.gap * 2
            visible: !root.viewModel.free

            Repeater {
                model: [100, 50, 20, 10, 5, 1]

                ActionButton {
                    required property int modelData

                    width: root.keyWidth
                    theme: root.theme
                    text: modelData
                    spoken: qsTrId("payment.note") + " " + modelData
                    onPressed: root.viewModel.cash.addNote(modelData)
                }
            }

            ActionButton {
                width: cash.width - 6 * (root.keyWidth + keys.spacing)
                theme: root.theme
                text: qsTrId("payment.exact")
                onPressed: root.viewModel.payExact()
            }
        }
    }

    Connections {
        function onCleared(): void {
            field.clear();
        }

        target: root.viewModel
    }

    Connections {
        function onTyped(text: string): void {
            field.text = text;
        }

        target: root.viewModel.cash
    }
}
