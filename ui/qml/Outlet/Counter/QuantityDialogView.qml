import QtQuick
import Outlet.Components
import Outlet.Models

// How many, or how heavy.
DialogCard {
    id: root

    required property QuantityDialog viewModel

    title: viewModel.weighed ? qsTrId("quantity.weight") : qsTrId("quantity.pieces")
    subtitle: viewModel.name

    Field {
        id: field

        width: parent.width
        theme: root.theme
        labelled: true
        focus: true
        big: true
        figures: true
        maximumLength: 9
        name: root.title
        hint: root.viewModel.weighed ? qsTrId("quantity.weight_hint") : qsTrId("quantity.pieces_hint")
        onSubmitted: root.viewModel.submit(field.text)
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
            kind: "primary"
            text: qsTrId("dialog.ok")
            key: "Enter"
            onPressed: root.viewModel.submit(field.text)
        }
    }
}
