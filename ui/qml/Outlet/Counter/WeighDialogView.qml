pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// What lies on the scale, live; Enter takes it. A weight is typed only with a reason and a second person.
FocusScope {
    id: root

    required property Theme theme
    required property WeighDialog viewModel
    required property SecondPerson second

    signal cancelled

    anchors.fill: parent
    focus: true

    DialogCard {
        id: scale

        theme: root.theme
        title: root.viewModel.byHand ? qsTrId("action.manual_weight") : qsTrId("weigh.title")
        subtitle: root.viewModel.name
        visible: !root.second.open
        enabled: visible
        focus: visible
        onCancelled: root.cancelled()

        Item {
            width: parent.width
            height: figure.implicitHeight
            visible: !root.viewModel.byHand

            Text {
                id: figure

                anchors.right: unit.left
                anchors.rightMargin: root.theme.gap * 2
                text: root.viewModel.weight
                color: root.viewModel.ready ? root.theme.ink : root.theme.muted
                font.pixelSize: Math.round(root.theme.large * 1.4)
                font.weight: Font.DemiBold
                textFormat: Text.PlainText
                Accessible.role: Accessible.StaticText
                Accessible.name: qsTrId("weigh.title") + " " + text + " kg"
            }

            Label {
                id: unit

                theme: root.theme
                anchors.right: parent.right
                anchors.baseline: figure.baseline
                text: "kg"
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.state
            color: root.viewModel.ready ? root.theme.primary : root.theme.amber
            horizontalAlignment: Text.AlignRight
            wrapMode: Text.Wrap
            visible: !root.viewModel.byHand
            Accessible.role: Accessible.AlertMessage
        }

        Field {
            id: weight

            width: parent.width
            theme: root.theme
            labelled: true
            big: true
            figures: true
            maximumLength: 9
            name: qsTrId("quantity.weight")
            hint: qsTrId("quantity.weight_hint")
            visible: root.viewModel.byHand
            focus: visible
            onSubmitted: reason.takeKeyboard()
        }

        Field {
            id: reason

            width: parent.width
            theme: root.theme
            maximumLength: 60
            name: qsTrId("weigh.reason")
            hint: qsTrId("weigh.reason_hint")
            visible: root.viewModel.byHand
            onSubmitted: root.viewModel.submit(weight.text, reason.text)
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

        Row {
            anchors.right: parent.right
            spacing: root.theme.gap * 3

            ActionButton {
                theme: root.theme
                text: qsTrId("dialog.cancel")
                key: "Esc"
                onPressed: root.cancelled()
            }

            ActionButton {
                theme: root.theme
                text: qsTrId("weigh.type")
                key: "F8"
                visible: !root.viewModel.byHand
                onPressed: root.viewModel.typeIt()
            }

            ActionButton {
                id: takeIt

                theme: root.theme
                kind: "primary"
                text: root.viewModel.byHand ? qsTrId("dialog.ok") : qsTrId("weigh.take")
                key: "Enter"
                focus: !root.viewModel.byHand
                available: root.viewModel.byHand || root.viewModel.ready
                onPressed: root.viewModel.byHand ? root.viewModel.submit(weight.text, reason.text) : root.viewModel.take()
            }
        }
    }

    Loader {
        anchors.fill: parent
        active: root.second.open
        focus: active
        sourceComponent: SecondPersonView {
            theme: root.theme
            viewModel: root.second
            onCancelled: root.cancelled()
        }
    }

    Connections {
        function onChanged(): void {
            if (!root.second.open && root.viewModel.byHand && !weight.activeFocus && !reason.activeFocus)
                weight.takeKeyboard();
            else if (!root.second.open && !root.viewModel.byHand && !takeIt.activeFocus)
                takeIt.forceActiveFocus();
        }

        target: root.viewModel
    }
}
