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
            model: root.viewModel.onTheWay.rows

            TillLine {
                required property string number
                required property string way
                required property string amount
                required property string sent
                required property bool mine
                required property string announced

                theme: root.theme
                width: form.width
                label: announced === "" ? way : way + "  ·  " + announced
                detail: number + "  ·  " + sent
                figure: amount
                opens: mine
                onOpened: root.viewModel.find(number)
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.found.text
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

        Flow {
            width: parent.width
            spacing: root.theme.gap * 3

            ActionButton {
                id: take

                theme: root.theme
                kind: "primary"
                text: qsTrId("till.form.receive.confirm")
                key: "F12"
                available: root.viewModel.found.text !== ""
                onPressed: root.viewModel.go()
            }

            ActionButton {
                theme: root.theme
                text: qsTrId("till.form.receive.wrong")
                key: "F7"
                available: root.viewModel.found.text !== ""
                onPressed: root.viewModel.beginWrong()
            }
        }
    }

    Connections {
        function onReady(): void {
            take.forceActiveFocus();
        }

        target: root.viewModel
    }
}
