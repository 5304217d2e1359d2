pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Outlet sign-on, clerk sign-on, unlocking and closing the day: one card, painted first.
FocusScope {
    id: root

    required property Theme theme
    required property SignOn viewModel
    required property SessionPane session
    required property Appearance appearance

    signal languageChosen(string language)

    Rectangle {
        anchors.left: parent.left
        anchors.right: parent.right
        height: Math.round(parent.height * 0.36)
        color: root.theme.deep
    }

    Row {
        id: brand

        anchors.horizontalCenter: card.horizontalCenter
        anchors.bottom: card.top
        anchors.bottomMargin: root.theme.gap * 5
        spacing: root.theme.gap * 3
        visible: y > 0

        Rectangle {
            width: root.theme.control
            height: width
            radius: root.theme.radius
            color: root.theme.primary
            anchors.verticalCenter: parent.verticalCenter

            Text {
                anchors.centerIn: parent
                text: "邮"
                color: root.theme.primaryInk
                font.pixelSize: Math.round(root.theme.body * 1.4)
                font.weight: Font.Bold
            }
        }

        Label {
            theme: root.theme
            text: root.session.outletName === "" ? qsTrId("app.name") : root.session.outletName + (root.session.place === "" ? "" : " · " + root.session.place)
            color: root.theme.deepInk
            font.weight: Font.DemiBold
            anchors.verticalCenter: parent.verticalCenter
        }
    }

    Card {
        id: card

        theme: root.theme
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(root.theme.gap * 4, Math.round((root.height - height) / 2))
        width: Math.min(root.width - root.theme.gap * 8, Math.round(440 * root.theme.scale))
        height: Math.min(root.height - root.theme.gap * 8, form.implicitHeight + root.theme.gap * 14)

        ScrollArea {
            theme: root.theme
            anchors.fill: parent
            anchors.margins: root.theme.gap * 7
            contentHeight: form.implicitHeight

            Column {
                id: form

                width: parent.width
                spacing: root.theme.gap * 4

                Column {
                    width: parent.width
                    spacing: root.theme.gap

                    Label {
                        width: parent.width
                        theme: root.theme
                        text: root.viewModel.title
                        font.pixelSize: Math.round(root.theme.body * 1.33)
                        font.weight: Font.DemiBold
                        wrapMode: Text.Wrap
                        Accessible.role: Accessible.Heading
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        quiet: true
                        text: root.viewModel.subtitle
                        wrapMode: Text.Wrap
                    }
                }

                Field {
                    id: number

                    width: parent.width
                    theme: root.theme
                    big: true
                    focus: true
                    visible: root.viewModel.needsNumber
                    name: qsTrId("sign_on.number")
                    hint: qsTrId("sign_on.number")
                    maximumLength: 16
                    onSubmitted: secret.takeKeyboard()
                }

                Field {
                    id: secret

                    width: parent.width
                    theme: root.theme
                    big: true
                    secret: true
                    name: qsTrId("sign_on.secret")
                    hint: qsTrId("sign_on.secret")
                    maximumLength: 32
                    onSubmitted: root.viewModel.submit(number.text, secret.text)
                }

                Loader {
                    width: parent.width
                    active: root.viewModel.queueWarning !== ""
                    visible: active

                    sourceComponent: QueueWarning {
                        theme: root.theme
                        text: root.viewModel.queueWarning
                        acknowledged: root.viewModel.acknowledged
                        onAcknowledge: root.viewModel.acknowledge()
                    }
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: root.viewModel.message
                    color: root.theme.toneInk(root.viewModel.tone)
                    wrapMode: Text.Wrap
                    visible: text !== ""
                    Accessible.role: Accessible.AlertMessage
                }

                ActionButton {
                    width: parent.width
                    theme: root.theme
                    kind: "primary"
                    big: true
                    key: "Enter"
                    text: root.viewModel.busy ? qsTrId("sign_on.checking") : root.viewModel.action
                    available: !root.viewModel.lockedOut
                    onPressed: root.viewModel.submit(number.text, secret.text)
                }

                Loader {
                    width: parent.width
                    active: root.viewModel.mode === "clerk" || root.viewModel.mode === "close" || root.viewModel.mode === "reopen"
                    visible: active

                    sourceComponent: ActionButton {
                        theme: root.theme
                        kind: "quiet"
                        text: qsTrId(root.viewModel.mode === "clerk" ? "sign_on.close_outlet" : root.viewModel.mode === "close" ? "sign_on.back" : "dialog.cancel")
                        onPressed: root.viewModel.mode === "clerk" ? root.viewModel.beginClosing() : root.viewModel.back()
                    }
                }
            }
        }
    }

    Row {
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 5
        spacing: root.theme.gap * 2

        LanguageKey {
            theme: root.theme
            text: "中文"
            chosen: root.appearance.language === "zh_CN"
            onPressed: root.languageChosen("zh_CN")
        }

        LanguageKey {
            theme: root.theme
            text: "English"
            chosen: root.appearance.language === "en"
            onPressed: root.languageChosen("en")
        }
    }

    Connections {
        function onCleared(): void {
            secret.clear();
        }

        function onNumberWanted(): void {
            number.startOver();
        }

        function onSecretWanted(): void {
            secret.takeKeyboard();
        }

        target: root.viewModel
    }
}
