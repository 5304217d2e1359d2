import QtQuick
import Outlet.Components
import Outlet.Models

// Another price; a second person allows it.
DialogCard {
    id: root

    required property OverrideDialog viewModel

    title: qsTrId("override.title")
    subtitle: viewModel.name + "  ·  " + qsTrId("override.now") + " " + viewModel.priceNow

    Field {
        id: price

        width: parent.width
        theme: root.theme
        focus: true
        figures: true
        maximumLength: 12
        name: qsTrId("override.price")
        hint: qsTrId("override.price")
        onSubmitted: reason.takeKeyboard()
    }

    Field {
        id: reason

        width: parent.width
        theme: root.theme
        maximumLength: 60
        name: qsTrId("override.reason")
        hint: qsTrId("override.reason_hint")
        onSubmitted: authoriser.takeKeyboard()
    }

    Label {
        width: parent.width
        theme: root.theme
        quiet: true
        text: qsTrId("override.second_person")
        wrapMode: Text.Wrap
    }

    Field {
        id: authoriser

        width: parent.width
        theme: root.theme
        maximumLength: 16
        name: qsTrId("override.authoriser")
        hint: qsTrId("override.authoriser")
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
        onSubmitted: root.viewModel.submit(price.text, reason.text, authoriser.text, secret.text)
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
            text: qsTrId("override.allow")
            key: "Enter"
            onPressed: root.viewModel.submit(price.text, reason.text, authoriser.text, secret.text)
        }
    }

    Connections {
        function onCleared(): void {
            secret.clear();
        }

        target: root.viewModel
    }
}
