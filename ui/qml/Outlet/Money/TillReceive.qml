pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// A pouch is scanned, typed or chosen; what it holds is shown before it is taken in.
FocusScope {
    id: root

    required property Theme theme
    required property TillPage viewModel

    focus: true

    Column {
        id: form

        width: Math.min(parent.width, Math.round(760 * root.theme.scale))
        spacing: root.theme.gap * 4

        Field {
            id: code

            width: parent.width
            theme: root.theme
            focus: true
            big: true
            maximumLength: 400
            name: qsTrId("till.form.receive.code")
            hint: qsTrId("till.form.receive.code")
            onSubmitted: root.viewModel.find(text)
        }

        Repeater {
            model: root.viewModel.tables.pouches

            TillLine {
                required property string number
                required property string way
                required property string amount
                required property string sent
                required property bool mine

                theme: root.theme
                width: form.width
                label: way
                detail: number + "  ·  " + sent
                figure: amount
                opens: mine
                onOpened: root.viewModel.find(number)
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.foundText
            font.weight: Font.DemiBold
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

        ActionButton {
            id: take

            theme: root.theme
            kind: "primary"
            text: qsTrId("till.form.receive.confirm")
            key: "F12"
            available: root.viewModel.foundText !== ""
            onPressed: root.viewModel.go()
        }
    }

    Connections {
        function onReady(): void {
            take.forceActiveFocus();
        }

        target: root.viewModel
    }
}
