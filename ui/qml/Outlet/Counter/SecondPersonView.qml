import QtQuick
import Outlet.Components
import Outlet.Models

// A second person allows what the operator may not do alone: what, before and after, who, and her own secret.
DialogCard {
    id: root

    required property SecondPerson viewModel

    title: qsTrId("second_person.title") + "  ·  " + viewModel.action
    subtitle: viewModel.subject
    wide: Math.round((viewModel.canAskElsewhere ? 640 : 520) * theme.scale)

    AccountLine {
        width: parent.width
        theme: root.theme
        label: qsTrId("second_person.before")
        figure: root.viewModel.before
        heading: false
        tone: ""
        visible: root.viewModel.before !== ""
    }

    AccountLine {
        width: parent.width
        theme: root.theme
        label: qsTrId("second_person.after")
        figure: root.viewModel.after
        heading: false
        tone: ""
        visible: root.viewModel.after !== ""
    }

    AccountLine {
        width: parent.width
        theme: root.theme
        label: qsTrId("second_person.reason")
        figure: root.viewModel.reason
        heading: false
        tone: ""
        visible: root.viewModel.reason !== ""
    }

    Label {
        width: parent.width
        theme: root.theme
        quiet: true
        text: root.viewModel.who === "" ? qsTrId("second_person.another") : qsTrId("second_person.who") + " " + root.viewModel.who
        wrapMode: Text.Wrap
    }

    StandingNote {
        width: parent.width
        theme: root.theme
        text: root.viewModel.askedElsewhere ? qsTrId("approval.shown_elsewhere") : ""
        tone: "wait"
    }

    Field {
        id: authoriser

        width: parent.width
        theme: root.theme
        focus: true
        maximumLength: 24
        name: qsTrId("second_person.number")
        hint: qsTrId("second_person.number_hint")
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
        onSubmitted: root.viewModel.submit(authoriser.text, secret.text)
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

    Flow {
        width: parent.width
        layoutDirection: Qt.RightToLeft
        spacing: root.theme.gap * 3

        ActionButton {
            theme: root.theme
            kind: "primary"
            text: qsTrId("second_person.allow")
            key: "Enter"
            available: !root.viewModel.busy
            onPressed: root.viewModel.submit(authoriser.text, secret.text)
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("approval.ask")
            available: !root.viewModel.busy && !root.viewModel.askedElsewhere
            visible: root.viewModel.canAskElsewhere
            onPressed: root.viewModel.askElsewhere()
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

        function onBadgeRead(badge: string): void {
            authoriser.text = badge;
            secret.takeKeyboard();
        }

        target: root.viewModel
    }
}
