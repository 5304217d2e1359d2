pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// One means of payment being entered: number, amount, who pays later; what it is worth; Enter does it.
Card {
    id: root

    required property TenderEntry viewModel

    function takeKeyboard(): void {
        if (viewModel.takesNumber && !viewModel.takesAmount || viewModel.kind === "payer_code")
            number.takeKeyboard();
        else if (viewModel.takesAmount)
            amount.takeKeyboard();
        else
            deed.forceActiveFocus();
    }

    height: all.implicitHeight + theme.gap * (theme.narrow ? 6 : 10)

    Column {
        id: all

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 3

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.title + "  ·  " + root.viewModel.most
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.viewModel.hint
            wrapMode: Text.Wrap
            visible: text !== ""
        }

        Flow {
            width: parent.width
            spacing: root.theme.gap * 2
            visible: root.viewModel.owners.count > 0

            Repeater {
                model: root.viewModel.owners

                ActionButton {
                    required property string owner
                    required property string name
                    required chosen

                    theme: root.theme
                    text: name
                    Accessible.role: Accessible.RadioButton
                    Accessible.checked: chosen
                    onPressed: root.viewModel.choose(owner)
                }
            }
        }

        Field {
            id: number

            width: parent.width
            theme: root.theme
            maximumLength: 32
            name: qsTrId("tender.number")
            hint: qsTrId("tender.number_hint")
            visible: root.viewModel.takesNumber
            onSubmitted: root.viewModel.submit(number.text)
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.worthText
            wrapMode: Text.Wrap
            visible: text !== ""
        }

        Item {
            width: parent.width
            height: deed.implicitHeight

            Field {
                id: amount

                anchors.left: parent.left
                anchors.right: deed.left
                anchors.rightMargin: root.theme.gap * 3
                height: deed.height
                theme: root.theme
                figures: true
                maximumLength: 14
                name: qsTrId("tender.amount")
                hint: qsTrId("tender.amount_hint") + " " + root.viewModel.most
                visible: root.viewModel.takesAmount
                onEdited: text => root.viewModel.edited(text)
                onSubmitted: root.viewModel.submit(number.text)
            }

            ActionButton {
                id: deed

                anchors.right: parent.right
                width: Math.round(200 * root.theme.scale)
                theme: root.theme
                kind: "primary"
                big: true
                text: root.viewModel.deed
                key: "Enter"
                onPressed: root.viewModel.submit(number.text)
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.viewModel.message
            color: root.theme.danger
            wrapMode: Text.Wrap
            visible: text !== ""
            Accessible.role: Accessible.AlertMessage
        }
    }

    Connections {
        function onCleared(): void {
            number.clear();
            amount.clear();
        }

        function onProposed(text: string): void {
            amount.text = text;
            root.takeKeyboard();
            Qt.callLater(root.takeKeyboard);
        }

        target: root.viewModel
    }
}
